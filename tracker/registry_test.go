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

func newRegistry(t *testing.T, limit int64) *tracker.Registry {
	t.Helper()
	r, err := tracker.NewRegistry(tracker.Config{}, tracker.NewBudget(limit))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegistry_ConcurrentAccess(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, 0)
	const prefixes = 3000
	var made [4][prefixes]*tracker.Tracker
	var wg sync.WaitGroup
	for w := range made {
		wg.Go(func() {
			for i := range prefixes {
				tr, err := r.GetOrCreate(fmt.Sprintf("p%d:", i))
				if err != nil {
					t.Error(err)
					return
				}
				made[w][i] = tr
				tr.Claim(uint64(i))
			}
		})
	}
	wg.Wait()
	for i := range prefixes {
		for w := range made {
			if made[w][i] != made[0][i] {
				t.Fatalf("prefix %d: two trackers", i)
			}
		}
	}
	if r.Len() != prefixes || r.TotalCount() != prefixes || len(r.Prefixes()) != prefixes || !slices.IsSorted(r.Prefixes()) {
		t.Fatalf("Len %d, TotalCount %d", r.Len(), r.TotalCount())
	}
	for i := range prefixes {
		if r.Drop(fmt.Sprintf("p%d:", i)) != made[0][i] {
			t.Fatalf("prefix %d: not dropped", i)
		}
	}
	if r.Len() != 0 || r.Get("p0:") != nil || r.Budget().Used() != 0 {
		t.Fatalf("after the drop: Len %d, Used %d", r.Len(), r.Budget().Used())
	}
}

func TestRegistry_CreateTellsWhatIsThere(t *testing.T) {
	r := newRegistry(t, 0)
	a, err := r.Create("a", tracker.Config{MaxID: 5})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := r.Create("a", tracker.Config{MaxID: 6}); b != a || !errors.Is(err, tracker.ErrExists) {
		t.Fatal(b, err)
	}
	if r.Get("a") != a || r.Get("b") != nil {
		t.Fatal("get")
	}
	if r.Drop("b") != nil || r.Drop("a") != a || r.Drop("a") != nil {
		t.Fatal("drop")
	}
}

func TestRegistry_KeepsNoReferenceToTheCallersBytes(t *testing.T) {
	r := newRegistry(t, 0)
	buf := []byte("abc")
	if _, err := r.GetOrCreate(string(buf)); err != nil {
		t.Fatal(err)
	}
	copy(buf, "xyz")
	if r.Get("abc") == nil {
		t.Fatal("lost")
	}
}

func TestBudget_RefusesAndChangesNothing(t *testing.T) {
	r := newRegistry(t, 200<<10)
	tr, err := r.GetOrCreate("a")
	if err != nil {
		t.Fatal(err)
	}
	used := r.Budget().Used()
	if _, err := tr.AddRange(tracker.Everything); !errors.Is(err, tracker.ErrOutOfMemory) {
		t.Fatal(err)
	}
	if r.Budget().Used() != used || tr.Count() != 0 {
		t.Fatalf("used %d, was %d", r.Budget().Used(), used)
	}
	refused, a := 0, r.Caller(nil).At("a")
	for i := range uint64(20) {
		if added, err := a.Add([]uint64{i << 30}); err != nil {
			refused++
		} else if added != 1 {
			t.Fatal("secured and not added")
		}
	}
	if refused == 0 || tr.Count() != uint64(20-refused) || r.Budget().Used() > 200<<10 {
		t.Fatalf("refused %d, count %d, used %d", refused, tr.Count(), r.Budget().Used())
	}
	if runs, err := tr.ClaimNext(nil, tracker.Range{Min: 1 << 40, Max: 1 << 41}, 5); !errors.Is(err, tracker.ErrOutOfMemory) || len(runs) != 0 {
		t.Fatal(runs, err)
	}
	r.Drop("a")
	if r.Budget().Used() != 0 {
		t.Fatalf("after the drop: %d", r.Budget().Used())
	}
	if tr.Add(bitmap.MaxID); r.Budget().Used() != 0 {
		t.Fatal("a dropped tracker is charged")
	}
}

func BenchmarkRegistryGet(b *testing.B) {
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		if _, err := r.GetOrCreate(fmt.Sprintf("p%d:", i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if r.Get("p500:") == nil {
			b.Fatal("lost")
		}
	}
}

// Property: a tracker that is there all through a pass is returned, also when
// the table grows during it.
func TestRegistryScan_FindsAllWhileTheTableGrows(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, 0)
	for i := range 1000 {
		if _, err := r.GetOrCreate(fmt.Sprintf("old%d:", i)); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]bool{}
	pages, cursor := 0, uint64(0)
	for {
		page, next := r.Scan(cursor, 10)
		for _, tr := range page {
			found[tr.Prefix()] = true
		}
		for i := range max(0, 60-pages) * 3 { // or the pass would never end
			if _, err := r.GetOrCreate(fmt.Sprintf("new%d.%d:", pages, i)); err != nil {
				t.Fatal(err)
			}
		}
		pages++
		if cursor = next; cursor == 0 || pages > 100_000 {
			break
		}
	}
	for i := range 1000 {
		if !found[fmt.Sprintf("old%d:", i)] {
			t.Fatalf("old%d: was not returned in %d pages", i, pages)
		}
	}
}
