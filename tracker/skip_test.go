package tracker_test

import (
	"context"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// The first free IDs are skipped, with gaps and bounds, and that is kept.
func TestSkip(t *testing.T) {
	dir := t.TempDir()
	r, l := kept(t, dir)
	b, c := l.NewBatch(), r.Caller(nil)
	c.Note(b)
	for prefix, bound := range map[string]uint64{"empty:": 5, "gaps:": 0, "full:": 100, "large:": 1 << 22} {
		if _, err := c.Create(prefix, tracker.Config{MaxID: bound}); err != nil {
			t.Fatal(err)
		}
	}
	c.At("gaps:").Add([]uint64{0, 2, 4, 6, 1000})
	c.At("full:").AddRange(tracker.Everything)
	const n = 1<<20 + 3 // more than a piece
	skipped, err := r.Skip(10, b)
	if err != nil || skipped != 5+10+0+10 {
		t.Fatalf("%d are skipped, %v", skipped, err)
	}
	if runs, _ := c.At("gaps:").ClaimNext(nil, tracker.Everything, 1); !slices.Equal(runs, []tracker.Run{{Start: 14, Len: 1}}) {
		t.Errorf("then %v comes", runs)
	}
	if skipped, err = r.Skip(n, b); err != nil || skipped != 2*n {
		t.Fatalf("%d are skipped, %v", skipped, err)
	}
	if got := r.Get("large:").Count(); got != n+10 {
		t.Errorf("%d are skipped of one", got)
	}
	l.Commit(b)
	want := picture(r)
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	again, _ := kept(t, dir)
	if got := picture(again); !slices.Equal(got, want) {
		t.Errorf("it comes back as\n%v\nwant\n%v", got, want)
	}
}
