package tracker_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/tracker"
)

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sparse is a tracker of 10,000 IDs of which every seventh exists.
func sparse(t *testing.T) (tr *tracker.Tracker, set, unset []uint64) {
	tr = bounded(t, 10_000)
	for id := range uint64(10_000) {
		if id%7 == 3 {
			tr.Add(id)
			set = append(set, id)
		} else {
			unset = append(unset, id)
		}
	}
	return tr, set, unset
}

func within(ids []uint64, min, max uint64) []uint64 {
	var in []uint64
	for _, id := range ids {
		if min <= id && id < max {
			in = append(in, id)
		}
	}
	return in
}

func TestIteratorBuilder_Range(t *testing.T) {
	tr, set, _ := sparse(t)
	for _, r := range [][2]uint64{{0, 10_000}, {70, 200}, {64, 128}, {63, 65}, {5, 5}, {9_999, 20_000}, {20_000, 30_000}} {
		it := must[*tracker.Sequential](t)(tr.Iter().Range(r[0], r[1]).SetOnly().Sequential())
		if n := it.Remaining(); n != uint64(len(within(set, r[0], r[1]))) {
			t.Errorf("%v: Remaining %d", r, n)
		}
		if got, want := slices.Collect(it.All()), within(set, r[0], r[1]); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", r, got, want)
		}
		if !it.Exhausted() || it.Remaining() != 0 {
			t.Errorf("%v: not exhausted at the end", r)
		}
	}
	it := must[*tracker.Sequential](t)(tr.Iter().Min(9_000).SetOnly().Sequential())
	if got := slices.Collect(it.All()); !slices.Equal(got, within(set, 9_000, 10_000)) {
		t.Errorf("Min alone: %v", got)
	}
}

func TestSequentialIter_AllSetOnlyUnsetOnly(t *testing.T) {
	tr, set, unset := sparse(t)
	all := make([]uint64, 10_000)
	for i := range all {
		all[i] = uint64(i)
	}
	for want, b := range map[*[]uint64]tracker.Builder{&all: tr.Iter(), &set: tr.Iter().SetOnly(), &unset: tr.Iter().UnsetOnly()} {
		it := must[*tracker.Sequential](t)(b.Sequential())
		if got := slices.Collect(it.All()); !slices.Equal(got, *want) {
			t.Errorf("%d IDs, want %d", len(got), len(*want))
		}
		if _, ok := it.Next(); ok {
			t.Error("Next after the end")
		}
	}
}

func TestRandomIter_ExactPermutationOverEveryFilter(t *testing.T) {
	tr, set, unset := sparse(t)
	for want, b := range map[*[]uint64]tracker.Builder{&set: tr.Iter().SetOnly(), &unset: tr.Iter().UnsetOnly()} {
		for seed := range uint64(3) {
			a := must[*tracker.Random](t)(b.Random(seed))
			first, _ := a.Next()
			got := append([]uint64{first}, slices.Collect(a.All())...)
			again := must[*tracker.Random](t)(b.Random(seed))
			if !slices.Equal(got, slices.Collect(again.All())) {
				t.Error("the same seed gave another order")
			}
			if slices.IsSorted(got) {
				t.Error("not random")
			}
			slices.Sort(got)
			if !slices.Equal(got, *want) || !a.Exhausted() || a.Remaining() != 0 {
				t.Errorf("%d IDs, want %d", len(got), len(*want))
			}
			s := must[*tracker.Shuffled](t)(b.Shuffled(seed))
			got = slices.Collect(s.All())
			if slices.IsSorted(got) {
				t.Error("not shuffled")
			}
			slices.Sort(got)
			if !slices.Equal(got, *want) || !s.Exhausted() {
				t.Errorf("shuffled: %d IDs, want %d", len(got), len(*want))
			}
		}
	}
}

// The seed's (step*multiplier+offset)%n visited 56 % of 10,000 IDs.
func TestPermutation_ExactForEverySize(t *testing.T) {
	t.Parallel()
	for n := range uint64(600) {
		checkPermutation(t, n, n*77)
	}
	for _, n := range []uint64{1 << 12, 1<<12 + 1, 10_000, 1<<16 - 1, 1_000_000} {
		checkPermutation(t, n, n)
	}
	p := tracker.NewPermutation(1<<48, 1)
	for i := range uint64(1000) {
		if id := p.At(i); id >= 1<<48 {
			t.Fatal(id)
		}
	}
}

