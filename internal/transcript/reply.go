package transcript

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrReply says that bytes are not whole replies of RESP2 or RESP3, as far as
// this package knows their types.
var ErrReply = errors.New("not a reply")

// plain are the commands whose reply redis-cli prints without quotes and marks.
var plain = []string{"INFO", "CLIENT INFO", "CLIENT LIST", "CLUSTER INFO", "CLUSTER NODES"}

// Plain tells whether redis-cli prints the reply to a command as it is: it is
// text of many lines, for people.
func Plain(words []string) bool {
	for n := 1; n <= min(2, len(words)); n++ {
		if slices.Contains(plain, strings.ToUpper(strings.Join(words[:n], " "))) {
			return true
		}
	}
	return false
}

// Format returns replies as redis-cli --no-raw prints them, 7.0 and later, tidied. plain is
// that of the command.
func Format(replies []byte, plain bool) (string, error) {
	p := printer{in: replies, plain: plain}
	for len(p.in) > 0 {
		if err := p.reply(""); err != nil {
			return "", err
		}
	}
	return Tidy(p.out.String()), nil
}

// Tidy returns what redis-cli has printed without what a text file cannot keep:
// blanks at the end of a line, empty lines, and the end of the last line.
func Tidy(printed string) string {
	lines := strings.Split(printed, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	lines = slices.DeleteFunc(lines, func(line string) bool { return line == "" })
	return strings.Join(lines, "\n")
}

type printer struct {
	in    []byte // not read yet
	out   strings.Builder
	plain bool
}

// reply prints the next one. indent is in front of all lines but the first.
func (p *printer) reply(indent string) error {
	line, rest, ok := bytes.Cut(p.in, []byte("\r\n"))
	if !ok || len(line) == 0 {
		return fmt.Errorf("%w: %.80q", ErrReply, p.in)
	}
	p.in = rest
	kind, text := line[0], string(line[1:])
	switch kind {
	case '+':
		p.line(text)
	case '-':
		if !p.plain {
			text = "(error) " + text
		}
		p.line(text)
	case ':':
		p.line("(integer) " + text)
	case '_':
		p.line("(nil)")
	case '$', '=':
		return p.bulk(kind, text)
	case '*', '~', '%':
		return p.elements(kind, text, indent)
	default:
		return fmt.Errorf("%w: %.80q", ErrReply, line)
	}
	return nil
}

func (p *printer) line(s string) { p.out.WriteString(s + "\n") }

func (p *printer) bulk(kind byte, length string) error {
	if length == "-1" {
		p.line("(nil)")
		return nil
	}
	n, err := strconv.ParseUint(length, 10, 31)
	end := int(n) + len("\r\n")
	if err != nil || len(p.in) < end || string(p.in[n:end]) != "\r\n" {
		return fmt.Errorf("%w: a string of %s bytes in %.80q", ErrReply, length, p.in)
	}
	text := string(p.in[:n])
	p.in = p.in[end:]
	switch {
	case kind == '=': // what is in it is said in three letters first
		if n < uint64(len("txt:")) {
			return fmt.Errorf("%w: a verbatim string of %d bytes", ErrReply, n)
		}
		p.line(text[len("txt:"):])
	case p.plain:
		p.line(text)
	default:
		p.line(quote(text))
	}
	return nil
}

// elements prints an array, a set or a map: each element behind its number,
// the rest of its lines under it.
func (p *printer) elements(kind byte, length, indent string) error {
	if length == "-1" {
		p.line("(nil)")
		return nil
	}
	n, err := strconv.ParseUint(length, 10, 31)
	if err != nil {
		return fmt.Errorf("%w: %s elements", ErrReply, length)
	}
	empty, mark := "(empty array)", ")"
	switch kind {
	case '~':
		empty, mark = "(empty set)", "~"
	case '%':
		empty, mark = "(empty hash)", "#"
	}
	if n == 0 {
		p.line(empty)
		return nil
	}
	digits := len(length)
	inner := indent + strings.Repeat(" ", digits+len(") "))
	for i := range n {
		if i > 0 {
			p.out.WriteString(indent)
		}
		fmt.Fprintf(&p.out, "%*d%s ", digits, i+1, mark)
		if kind == '%' {
			key, err := p.element(inner)
			if err != nil {
				return err
			}
			p.out.WriteString(strings.TrimSuffix(key, "\n") + " => ")
		}
		value, err := p.element(inner)
		if err != nil {
			return err
		}
		// A value of many lines would not be aligned behind its key.
		if kind == '%' && strings.Count(value, "\n") > 1 {
			p.out.WriteString("\n" + inner)
		}
		p.out.WriteString(value)
	}
	return nil
}

// element returns the next reply as it is printed.
func (p *printer) element(indent string) (string, error) {
	e := printer{in: p.in, plain: p.plain}
	err := e.reply(indent)
	p.in = e.in
	return e.out.String(), err
}

// quote writes bytes as redis-cli does.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		c := s[i]
		switch at := strings.IndexByte("\\\"\n\r\t\a\b", c); {
		case at >= 0:
			b.WriteByte('\\')
			b.WriteByte(`\"nrtab`[at])
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
