package tracker_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

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
	skipped, err := r.Skip(t.Context(), 10, b)
	if err != nil || skipped != 5+10+0+10 {
		t.Fatalf("%d are skipped, %v", skipped, err)
	}
	if runs, _ := c.At("gaps:").ClaimNext(nil, tracker.Everything, 1); !slices.Equal(runs, []tracker.Run{{Start: 14, Len: 1}}) {
		t.Errorf("then %v comes", runs)
	}
	if skipped, err = r.Skip(t.Context(), n, b); err != nil || skipped != 2*n {
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

// looks is a context that ends when it has been looked at so many times.
type looks struct {
	context.Context
	left int
}

func (l *looks) Err() error {
	if l.left--; l.left < 0 {
		return context.Canceled
	}
	return nil
}

// Who does not want it any more is heard between two pieces, and between two trackers.
func TestSkip_EndsWithItsContext(t *testing.T) {
	r, l := kept(t, t.TempDir())
	b, c := l.NewBatch(), r.Caller(nil)
	c.Note(b)
	if _, err := c.Create("large:", tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	skipped, err := r.Skip(&looks{t.Context(), 3}, 6<<20, b)
	if !errors.Is(err, context.Canceled) || skipped != 3<<20 || r.Get("large:").Count() != 3<<20 {
		t.Errorf("%d are skipped, %v", skipped, err)
	}
	for _, prefix := range []string{"a:", "b:", "c:", "d:"} {
		if _, err := c.Create(prefix, tracker.Config{}); err != nil {
			t.Fatal(err)
		}
	}
	if skipped, err = r.Skip(&looks{t.Context(), 2}, 5, b); !errors.Is(err, context.Canceled) || skipped != 10 {
		t.Errorf("%d are skipped, %v", skipped, err)
	}
	l.Commit(b)
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Of a state of the past claims in flight exist, and no lease is left that would free them, however it was to end.
// Takes go on.
func TestSkip_ClaimsInFlightWereHandedOut(t *testing.T) {
	dir := t.TempDir()
	r, l := kept(t, dir)
	r.Close() // or what is too short would be given back
	c, b := r.Caller(nil), l.NewBatch()
	c.Note(b)
	hour := tracker.LeaseTerms{TTL: time.Hour}
	for _, o := range []tracker.LeaseTerms{hour, {TTL: time.Millisecond}, {TTL: time.Hour, OnClose: true}} {
		if _, _, err := c.At("p").ClaimLease(nil, tracker.Range{Min: 100, Max: 200}, tracker.Mask{}, 10, o); err != nil {
			t.Fatal(err)
		}
	}
	c.At("p").AddRange(tracker.Range{Min: 0, Max: 8})
	take, _, _ := c.At("p").TakeLease(nil, tracker.Everything, tracker.Mask{}, 8, hour)
	l.Commit(b)
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	check := func(r *tracker.Registry) {
		t.Helper()
		if s := r.Get("p").Stats(); s.Count != 30 || s.Leased != 8 || s.Leases != 1 {
			t.Errorf("%d exist, %d are in flight of %d leases", s.Count, s.Leased, s.Leases)
		}
	}
	past, l := keptOf(t, dir, func(in *tracker.Restored) {
		if n := in.Past(); n != 30 {
			t.Errorf("%d are in doubt", n)
		}
	})
	check(past)
	l.Close(context.Background())
	again, _ := kept(t, dir)
	check(again)
	if n, err := again.Caller(nil).Confirm(take, nil); n != 8 || err != nil {
		t.Error(n, err)
	}
}