func checkPermutation(t *testing.T, n, seed uint64) {
	t.Helper()
	p := tracker.NewPermutation(n, seed)
	seen := make([]bool, n)
	for i := range n {
		v := p.At(i)
		if v >= n || seen[v] {
			t.Fatalf("n=%d seed=%d: position %d gives %d again", n, seed, i, v)
		}
		seen[v] = true
	}
}

// Neighbouring positions must not give neighbouring IDs: over many steps each
// tenth of the range gets its share (chi-square, 9 degrees of freedom; 27.9 is
// the 0.1 % point, and the seeds are fixed).
func TestPermutation_SpreadsFromTheStart(t *testing.T) {
	for seed := range uint64(5) {
		const n, draws = 1_000_000, 10_000
		p := tracker.NewPermutation(n, seed)
		var tenth [10]float64
		for i := range uint64(draws) {
			tenth[p.At(i)*10/n]++
		}
		var chi float64
		for _, k := range tenth {
			chi += (k - draws/10) * (k - draws/10) / (draws / 10)
		}
		if chi > 27.9 {
			t.Errorf("seed %d: chi-square %.1f, %v", seed, chi, tenth)
		}
	}
}

func FuzzPermutation(f *testing.F) {
	f.Add(uint64(10_000), uint64(1))
	f.Add(uint64(1), uint64(0))
	f.Fuzz(func(t *testing.T, n, seed uint64) { checkPermutation(t, n%5000, seed) })
}

func TestWriteIter_ClaimsUniqueIDs(t *testing.T) {
	tr, _, unset := sparse(t)
	w := must[*tracker.Write](t)(tr.Iter().UnsetOnly().Write())
	if w.Remaining() != uint64(len(unset)) {
		t.Errorf("Remaining %d", w.Remaining())
	}
	if got := slices.Collect(w.All()); !slices.Equal(got, unset) {
		t.Errorf("%d claimed, want %d in ascending order", len(got), len(unset))
	}
	if !w.Exhausted() || tr.Count() != 10_000 || tr.Stats().Claims != uint64(len(unset)) {
		t.Errorf("%+v", tr.Stats())
	}
	tr.Remove(70)
	if id, ok := w.Next(); !ok || id != 70 {
		t.Errorf("a freed ID is not found: %d, %v", id, ok)
	}
}

func TestWriteIter_ConcurrentNoDuplicates(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 4, 16} {
		t.Run(fmt.Sprintf("goroutines=%d", n), func(t *testing.T) {
			const lo, hi = 70, 400_000
			tr := bounded(t, hi)
			got := make([][]uint64, n)
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					w, err := tr.Iter().Range(lo, hi).Write()
					if err != nil {
						t.Error(err)
						return
					}
					got[i] = slices.Collect(w.All())
				})
			}
			wg.Wait()
			all := slices.Concat(got...)
			slices.Sort(all)
			if len(all) != hi-lo || all[0] != lo || all[len(all)-1] != hi-1 || len(slices.Compact(all)) != hi-lo {
				t.Fatalf("%d claimed, want %d once each", len(all), hi-lo)
			}
			if tr.Count() != hi-lo || tr.Stats().Claims != hi-lo {
				t.Fatalf("%+v", tr.Stats())
			}
		})
	}
}

func TestDeleteIter_Exclusive(t *testing.T) {
	tr, set, _ := sparse(t)
	d, err := tr.Iter().Delete()
	if err != nil || !tr.Deleting() {
		t.Fatal(err)
	}
	if _, err := tr.Iter().Delete(); !errors.Is(err, tracker.ErrDeleterInUse) {
		t.Fatal("a second delete iterator", err)
	}
	if got := slices.Collect(d.All()); !slices.Equal(got, set) || tr.Count() != 0 || !d.Exhausted() {
		t.Fatalf("%d deleted, want %d", len(got), len(set))
	}
	d.Close()
	d.Close()
	tr.Add(5)
	if _, ok := d.Next(); ok {
		t.Fatal("Next after Close")
	}
	d2, err := tr.Iter().Delete()
	if err != nil {
		t.Fatal("Close does not release", err)
	}
	d.Close() // must not release d2's hold
	if _, err := tr.Iter().Delete(); !errors.Is(err, tracker.ErrDeleterInUse) {
		t.Fatal("an old Close released a new iterator")
	}
	if id, ok := d2.Next(); !ok || id != 5 {
		t.Fatal(id, ok)
	}
}

