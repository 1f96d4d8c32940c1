// Package sdsargs splits a line into words that may be quoted, as Redis and redis-cli do.
//
// It knows quotes, blanks and escapes. It must not know what the words mean, or where the line is from.
package sdsargs

import "errors"

// ErrQuotes is for a quote that does not end, or not at the end of its word.
var ErrQuotes = errors.New("unbalanced quotes")

// TrimLeft returns a line from its first word on, empty if there is none.
func TrimLeft(line []byte) []byte {
	for len(line) > 0 && IsBlank(line[0]) {
		line = line[1:]
	}
	return line
}

// Cut returns the word that a line begins with, and what is behind it. The word is decoded in place, as it is
// no longer than its spelling: line is not what it was. The rules are those of Redis's sdssplitargs, with its
// oddities: a quote opens anywhere in a word, but closes only at its end; \v and \f separate words only at a word's begin or
// after a quote. Unlike there, a NUL is a byte like others.
func Cut(line []byte) (word, rest []byte, err error) {
	w := 0         // where the next decoded byte goes, never ahead of r
	var quote byte // the open one, or 0
	for r := 0; r < len(line); r++ {
		c := line[r]
		switch {
		case quote == 0 && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			return line[:w:w], line[r:], nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			continue
		case quote != 0 && c == quote:
			r++
			if r < len(line) && !IsBlank(line[r]) {
				return nil, nil, ErrQuotes
			}
			return line[:w:w], line[r:], nil
		case quote == '\'' && c == '\\' && r+1 < len(line) && line[r+1] == '\'':
			r++
			c = '\''
		case quote == '"' && c == '\\' && r+1 < len(line):
			r++
			c = unescape(line[r])
			if line[r] == 'x' && r+2 < len(line) && isHex(line[r+1]) && isHex(line[r+2]) {
				c = unhex(line[r+1])<<4 | unhex(line[r+2])
				r += 2
			}
		}
		line[w] = c
		w++
	}
	if quote != 0 {
		return nil, nil, ErrQuotes
	}
	return line[:w:w], nil, nil
}

// IsBlank is C's isspace.
func IsBlank(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

// unescape returns what \c stands for between double quotes.
func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	case 'a':
		return '\a'
	}
	return c
}

func isHex(c byte) bool { return c-'0' <= 9 || (c|0x20)-'a' <= 5 }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}
