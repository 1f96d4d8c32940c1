//go:build !race

package tracker_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// The tests here measure the process and are not parallel; the race detector
// changes what they measure.

func heapBytes() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the first leaves what was floating when it began
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// Overhead is the tracker, its entry and place in the registry's table and its
// bitmap's root, as the heap rounds them up; not the bytes of the prefix, and
// no words, for there are no IDs.
func TestCost_ATrackerTakesLessThan256Bytes(t *testing.T) {
	const n, prefixLen = 100_000, 16
	for _, c := range []struct {
		name string
		use  func(*tracker.Tracker)
	}{
		{"as created", func(*tracker.Tracker) {}},
		{"with its bitmap's root", func(tr *tracker.Tracker) {
			// A hand-out of nothing makes the root and no words.
			if runs, err := tr.ClaimNext(nil, tracker.Range{}, 1); len(runs) != 0 || err != nil {
				t.Fatal(runs, err)
			}
		}},
	} {
		r, err := tracker.NewRegistry(tracker.Config{MaxID: 1 << 20, Width: tracker.DefaultWidth}, nil)
		if err != nil {
			t.Fatal(err)
		}
		before := heapBytes()
		for i := range n {
			tr, err := r.GetOrCreate(fmt.Sprintf("%0*d", prefixLen, i))
			if err != nil {
				t.Fatal(err)
			}
			c.use(tr)
		}
		per := float64(heapBytes()-before)/n - prefixLen
		t.Logf("%s: %.1f bytes per tracker", c.name, per)
		if per >= 256 || r.Len() != n || r.TotalCount() != 0 {
			t.Errorf("%s: %.1f bytes per tracker, want less than 256", c.name, per)
		}
		// What the budget is charged must not be less than what is taken.
		if booked := float64(r.Budget().Used())/n - prefixLen; booked < per-16 {
			t.Errorf("%s: the budget is charged %.1f bytes for %.1f", c.name, booked, per)
		}
	}
}

func TestCost_TrackerHotPathsAllocateNothing(t *testing.T) {
	r, err := tracker.NewRegistry(tracker.Config{MaxID: 1 << 20, Width: tracker.DefaultWidth}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := r.GetOrCreate("vec:")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.AddRange(tracker.Everything); err != nil {
		t.Fatal(err)
	}
	for id := range uint64(1 << 20) {
		if id%3 == 0 {
			tr.Remove(id)
		}
	}
	w, err := tr.Iter().Write()
	if err != nil {
		t.Fatal(err)
	}
	seq, err := tr.Iter().SetOnly().Sequential()
	if err != nil {
		t.Fatal(err)
	}
	random, err := tr.Iter().SetOnly().Random(1)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Caller(new(quiet))
	at := func() tracker.Handle { return c.At("vec:") }
	one, few, claimed, sampler := make([]uint64, 1), make([]uint64, 3), make([]bool, 0, 3), new(tracker.Sampler)
	popped := make([]uint64, 0, 8)
	at().Pop(popped, 1, sampler) // makes the sampler's memory
	other := c.At("held:")
	if err := other.Reserve(1 << 20); err != nil {
		t.Fatal(err)
	}
	token, err := other.OpenDelete(tracker.Everything, time.Hour, false)
	if err != nil {
		t.Fatal(err)
	}
	runs, key, id := make([]tracker.Run, 0, 128), make([]byte, 0, 64), uint64(0)
	prefix := []byte("vec:")
	for _, op := range []struct {
		name string
		do   func()
	}{
		{"Add", func() { tr.Add(id) }},
		{"Exists", func() { tr.Exists(id) }},
		{"Remove", func() { tr.Remove(id) }},
		{"Claim", func() { tr.Claim(id) }},
		{"Count", func() { tr.Count() }},
		{"CountRange", func() { tr.CountRange(tracker.Range{Min: id, Max: id + 10_000}) }},
		{"AddRange", func() { _, _ = tr.AddRange(tracker.Range{Min: id, Max: id + 10}) }},
		{"ClaimNext", func() { runs, _ = tr.ClaimNext(runs[:0], tracker.Everything, 100) }},
		{"TakeNext", func() { runs = tr.TakeNext(runs[:0], tracker.Everything, 100) }},
		{"Scan set", func() { runs, _, _ = tr.Scan(runs[:0], tracker.Set, tracker.Everything, 0, 100) }},
		{"Scan unset", func() { runs, _, _ = tr.Scan(runs[:0], tracker.Unset, tracker.Everything, 0, 100) }},
		{"Stats", func() { tr.Stats() }},
		{"AppendKey", func() { key = tr.AppendKey(key[:0], id) }},
		{"Write.Next", func() { w.Next() }},
		{"Sequential.Next", func() { seq.Next() }},
		{"Random.Next", func() { random.Next() }},
		{"Get", func() { r.Get("vec:") }},
		{"Get of bytes", func() { r.Get(string(prefix)) }},
		{"Get of nothing", func() { r.Get("none:") }},
		{"Handle.Exists", func() { at().Exists(id) }},
		{"Handle.Exists, out of range", func() { at().Exists(1 << 40) }},
		{"Handle.Add", func() { one[0] = id; _, _ = at().Add(one) }},
		{"Handle.Add of three", func() { few[1], few[2] = id, 1<<40; _, _ = at().Add(few) }},
		{"Handle.Remove", func() { one[0] = id; at().Remove(one) }},
		{"Handle.Claim", func() { _, _ = at().Claim(id) }},
		{"Handle.ClaimAll", func() { few[1] = id; claimed, _ = at().ClaimAll(claimed[:0], few) }},
		{"Handle.AddRange", func() { _, _ = at().AddRange(tracker.Range{Min: id, Max: id + 10}) }},
		{"Handle.RemoveRange", func() { at().RemoveRange(tracker.Range{Min: id, Max: id + 10}) }},
		{"Handle.ClaimNext", func() { runs, _ = at().ClaimNext(runs[:0], tracker.Everything, 1) }},
		{"Handle.TakeNext", func() { runs = at().TakeNext(runs[:0], tracker.Everything, 1) }},
		{"Handle.Pop", func() { popped = at().Pop(popped[:0], 1, sampler) }},
		{"Handle.Reserve, there", func() { _ = at().Reserve(1 << 20) }},
		{"Handle.Read", func() { at().Read().Count(); c.At("none:").Read().Count() }},
		{"Handle of nothing", func() { c.At("none:").Remove(one); c.At("none:").Exists(id) }},
		{"NextDelete", func() { one[0] = id; _, _ = other.Add(one); _, runs, _ = c.NextDelete(runs[:0], token, 1) }},
		{"Deleting", func() { other.Read().Deleting() }},
		{"GetOrCreate, there", func() { _, _ = r.GetOrCreate("vec:") }},
	} {
		allocs := testing.AllocsPerRun(200, func() {
			op.do()
			id = (id + 17) % (1 << 20)
		})
		if allocs != 0 {
			t.Errorf("%s allocates %v times", op.name, allocs)
		}
	}
}
