//go:build !race

package resp

import (
	"bytes"
	"math/bits"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// Memory, allocations and work are promises. The race detector changes the
// first two, so this file is not for it. Its tests are not parallel: what they
// measure is the process's.

// allocated returns the bytes allocated while run runs, garbage or not.
func allocated(run func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

func TestFramerCost_CommandsAllocateNothing(t *testing.T) {
	for name, in := range map[string][]byte{
		"three arguments":    pipeline(128, 1),
		"a hundred":          pipeline(16, 98),
		"a thousand":         pipeline(4, 998),
		"inline":             bytes.Repeat([]byte("PT.ADD users 1234567\r\n"), 100),
		"inline with quotes": bytes.Repeat([]byte(`PT.ADD "us\x65rs" '1234567'`+"\r\n"), 100),
	} {
		for _, cut := range []int{0, len(in) / 3} {
			if name == "a thousand" && cut > 0 {
				continue // a begin of more than the pooled buffer
			}
			var f Framer
			f.Init(DefaultLimits(), NewQueryMemory(0))
			run := func() {
				take(t, &f, in[:cut])
				take(t, &f, in[cut:])
			}
			if n := testing.AllocsPerRun(100, run); n > 0 {
				t.Errorf("%s, cut at %d: %v allocations", name, cut, n)
			}
			if f.Held() != 0 {
				t.Errorf("%s: idle, it holds %d bytes", name, f.Held())
			}
		}
	}
}

// Commands that never end where the input does must not pile up.
func TestFramerCost_UnalignedStream(t *testing.T) {
	total := 1 << 30
	if testing.Short() {
		total = 1 << 26
	}
	one := command("PT.ADD", "users", "1234567")
	// One byte of a command first, then pieces that end after the next first.
	piece := append(bytes.Repeat(one, 500)[1:], one[0])
	var f Framer
	f.Init(DefaultLimits(), nil)
	most, commands := 0, take(t, &f, one[:1])
	used := allocated(func() {
		for sent := 1; sent < total; sent += len(piece) {
			commands += take(t, &f, piece)
			most = max(most, f.Held())
			if !f.Pending() {
				t.Fatal("the stream is aligned")
			}
		}
	})
	if want := (total + len(piece) - 2) / len(piece) * 500; commands != want {
		t.Errorf("%d commands, want %d", commands, want)
	}
	if most >= 64<<10 || used >= 64<<10 {
		t.Errorf("held %d bytes, allocated %d", most, used)
	}
}

func TestFramerCost_LongInlineLine(t *testing.T) {
	for name, line := range map[string]string{
		"words":  strings.Repeat("a ", 32<<10),
		"quotes": strings.Repeat(`"" `, 64<<10/3),
		"blanks": "a b c d e f g h i" + strings.Repeat(" ", 60<<10),
	} {
		want := len(strings.Fields(line))
		for _, size := range []int{1000, len(line)} {
			var f Framer
			f.Init(DefaultLimits(), nil)
			most := 0
			used := allocated(func() {
				for rest := line; rest != ""; rest = rest[min(size, len(rest)):] {
					take(t, &f, []byte(rest[:min(size, len(rest))]))
				}
				f.Feed([]byte("\n"))
				args, err := f.Next()
				if err != nil || len(args) != want {
					t.Fatalf("%d words, %v", len(args), err)
				}
				most = f.Held()
			}) - len(line) // the pieces
			if most >= 1<<20 || used >= 17<<16 {
				t.Errorf("%s by %d: held %d bytes, allocated %d", name, size, most, used)
			}
		}
	}
}

func TestFramerCost_AnnouncementsTakeNoMemory(t *testing.T) {
	limits := Limits{Args: 1 << 20, Bulk: 512 << 20, Command: 1 << 30, Inline: 64 << 10}
	for _, in := range []string{
		"*1048576\r\n",
		"*1\r\n$536870000\r\n",
		"*1048576\r\n$1\r\na\r\n$536870000\r\nx",
		"*1048576\r\n" + strings.Repeat("$1\r\na\r\n", 9) + "$536870000\r\nxy",
	} {
		for _, size := range []int{1, len(in)} {
			var f Framer
			f.Init(limits, nil)
			used := allocated(func() {
				for rest := in; rest != ""; rest = rest[size:] {
					take(t, &f, []byte(rest[:size]))
				}
			})
			if most := pooledBuffer + pooledArgs*argSize; f.Held() > most || used > 2*most || !f.Pending() {
				t.Errorf("%q by %d: %d bytes held, %d allocated", in, size, f.Held(), used)
			}
		}
	}
}

// A huge command must not leave its memory to those behind it.
func TestFramerCost_HugeCommandLeavesNothing(t *testing.T) {
	huge := pipeline(1, 1<<18-2)
	cut := len(huge) - 1000
	var f Framer
	f.Init(DefaultLimits(), nil)
	take(t, &f, huge[:1000])
	take(t, &f, huge[1000:cut])
	f.Feed(append(bytes.Clone(huge[cut:]), pipeline(1, 1)...))
	if args, err := f.Next(); len(args) != 1<<18 || err != nil || f.Held() < len(huge)+len(args)*argSize {
		t.Fatalf("%d arguments, %v, %d bytes held", len(args), err, f.Held())
	}
	if args, err := f.Next(); len(args) != 3 || err != nil || f.Held() != 0 {
		t.Fatalf("%d arguments, %v, %d bytes held", len(args), err, f.Held())
	}
	take(t, &f, nil)

	// The next command's begin is pending, be it short or long.
	for _, ids := range []int{1, 100, 2000} {
		begin := pipeline(1, ids)
		begin = begin[:len(begin)-3]
		want := max(pooledBuffer, len(begin))
		if ids > len(f.few) {
			want += max(pooledArgs, 2*ids) * argSize
		}
		for name, before := range map[string][]byte{
			"huge":      huge,
			"arguments": pipeline(1, 100),
			"a line":    []byte("x" + strings.Repeat(" ", 60_000) + "\n"),
		} {
			var f Framer
			f.Init(DefaultLimits(), nil)
			take(t, &f, append(bytes.Clone(before), begin...))
			if f.Held() > want || !f.Pending() {
				t.Errorf("%d IDs behind %s: %d bytes held, want %d at most", ids, name, f.Held(), want)
			}
		}
	}
}

// Arguments that are no longer handed out must not keep input in memory.
func TestFramerCost_NoViewOutlivesItsInput(t *testing.T) {
	for _, ids := range []int{1, 100} {
		var f Framer
		f.Init(DefaultLimits(), nil)
		in := append(pipeline(3, ids), "*4\r\n$4\r\nECHO\r\n"...)
		for _, feed := range []int{len(in), len(in) - 14} { // with a pending command and without
			p := bytes.Clone(in[:feed])
			collected := make(chan struct{})
			runtime.AddCleanup(unsafe.SliceData(p), func(c chan struct{}) { close(c) }, collected)
			take(t, &f, p)
			p = nil
			for i := 0; ; i++ {
				runtime.GC()
				select {
				case <-collected:
				default:
					if i < 100 {
						continue
					}
					t.Errorf("%d IDs, pending %t: the input is still in memory", ids, f.Pending())
				}
				break
			}
			runtime.KeepAlive(&f)
			f.Close()
			f.Init(DefaultLimits(), nil)
		}
	}
}

func TestFramerCost_PoolsGetNoViews(t *testing.T) {
	for _, in := range [][]byte{pipeline(2, 100), append(pipeline(1, 100), pipeline(1, 1)...), append(pipeline(1, 100), "PING\r\n"...)} {
		var f Framer
		f.Init(DefaultLimits(), nil)
		take(t, &f, in)
		for i, arg := range argsPool.Get().(*[pooledArgs][]byte) {
			if arg != nil {
				t.Fatalf("argument %d is %q", i, arg)
			}
		}
	}
}

// What has been parsed is overwritten with what would change the result if it
// were looked at again.
func TestFramerCost_NothingIsParsedTwice(t *testing.T) {
	const ids = 200_000
	in := pipeline(1, ids)
	for _, size := range []int{1, 1000, 1024} {
		var f Framer
		f.Init(DefaultLimits(), nil)
		moves, own, at := 0, (*byte)(nil), 0
		for sent := 0; ; {
			piece := in[sent:min(sent+size, len(in))]
			sent += len(piece)
			f.Feed(piece)
			args, err := f.Next()
			if err != nil || args != nil && len(args) != ids+2 || (args == nil) != (sent < len(in)) {
				t.Fatalf("by %d, at %d: %d arguments, %v", size, sent, len(args), err)
			}
			if args != nil {
				first, last := unsafe.SliceData(f.own), unsafe.SliceData(f.own[len(f.own)-1:])
				for i, arg := range args {
					if at := unsafe.SliceData(arg); uintptr(unsafe.Pointer(at)) < uintptr(unsafe.Pointer(first)) || uintptr(unsafe.Pointer(at)) > uintptr(unsafe.Pointer(last)) {
						t.Fatalf("by %d: argument %d is in a buffer from before", size, i)
					}
				}
				break
			}
			if f.at < at || f.at < sent-len("$7\r\n1234567\r\n") {
				t.Fatalf("by %d: %d bytes have come, %d are parsed", size, sent, f.at)
			}
			for i := at; i < f.at; i++ {
				f.own[i] = "\r\n*$0"[i%5]
			}
			if at = f.at; own != unsafe.SliceData(f.own) {
				own = unsafe.SliceData(f.own)
				moves++
			}
		}
		if limit := bits.Len(uint(len(in) / pooledBuffer)); moves > limit+2 {
			t.Errorf("by %d: the buffer moved %d times", size, moves)
		}
	}
}

func TestFramerCost_NoLineEndIsSearchedTwice(t *testing.T) {
	for in, end := range map[string]byte{"*": '\r', "*1\r\n$": '\r', "a": '\n'} {
		var f Framer
		f.Init(DefaultLimits(), nil)
		take(t, &f, []byte(in))
		for range 60_000 / 100 {
			take(t, &f, bytes.Repeat([]byte{'1'}, 100)) // fails if it finds the ends below
			if f.scanned != len(f.own) {
				t.Fatalf("%q: %d bytes searched of %d", in, f.scanned, len(f.own))
			}
			for i := f.at + 1; i < f.scanned; i++ {
				f.own[i] = end
			}
		}
	}
}
