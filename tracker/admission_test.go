package tracker

import (
	"errors"
	"sync"
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
			if n := a.setRange(s, half); n != half.Len()-3 {
				t.Errorf("%d IDs were new, want %d", n, half.Len()-3)
			}
			if n, _ := a.addSecured(ids, far); n != len(far) {
				t.Errorf("%d far IDs were new", n)
			}
			if n, _ := a.addSecured(ids, far); n != 0 {
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
