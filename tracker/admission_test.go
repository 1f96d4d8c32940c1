package tracker

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

const admitted = 1 << 20 // bytes: 8 M IDs and a little

func admission(t *testing.T) (*Registry, *Caller, *Tracker) {
	t.Helper()
	r, err := NewRegistry(Config{}, NewBudget(admitted))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	a, err := r.GetOrCreate("a:")
	if err != nil {
		t.Fatal(err)
	}
	return r, r.Caller(nil), a
}

// What ends a generation between the moment that its memory is secured and that it is used, as another
// client may at any time, must not make the operation take more memory, in the books or beside them.
func TestAdmission_NothingIsTakenAfterwards(t *testing.T) {
	half := Range{Max: admitted / 2 * 8}
	far := []uint64{1 << 20, 1 << 30, 1 << 40, 1<<40 + 1}
	for name, end := range map[string]func(c *Caller){
		"clear": func(c *Caller) { c.At("a:").Clear() },
		"drop":  func(c *Caller) { c.Drop("a:") },
		"flush": func(c *Caller) { c.Clear() },
	} {
		t.Run(name, func(t *testing.T) {
			r, c, a := admission(t)
			_, _ = c.At("a:").Add([]uint64{0, 1, 2})
			s, grew, err := a.secureRange(half)
			if err != nil || !grew {
				t.Fatal(grew, err)
			}
			ids, _, err := a.secure(far)
			if err != nil {
				t.Fatal(err)
			}
			end(c)
			left := r.budget.Used()
			if n, next, ended := a.setRange(s, half); n != 0 || next != half.Min || !ended {
				t.Errorf("%d IDs were new up to %d, %v", n, next, ended)
			}
			if n, _ := a.addSecured(ids, far, nil); n != len(far) {
				t.Errorf("%d far IDs were new", n)
			}
			if n, _ := a.addSecured(ids, far, nil); n != 0 {
				t.Errorf("%d far IDs were new once more", n)
			}
			if used := r.budget.Used(); used != left || left > 1024 {
				t.Errorf("%d bytes are used, %d before", used, left)
			}
			if n := a.Stats().Memory; n > 1024 || a.Count() != 0 {
				t.Errorf("it holds %d bytes and %d IDs", n, a.Count())
			}
		})
	}
}

// Who has found a tracker that is gone by the time he adds to it adds to the one that is there.
func TestAdmission_WorksOnWhatIsThere(t *testing.T) {
	for name, op := range map[string]func(h Handle) error{
		"add":       func(h Handle) error { _, err := h.Add([]uint64{7}); return err },
		"range":     func(h Handle) error { _, err := h.AddRange(Range{7, 8}); return err },
		"claim":     func(h Handle) error { _, err := h.Claim(7); return err },
		"claimnext": func(h Handle) error { _, err := h.ClaimNext(nil, Range{7, 8}, 1); return err },
	} {
		t.Run(name, func(t *testing.T) {
			r, c, a := admission(t)
			h := c.At("a:")
			r.Caller(nil).Drop("a:")
			if err := op(h); err != nil {
				t.Fatal(err)
			}
			now := r.Get("a:")
			if now == nil || now == a || !now.Exists(7) || a.Count() != 0 {
				t.Errorf("it is not in what is there: %v", now)
			}
			r.Caller(nil).Drop("a:")
			if used := r.budget.Used(); used != 0 {
				t.Errorf("nothing is there, and %d bytes are used", used)
			}
		})
	}
	_, _, a := admission(t)
	a.bits.Detach()
	if _, err := a.AddRange(Range{Max: 10}); !errors.Is(err, ErrDetached) {
		t.Errorf("by itself: %v", err)
	}
}

// Of many that have room one at a time, one gets all of it, and who is refused leaves nothing behind.
func TestAdmission_AllOrNothing(t *testing.T) {
	r, _, _ := admission(t)
	most := Range{Max: admitted / 3 * 2 * 8}
	for range 20 {
		var all sync.WaitGroup
		refusals := make([]error, 4)
		for i := range refusals {
			all.Go(func() { _, refusals[i] = r.Caller(nil).At(string(rune('b' + i))).AddRange(most) })
		}
		all.Wait()
		refused := 0
		for _, err := range refusals {
			if errors.Is(err, ErrOutOfMemory) {
				refused++
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if refused != len(refusals)-1 || r.Len() != 2 {
			t.Fatalf("%d of %d were refused, %d trackers", refused, len(refusals), r.Len())
		}
		r.Clear()
		if used := r.budget.Used(); used != 0 {
			t.Fatalf("nothing is there, and %d bytes are used", used)
		}
		if _, err := r.GetOrCreate("a:"); err != nil {
			t.Fatal(err)
		}
	}
}

// Of those who add the same IDs, each is new to one. That holds beside a Clear, too: it makes them new once
// more.
func TestAdmission_EachIDIsNewToOneBesideAClear(t *testing.T) {
	const ids = 1 << 20
	const adders = 4
	for range 20 {
		_, c, _ := admission(t)
		r := c.registry
		var added atomic.Uint64
		var wg sync.WaitGroup
		for range adders {
			wg.Go(func() {
				n, err := r.Caller(nil).At("a:").AddRange(Range{Max: ids})
				if err != nil {
					t.Error(err)
				}
				added.Add(n)
			})
		}
		for c.At("a:").Read().Count() == 0 && added.Load() == 0 {
			runtime.Gosched()
		}
		c.At("a:").Clear()
		wg.Wait()
		if n, there := added.Load(), c.At("a:").Read().Count(); n > 2*ids || there > ids || n < there {
			t.Fatalf("%d IDs were new in two generations of %d, of which %d are there", n, ids, there)
		}
	}
}

// A range that has no room is refused before any of its memory is allocated.
func TestAdmission_RefusedBeforehand(t *testing.T) {
	r, c, a := admission(t)
	before := r.budget.Used()
	if _, err := c.At("a:").AddRange(Range{Max: 16 * admitted}); !errors.Is(err, ErrOutOfMemory) {
		t.Error(err)
	}
	far := make([]uint64, 200) // each in memory of its own
	for i := range far {
		far[i] = uint64(i) << 30
	}
	if _, err := c.At("a:").Add(far); !errors.Is(err, ErrOutOfMemory) {
		t.Error(err)
	}
	if used := r.budget.Used(); used != before || int64(a.Stats().Memory) > before {
		t.Errorf("%d bytes are used, %d before; the tracker has %d", used, before, a.Stats().Memory)
	}
}
