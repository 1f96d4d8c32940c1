package load

import (
	"bytes"
	"errors"
	"fmt"
)

const (
	// longestLine is more than any line of a reply, an error's included.
	longestLine = 64 << 10
	// longestTold is of a string that is given to the scripts.
	longestTold = 64 << 20
	// longestBody is what Redis lets a string have.
	longestBody = 512 << 20
	// mostEntries is of all lists of a reply together.
	mostEntries = 1 << 32
	// spacious is a buffer that is not kept from reply to reply.
	spacious = 1 << 20
)

// replies cuts what a connection receives into replies. It looks at each byte once, however they come, and keeps of
// them what the reply's [Reply.Text] is to be.
type replies struct {
	reply Reply // the one that has begun, or that next has told

	bodies bool
	open   int64  // values still to come of the reply that has begun; 0 between replies
	skip   int64  // bytes still to come of a string, with its line end
	line   []byte // the line that the last read ended in, without its end
	body   []byte // of a string that is to be told, as far as it is there
	fault  []byte // the first error in a list
}

// next takes from p up to the end of a reply, which is then in c.reply and valid as long as p and until the next call,
// and returns what is behind it. Without whole it has taken all of p, and the reply goes on.
func (c *replies) next(p []byte) (rest []byte, whole bool, err error) {
	if c.open == 0 && len(c.line) == 0 {
		if n := c.quick(p); n > 0 {
			return p[n:], true, nil
		}
	}
	for len(p) > 0 {
		if c.skip > 0 {
			if p, whole, err = c.string(p); whole || err != nil {
				return p, whole, err
			}
			continue
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			if len(c.line)+len(p) > longestLine {
				return nil, false, fmt.Errorf("a line of more than %d bytes in a reply", longestLine)
			}
			c.line = append(c.line, p...)
			return nil, false, nil
		}
		line := p[:end+1]
		p = p[end+1:]
		if len(c.line) > 0 {
			if len(c.line)+len(line) > longestLine {
				return nil, false, fmt.Errorf("a line of more than %d bytes in a reply", longestLine)
			}
			line = append(c.line, line...)
			c.line = line[:0]
		}
		if whole, err = c.read(line); whole || err != nil {
			return p, whole, err
		}
	}
	return nil, false, nil
}

// quick reads the reply that p begins with, where it is one of those that make up most of a load, and whole, and tells
// how long it is. Where that is 0 the slow way says what it is.
func (c *replies) quick(p []byte) int {
	if len(p) < 4 {
		return 0
	}
	if string(p[:3]) == "+OK" {
		if len(p) < 5 || p[3] != '\r' || p[4] != '\n' {
			return 0
		}
		c.reply = Reply{Kind: '+', Text: p[1:3]}
		return 5
	}
	if p[0] != ':' && p[0] != '$' {
		return 0
	}
	const most = 1 + 18 // a digit more may be too much for 64 bits
	v, i := int64(0), 1
	for ; i < len(p) && i < most; i++ {
		digit := p[i] - '0'
		if digit > 9 {
			break
		}
		v = v*10 + int64(digit)
	}
	if i == 1 || len(p) < i+2 || p[i] != '\r' || p[i+1] != '\n' {
		return 0
	}
	i += 2
	if p[0] == ':' {
		c.reply = Reply{Kind: ':', Integer: v}
		return i
	}
	end := int64(i) + v
	if int64(len(p)) < end+2 || p[end+1] != '\n' {
		return 0
	}
	c.reply = Reply{Kind: '$', Length: v}
	if c.bodies {
		c.reply.Text = p[i:end]
	}
	return int(end) + 2
}

// read takes a line and tells whether it ended the reply.
func (c *replies) read(line []byte) (whole bool, err error) {
	n := len(line) - len("\r\n")
	if n < 1 || line[n] != '\r' {
		return false, fmt.Errorf("the reply has the line %.100q", line)
	}
	kind, text := line[0], line[1:n]
	first := c.open == 0
	if first {
		c.open = 1
		c.reply = Reply{Kind: kind}
		c.fault = c.fault[:0]
	}
	switch kind {
	case '+', '-':
		if first {
			c.reply.Text = text
		} else if kind == '-' && len(c.fault) == 0 {
			c.fault = append(c.fault, text...)
		}
		return c.ended(), nil
	case ':', '$', '*':
	default:
		return false, fmt.Errorf("the reply has the unexpected line %.100q", line)
	}
	v, err := integer(text)
	if err != nil {
		return false, fmt.Errorf("the reply has the line %.100q: %w", line, err)
	}
	if kind == ':' {
		if first {
			c.reply.Integer = v
		}
		return c.ended(), nil
	}
	null := v == -1
	switch {
	case first:
		c.reply.Length, c.reply.Null = max(v, 0), null
	case null:
		c.reply.Nulls++
	}
	switch {
	case null:
		return c.ended(), nil
	case v < 0, kind == '$' && v > longestBody, kind == '*' && v > mostEntries-c.open:
		return false, fmt.Errorf("the reply has the unexpected length %.100q", line)
	case kind == '$':
		c.skip = v + int64(len("\r\n"))
		return false, nil
	}
	c.open += v
	return c.ended(), nil
}

// string takes from p what belongs to the string that has begun.
func (c *replies) string(p []byte) (rest []byte, whole bool, err error) {
	n := min(c.skip, int64(len(p)))
	part := p[:n]
	rest = p[n:]
	told := c.bodies && c.reply.Kind == '$' && c.reply.Length <= longestTold
	begun := c.reply.Length+int64(len("\r\n")) > c.skip // a part of it came before
	c.skip -= n
	switch {
	case !told:
	case c.skip == 0 && !begun:
		c.reply.Text = part[:c.reply.Length]
	default:
		if !begun {
			if cap(c.body) > spacious {
				c.body = nil
			}
			c.body = c.body[:0]
		}
		c.body = append(c.body, part...)
		if c.skip == 0 {
			c.reply.Text = c.body[:c.reply.Length]
		}
	}
	if c.skip > 0 {
		return nil, false, nil
	}
	if part[n-1] != '\n' {
		return nil, false, errors.New("a string of a reply is longer than it says")
	}
	return rest, c.ended(), nil
}

// ended notes a value's end and tells whether it was the last of the reply.
func (c *replies) ended() bool {
	c.open--
	if c.open > 0 {
		return false
	}
	if len(c.fault) > 0 {
		c.reply.Text = c.fault
	}
	return true
}

var errNumber = errors.New("not a number of 64 bits")

// integer reads what RESP has for a number.
func integer(text []byte) (int64, error) {
	digits := text
	negative := len(digits) > 0 && digits[0] == '-'
	if negative {
		digits = digits[1:]
	}
	if len(digits) == 0 || len(digits) > 19 {
		return 0, errNumber
	}
	var v uint64
	for _, d := range digits {
		if d -= '0'; d > 9 {
			return 0, errNumber
		}
		v = v*10 + uint64(d)
	}
	if negative {
		if v > 1<<63 {
			return 0, errNumber
		}
		return -int64(v), nil
	}
	if v >= 1<<63 {
		return 0, errNumber
	}
	return int64(v), nil
}
