package journal

import (
	"fmt"
	"math/rand"
	"testing"
)

// What a commit of so many random IDs costs, the bitmap's own work included, and
// what it takes on the disk.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{1, 16, 128} {
		b.Run(fmt.Sprint("random/", n), func(b *testing.B) {
			l, r := benchLog(b)
			x, batch := r.get(l, "x"), l.NewBatch()
			rng := rand.New(rand.NewSource(1))
			before := l.Position()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				batch.Open()
				id := uint64(rng.Intn(bitsLimit))
				if !x.b.set(id) {
					x.b.unset(id)
				}
				batch.Changed(x, id)
				batch.Append()
				if i%n == n-1 {
					l.Commit(batch)
				}
			}
			l.Commit(batch)
			b.ReportMetric(float64(l.Position()-before)/float64(b.N), "logged-B/op")
		})
	}
	b.Run("claims of 256", func(b *testing.B) {
		l, r := benchLog(b)
		x, batch := r.get(l, "x"), l.NewBatch()
		at := uint64(0)
		before := l.Position()
		b.ReportAllocs()
		for b.Loop() {
			batch.Open()
			x.b.changeRange(at, at+256, true)
			batch.Claimed(x, at, 256)
			l.Commit(batch)
			if at += 256; at == bitsLimit {
				at = 0
				x.b.clearAll()
			}
		}
		b.ReportMetric(float64(l.Position()-before)/float64(b.N)/256, "logged-B/ID")
	})
	b.Run("nothing", func(b *testing.B) {
		l, _ := benchLog(b)
		batch := l.NewBatch()
		b.ReportAllocs()
		for b.Loop() {
			l.Commit(batch)
		}
	})
}

func benchLog(b *testing.B) (*Log, *registry) {
	fs, err := Directory(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	r := newRegistry()
	o := testOptions(fs, r, EverySec)
	o.step, o.hold = 0, 0
	l, _ := opened(b, o)
	l.Start()
	b.Cleanup(func() { _ = l.Close(b.Context()) })
	return l, r
}

// Once warm, a commit takes no memory.
func TestCommit_AllocatesNothing(t *testing.T) {
	l, r, _, err := start(discard{newRecorder()}, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, b := r.get(l, "x"), l.NewBatch()
	id := uint64(0)
	x.b.changeRange(0, bitsLimit/2, true)
	x.b.changeRange(bitsLimit/2, bitsLimit, false)
	do := func() {
		b.Open()
		for i := range uint64(40) {
			b.Changed(x, (id+i*977)%bitsLimit)
		}
		b.Append()
		b.ChangedRange(x, 1000, 9000)
		b.Claimed(x, id, 256)
		b.Relied(x, 5)
		id = (id + 256) % (bitsLimit / 2)
		l.Commit(b)
	}
	for range 100 {
		do()
		_ = l.sync()
	}
	if n := testing.AllocsPerRun(1000, do); n > .1 { // a window that moves is said
		t.Errorf("%v allocations", n)
	}
}

// discard is a directory whose files keep their sizes only.
type discard struct{ *recorder }

func (d discard) Create(name string) (File, error) {
	f, err := d.recorder.Create(name)
	return discarded{f}, err
}

func (d discard) Open(name string) (File, error) {
	f, err := d.recorder.Open(name)
	return discarded{f}, err
}

type discarded struct{ File }

func (discarded) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (discarded) Allocate(int64, int64) error            { return nil }
