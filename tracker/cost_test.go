//go:build !race

package tracker_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
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
		r, err := tracker.WithDefaultMaxID(1 << 20)
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
	r, err := tracker.WithDefaultMaxID(1 << 20)
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
	runs, key, id := make([]bitmap.Run, 0, 128), make([]byte, 0, 64), uint64(0)
	prefix, one := []byte("vec:"), [1]uint64{}
	for _, op := range []struct {
		name string
		do   func()
	}{
		{"Add", func() { tr.Add(id) }},
		{"Exists", func() { tr.Exists(id) }},
		{"Remove", func() { tr.Remove(id) }},
		{"Claim", func() { tr.Claim(id) }},
		{"Secure", func() { one[0] = id; _ = tr.Secure(one[:]) }},
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
