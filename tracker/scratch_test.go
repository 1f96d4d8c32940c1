package tracker

import (
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func TestScratch_IsASetAndAMask(t *testing.T) {
	books := NewBudget(0)
	r, _ := NewRegistry(Config{}, books)
	c := r.Caller(nil)
	if _, err := c.At("p").Add([]uint64{1, 2, 3, 1 << 40}); err != nil {
		t.Fatal(err)
	}
	before := books.Used()
	s, err := r.NewScratch(1 << 41)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := s.Add([]uint64{2, 7, 1 << 40, 1 << 41, 2}); n != 3 || err != nil {
		t.Error(n, err)
	}
	x := r.Get("p")
	stale, missing := x.Select(Set, s.Mask()), x.Select(Unset, s.Only())
	if n := stale.Count(Everything); n != 2 {
		t.Error(n, "IDs of p that the scratch has not")
	}
	if id, ok := missing.First(Everything); id != 7 || !ok || missing.Count(Everything) != 1 {
		t.Error(id, ok)
	}
	if s.Remove([]uint64{7, 8}) != 1 || s.Count() != 2 || r.Len() != 1 {
		t.Error(s.Count(), r.Prefixes())
	}
	all := s.Select(Mask{})
	page, next, err := all.Scan(nil, Everything, 0, 1)
	if err != nil || !slices.Equal(page, []Run{{Start: 2, Len: 1}}) {
		t.Error(page, err)
	}
	if page, next, _ = all.Scan(nil, Everything, next, 10); !slices.Equal(page, []Run{{Start: 1 << 40, Len: 1}}) || next != 0 {
		t.Error(page, next)
	}
	if books.Used() < before+1<<15 {
		t.Error("the budget was not charged")
	}
	s.Close()
	s.Close()
	if books.Used() != before {
		t.Errorf("%d bytes are in use, not %d as before", books.Used(), before)
	}
	if _, err := s.Add([]uint64{5}); err != ErrDetached || s.Count() != 0 {
		t.Error("a closed one takes IDs:", err, s.Count())
	}
}

// What has no room leaves the set and the budget as they were, and what has been got
// comes back, whoever adds while it is closed.
func TestScratch_KeepsToTheBudget(t *testing.T) {
	books := NewBudget(1 << 20)
	r, _ := NewRegistry(Config{}, books)
	var refused atomic.Int64
	for seed := range uint64(20) {
		s, err := r.NewScratch(0)
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for who := range uint64(4) {
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, who))
				for range 100 {
					ids := make([]uint64, 10)
					for i := range ids {
						ids[i] = random.Uint64N(1 << 30)
					}
					had := s.Count()
					if _, err := s.Add(ids); err == ErrOutOfMemory {
						refused.Add(1)
					} else if err == nil && s.Count() < had && who == 0 && seed%2 == 0 {
						t.Error("it has lost IDs")
					}
					if used := books.Used(); used > 1<<20 {
						t.Error(used, "bytes")
					}
				}
			})
		}
		if seed%2 == 1 {
			s.Close()
		}
		all.Wait()
		s.Close()
		if books.Used() != 0 {
			t.Fatal(books.Used(), "bytes have not come back")
		}
	}
	if refused.Load() == 0 {
		t.Error("nothing was refused: the test tests nothing")
	}
	if s, err := (&Registry{budget: NewBudget(1)}).NewScratch(0); err != ErrOutOfMemory {
		t.Error(s, err)
	}
}
