package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"math/rand"
	"strings"
	"sync/atomic"
	"testing"
)

// What is appended of words is what is read, in any mixture.
func TestWords_ComeBack(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	value := func() uint64 {
		v := rng.Uint64()
		switch rng.Intn(8) {
		case 0, 1:
			return 0
		case 2, 3:
			return full
		case 4:
			return 1 << rng.Intn(64)
		case 5:
			return ^(1 << rng.Intn(64))
		case 6:
			return v & rng.Uint64() & rng.Uint64() & rng.Uint64()
		}
		return v
	}
	for range 200 {
		words := newBits()
		for range rng.Intn(5) {
			at := uint64(rng.Intn(bitsLimit / 64))
			for n := rng.Intn(400); n > 0 && at < bitsLimit/64; n-- {
				words.change(at, value(), true)
				at++
			}
		}
		wi := uint64(rng.Intn(2)) * uint64(rng.Intn(bitsLimit/64))
		end := wi + 1 + uint64(rng.Intn(int(bitsLimit/64-wi)))
		b := binary.AppendUvarint(nil, 1<<3|kSelect)
		s := newSweep(true)
		for at, rounds := wi, 0; at < end; rounds++ {
			before := at
			if b, at, _ = s.region(b, words, at, end, 1+rng.Intn(300)); at <= before || at > end {
				t.Fatalf("from %d to %d", before, at)
			}
		}
		r := newRegistry()
		p := newReplay(r)
		to, _ := r.Create(1, nil)
		p.trackers[1] = &loaded{Loader: to}
		p.nextID = 2
		is := r.all[1].b
		is.changeRange(0, bitsLimit, true) // what was there before
		if at, err := p.block(b); err != nil {
			t.Fatal(at, err)
		}
		for at := range uint64(bitsLimit / 64) {
			want := full
			if at >= wi && at < end {
				want = words.Word(at)
			}
			if is.Word(at) != want {
				t.Fatalf("word %d: %x, was %x", at, is.Word(at), want)
			}
		}
	}
}

func TestWords_AreShort(t *testing.T) {
	for _, c := range []struct {
		v uint64
		n int
	}{{0, 2}, {full, 2}, {1, 3}, {1 << 63, 3}, {1<<63 | 1, 4}, {^uint64(1), 3}, {0x0102030405060708, 9}} {
		b := appendWord(nil, 5, c.v)
		if len(b) != c.n {
			t.Errorf("%x takes %d bytes", c.v, len(b))
		}
	}
}

// hostile is a payload that is no log's, and what is wrong.
func TestReplay_RefusesWhatIsNone(t *testing.T) {
	u := func(b []byte, xs ...uint64) []byte {
		for _, x := range xs {
			b = binary.AppendUvarint(b, x)
		}
		return b
	}
	sel := u(nil, 1<<3|kSelect)
	for name, p := range map[string][]byte{
		"words of nobody":             u(nil, 5<<3|kFull, 1),
		"a tracker that never was":    u(nil, 77<<3|kSelect),
		"tracker 0":                   u(nil, 0<<3|kSelect),
		"no words":                    u(sel, 5<<3|kFull, 0),
		"a word beyond all IDs":       u(sel, maxWords<<3|kFull, 1),
		"a run beyond all IDs":        u(sel, 5<<3|kFull, maxWords),
		"a run that overflows":        u(sel, 5<<3|kFull, 1<<63),
		"more literals than bytes":    u(sel, 5<<3|kLiterals, 1<<61+1),
		"a literal cut short":         append(u(sel, 5<<3|kLiteral), 1, 2, 3),
		"a mask cut short":            append(u(sel, 5<<3|kSparse), 0xff, 1),
		"no mask":                     u(sel, 5<<3|kDense),
		"a varint without end":        append(sel, bytes.Repeat([]byte{0xff}, 12)...),
		"an unknown operation":        u(nil, 99<<3|kControl),
		"a tracker twice":             append(appendBytes(nil, opCreate, 9, nil), appendBytes(nil, opCreate, 9, nil)...),
		"tracker 0 made":              appendBytes(nil, opCreate, 0, nil),
		"a tracker beyond all":        appendBytes(nil, opCreate, 1<<63, nil),
		"metadata that is not there":  u(nil, opCreate<<3|kControl, 9, 1<<62),
		"a slot too many":             appendControl(nil, opReserve, 1, maxSlots, 1, 1),
		"a window beyond all IDs":     appendControl(nil, opReserve, 1, 0, maxWords-1, 2),
		"an empty window":             appendControl(nil, opReserve, 1, 0, 5, 0),
		"the end of a base in a log":  appendControl(nil, opEnd, 1, 1, 1),
		"an argument that is missing": u(nil, opDrop<<3|kControl),
	} {
		r := newRegistry()
		re := newReplay(r)
		if _, err := re.block(appendBytes(nil, opCreate, 1, []byte("x"))); err != nil {
			t.Fatal(err)
		}
		if at, err := re.block(p); err == nil || at > len(p) || !strings.Contains(err.Error(), "malformed") {
			t.Errorf("%s: byte %d: %v", name, at, err)
		}
	}
}

