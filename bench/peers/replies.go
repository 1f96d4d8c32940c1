//go:build linux

package main

import (
	"bytes"
	"fmt"
	"strconv"
)

// The kinds of reply that the rows expect, as RESP's first byte.
const (
	integerReply = ':'
	arrayReply   = '*'
)

// replies counts the replies in what a connection receives. Each must be of
// the kind expected, and nothing in it may be an error or null.
type replies struct {
	want byte

	open int    // values still to come of the reply that has begun; 0 between replies
	skip int    // bytes still to come of a bulk string
	line []byte // the line that the last read ended in, without its end
}

// longestLine is more than any line of a reply, an error's included.
const longestLine = 1024

// count takes what a read returned and returns how many replies ended in it.
func (c *replies) count(p []byte) (int, error) {
	done := 0
	for len(p) > 0 {
		if c.want == integerReply && c.open == 0 && len(c.line) == 0 {
			n, rest := integers(p)
			done += n
			if p = rest; len(p) == 0 {
				return done, nil
			}
		}
		if c.skip > 0 {
			n := min(c.skip, len(p))
			c.skip -= n
			p = p[n:]
			if c.skip == 0 && c.endValue() {
				done++
			}
			continue
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			if len(c.line)+len(p) > longestLine {
				return done, fmt.Errorf("a line of more than %d bytes in a reply", longestLine)
			}
			c.line = append(c.line, p...)
			return done, nil
		}
		line := p[:end+1]
		p = p[end+1:]
		if len(c.line) > 0 {
			c.line = append(c.line, line...)
			line = c.line
			c.line = c.line[:0]
		}
		ended, err := c.read(line)
		if err != nil {
			return done, err
		}
		if ended {
			done++
		}
	}
	return done, nil
}

// integers counts the whole integer replies that p begins with, the usual
// replies by far, and returns what is behind them.
func integers(p []byte) (int, []byte) {
	done := 0
	for len(p) >= 4 && p[0] == integerReply {
		end := 3 // of one digit
		if p[end] != '\n' {
			if end = bytes.IndexByte(p, '\n'); end < 2 {
				break
			}
		}
		if p[end-1] != '\r' {
			break
		}
		p = p[end+1:]
		done++
	}
	return done, p
}

// read takes a line, and reports whether it ended a reply.
func (c *replies) read(line []byte) (bool, error) {
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || len(text) == 0 {
		return false, fmt.Errorf("the reply has the line %q", line)
	}
	kind, rest := text[0], text[1:]
	if kind == '-' {
		return false, fmt.Errorf("the server replied: %s", rest)
	}
	if c.open == 0 {
		if kind != c.want {
			return false, fmt.Errorf("the server replied %q, but a reply of kind %q is expected", text, c.want)
		}
		c.open = 1
	}
	switch kind {
	case ':', '+':
		return c.endValue(), nil
	case '$', '*':
		n, err := strconv.Atoi(string(rest))
		if err != nil || n < 0 {
			return false, fmt.Errorf("the reply has the unexpected length %q", text)
		}
		if kind == '$' {
			c.skip = n + len("\r\n")
			return false, nil
		}
		c.open += n
		return c.endValue(), nil
	}
	return false, fmt.Errorf("the reply has the unexpected line %q", text)
}

// endValue reports whether the value that ended was the last of its reply.
func (c *replies) endValue() bool {
	c.open--
	return c.open == 0
}
