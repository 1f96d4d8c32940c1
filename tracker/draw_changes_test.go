package tracker

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// What is in flight or hidden by a mask is never drawn, of no class, whether IDs are
// tried or counted; and what is left has the shares of the law.
func TestDraw_LeavesOutWhatIsHidden(t *testing.T) {
	const n = 1 << 18
	for _, every := range []uint64{4, 4000} {
		w := exist(t, n, func(id uint64) bool { return id%every < every/2+1 && id%every%2 == 0 })
		c := w.handle.caller
		guard := c.At("guard:")
		if _, err := guard.AddRange(Range{0, n / 8}); err != nil {
			t.Fatal(err)
		}
		mask, err := c.Mask("guard:", "")
		if err != nil {
			t.Fatal(err)
		}
		terms := LeaseTerms{TTL: time.Hour}
		_, claimed, err := w.handle.ClaimLease(nil, Range{n / 4, n / 2}, Mask{}, 3000, terms)
		if err != nil {
			t.Fatal(err)
		}
		_, taken, err := w.handle.TakeLease(nil, Range{n / 2, n}, Mask{}, 20, terms)
		if err != nil || Total(claimed) != 3000 || Total(taken) != 20 {
			t.Fatal(Total(claimed), Total(taken), err)
		}
		hidden := make(map[uint64]bool)
		for _, id := range append(expand(claimed), expand(taken)...) {
			hidden[id] = true
		}
		var by Drawer
		for _, l := range laws {
			for form := range 4 {
				d := Draws{N: 500, Hit: .5, Law: l.law, Mask: mask, Scramble: form&1 != 0, Distinct: form&2 != 0}
				drawn := mustDraw(t, w.handle, d, &by)
				if len(drawn) < 250 {
					t.Errorf("%s: %d draws", l.name, len(drawn))
				}
				for _, one := range drawn {
					id := one.ID()
					if hidden[id] || id < n/8 || one.Exists() != w.t.Exists(id) {
						t.Fatalf("%s: %d was drawn: in flight %t, exists %t", l.name, id, hidden[id], one.Exists())
					}
				}
			}
		}
	}
}

// Beside changes nothing is drawn that is not of its class all through the call, and as
// long as an ID is of a class there are as many draws as are wanted.
func TestDraw_BesideChanges(t *testing.T) {
	const n, still = 1 << 16, 77
	for _, every := range []uint64{2, 1000} { // IDs of the first half come and go, here few and there many
		w := exist(t, n, func(id uint64) bool { return id == still })
		var stop atomic.Bool
		var changers sync.WaitGroup
		for seed := range uint64(2) {
			changers.Go(func() {
				src := generatorOf(seed)
				for !stop.Load() {
					if id := src.below(n/2/every) * every; id != still {
						if w.t.Add(id); src.next()&1 == 0 {
							w.t.Remove(id)
						}
					}
					if src.below(1000) == 0 {
						w.t.RemoveRange(Range{still + 1, n / 2})
					}
				}
			})
		}
		var by Drawer
		for round := range 300 {
			l := laws[round%len(laws)]
			d := Draws{N: 64, Hit: .5, Law: l.law, Scramble: round&1 != 0, Distinct: round%3 == 0}
			if d.Distinct {
				d.N = 2
			}
			drawn := mustDraw(t, w.handle, d, &by)
			if len(drawn) != d.N {
				t.Fatalf("%s, every %d: %d of %d draws", l.name, every, len(drawn), d.N)
			}
			for _, one := range drawn {
				if id := one.ID(); one.Exists() && id > n/2 || !one.Exists() && id == still {
					t.Fatalf("%s: %d was drawn, exists %t", l.name, id, one.Exists())
				}
			}
		}
		stop.Store(true)
		changers.Wait()
	}
}