// FuzzReplay: no payload makes the reader panic, or hand on what cannot be.
func FuzzReplay(f *testing.F) {
	sel := binary.AppendUvarint(nil, 1<<3|kSelect)
	f.Add(appendWord(bytes.Clone(sel), 7, 0x123))
	f.Add(appendRun(bytes.Clone(sel), kFull, 7, 1000))
	f.Add(appendControl(appendBytes(nil, opCreate, 2, []byte("y")), opReserve, 2, 3, 4, 5))
	f.Add(appendControl(appendControl(nil, opFlush, 9), opClean))
	f.Add(appendControl(nil, opEnd, 1, 2, 3))
	f.Fuzz(func(t *testing.T, p []byte) {
		for _, based := range []bool{false, true} {
			r := &strict{t: t}
			re := newReplay(r)
			re.based = based
			if _, err := re.block(appendBytes(nil, opCreate, 1, []byte("x"))); err != nil {
				t.Fatal(err)
			}
			at, err := re.block(p)
			if at < 0 || at > len(p) || err == nil && at != 0 {
				t.Fatal(at, err)
			}
			windows := 0
			for _, tr := range re.trackers {
				tr.eachWindow(func(s span) {
					windows++
					if s.to > maxWords || s.from >= s.to {
						t.Fatal(s)
					}
				})
			}
			if windows != re.windows {
				t.Fatal(windows, re.windows)
			}
		}
	})
}

// strict fails if it is given what cannot be.
type strict struct {
	nobody
	t *testing.T
}

func (s *strict) Create(uint64, []byte) (Loader, error) { return s, nil }
func (s *strict) Put(wi, v uint64) error                { return s.Fill(wi, 1, v) }
func (s *strict) PutAll(wi uint64, p []byte) error {
	if len(p) == 0 || len(p)%8 != 0 {
		s.t.Fatal(len(p))
	}
	return s.Fill(wi, uint64(len(p)/8), 0)
}
func (s *strict) Fill(wi, n, v uint64) error {
	if n == 0 || wi >= maxWords || n > maxWords-wi {
		s.t.Fatal(wi, n)
	}
	return nil
}

// FuzzBlock: no file makes a start panic, or take more memory than it has bytes.
func FuzzBlock(f *testing.F) {
	whole := func(payload []byte, pos uint64) []byte {
		b := append(appendHead(nil), payload...)
		endBlock(b, pos, 0)
		return b
	}
	one := whole(appendBytes(nil, opCreate, 1, []byte("x")), 0)
	f.Add(one, true)
	f.Add(append(bytes.Clone(one), whole(appendControl(nil, opClean), uint64(len(one)))...), false)
	f.Add(append(bytes.Clone(one), make([]byte, 100)...), false)
	f.Add(append(make([]byte, 100), one...), false)
	f.Add(whole(appendControl(nil, opEnd, 0, 0, 1), 0), true)
	f.Fuzz(func(t *testing.T, p []byte, base bool) {
		d := newRecorder()
		name, kind := logName(1), magicLog
		if base {
			name, kind = baseName(1), magicBackup
		}
		d.files[name] = &record{now: append(header{magic: kind, seq: 1}.bytes(), p...)}
		if _, _, report, err := start(d.kill(), EverySec, 0); err == nil && report.Torn == nil && !base {
			if len(bytes.TrimRight(p, "\x00")) > 0 && report.LogBytes == 0 {
				t.Fatal("something is passed over in silence")
			}
		}
		// Blocks that are right in all but what they say.
		d.files[name].now = append(header{magic: kind, seq: 1}.bytes(), p...)
		for off := fileHead; off+blockHead < len(d.files[name].now); {
			b, ok := parseBlock(d.files[name].now[off:], int64(len(d.files[name].now)-off))
			if !ok {
				break
			}
			q := d.files[name].now[off : off+int(b.size())]
			binary.LittleEndian.PutUint64(q[8:], uint64(off-fileHead))
			binary.LittleEndian.PutUint32(q[4:], crc32.Checksum(q[8:], castagnoli))
			off += len(q)
		}
		_, _, _, _ = start(d, EverySec, 0)
	})
}

