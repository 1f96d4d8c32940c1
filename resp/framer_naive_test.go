package resp_test

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prefixtracker/prefixtracker/resp"
)

// parsed is what becomes of some input: its commands, and then an error, or
// the begin of another command, or nothing.
type parsed struct {
	commands [][]string
	err      string
	pending  bool
}

func (p parsed) String() string {
	return fmt.Sprintf("commands %q, error %q, pending %t", p.commands, p.err, p.pending)
}

// limits are a Framer's limits, within their ranges, and whether they are
// those before AUTH.
type limits struct {
	resp.Limits
	unauthenticated bool
}

// naive parses all of in at once, in the plainest way.
func naive(in string, l limits) (p parsed) {
	for in != "" {
		command := naiveInline
		if in[0] == '*' {
			command = naiveArray
		}
		args, size, err := command(in, l)
		if err != "" || size == 0 {
			p.err, p.pending = err, err == ""
			return p
		}
		if len(args) > 0 {
			p.commands = append(p.commands, args)
		}
		in = in[size:]
	}
	return p
}

// naiveArray returns the arguments of the command that in begins with, and its
// size; 0 when it is not whole.
func naiveArray(in string, l limits) (args []string, size int, err string) {
	digits, size, err := naiveHeader(in, l, "mbulk")
	if size == 0 {
		return nil, 0, err
	}
	n, ok := naiveNumber(digits)
	switch {
	case !ok:
		return nil, 0, "Protocol error: invalid multibulk length"
	case n > int64(l.Args):
		return nil, 0, l.tooMany(n)
	case in[size-1] != '\n':
		return nil, 0, "Protocol error: expected CRLF"
	}
	for range n {
		rest := in[size:]
		digits, header, err := naiveHeader(rest, l, "bulk")
		if header == 0 {
			return nil, 0, err
		}
		n, ok := naiveNumber(digits)
		size += header
		switch {
		case rest[0] != '$':
			return nil, 0, "Protocol error: expected '$', got '" + rest[:1] + "'"
		case !ok || n < 0:
			return nil, 0, "Protocol error: invalid bulk length"
		case n > int64(l.Bulk) && n <= 512<<20 && l.unauthenticated:
			return nil, 0, "Protocol error: unauthenticated bulk length"
		case n > int64(l.Bulk):
			return nil, 0, "Protocol error: invalid bulk length"
		case rest[header-1] != '\n':
			return nil, 0, "Protocol error: expected CRLF"
		case size+int(n)+2 > l.Command:
			return nil, 0, "Protocol error: too big command"
		case len(in) < size+int(n)+2:
			return nil, 0, ""
		case in[size+int(n):size+int(n)+2] != "\r\n":
			return nil, 0, "Protocol error: expected CRLF"
		}
		args = append(args, in[size:size+int(n)])
		size += int(n) + 2
	}
	return args, size, ""
}

// naiveHeader returns what is between the first byte of in and the first CR,
// and the size of all that with the byte after CR; 0 when it is not whole.
func naiveHeader(in string, l limits, kind string) (digits string, size int, err string) {
	line, after, found := strings.Cut(in, "\r")
	if len(line) > l.Inline {
		return "", 0, "Protocol error: too big " + kind + " count string"
	}
	if !found || after == "" {
		return "", 0, ""
	}
	return line[min(1, len(line)):], len(line) + 2, ""
}

// naiveNumber accepts the one spelling of an integer that formatting gives.
func naiveNumber(s string) (n int64, ok bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && strconv.FormatInt(n, 10) == s
}

func (l limits) tooMany(n int64) string {
	if l.unauthenticated && n <= 1<<31-1 {
		return "Protocol error: unauthenticated multibulk length"
	}
	return "Protocol error: invalid multibulk length"
}

// naiveInline is naiveArray for a line.
func naiveInline(in string, l limits) (args []string, size int, err string) {
	line, _, found := strings.Cut(in, "\n")
	if len(line) > l.Inline {
		return nil, 0, "Protocol error: too big inline request"
	}
	if !found {
		return nil, 0, ""
	}
	size = len(line) + 1
	rest := strings.TrimSuffix(line, "\r")
	for {
		rest = strings.TrimLeft(rest, blanks)
		if rest == "" {
			break
		}
		if len(args) == l.Args {
			return nil, 0, l.tooMany(int64(l.Args) + 1)
		}
		word, after, ok := naiveWord(rest)
		if !ok {
			return nil, 0, "Protocol error: unbalanced quotes in request"
		}
		args, rest = append(args, word), after
	}
	if len(args) > 0 {
		switch strings.Map(asciiLower, args[0]) {
		case "post", "host:":
			return nil, 0, resp.ErrHTTP.Error()
		}
	}
	return args, size, ""
}

const blanks = " \t\n\v\f\r"

// naiveWord cuts the first word, decoded, from s, which begins with it. It is
// the inner loop of Redis's sdssplitargs but for NUL, which ends strings there.
func naiveWord(s string) (word, after string, ok bool) {
	at := func(i int) string { // the byte at i, or nothing
		return s[min(i, len(s)):min(i+1, len(s))]
	}
	closed := func(i int) bool { return i == len(s) || strings.Contains(blanks, at(i)) }
	var w []byte
	var inq, insq bool
	for i := 0; ; i++ {
		c := at(i)
		switch {
		case inq && c == `\` && at(i+1) == "x" && isHexDigit(at(i+2)) && isHexDigit(at(i+3)):
			b, _ := strconv.ParseUint(s[i+2:i+4], 16, 8) // two hex digits
			w = append(w, byte(b))
			i += 3
		case inq && c == `\` && at(i+1) != "":
			i++
			switch at(i) {
			case "n":
				w = append(w, "\n"...)
			case "r":
				w = append(w, "\r"...)
			case "t":
				w = append(w, "\t"...)
			case "b":
				w = append(w, "\b"...)
			case "a":
				w = append(w, "\a"...)
			default:
				w = append(w, at(i)...)
			}
		case insq && c == `\` && at(i+1) == `'`:
			i++
			w = append(w, `'`...)
		case inq && c == `"`, insq && c == `'`:
			return string(w), s[i+1:], closed(i + 1)
		case inq || insq:
			if c == "" {
				return "", "", false
			}
			w = append(w, c...)
		case c == "", c == " ", c == "\n", c == "\r", c == "\t":
			return string(w), s[i:], true
		case c == `"`:
			inq = true
		case c == `'`:
			insq = true
		default:
			w = append(w, c...)
		}
	}
}

func isHexDigit(s string) bool { return s != "" && strings.Contains("0123456789abcdefABCDEF", s) }

func asciiLower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r - 'A' + 'a'
	}
	return r
}
