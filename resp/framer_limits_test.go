package resp_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/resp"
)

// next wants the one command that f has now.
func next(t *testing.T, f *resp.Framer, want ...string) {
	t.Helper()
	args, err := f.Next()
	var got []string
	for _, arg := range args {
		got = append(got, string(arg))
	}
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

func TestFramer_LimitsAtTheirEdges(t *testing.T) {
	x := strings.Repeat("x", 100)
	for _, c := range []struct {
		in     string
		limits limits
		err    string // without "Protocol error: "; "-" for pending
	}{
		{bulks("a", "b", "c"), tight, ""},
		{"*4\r\n", tight, "invalid multibulk length"},
		{"a b c\r\n", tight, ""},
		{"a b c d\r\n", tight, "invalid multibulk length"},
		{`a b c "d` + "\r\n", tight, "invalid multibulk length"},
		{bulks(x[:12]), tight, ""},
		{bulks(x[:13]), tight, "invalid bulk length"},
		{"*1\r\n$13\r\n", tight, "invalid bulk length"},
		{"*3\r\n$12\r\n" + x[:12] + "\r\n$12\r\n" + x[:12] + "\r\n$12\r\n", tight, "too big command"}, // 4 + 3*19 bytes
		{bulks(x[:12], x[:12], x[:11]), tight, ""},
		{bulks(x[:12], x[:12], x[:12]), tight, "too big command"},
		{bulks(x[:12], x[:12], x[:11]) + "*1\r\n$12\r\n", tight, "-"},
		{x[:40] + "\n", tight, ""},
		{x[:40], tight, "-"},
		{x[:41], tight, "too big inline request"},
		{x[:39] + "\r\n", tight, ""},
		{x[:41] + "\n", tight, "too big inline request"},
		{"*1\r\n$" + strings.Repeat("1", 39) + "\r\n", tight, "invalid bulk length"},
		{"*1\r\n$" + strings.Repeat("1", 40), tight, "too big bulk count string"},

		{bulks(strings.Split("a b c d e f g h i j", " ")...), unauthenticated(), ""},
		{"*11\r\n", unauthenticated(), "unauthenticated multibulk length"},
		{"*2147483647\r\n", unauthenticated(), "unauthenticated multibulk length"},
		{"*2147483648\r\n", unauthenticated(), "invalid multibulk length"},
		{"a b c d e f g h i j k\r\n", unauthenticated(), "unauthenticated multibulk length"},
		{"*1\r\n$16384\r\n", unauthenticated(), "-"},
		{"*1\r\n$16385\r\n", unauthenticated(), "unauthenticated bulk length"},
		{"*1\r\n$536870912\r\n", unauthenticated(), "unauthenticated bulk length"},
		{"*1\r\n$536870913\r\n", unauthenticated(), "invalid bulk length"},
	} {
		got := check(t, c.in, c.limits, 1)
		if c.err == "-" && got.pending {
			continue
		}
		if err := strings.TrimPrefix(got.err, "Protocol error: "); err != c.err || got.pending || err == "" && len(got.commands) != 1 {
			t.Errorf("%q: %s; want error %q", c.in, got, c.err)
		}
	}
}

// Limits out of their ranges count as the nearest in them.
func TestFramer_AnyLimits(t *testing.T) {
	least := limits{Limits: resp.Limits{Args: 1, Inline: 32}}
	most := limits{Limits: resp.Limits{Args: 1<<31 - 1, Bulk: 512 << 20, Command: 1 << 30, Inline: 1 << 20}}
	const big = int(^uint(0) >> 1)
	for i, in := range inputs {
		for given, counts := range map[resp.Limits]limits{
			{}: least,
			{Args: -1, Bulk: -1, Command: -1, Inline: -1}:         least,
			{Args: -big, Bulk: -big, Command: -big, Inline: -big}: least,
			{Args: big, Bulk: big, Command: big, Inline: big}:     most,
		} {
			want := naive(in.in, counts)
			for name, pieces := range chunkings(uint64(i)) {
				if got := frame(t, in.in, limits{Limits: given}, pieces); got.String() != want.String() {
					t.Fatalf("%.100q %s, %+v: %.300s, want %.300s", in.in, name, given, got, want)
				}
			}
		}
	}
}

func TestFramer_OwnLimitsAreInRange(t *testing.T) {
	for _, l := range []resp.Limits{resp.DefaultLimits(), resp.UnauthenticatedLimits()} {
		if l.Args < 1 || l.Bulk < 1 || l.Bulk > l.Command || l.Inline < 32 || l.Command > 1<<30 {
			t.Errorf("%+v", l)
		}
	}
}

// AUTH is executed between two calls of Next: the limits change in the middle
// of a piece.
func TestFramer_NewLimitsHoldForTheNextCommand(t *testing.T) {
	wideCommand := bulks(strings.Split("a b c d e f g h i j k", " ")...)
	for _, cut := range []int{0, 1, 5, 20} {
		var f resp.Framer
		f.Init(resp.UnauthenticatedLimits(), nil)
		in := bulks("AUTH", "secret") + wideCommand
		f.Feed([]byte(in[:cut]))
		if args, err := f.Next(); args != nil || err != nil {
			t.Fatal(args, err)
		}
		f.Feed([]byte(in[cut:]))
		next(t, &f, "AUTH", "secret")
		f.SetLimits(resp.DefaultLimits())
		next(t, &f, strings.Split("a b c d e f g h i j k", " ")...)
		f.SetLimits(resp.UnauthenticatedLimits())
		next(t, &f)
		f.Feed([]byte(wideCommand))
		if _, err := f.Next(); err == nil || err.Error() != "Protocol error: unauthenticated multibulk length" {
			t.Fatal(err)
		}
	}
}

func TestFramer_HTTPIsNoCommand(t *testing.T) {
	for _, line := range []string{"POST / HTTP/1.1", "post", "PoSt\tx", "Host: example.org", "hOST:", ` "po\x73t"`} {
		in := bulks("PING") + "GET / HTTP/1.1\r\n" + line + "\r\n\r\n" + bulks("PING")
		got := check(t, in, wide, 1)
		if len(got.commands) != 2 || got.err != resp.ErrHTTP.Error() {
			t.Errorf("%q: %s", line, got)
		}
	}
	for _, in := range []string{"POSTER x\r\n", "HOST x\r\n", "x POST Host:\r\n", bulks("POST"), bulks("Host:", "x"), "ho\u017ft:\r\n", "po\u017ft\r\n"} {
		if got := check(t, in, wide, 1); len(got.commands) != 1 || got.err != "" {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestFramer_ErrorsHaveTheirTypes(t *testing.T) {
	var f resp.Framer
	f.Init(resp.DefaultLimits(), nil)
	f.Feed([]byte("*1\r\n$1\r\na\r\n*x\r\n"))
	next(t, &f, "a")
	for range 3 {
		args, err := f.Next()
		if perr := (*resp.ProtocolError)(nil); args != nil || !errors.As(err, &perr) {
			t.Fatalf("%q, %v", args, err)
		}
	}
	f.Init(resp.DefaultLimits(), nil)
	f.Feed([]byte("POST /\r\n"))
	if _, err := f.Next(); err != resp.ErrHTTP {
		t.Fatal(err)
	}
	f.Init(resp.DefaultLimits(), nil)
	f.Feed([]byte("PING\r\n"))
	next(t, &f, "PING")
}

// What is whole in the input is not copied; what began earlier is copied for
// that command alone, and inline commands are decoded elsewhere.
func TestFramer_ParsesInPlace(t *testing.T) {
	within := func(arg, p []byte) bool {
		at := uintptr(unsafe.Pointer(unsafe.SliceData(arg))) - uintptr(unsafe.Pointer(unsafe.SliceData(p)))
		return at < uintptr(len(p))
	}
	for _, c := range []struct {
		pieces  []string
		inPlace []bool // by command
	}{
		{[]string{bulks("a", "b") + bulks("c")}, []bool{true, true}},
		{[]string{bulks("a", "b")[:9], bulks("a", "b")[9:] + bulks("c") + bulks("d")}, []bool{false, true, true}},
		{[]string{"\r", "\n" + bulks("a")}, []bool{true}},
		{[]string{"*", "0\r\n" + bulks("a")}, []bool{true}},
		{[]string{"a\r\n" + bulks("b") + "c\r\n"}, []bool{false, true, false}},
	} {
		var f resp.Framer
		f.Init(resp.DefaultLimits(), nil)
		var got []bool
		for _, piece := range c.pieces {
			p := []byte(piece)
			f.Feed(p)
			for {
				args, err := f.Next()
				if err != nil {
					t.Fatal(err)
				}
				if args == nil {
					break
				}
				got = append(got, within(args[0], p))
			}
			if string(p) != piece {
				t.Errorf("%q became %q", piece, p)
			}
		}
		if !slices.Equal(got, c.inPlace) {
			t.Errorf("%q: in place %v, want %v", c.pieces, got, c.inPlace)
		}
	}
}

// Input that would be lost is the caller's mistake.
func TestFramer_FeedRefusesToLoseInput(t *testing.T) {
	for _, pieces := range [][]string{{bulks("a") + bulks("b")}, {"*1\r\n$1\r\n", "a\r\n" + bulks("b")}} {
		var f resp.Framer
		f.Init(resp.DefaultLimits(), nil)
		for i, piece := range pieces {
			f.Feed([]byte(piece))
			if i < len(pieces)-1 {
				next(t, &f)
			}
		}
		next(t, &f, "a")
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q: taken", pieces)
				}
			}()
			f.Feed([]byte(bulks("c")))
		}()
	}
}

func TestFramer_QueryMemoryIsForAll(t *testing.T) {
	memory := resp.NewQueryMemory(64 << 10)
	var framers [16]resp.Framer
	for i := range framers {
		framers[i].Init(resp.DefaultLimits(), memory)
		framers[i].Feed([]byte("*2\r\n$4\r\nECHO\r\n$9"))
		next(t, &framers[i])
	}
	if memory.Used() != 64<<10 {
		t.Fatalf("%d bytes in use", memory.Used())
	}
	var late resp.Framer
	late.Init(resp.DefaultLimits(), memory)
	late.Feed([]byte(bulks("PING") + "*2\r\n"))
	next(t, &late, "PING")
	// A short command that is not whole is never refused...
	if args, err := late.Next(); args != nil || err != nil || memory.Used() <= 64<<10 {
		t.Fatal(args, err, memory.Used())
	}
	late.Feed([]byte("$1\r\na\r\n$1\r\nb\r\n"))
	next(t, &late, "a", "b")
	next(t, &late)
	// ... but growing is, to the one that grows.
	framers[0].Feed([]byte("000\r\n" + strings.Repeat("x", 5000)))
	if _, err := framers[0].Next(); err != resp.ErrQueryMemory || framers[0].Held() != 0 {
		t.Fatal(err, framers[0].Held())
	}
	// So are arguments, even those of a command that is whole.
	framers[0].Init(resp.DefaultLimits(), memory)
	framers[0].Feed([]byte(bulks(strings.Split(fmt.Sprint(make([]int, 100)), " ")...)))
	if _, err := framers[0].Next(); err != resp.ErrQueryMemory {
		t.Fatal(err)
	}
	for i := range framers[1:] {
		f := &framers[1+i]
		f.Feed([]byte("\r\n123456789\r\n"))
		next(t, f, "ECHO", "123456789")
		next(t, f)
	}
	if memory.Used() != 0 {
		t.Fatalf("%d bytes in use", memory.Used())
	}
}

// What a connection takes along when it leaves its loop is held until it is used. Without memory for
// that, the command at hand is the last one.
func TestFramer_DetachedInputIsHeld(t *testing.T) {
	rest := strings.Repeat(bulks("PING"), 1000)
	for _, cut := range []int{0, 5} { // in the middle of the first command
		memory := resp.NewQueryMemory(64 << 10)
		var f resp.Framer
		f.Init(resp.DefaultLimits(), memory)
		in := bulks("ECHO", "a") + rest
		if cut > 0 {
			f.Feed([]byte(in[:cut]))
			next(t, &f)
		}
		f.Feed([]byte(in[cut:]))
		next(t, &f, "ECHO", "a")
		f.Detach()
		if used := memory.Used(); used < int64(len(rest)) || used != int64(f.Held()) {
			t.Errorf("cut at %d: %d bytes in use, %d held, for %d detached", cut, used, f.Held(), len(rest))
		}
		for range 1000 {
			next(t, &f, "PING")
		}
		next(t, &f)
		if used := memory.Used(); used != 0 {
			t.Errorf("cut at %d: %d bytes in use for nothing", cut, used)
		}

		f.Init(resp.DefaultLimits(), resp.NewQueryMemory(8<<10))
		if cut > 0 {
			f.Feed([]byte(in[:cut]))
			next(t, &f)
		}
		f.Feed([]byte(in[cut:]))
		next(t, &f, "ECHO", "a")
		f.Detach()
		if args, err := f.Next(); args != nil || err != resp.ErrQueryMemory {
			t.Errorf("cut at %d, without memory: %q, %v", cut, args, err)
		}
		f.Close()
	}
}
