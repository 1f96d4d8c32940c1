package load

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// told is a reply as text, to be compared.
func told(r *Reply) string {
	switch {
	case r.Kind == ':':
		return fmt.Sprint(":", r.Integer)
	case r.Null:
		return string(r.Kind) + "null"
	case r.Kind == '*':
		return fmt.Sprintf("*%d nulls %d %q", r.Length, r.Nulls, r.Text)
	case r.Kind == '$' && r.Text == nil:
		return fmt.Sprint("$", r.Length)
	}
	return fmt.Sprintf("%c%q", r.Kind, r.Text)
}

// readAll reads text in pieces that end at the given places. Each piece's memory is used up after its reading.
func readAll(c *replies, text string, cuts ...int) ([]string, error) {
	var all []string
	from := 0
	for _, to := range append(cuts, len(text)) {
		piece := []byte(text[from:to])
		for p := piece; ; {
			rest, whole, err := c.next(p)
			if err != nil {
				return all, err
			}
			if !whole {
				break
			}
			all = append(all, told(&c.reply))
			p = rest
		}
		for i := range piece {
			piece[i] = '#'
		}
		from = to
	}
	return all, nil
}

func TestReplies_AreReadHoweverTheyAreCut(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{":1\r\n", ":1"},
		{":1\r\n:0\r\n:12345678\r\n:-1\r\n", ":1 :0 :12345678 :-1"},
		{":-9223372036854775808\r\n:9223372036854775807\r\n", ":-9223372036854775808 :9223372036854775807"},
		{":1\r\n:2\r", ":1"},
		{"+OK\r\n+PONG\r\n+\r\n", `+"OK" +"PONG" +""`},
		{"-ERR no\r\n+OK\r\n", `-"ERR no" +"OK"`},
		{"*0\r\n", `*0 nulls 0 ""`},
		{"*2\r\n:1\r\n:2\r\n*1\r\n:3\r\n", `*2 nulls 0 "" *1 nulls 0 ""`},
		{"*2\r\n*2\r\n:0\r\n:600\r\n*2\r\n:700\r\n:400\r\n", `*2 nulls 0 ""`},
		{"*3\r\n$5\r\na\r\nbc\r\n$0\r\n\r\n+OK\r\n*1\r\n*0\r\n", `*3 nulls 0 "" *1 nulls 0 ""`},
		{"*2\r\n:1\r\n", ""},
		{"$3\r\n-ER\r\n$2\r\n:1\r\n", `$"-ER" $":1"`},
		{"$0\r\n\r\n$-1\r\n$4\r\n\r\n\r\n\r\n", `$"" $null $"\r\n\r\n"`},
		{"*-1\r\n:1\r\n", "*null :1"},
		{"*3\r\n$-1\r\n*2\r\n$-1\r\n*-1\r\n$1\r\na\r\n:1\r\n", `*3 nulls 3 "" :1`},
		{"*3\r\n-ERR a\r\n-ERR b\r\n:1\r\n*1\r\n:1\r\n", `*3 nulls 0 "ERR a" *1 nulls 0 ""`},
	} {
		// Where one of two cuts is at 0, there is one.
		for i := range len(c.text) {
			for j := i; j < len(c.text); j++ {
				got, err := readAll(&replies{bodies: true}, c.text, i, j)
				if s := strings.Join(got, " "); err != nil || s != c.want {
					t.Errorf("%q cut at %d and %d: %s, %v; want %s", c.text, i, j, s, err, c.want)
				}
			}
		}
	}
}

func TestReplies_BodiesAreKeptOnlyWhereWanted(t *testing.T) {
	got, err := readAll(&replies{}, "$3\r\nabc\r\n$0\r\n\r\n", 5)
	if s := strings.Join(got, " "); err != nil || s != "$3 $0" {
		t.Error(s, err)
	}
}

func TestReplies_HugeStringsLeaveNothing(t *testing.T) {
	huge := strings.Repeat("x", 3*spacious)
	text := fmt.Sprintf("$%d\r\n%s\r\n$1\r\na\r\n$2\r\nab\r\n", len(huge), huge)
	c := replies{bodies: true}
	got, err := readAll(&c, text, 100, 200, spacious, len(text)-8, len(text)-3)
	if err != nil || len(got) != 3 || got[0] != fmt.Sprintf("$%q", huge) || got[1] != `$"a"` || got[2] != `$"ab"` {
		t.Error(len(got), err)
	}
	if cap(c.body) > spacious {
		t.Errorf("%d bytes are kept", cap(c.body))
	}
}

