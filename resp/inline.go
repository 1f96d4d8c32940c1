package resp

import (
	"bytes"

	"github.com/prefixtracker/prefixtracker/internal/sdsargs"
)

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
		if blank && !sdsargs.IsBlank(c) {
			n++
		}
		blank = sdsargs.IsBlank(c)
	}
	return n
}

// split makes the words of line the arguments, for which there is room. They
// are decoded in place.
func (f *Framer) split(line []byte) (ok bool) {
	for line = sdsargs.TrimLeft(line); len(line) > 0; line = sdsargs.TrimLeft(line) {
		if len(f.args) == f.limits.Args {
			f.fail(f.limits.badArgs(int64(len(f.args)) + 1))
			return false
		}
		word, rest, err := sdsargs.Cut(line)
		if err != nil {
			f.fail(errUnbalancedQuotes)
			return false
		}
		f.args = append(f.args, word)
		line = rest
	}
	return true
}

// isHTTP reports whether an inline command's name is one of the two lines that
// every HTTP POST begins with or soon has: a browser lured into sending one
// must not have its body executed.
func isHTTP(name []byte) bool {
	return len(name) == 4 && bytes.EqualFold(name, []byte("post")) ||
		len(name) == 5 && bytes.EqualFold(name, []byte("host:"))
}
