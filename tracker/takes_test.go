package tracker_test

import (
	"context"
	"encoding/binary"
	"sync"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// What is handed out and cleared is counted as taken, whoever does it and however
// many do; what is only removed is not.
func TestTakes_CountWhatWasHandedOut(t *testing.T) {
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	c := r.Caller(nil)
	h := c.At("p:")
	if _, err := h.AddRange(tracker.Range{Max: 100_000}); err != nil {
		t.Fatal(err)
	}
	h = c.At("p:")
	tr := r.Get("p:")
	want := uint64(0)
	is := func(what string, n int) {
		t.Helper()
		if want += uint64(n); tr.Stats().Takes != want {
			t.Errorf("%s: %d takes, want %d", what, tr.Stats().Takes, want)
		}
	}
	h.Remove([]uint64{1, 2, 3})
	h.RemoveRange(tracker.Range{Min: 10, Max: 20})
	is("removed", 0)
	h.TakeNext(nil, tracker.Everything, 70)
	is("TakeNext", 70)
	h.TakeNext(nil, tracker.Range{Min: 3, Max: 3}, 70)
	is("TakeNext of nothing", 0)
	h.TakeNext(h.TakeNext(nil, tracker.Everything, 5), tracker.Everything, 5)
	is("TakeNext onto runs", 10)
	var s tracker.Sampler
	is("Pop", len(h.Pop(make([]uint64, 3), 30, &s))-3)
	token, err := h.OpenDelete(tracker.Everything, tracker.DefaultDeleterTTL, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.NextDelete(nil, token, 2000); err != nil {
		t.Fatal(err)
	}
	is("NextDelete", 2000)
	c.CloseDelete(token)
	d, err := tr.Iter().Delete()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		d.Next()
	}
	d.Close()
	d.Next()
	is("Delete", 5)

	left := int(tr.Count())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			h := r.Caller(nil).At("p:")
			var s tracker.Sampler
			for n := 1; n > 0; {
				n = len(h.Pop(nil, 7, &s)) + len(h.TakeNext(nil, tracker.Everything, 64))
			}
		})
	}
	all.Wait()
	is("all at once", left)
}

// A tracker's numbers come back with a base: all of them, or those that there were
// when the base was written.
func TestRestore_Numbers(t *testing.T) {
	dir := t.TempDir()
	r, l := kept(t, dir)
	b := l.NewBatch()
	c := r.Caller(nil)
	c.Note(b)
	if _, err := c.At("p:").ClaimNext(nil, tracker.Everything, 300); err != nil {
		t.Fatal(err)
	}
	h := c.At("p:")
	h.Claim(7)
	h.Claim(1 << 40)
	h.Claim(1 << 41)
	h.TakeNext(nil, tracker.Everything, 44)
	l.Commit(b)
	want := r.Get("p:").Stats()
	if want.Claims != 300 || want.Conflicts != 1 || want.OutOfRange != 2 || want.Takes != 44 {
		t.Fatalf("%+v", want)
	}
	if err := l.Rewrite(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	again, _ := kept(t, dir)
	if got := again.Get("p:").Stats(); got != want {
		t.Errorf("%+v came back, want %+v", got, want)
	}

	for _, numbers := range [][]uint64{{300, 1, 2}, {300, 1, 2, 44}, {300, 1, 2, 44, 5}} {
		var stats []byte
		for _, n := range numbers {
			stats = binary.AppendUvarint(stats, n)
		}
		r, err := tracker.NewRegistry(tracker.Config{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		to := r.Restore()
		in, err := to.Create(1, metaOf(t, "p:"))
		if err != nil {
			t.Fatal(err)
		}
		if err := in.Stats(stats); err != nil {
			t.Fatalf("%v: %v", numbers, err)
		}
		if err := to.Keep(nil); err != nil {
			t.Fatal(err)
		}
		takes := uint64(44)
		if len(numbers) < 4 {
			takes = 0
		}
		if got := r.Get("p:").Stats(); got.Claims != 300 || got.Conflicts != 1 || got.OutOfRange != 2 || got.Takes != takes {
			t.Errorf("%v: %+v", numbers, got)
		}
	}
}

// metaOf is what a base says of a tracker without IDs.
func metaOf(t *testing.T, prefix string) (meta []byte) {
	t.Helper()
	r, err := tracker.NewRegistry(tracker.Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Create(prefix, tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	for e := range r.Entries() {
		meta = e.Meta
	}
	return meta
}
