//go:build linux

package main

import (
	"strings"
	"testing"
)

// countAll feeds text in pieces that end at the given places.
func countAll(want byte, text string, cuts ...int) (int, error) {
	c := replies{want: want}
	done, from := 0, 0
	for _, to := range append(cuts, len(text)) {
		n, err := c.count([]byte(text[from:to]))
		done += n
		if err != nil {
			return done, err
		}
		from = to
	}
	return done, nil
}

func TestReplies_CountsThemHoweverTheyAreCut(t *testing.T) {
	for _, c := range []struct {
		want byte
		text string
		done int
	}{
		{':', ":1\r\n", 1},
		{':', ":1\r\n:0\r\n:12345678\r\n:-1\r\n", 4},
		{':', ":1\r\n:2\r", 1},
		{'*', "*0\r\n", 1},
		{'*', "*2\r\n:1\r\n:2\r\n*1\r\n:3\r\n", 2},
		{'*', "*2\r\n*2\r\n:0\r\n:600\r\n*2\r\n:700\r\n:400\r\n", 1},
		{'*', "*3\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n+OK\r\n*1\r\n*0\r\n", 2},
		{'*', "*2\r\n:1\r\n", 0},
		{'$', "$3\r\n-ER\r\n$2\r\n:1\r\n", 2},
	} {
		for cut := range len(c.text) {
			done, err := countAll(c.want, c.text, cut, min(cut+1, len(c.text)))
			if err != nil || done != c.done {
				t.Errorf("%q cut at %d: %d replies, %v; want %d", c.text, cut, done, err, c.done)
			}
		}
	}
}

func TestReplies_RefusesWhatIsNotExpected(t *testing.T) {
	for _, c := range []struct {
		want      byte
		text, say string
		done      int
	}{
		{':', ":1\r\n-ERR unknown command 'X'\r\n", "the server replied: ERR unknown command 'X'", 1},
		{'*', "*2\r\n:1\r\n-OOM no memory\r\n", "OOM no memory", 0},
		{':', "$-1\r\n", `"$-1"`, 0},
		{':', "*1\r\n:1\r\n", `"*1"`, 0},
		{'*', "*-1\r\n", `"*-1"`, 0},
		{'*', "*1\r\n$-1\r\n", `"$-1"`, 0},
		{'*', "*x\r\n", `"*x"`, 0},
		{'*', "*1\r\n?\r\n", `"?"`, 0},
		{':', ":1\n:1\r\n", `":1\n"`, 0},
		{':', "\r\n\r\n", `"\r\n"`, 0},
	} {
		for cut := range len(c.text) {
			done, err := countAll(c.want, c.text, cut)
			if err == nil || !strings.Contains(err.Error(), c.say) || done != c.done {
				t.Errorf("%q cut at %d: %d replies, error %v; want %d and %q", c.text, cut, done, err, c.done, c.say)
			}
		}
	}
	if _, err := countAll(':', ":"+strings.Repeat("1", 2*longestLine)); err == nil {
		t.Error("a line without end is taken")
	}
}

func BenchmarkReplies(b *testing.B) {
	p := []byte(strings.Repeat(":1\r\n:1234567\r\n", 64))
	c := replies{want: ':'}
	for b.Loop() {
		if n, err := c.count(p); n != 128 || err != nil {
			b.Fatal(n, err)
		}
	}
}
