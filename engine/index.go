package engine

import "strings"

// MaxName is the length of the longest name of a command.
const MaxName = 32

// index finds commands by name in any letters, without allocating.
type index map[string]*Command

func newIndex(commands []*Command) index {
	ix := make(index, len(commands))
	for _, c := range commands {
		ix[c.Name[strings.IndexByte(c.Name, '|')+1:]] = c
	}
	return ix
}

func (ix index) find(name []byte) *Command {
	var upper [MaxName]byte
	if len(name) > len(upper) {
		return nil
	}
	for i, c := range name {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	return ix[string(upper[:len(name)])]
}