// What the log must not take for a block: a length beyond the file.
func TestBlock_LengthsAreBounded(t *testing.T) {
	b := append(appendHead(nil), 1, 2, 3)
	endBlock(b, 0, 0)
	for _, n := range []uint32{0, 4, 1 << 31, 1<<32 - 1} {
		binary.LittleEndian.PutUint32(b, n)
		if _, ok := parseBlock(b, int64(len(b))); ok {
			t.Errorf("%d bytes of %d", n, len(b)-blockHead)
		}
	}
	binary.LittleEndian.PutUint32(b, 3)
	if _, ok := parseBlock(b, int64(len(b))); !ok {
		t.Error("a whole one")
	}
	binary.LittleEndian.PutUint64(b[8:], 1<<63)
	if _, ok := parseBlock(b, int64(len(b))); ok {
		t.Error("a position that overflows")
	}
}

func TestNames_HaveOneSpelling(t *testing.T) {
	for name, want := range map[string]string{
		"incr-00000012.pt": "12 false true", "base-00000012.pt": "12 true true", "incr-123456789.pt": "123456789 false true",
		"incr-12.pt": "0", "base-12.pt": "0", "incr-00000000.pt": "0", "incr-00000001.pt.tmp": "0", "incr--0000001.pt": "0",
		"incr-+0000001.pt": "0", "dump.pt": "0", "incr-.pt": "0", "base-99999999999999999999.pt": "0", "x": "0", "00000012.pt": "0",
	} {
		seq, base, ok := parseName(name)
		if ok && fmt.Sprint(seq, base, ok) != want || !ok && want != "0" {
			t.Errorf("%s: %d %v %v", name, seq, base, ok)
		}
	}
}

// zeros is a bitmap of any size whose words are full from one on.
type fullWords struct{ n uint64 }

func (f fullWords) Word(wi uint64) uint64 {
	if wi < f.n {
		return full
	}
	return 0
}

func (f fullWords) ClearAll() uint64 { return 0 }

func (f fullWords) Spans(wi, n uint64, visit func(uint64, []atomic.Uint64) bool) {
	chunk := make([]atomic.Uint64, 4096)
	for i := range chunk {
		chunk[i].Store(full)
	}
	for end := min(wi+n, f.n); wi < end; {
		m := min(end-wi, 4096-wi%4096)
		if !visit(wi, chunk[:m]) {
			return
		}
		wi += m
	}
}

// How much a change takes on the disk.
func TestSize_OfChanges(t *testing.T) {
	r := newRegistry()
	usual := testOptions(newRecorder(), r, No)
	usual.step, usual.hold = 0, 0
	l, _ := opened(t, usual)
	b := l.NewBatch()
	rng := rand.New(rand.NewSource(1))
	o := &words{Words: &oneBit{}}
	l.Create(o, []byte("vec:"))
	before := l.Position()
	const n = 16 * 1000
	for range n / 16 {
		b.Open()
		for range 16 {
			b.Changed(o, uint64(rng.Int63n(1e9)))
		}
		l.Commit(b)
	}
	if per := float64(l.Position()-before) / n; per > 8 {
		t.Errorf("a random ID takes %.2f bytes in commits of 16", per)
	} else {
		t.Logf("a random ID takes %.2f bytes in commits of 16", per)
	}
	x := r.get(l, "x")
	before = l.Position()
	for range 1000 {
		claimSome(l, x, b, 256)
	}
	if per := float64(l.Position()-before) / 256000; per > .5 {
		t.Errorf("an ID of claims of 256 takes %.2f bytes", per)
	} else {
		t.Logf("an ID of claims of 256 takes %.2f bytes", per)
	}
	o.Words = fullWords{1e9 / 64}
	before = l.Position()
	b.Open()
	b.ChangedRange(o, 0, 1e9)
	l.Commit(b)
	if n := l.Position() - before; n > 64<<10 {
		t.Errorf("a range of 1 G IDs takes %d bytes", n)
	} else {
		t.Logf("a range of 1 G IDs takes %d bytes", n)
	}
}

// words is a tracker without a bound.
type words struct {
	Words
	o Object
}

func (w *words) MaxID() uint64   { return 0 }
func (w *words) Object() *Object { return &w.o }

// oneBit has one ID in each word.
type oneBit struct{}

func (*oneBit) ClearAll() uint64                                         { return 0 }
func (*oneBit) Word(wi uint64) uint64                                    { return bits.Reverse64(1 << (wi % 64)) }
func (*oneBit) Spans(uint64, uint64, func(uint64, []atomic.Uint64) bool) {}