func TestReplies_RefusesWhatIsNone(t *testing.T) {
	for _, c := range []struct {
		text, say string
		whole     int
	}{
		{":1\r\n?\r\n", `"?\r\n"`, 1},
		{"*x\r\n", `"*x\r\n"`, 0},
		{"*1\r\n?\r\n", `"?\r\n"`, 0},
		{"*-2\r\n", `"*-2\r\n"`, 0},
		{"$-2\r\n", `"$-2\r\n"`, 0},
		{"$536870913\r\n", `"$536870913\r\n"`, 0},
		{"*4294967297\r\n", `"*4294967297\r\n"`, 0},
		{"$9223372036854775807\r\n", `"$9223372036854775807\r\n"`, 0},
		{"*9223372036854775807\r\n", `"*9223372036854775807\r\n"`, 0},
		{":\r\n", `":\r\n"`, 0},
		{":-\r\n", `":-\r\n"`, 0},
		{":1a\r\n", `":1a\r\n"`, 0},
		{":1/\r\n", `":1/\r\n"`, 0},
		{":9223372036854775808\r\n", `":9223372036854775808\r\n"`, 0},
		{":-9223372036854775809\r\n", `":-9223372036854775809\r\n"`, 0},
		{":18446744073709551617\r\n", `":18446744073709551617\r\n"`, 0},
		{":1\n:1\r\n", `":1\n"`, 0},
		{"\r\n\r\n", `"\r\n"`, 0},
		{"\n", `"\n"`, 0},
		{"$1\r\nabcd", "longer than it says", 0},
	} {
		for cut := range len(c.text) {
			got, err := readAll(&replies{}, c.text, cut)
			if err == nil || !strings.Contains(err.Error(), c.say) || len(got) != c.whole {
				t.Errorf("%q cut at %d: %d replies, error %v; want %d and %q", c.text, cut, len(got), err, c.whole, c.say)
			}
		}
	}
	for _, cut := range []int{1, longestLine, longestLine + 1} {
		if _, err := readAll(&replies{}, "+"+strings.Repeat("1", 2*longestLine), cut); err == nil {
			t.Error("a line without end is taken")
		}
		if _, err := readAll(&replies{}, "+"+strings.Repeat("1", 2*longestLine)+"\r\n", cut); err == nil {
			t.Error("a line of twice the longest is taken")
		}
	}
}

// However a server's bytes are cut, they are the same replies, or the same error behind the same replies.
func FuzzReplies(f *testing.F) {
	f.Add([]byte("*2\r\n$3\r\nabc\r\n-ERR x\r\n:1\r\n$-1\r\n"), uint16(3), uint16(7))
	f.Add([]byte("+OK\r\n:-12\r\n$4\r\n\r\n\r\n\r\n*-1\r\n?\r\n"), uint16(9), uint16(10))
	f.Add([]byte("*1\r\n*1\r\n*1\r\n$0\r\n\r\n:1\n"), uint16(0), uint16(20))
	f.Fuzz(func(t *testing.T, text []byte, i, j uint16) {
		for _, bodies := range []bool{false, true} {
			want, wantErr := readAll(&replies{bodies: bodies}, string(text))
			at := min(int(i), len(text))
			got, err := readAll(&replies{bodies: bodies}, string(text), at, max(at, min(int(j), len(text))))
			if strings.Join(got, "\n") != strings.Join(want, "\n") || (err == nil) != (wantErr == nil) {
				t.Errorf("%q: %q, %v; cut at %d and %d: %q, %v", text, want, wantErr, i, j, got, err)
			}
			var single []int
			for k := range text {
				single = append(single, k)
			}
			got, err = readAll(&replies{bodies: bodies}, string(text), single...)
			if strings.Join(got, "\n") != strings.Join(want, "\n") || (err == nil) != (wantErr == nil) {
				t.Errorf("%q: %q, %v; byte by byte: %q, %v", text, want, wantErr, got, err)
			}
		}
	})
}

func BenchmarkReplies(b *testing.B) {
	for name, text := range map[string]string{
		"integers": ":1\r\n:1234567\r\n", "OK": "+OK\r\n+OK\r\n", "strings": "$3\r\nabc\r\n$-1\r\n",
	} {
		b.Run(name, func(b *testing.B) {
			text := bytes.Repeat([]byte(text), 64)
			var c replies
			for b.Loop() {
				n := 0
				for p := text; ; n++ {
					rest, whole, err := c.next(p)
					if err != nil {
						b.Fatal(err)
					}
					if !whole {
						break
					}
					p = rest
				}
				if n != 128 {
					b.Fatal(n)
				}
			}
		})
	}
}

// A string that no value is as long as is read, and not kept.
func TestReplies_HugeStringsAreNotKept(t *testing.T) {
	c := replies{bodies: true}
	piece := bytes.Repeat([]byte("x"), readSize)
	n := longestTold/len(piece) + 1
	if _, whole, err := c.next(fmt.Appendf(nil, "$%d\r\n", n*len(piece))); whole || err != nil {
		t.Fatal(whole, err)
	}
	for range n {
		if _, whole, err := c.next(piece); whole || err != nil {
			t.Fatal(whole, err)
		}
	}
	if _, whole, err := c.next([]byte("\r\n")); !whole || err != nil || c.reply.Length != int64(n*len(piece)) || c.reply.Text != nil || cap(c.body) > 0 {
		t.Errorf("whole %v, %v, %d bytes, %d kept", whole, err, c.reply.Length, cap(c.body))
	}
}