func TestPartitionedIter_FullCoverageNoOverlap(t *testing.T) {
	tr, set, unset := sparse(t)
	for want, b := range map[*[]uint64]tracker.Builder{&set: tr.Iter().SetOnly(), &unset: tr.Iter().UnsetOnly()} {
		for _, n := range []uint64{1, 3, 8, 20_000} {
			var got []uint64
			for _, part := range must[[]*tracker.Sequential](t)(b.Partitioned(n)) {
				got = append(got, slices.Collect(part.All())...)
			}
			if !slices.Equal(got, *want) {
				t.Errorf("%d parts: %d IDs, want %d", n, len(got), len(*want))
			}
		}
	}
}

func TestIterators_RefuseBadSettings(t *testing.T) {
	tr := bounded(t, 100)
	unbounded := bounded(t, 0)
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"min > max":           {err(tr.Iter().Range(5, 4).Sequential()), tracker.ErrInvalidRange},
		"delete unset":        {err(tr.Iter().UnsetOnly().Delete()), tracker.ErrInvalidFilter},
		"write set":           {err(tr.Iter().SetOnly().Write()), tracker.ErrInvalidFilter},
		"index = total":       {err(tr.Iter().Partition(3, 3)), tracker.ErrInvalidIndex},
		"total 0":             {err(tr.Iter().Partition(0, 0)), tracker.ErrInvalidTotal},
		"partitioned 0":       {err(tr.Iter().Partitioned(0)), tracker.ErrInvalidTotal},
		"unbounded all":       {err(unbounded.Iter().Sequential()), tracker.ErrUnbounded},
		"unbounded unset":     {err(unbounded.Iter().UnsetOnly().Sequential()), tracker.ErrUnbounded},
		"unbounded random":    {err(unbounded.Iter().SetOnly().Random(1)), tracker.ErrUnbounded},
		"unbounded partition": {err(unbounded.Iter().SetOnly().Partition(0, 2)), tracker.ErrUnbounded},
		"unbounded set":       {err(unbounded.Iter().SetOnly().Sequential()), nil},
		"unbounded write":     {err(unbounded.Iter().Write()), nil},
		"range given":         {err(unbounded.Iter().Range(0, 9).Random(1)), nil},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if tr.Deleting() {
		t.Error("a refused delete iterator holds the tracker")
	}
}

func err[T any](_ T, e error) error { return e }

// Every iterator speaks the same language.
var (
	_ tracker.Iterator = (*tracker.Sequential)(nil)
	_ tracker.Iterator = (*tracker.Random)(nil)
	_ tracker.Iterator = (*tracker.Shuffled)(nil)
	_ tracker.Iterator = (*tracker.Write)(nil)
	_ tracker.Iterator = (*tracker.Delete)(nil)
)

func TestWriteIterFollowedByReadIter(t *testing.T) {
	tr := bounded(t, 0)
	w := must[*tracker.Write](t)(tr.Iter().Range(100, 5_000).Write())
	var wrote []uint64
	for range 2_000 {
		id, ok := w.Next()
		if !ok {
			t.Fatal("exhausted")
		}
		wrote = append(wrote, id)
	}
	r := must[*tracker.Sequential](t)(tr.Iter().SetOnly().Sequential())
	if got := slices.Collect(r.All()); !slices.Equal(got, wrote) {
		t.Fatalf("%d read, %d written", len(got), len(wrote))
	}
}

func TestLargeScale_Millions(t *testing.T) {
	t.Parallel()
	tr := bounded(t, 20_000_000)
	if n, err := tr.AddRange(tracker.Range{Min: 1_000_000, Max: 19_000_000}); n != 18_000_000 || err != nil {
		t.Fatal(n, err)
	}
	if n := tr.CountFree(tracker.Everything); n != 2_000_000 {
		t.Fatal(n)
	}
	runs, err := tr.ClaimNext(nil, tracker.Everything, 2_000_000)
	if err != nil || len(runs) != 2 || bitmap.Total(runs) != 2_000_000 || tr.Count() != 20_000_000 {
		t.Fatal(runs, err)
	}
}
