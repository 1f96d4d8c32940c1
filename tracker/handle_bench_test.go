package tracker_test

import (
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// What a request costs in this package: the prefix looked up, one operation on
// one ID, and the Recorder told.
func BenchmarkHandle(b *testing.B) {
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	c := r.Caller(new(quiet))
	if _, err := c.At("vec:").AddRange(tracker.Range{Max: 1 << 20}); err != nil {
		b.Fatal(err)
	}
	ids, id, runs := []uint64{0}, uint64(0), make([]tracker.Run, 0, 16)
	next := func() {
		id = (id + 64) & (1<<20 - 1)
		ids[0] = id
	}
	for _, op := range []struct {
		name string
		do   func()
	}{
		{"Add, there", func() { _, _ = c.At("vec:").Add(ids) }},
		{"Add and Remove", func() { next(); c.At("vec:").Remove(ids); _, _ = c.At("vec:").Add(ids) }},
		{"Exists", func() { next(); c.At("vec:").Exists(id) }},
		{"Claim and Remove", func() { next(); c.At("vec:").Remove(ids); _, _ = c.At("vec:").Claim(id) }},
		{"ClaimNext and TakeNext", func() {
			runs, _ = c.At("vec:").ClaimNext(runs[:0], tracker.Everything, 1)
			runs = c.At("vec:").TakeNext(runs[:0], tracker.Everything, 1)
		}},
	} {
		b.Run(op.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				op.do()
			}
		})
	}
}

// quiet is a Recorder that does next to nothing.
type quiet struct{ n int }

func (q *quiet) Changed(*tracker.Tracker) { q.n++ }
func (q *quiet) ChangedAll()              { q.n++ }
