//go:build !race

package tracker_test

import (
	"fmt"
	"math/bits"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// What only shows at size. The race detector would multiply the time and learn
// nothing that the smaller tests do not tell it.

func TestScale_AMillionPrefixesAreEachFound(t *testing.T) {
	if testing.Short() {
		t.Skip("creates a million prefixes")
	}
	const n = 1_000_000
	r, err := tracker.NewRegistry(tracker.Config{MaxID: 1000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	made := make([]*tracker.Tracker, n)
	var key []byte
	name := func(i int) []byte { key = fmt.Appendf(key[:0], "tenant:%d:", i); return key }
	for i := range made {
		if made[i], err = r.GetOrCreate(string(name(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range made {
		if got := r.Get(string(name(i))); got != made[i] || got.Prefix() != string(key) {
			t.Fatalf("%s: found %p, made %p", key, got, made[i])
		}
	}
	if r.Get("tenant:1000000:") != nil || r.Get("tenant:") != nil || r.Len() != n || r.TotalCount() != 0 {
		t.Fatalf("Len %d, TotalCount %d", r.Len(), r.TotalCount())
	}
	if cleared := r.Clear(); cleared != n || !r.IsEmpty() || r.Get(string(name(7))) != nil || r.Budget().Used() != 0 {
		t.Fatalf("cleared %d, %d left, %d bytes in use", cleared, r.Len(), r.Budget().Used())
	}
}

// The oracle is a bitset of its own: each ID that a writer is given must be
// new there, and in the end none may be missing.
func TestScale_100MillionIDsClaimedOnceByEightWriters(t *testing.T) {
	if testing.Short() {
		t.Skip("claims 100 million IDs")
	}
	const n, writers = 100_000_000, 8
	tr := bounded(t, n)
	seen := make([]atomic.Uint64, (n+63)/64)
	var wg sync.WaitGroup
	var claimed atomic.Uint64
	for range writers {
		wg.Go(func() {
			w, err := tr.Iter().Write()
			if err != nil {
				t.Error(err)
				return
			}
			mine := uint64(0)
			for id := range w.All() {
				if bit := uint64(1) << (id & 63); id >= n || seen[id>>6].Or(bit)&bit != 0 {
					t.Errorf("ID %d is over the bound or was handed out twice", id)
					return
				}
				mine++
			}
			claimed.Add(mine)
		})
	}
	wg.Wait()
	var distinct uint64
	for i := range seen {
		distinct += uint64(bits.OnesCount64(seen[i].Load()))
	}
	s := tr.Stats()
	if claimed.Load() != n || distinct != n || s.Count != n || s.Claims != n {
		t.Fatalf("%d claimed, %d distinct, Count %d, Claims %d", claimed.Load(), distinct, s.Count, s.Claims)
	}
	if got := tr.CountRange(tracker.Everything); got != n {
		t.Fatalf("CountRange %d", got)
	}
	if runs, err := tr.ClaimNext(nil, tracker.Range{Max: bitmap.Limit}, 1); len(runs) != 0 || err != nil {
		t.Fatal("one more", runs, err)
	}
}
