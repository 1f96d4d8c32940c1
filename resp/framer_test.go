package resp_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

// Limits of tests: wide is Redis 7's, tight has every limit near.
var (
	wide  = limits{Limits: resp.Limits{Args: math.MaxInt32, Bulk: 512 << 20, Command: 1 << 30, Inline: 64 << 10}}
	tight = limits{Limits: resp.Limits{Args: 3, Bulk: 12, Command: 60, Inline: 40}}
)

func unauthenticated() limits { return limits{resp.UnauthenticatedLimits(), true} }

// frame feeds in to a new Framer in pieces and checks what holds for any
// input on the way. The pieces are overwritten as soon as they may be.
func frame(t *testing.T, in string, l limits, pieces func(left int) int) (p parsed) {
	t.Helper()
	memory := resp.NewQueryMemory(0)
	var f resp.Framer
	f.Init(l.Limits, memory)
	var piece []byte
	arrived := 0
	for arrived < len(in) && p.err == "" {
		n := max(1, min(pieces(len(in)-arrived), len(in)-arrived))
		piece = append(piece[:0], in[arrived:arrived+n]...)
		arrived += n
		f.Feed(piece)
		copied := 0
		for {
			args, err := f.Next()
			if held := f.Held(); int64(held) != memory.Used() || held > mayHold(l, arrived)+copied {
				t.Fatalf("%q: holds %d bytes of %d arrived, %d counted", in[:arrived], held, arrived, memory.Used())
			}
			if err != nil {
				p.err = err.Error()
			}
			if args == nil {
				break
			}
			if len(p.commands)%3 == 1 { // in between somebody else gets the buffer
				f.Detach()
				copied = n
				overwrite(piece)
			}
			var command []string
			for _, arg := range args {
				if len(arg) != cap(arg) {
					t.Fatalf("%q: an append to %q would overwrite what follows", in, arg)
				}
				command = append(command, string(arg))
			}
			p.commands = append(p.commands, command)
		}
		overwrite(piece)
	}
	p.pending = f.Pending()
	if f.Held() > 0 && !p.pending {
		t.Fatalf("%q: %d bytes held for nothing", in, f.Held())
	}
	if p.err != "" {
		f.Feed([]byte("PING\r\n"))
		if args, err := f.Next(); args != nil || err == nil || err.Error() != p.err {
			t.Fatalf("%q: after the error %q: %q, %v", in, p.err, args, err)
		}
	}
	f.Close()
	if f.Held() != 0 || memory.Used() != 0 {
		t.Fatalf("%q: closed, it holds %d bytes, %d counted", in, f.Held(), memory.Used())
	}
	return p
}

func overwrite(piece []byte) {
	for i := range piece {
		piece[i] = "\n$*0\r"[i%5]
	}
}

// mayHold is how much a Framer may hold when n bytes have arrived: pooled
// memory, and the double of what it needs.
func mayHold(l limits, n int) int {
	const buffer, args, slice, ahead = 4 << 10, 1 << 10, 24, 512
	bytes := max(buffer, 2*min(n, max(l.Command, 0)+max(l.Inline, 32)+ahead))
	// "a b " or "$0\r\n\r\n": an argument has two bytes at least.
	if few := min(n/2+1, max(l.Args, 1)); few > 8 {
		return bytes + slice*max(args, 2*few)
	}
	return bytes
}

// chunkings are ways to cut input.
func chunkings(seed uint64) map[string]func(left int) int {
	r := rand.New(rand.NewPCG(seed, 0))
	first := true
	return map[string]func(left int) int{
		"whole":  func(left int) int { return left },
		"bytes":  func(int) int { return 1 },
		"random": func(left int) int { return 1 + r.IntN(min(left, 1<<r.IntN(12))) },
		"two": func(left int) int {
			if first {
				first = false
				return 1 + r.IntN(left)
			}
			return left
		},
	}
}

// check compares the Framer with the naive parser in several chunkings, and
// returns the result.
func check(t *testing.T, in string, l limits, seed uint64) parsed {
	t.Helper()
	want := naive(in, l)
	for name, pieces := range chunkings(seed) {
		if got := frame(t, in, l, pieces); !reflect.DeepEqual(got, want) {
			t.Fatalf("%.200q %s, limits %+v:\n got %.500s\nwant %.500s", in, name, l, got, want)
		}
	}
	return want
}

