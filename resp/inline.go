package resp

import "bytes"

// inline takes the line at in[at:] as a command: words that may be quoted, as
// Redis splits them. A line without words is a command without arguments,
// which Next skips. It reports whether the line is whole; false also after a
// failure.
func (f *Framer) inline() (whole bool) {
	end, ok := f.lineEnd('\n', errLongInline)
	if !ok {
		return false
	}
	line := f.in[f.at:end] // and perhaps a CR, which is a blank
	// Splitting changes the line, which must be the framer's own for that.
	if f.source == inPlace {
		f.own = f.own[:0]
		if !f.growOwn(len(line)) {
			return false
		}
		f.own = append(f.own, line...)
		line = f.own
	}
	f.at = end + 1
	if !f.growArgs(min(words(line), f.limits.Args)) || !f.split(line) {
		return false
	}
	if len(f.args) > 0 && isHTTP(f.args[0]) {
		f.fail(ErrHTTP)
		return false
	}
	return true
}

// words returns how many words line has at most: quotes only join what blanks
// separate.
func words(line []byte) (n int) {
	blank := true
	for _, c := range line {
		if blank && !isBlank(c) {
			n++
		}
		blank = isBlank(c)
	}
	return n
}

// split makes the words of line the arguments, for which there is room. They
// are decoded in place: no word is longer than its spelling. The rules are
// those of Redis's sdssplitargs, with its oddities: a quote opens anywhere in a
// word, but closes only at its end; \v and \f separate words only at a word's
// begin or after a quote. Unlike there, a NUL is a byte like others.
func (f *Framer) split(line []byte) (ok bool) {
	w := 0 // where the next decoded byte goes, never ahead of r
	for r := 0; ; {
		for r < len(line) && isBlank(line[r]) {
			r++
		}
		if r == len(line) {
			return true
		}
		if len(f.args) == f.limits.Args {
			f.fail(f.limits.badArgs(int64(len(f.args)) + 1))
			return false
		}
		begin := w
		var quote byte // the open one, or 0
	word:
		for ; ; r++ {
			if r == len(line) {
				if quote != 0 {
					f.fail(errUnbalancedQuotes)
					return false
				}
				break
			}
			c := line[r]
			switch {
			case quote == 0 && (c == ' ' || c == '\t' || c == '\r'):
				break word
			case quote == 0 && (c == '"' || c == '\''):
				quote = c
				continue
			case quote != 0 && c == quote:
				r++
				if r < len(line) && !isBlank(line[r]) {
					f.fail(errUnbalancedQuotes)
					return false
				}
				break word
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
		f.args = append(f.args, line[begin:w:w])
	}
}

// isBlank is C's isspace.
func isBlank(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

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

// isHTTP reports whether an inline command's name is one of the two lines that
// every HTTP POST begins with or soon has: a browser lured into sending one
// must not have its body executed.
func isHTTP(name []byte) bool {
	return len(name) == 4 && bytes.EqualFold(name, []byte("post")) ||
		len(name) == 5 && bytes.EqualFold(name, []byte("host:"))
}
