package commands

import (
	"bytes"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/transcript"
)

// Letters that Unicode takes for an ASCII letter of another case, and one of the same length that is
// nobody's.
var lookalikes = []struct{ ascii, like, other string }{
	{"kK", "\u212a", "\u2603"}, // the Kelvin sign
	{"sS", "\u017f", "\u00e9"}, // the long s
}

// shape is what is compared of a reply: its kind, how many elements it has, and whether it is null.
func shape(reply []byte) string {
	line, _, _ := bytes.Cut(reply, []byte("\r\n"))
	if len(line) == 0 {
		return ""
	}
	switch line[0] {
	case '*', '%', '~':
		return string(line)
	case '$':
		if bytes.Equal(line, []byte("$-1")) {
			return string(line)
		}
	}
	return string(line[:1])
}

// Only the letters of ASCII have a case. In all that the transcripts say, whatever it is (a command's
// name, an option, a unit, a setting, a pattern), a letter that looks alike makes as much sense as any
// other sign would. (CONFIG SET maxmemory 64\u212a was 64 KB.)
func TestWords_OnlyASCIIHasACase(t *testing.T) {
	tried := 0
	for path, f := range transcriptFiles(t) {
		if path == thePrograms {
			continue
		}
		for _, b := range f.Blocks {
			alike, other := newSession(t, 2), newSession(t, 2)
			names := transcript.Names{}
			for _, s := range b.Steps {
				words, err := transcript.Words(names.Expand(s.Command))
				if err != nil || len(words) == 0 {
					t.Fatalf("%s:%d: %q, %v", path, s.Line, words, err)
				}
				for i, word := range words {
					for _, l := range lookalikes {
						at := strings.IndexAny(word, l.ascii)
						if at < 0 || len(word) > 64 {
							continue
						}
						with := func(letter string) []string {
							changed := append([]string(nil), words...)
							changed[i] = word[:at] + letter + word[at+1:]
							return changed
						}
						tried++
						a, o := shape(alike(with(l.like))), shape(other(with(l.other)))
						if a != o {
							t.Errorf("%s:%d: %q is answered %q, and with another letter %q", path, s.Line, with(l.like), a, o)
						}
					}
				}
				got := bytes.Clone(alike(words))
				other(words)
				if text, err := transcript.Format(got, transcript.Plain(words)); err == nil {
					names.Match(s.Reply.In(2), text) // keeps what the steps behind it name
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d words were tried", tried)
	}
}
