package tracker_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/tracker"
)

func bounded(t *testing.T, maxID uint64) *tracker.Tracker {
	t.Helper()
	tr, err := tracker.New("vec:", tracker.Config{MaxID: maxID, Width: tracker.DefaultWidth})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func ids(runs []bitmap.Run) []uint64 {
	var all []uint64
	for _, r := range runs {
		for i := range r.Len {
			all = append(all, r.Start+i)
		}
	}
	return all
}

func TestTracker_AddRemoveExists(t *testing.T) {
	tr := bounded(t, 0)
	if !tr.Add(7) || tr.Add(7) || !tr.Exists(7) || tr.Exists(8) {
		t.Fatal("add")
	}
	if !tr.Remove(7) || tr.Remove(7) || tr.Exists(7) || tr.Count() != 0 {
		t.Fatal("remove")
	}
}

func TestTracker_ClaimReturnsFalseIfExists(t *testing.T) {
	tr := bounded(t, 0)
	if !tr.Claim(3) || tr.Claim(3) {
		t.Fatal("claim")
	}
	if s := tr.Stats(); s.Claims != 1 || s.Conflicts != 1 || s.Count != 1 {
		t.Fatalf("%+v", s)
	}
}

func TestTracker_MaxIDEnforcement(t *testing.T) {
	tr := bounded(t, 100)
	for _, id := range []uint64{100, 101, bitmap.MaxID} {
		if tr.Add(id) || tr.Claim(id) || tr.Exists(id) || tr.Remove(id) {
			t.Errorf("ID %d is over the bound", id)
		}
	}
	if s := tr.Stats(); s.OutOfRange != 12 || s.Count != 0 {
		t.Fatalf("%+v", s)
	}
	runs, err := tr.ClaimNext(nil, tracker.Everything, 200)
	if err != nil || bitmap.Total(runs) != 100 {
		t.Fatalf("claimed %d, %v", bitmap.Total(runs), err)
	}
	if n, err := tr.AddRange(tracker.Everything); n != 0 || err != nil || tr.Count() != 100 {
		t.Fatalf("AddRange over the bound: %d, %v", n, err)
	}
}

func TestTracker_AddAllAndRemoveAll(t *testing.T) {
	tr := bounded(t, 100)
	if n := tr.AddAll([]uint64{3, 5, 3, 100, 7, bitmap.MaxID}); n != 3 || tr.Count() != 3 || !tr.Exists(3) || !tr.Exists(5) || !tr.Exists(7) {
		t.Errorf("%d added, %d there", n, tr.Count())
	}
	if n := tr.RemoveAll([]uint64{5, 4, 5, 100, 7}); n != 2 || tr.Count() != 1 || !tr.Exists(3) {
		t.Errorf("%d removed, %d left", n, tr.Count())
	}
	if tr.AddAll(nil) != 0 || tr.RemoveAll(nil) != 0 {
		t.Error("none is not none")
	}
	if s := tr.Stats(); s.OutOfRange != 3 || s.Claims != 0 || s.Conflicts != 0 {
		t.Errorf("%+v", s)
	}
}

func TestTracker_RefusesBadSettings(t *testing.T) {
	for _, c := range []struct {
		prefix string
		config tracker.Config
		want   error
	}{
		{"", tracker.Config{}, tracker.ErrInvalidPrefix},
		{strings.Repeat("x", 513), tracker.Config{}, tracker.ErrInvalidPrefix},
		{"p", tracker.Config{MaxID: bitmap.Limit + 1}, tracker.ErrInvalidMaxID},
		{"p", tracker.Config{Width: 33}, tracker.ErrInvalidWidth},
		{"p", tracker.Config{Width: -1}, tracker.ErrInvalidWidth},
		{"p", tracker.Config{Tag: "a}b"}, tracker.ErrInvalidTag},
		{"p", tracker.Config{Tag: strings.Repeat("t", 129)}, tracker.ErrInvalidTag},
	} {
		if _, err := tracker.New(c.prefix, c.config); !errors.Is(err, c.want) {
			t.Errorf("New(%.10q, %+v): %v, want %v", c.prefix, c.config, err, c.want)
		}
	}
}

func TestTracker_AppendKey(t *testing.T) {
	for _, c := range []struct {
		config tracker.Config
		id     uint64
		want   string
	}{
		{tracker.Config{Width: 12}, 42, "vec:000000000042"},
		{tracker.Config{Width: 12, Tag: "abc"}, 42, "vec:{abc}:000000000042"},
		{tracker.Config{}, 42, "vec:42"},
		{tracker.Config{Width: 2}, 12345, "vec:12345"},
		{tracker.Config{Width: 32}, bitmap.MaxID, "vec:00000000000000000281474976710655"},
	} {
		tr, err := tracker.New("vec:", c.config)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(tr.AppendKey(nil, c.id)); got != c.want {
			t.Errorf("%+v %d: %q, want %q", c.config, c.id, got, c.want)
		}
	}
}

// The seed's cursor jumped to the next word when the first free bit of a word
// lay below min.
func TestClaimNext_LosesNoIDAtTheEdgesOfTheRange(t *testing.T) {
	tr := bounded(t, 1000)
	runs, _ := tr.ClaimNext(nil, tracker.Range{Min: 70, Max: 200}, 1000)
	if got := ids(runs); len(got) != 130 || got[0] != 70 || got[129] != 199 {
		t.Fatalf("%v", runs)
	}
}

// The seed's cursor was one for all ranges.
func TestClaimNext_RangesDoNotDisturbEachOther(t *testing.T) {
	tr := bounded(t, 6000)
	if runs, _ := tr.ClaimNext(nil, tracker.Range{Min: 5000, Max: 6000}, 2000); bitmap.Total(runs) != 1000 {
		t.Fatal(runs)
	}
	if runs, _ := tr.ClaimNext(nil, tracker.Range{Min: 0, Max: 1000}, 2000); bitmap.Total(runs) != 1000 {
		t.Fatal(runs)
	}
}

// The seed never handed out what was freed behind its cursor.
func TestClaimNext_ReturnsWhatWasFreedBehind(t *testing.T) {
	tr := bounded(t, 10_000)
	if _, err := tr.ClaimNext(nil, tracker.Everything, 9_000); err != nil {
		t.Fatal(err)
	}
	tr.Remove(17)
	if runs, _ := tr.ClaimNext(nil, tracker.Everything, 1); len(runs) != 1 || runs[0].Start != 17 {
		t.Fatal(runs)
	}
}

func TestScan_PagesCoverAPassOnce(t *testing.T) {
	tr := bounded(t, 700_000)
	var want []uint64
	for id := uint64(3); id < 700_000; id += 997 {
		tr.Add(id)
		want = append(want, id)
	}
	r := tracker.Range{Min: 3, Max: 600_000}
	var got []uint64
	for cursor, first := uint64(0), true; first || cursor != 0; first = false {
		runs, next, err := tr.Scan(nil, tracker.Set, r, cursor, 10)
		if err != nil {
			t.Fatal(err)
		}
		got, cursor = append(got, ids(runs)...), next
	}
	for i, id := range got {
		if id != want[i] {
			t.Fatalf("ID %d is %d, want %d", i, id, want[i])
		}
	}
	if want[len(got)] < 600_000 {
		t.Fatalf("%d IDs, the next would be %d", len(got), want[len(got)])
	}
	if n := tr.CountFree(r) + tr.CountRange(r); n != r.Len() {
		t.Fatalf("free and set are %d of %d", n, r.Len())
	}
}

func TestScan_UnsetAndAll(t *testing.T) {
	tr := bounded(t, 200)
	tr.Add(100)
	unset, next, _ := tr.Scan(nil, tracker.Unset, tracker.Everything, 0, 1000)
	if next != 0 || bitmap.Total(unset) != 199 || len(unset) != 2 {
		t.Fatal(unset, next)
	}
	all, next, _ := tr.Scan(nil, tracker.All, tracker.Everything, 0, 150)
	if next != 150 || bitmap.Total(all) != 150 {
		t.Fatal(all, next)
	}
	all, next, _ = tr.Scan(all[:0], tracker.All, tracker.Everything, next, 150)
	if next != 0 || bitmap.Total(all) != 50 {
		t.Fatal(all, next)
	}
}

func TestScan_RefusesForeignCursors(t *testing.T) {
	tr := bounded(t, 1000)
	for _, cursor := range []uint64{1, 100, 200, 999, 1 << 52} {
		if _, _, err := tr.Scan(nil, tracker.Set, tracker.Range{Min: 100, Max: 200}, cursor, 10); !errors.Is(err, tracker.ErrInvalidCursor) {
			t.Errorf("cursor %d: %v", cursor, err)
		}
	}
}

func TestPartition_DisjointAndCovering(t *testing.T) {
	for _, r := range []tracker.Range{{}, {0, 1}, {5, 15}, {0, 1000}, {70, 200}, tracker.Everything, {9, 3}} {
		for _, total := range []uint64{1, 2, 3, 7, 8, 64, 1000, tracker.MaxPartitions} {
			at := r.Min
			var first, sum uint64
			for i := range total {
				p, err := tracker.Partition(r, i, total)
				if err != nil || p.Min != at || p.Max < p.Min {
					t.Fatalf("%v: part %d of %d is %v, %v; want it to begin at %d", r, i, total, p, err, at)
				}
				if i == 0 {
					first = p.Len()
				}
				if p.Len() > first {
					t.Fatalf("%v: part %d of %d is larger than the first", r, i, total)
				}
				at = p.Max
				sum += p.Len()
			}
			if sum != r.Len() {
				t.Fatalf("%v in %d: %d IDs", r, total, sum)
			}
		}
	}
	for total, want := range map[uint64]error{0: tracker.ErrInvalidTotal, tracker.MaxPartitions + 1: tracker.ErrInvalidTotal, 3: tracker.ErrInvalidIndex} {
		if _, err := tracker.Partition(tracker.Range{Min: 0, Max: 9}, 3, total); !errors.Is(err, want) {
			t.Errorf("total %d: %v, want %v", total, err, want)
		}
	}
}