// bulks is a command as clients send it.
func bulks(args ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, arg := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(arg), arg)
	}
	return b.String()
}

// inputs are what breaks parsers, and what Redis 7.0.15 makes of it, which all
// but the last group was compared with.
var inputs = []struct {
	in       string
	commands string // arguments joined by "|", commands by "/"
	err      string // without "Protocol error: "
}{
	{bulks("PING"), "PING", ""},
	{bulks("SET", "k", "") + bulks("", "x"), "SET|k|/|x", ""},
	{bulks("ECHO", "a\r\n$1\r\n\x00\xff"), "ECHO|a\r\n$1\r\n\x00\xff", ""},
	{bulks("0123456789", "12", "0123456789ab", strings.Repeat("x", 1000)), "0123456789|12|0123456789ab|" + strings.Repeat("x", 1000), ""},

	// Counts.
	{"*0\r\n*-1\r\n*-10\r\n*-9223372036854775808\r\n" + bulks("PING"), "PING", ""},
	{"*3000000000\r\n", "", "invalid multibulk length"},
	{"*2147483648\r\n", "", "invalid multibulk length"},
	{"*2147483647\r\n", "", ""},
	{"*9223372036854775807\r\n", "", "invalid multibulk length"},
	{"*9223372036854775808\r\n", "", "invalid multibulk length"},
	{"*-9223372036854775809\r\n", "", "invalid multibulk length"},
	{"*18446744073709551617\r\n", "", "invalid multibulk length"},
	{"*" + strings.Repeat("9", 100) + "\r\n", "", "invalid multibulk length"},
	{"*+1\r\n", "", "invalid multibulk length"},
	{"*01\r\n", "", "invalid multibulk length"},
	{"*00\r\n", "", "invalid multibulk length"},
	{"*-0\r\n", "", "invalid multibulk length"},
	{"*-\r\n", "", "invalid multibulk length"},
	{"*\r\n", "", "invalid multibulk length"},
	{"* 1\r\n", "", "invalid multibulk length"},
	{"*1 \r\n", "", "invalid multibulk length"},
	{"*1a\r\n", "", "invalid multibulk length"},
	{"*1\n$4\r\n", "", "invalid multibulk length"},
	{"*a", "", ""},
	{"*a\r", "", ""},

	// Lengths.
	{"*1\r\n$-1\r\n", "", "invalid bulk length"},
	{"*1\r\n$-2\r\n", "", "invalid bulk length"},
	{"*1\r\n$-10\r\n", "", "invalid bulk length"},
	{"*1\r\n$2000000000\r\n", "", "invalid bulk length"},
	{"*1\r\n$536870913\r\n", "", "invalid bulk length"},
	{"*1\r\n$536870912\r\n", "", ""},
	{"*1\r\n$9223372036854775807\r\n", "", "invalid bulk length"},
	{"*1\r\n$9223372036854775800\r\nx", "", "invalid bulk length"},
	{"*1\r\n$blabla\r\n", "", "invalid bulk length"},
	{"*1\r\n$+4\r\nPING\r\n", "", "invalid bulk length"},
	{"*1\r\n$04\r\nPING\r\n", "", "invalid bulk length"},
	{"*1\r\n$00\r\n\r\n", "", "invalid bulk length"},
	{"*1\r\n$ 3\r\nfoo\r\n", "", "invalid bulk length"},
	{"*1\r\n$3 \r\nfoo\r\n", "", "invalid bulk length"},
	{"*1\r\n$\r\nx", "", "invalid bulk length"},
	{bulks("PING") + "*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n", "PING", "expected '$', got 'f'"},
	{"*1\r\nfoo\r\n", "", "expected '$', got 'f'"},
	{"*1\r\nfoo", "", ""},
	{"*1\r\n*1\r\n$1\r\na\r\n", "", "expected '$', got '*'"},
	{"*1\r\n\r\n", "", "expected '$', got '\r'"},
	{"*1\r\n\xff\r\n", "", "expected '$', got '\xff'"},

	// Inline.
	{"\r\n\n \t\v\f\r\n\r\r\nPING\r\nPING\n", "PING/PING", ""},
	{"  set  k\tv  \r\n", "set|k|v", ""},
	{`ECHO "a b" 'c d' ""` + "\r\n", "ECHO|a b|c d|", ""},
	{`""` + "\r\n", "", ""},
	{`"b\x41\x4a\xFf\n\r\t\b\a\q\\\"\x4"` + "\r\n", "bAJ\xff\n\r\t\b\aq\\\"x4", ""},
	{`'a\'b\n\\ '` + "\r\n", `a'b\n\\ `, ""},
	{`'a\\'` + "\r\n", "", "unbalanced quotes in request"},
	{`a"b c"` + "\n" + `a'b c' d\x41` + "\n", `ab c/ab c|d\x41`, ""},
	{`"\x4g\xg4\xG4\x:0" a\'b c'` + "\n", `x4gxg4xG4x:0|a\b c`, ""},
	{"a\vb \vc \"d\"\ve\rf\r\n", "a\vb|c|d|e|f", ""},
	{`set """test-key""" test-value` + "\r\nping\r\n", "", "unbalanced quotes in request"},
	{`"foo"bar` + "\r\n", "", "unbalanced quotes in request"},
	{`'foo'bar` + "\r\n", "", "unbalanced quotes in request"},
	{`"foo` + "\r\n", "", "unbalanced quotes in request"},
	{`"foo\` + "\r\n", "", "unbalanced quotes in request"},
	{`'foo\'` + "\r\n", "", "unbalanced quotes in request"},
	{`$12 set string "` + "\r\n", "", "unbalanced quotes in request"},
	{"$3\r\n", "$3", ""},
	{"+OK\r\n-ERR\r\n", "+OK/-ERR", ""},
	{"\x16\x03\x01", "", ""},
	{"PING", "", ""},

	// Lines without an end.
	{strings.Repeat("a", 64<<10), "", ""},
	{strings.Repeat("a", 64<<10+1), "", "too big inline request"},
	{strings.Repeat("a", 64<<10) + "\n", strings.Repeat("a", 64<<10), ""},
	{"*" + strings.Repeat("1", 64<<10-1), "", ""},
	{"*" + strings.Repeat("1", 64<<10), "", "too big mbulk count string"},
	{"*1\r\n$" + strings.Repeat("1", 64<<10-1), "", ""},
	{"*1\r\n$" + strings.Repeat("1", 64<<10), "", "too big bulk count string"},
	{"*1\r\nx" + strings.Repeat("1", 64<<10), "", "too big bulk count string"},
	{"\x00" + strings.Repeat("payload", 10_000), "", "too big inline request"},
	{"*\x00" + strings.Repeat("payload", 10_000), "", "too big mbulk count string"},
	{"$\x00" + strings.Repeat("payload", 10_000), "", "too big inline request"},

	// Other than Redis.
	{"*1\rx$4\r\nPING\r\n", "", "expected CRLF"},
	{"*-1\rx", "", "expected CRLF"},
	{"*1\r\n$4\rxPING\r\n", "", "expected CRLF"},
	{"*1\r\n$4\r\nPINGxx", "", "expected CRLF"},
	{"*1\r\n$4\r\nPING\rx", "", "expected CRLF"},
	{"*1\r\n$4\r\nPINGx\n", "", "expected CRLF"},
	{"a\x00b \x00\r\n", "a\x00b|\x00", ""},
	{"*1\r\n$4\x00\r\n", "", "invalid bulk length"},
}

func TestFramer_TakesWhatRedisTakes(t *testing.T) {
	for i, c := range inputs {
		got := check(t, c.in, wide, uint64(i))
		var commands []string
		for _, command := range got.commands {
			commands = append(commands, strings.Join(command, "|"))
		}
		if joined := strings.Join(commands, "/"); joined != c.commands || strings.TrimPrefix(got.err, "Protocol error: ") != c.err {
			t.Errorf("%.100q: %.200q, %q; want %.200q, %q", c.in, joined, got.err, c.commands, c.err)
		}
	}
}
