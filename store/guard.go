package store

import (
	"errors"
	"fmt"
	"io"
	"net"
)

const (
	mostReply = 64 << 20 // bytes of one reply, and of what is made of it
	mostDeep  = 16       // lists in lists
	listEntry = 48       // bytes that an entry of a list takes at least
)

var (
	errNonsense = errors.New("what comes is not the Redis protocol")
	errHuge     = fmt.Errorf("a reply has more than %d MB", mostReply>>20)
)

// guarded is a connection that breaks before the library reads what would end this process: it makes
// the room that a reply says it needs, whatever that is, and goes into lists as deep as they are. What is not of
// the protocol's second version, which is what is spoken, is not let through.
type guarded struct {
	net.Conn
	in     io.Reader
	broken error

	kind   byte // of the line, 0 at its beginning
	length int  // of the line behind it
	number int64
	minus  bool
	ended  bool // by \r

	text int64   // bytes of a string that are to come, with those behind it
	open []int64 // entries to come of each list that is not complete
	room int64   // what this reply takes up to here
}

// Read implements [net.Conn].
func (g *guarded) Read(p []byte) (n int, err error) {
	if g.broken != nil {
		return 0, g.broken
	}
	n, err = g.in.Read(p)
	if g.broken = g.pass(p[:n]); g.broken != nil {
		return 0, g.broken
	}
	return n, err
}

// pass tells what is wrong with what has come.
func (g *guarded) pass(p []byte) error {
	for len(p) > 0 {
		if g.text > 0 {
			n := min(g.text, int64(len(p)))
			p = p[n:]
			if g.text -= n; g.text == 0 {
				g.complete()
			}
			continue
		}
		c := p[0]
		p = p[1:]
		switch {
		case g.kind == 0:
			g.kind, g.length, g.number, g.minus, g.ended = c, 0, 0, false, false
		case c == '\n':
			if !g.ended {
				return errNonsense
			}
			if err := g.line(); err != nil {
				return err
			}
		case g.ended:
			return errNonsense
		case c == '\r':
			g.ended = true
		default:
			if err := g.within(c); err != nil {
				return err
			}
		}
	}
	return nil
}

// within takes a byte of a line.
func (g *guarded) within(c byte) error {
	g.length++
	if g.room++; g.room > mostReply {
		return errHuge
	}
	switch g.kind {
	case '-', '+':
		return nil
	case '$', '*', ':':
		switch {
		case c == '-' && g.length == 1:
			g.minus = true
			return nil
		case c >= '0' && c <= '9' && g.length <= 20:
			g.number = g.number*10 + int64(c-'0') // of the length of a list or string only what is small counts
			return nil
		}
	}
	return errNonsense
}

// line takes the end of a line.
func (g *guarded) line() error {
	kind := g.kind
	g.kind = 0
	none := g.minus && g.number == 1 && g.length == 2
	switch kind {
	case '-', '+':
	case ':':
		if g.length == 0 || g.minus && g.length == 1 {
			return errNonsense
		}
	case '$', '*':
		switch {
		case none:
		case g.minus || g.length == 0:
			return errNonsense
		case g.number > mostReply || g.number < 0:
			return errHuge
		case kind == '$':
			g.text = g.number + 2
			return g.take(g.number)
		default:
			return g.list()
		}
	default:
		return errNonsense
	}
	g.complete()
	return nil
}

// list begins a list.
func (g *guarded) list() error {
	if g.number == 0 {
		g.complete()
		return nil
	}
	if len(g.open) == mostDeep {
		return errNonsense
	}
	g.open = append(g.open, g.number)
	return g.take(g.number * listEntry)
}

func (g *guarded) take(room int64) error {
	if g.room += room; g.room > mostReply {
		return errHuge
	}
	return nil
}

// complete ends an entry, and the lists that it is the last one of.
func (g *guarded) complete() {
	for last := len(g.open) - 1; last >= 0; last-- {
		if g.open[last]--; g.open[last] > 0 {
			return
		}
		g.open = g.open[:last]
	}
	g.room = 0
}
