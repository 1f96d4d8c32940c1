package integration_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// values makes up the words of a command at its worst.
type values struct {
	prefix string
	token  string // of a delete iterator on it
	size   int    // which of worstNumbers
	form   int    // which of the optional arguments, and of several choices
	keys   int    // so many were made
}

var worstNumbers = []string{"281474976710655", "65536", "40000", "16000", "1000", "40", "1", "0"}

// most is how many arguments of a kind a command has here: with more it leaves its loop anyway.
const most = 2000

// worstForms are the different lines that a command has at its worst on a prefix.
func (d documented) worstForms(prefix, token string) (lines [][]string) {
	forms := 2 + len(d.args) // nothing that is optional, all of it, or one of it alone
	had := map[string]bool{}
	for form := range forms {
		for size := range worstNumbers {
			line := d.write(&values{prefix: prefix, token: token, size: size, form: form})
			if key := strings.Join(line, " "); !had[key] {
				had[key] = true
				lines = append(lines, line)
			}
		}
	}
	return lines
}

func (v *values) wants(_ *argument, place int) bool {
	return place < 0 || v.form == 1 || v.form == place+2
}

func (v *values) choose(among []*argument) int { return (v.form + v.size) % len(among) }

func (v *values) times(a *argument) int {
	if a.multiple && v.size < 5 {
		return most
	}
	return 1
}

func (v *values) word(a *argument, i int) string {
	switch a.kind {
	case "key":
		if v.keys++; v.keys > 1 { // many keys: names there are, and keys of them
			return fmt.Sprintf("tenant:%d:%012d", i, i*farApart)
		}
		return v.prefix
	case "integer", "double":
		switch {
		case slices.Contains([]string{"cursor", "min", "start", "protover", "timeout", "bit"}, a.name):
			return "0"
		case a.name == "numkeys": // the keys that follow are as many
			return strconv.Itoa(v.times(&argument{multiple: true}))
		case a.name == "max":
			return "281474976710656"
		case a.name == "end":
			return "-1"
		case a.multiple && v.size == 0:
			return strconv.Itoa((i + 20_000) * farApart)
		case a.multiple && v.size < 5:
			return strconv.Itoa(i * 64)
		}
		return worstNumbers[v.size]
	case "pattern":
		if v.size == 0 {
			return "*[" + strings.Repeat("a", 50_000)
		}
		return "*" + strings.Repeat("?*", v.size)
	}
	switch a.name {
	case "operation":
		return []string{"AND", "OR", "XOR", "NOT", "DIFF", "DIFF1", "ANDOR", "ONE"}[(v.form+v.size)%8]
	case "token":
		return v.token
	case "member":
		return strconv.Itoa((i*v.size + 30_000) * farApart)
	case "message", "data":
		return strings.Repeat("x", 60_000/(v.size+1))
	}
	return "x"
}
