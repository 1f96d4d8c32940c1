//go:build yield

package bitmap

import "testing"

// An ID that comes or goes is counted as it is from the moment its word says so,
// though skip bits above still say that the word, the group or the chunk is full,
// or empty.
func TestSchedule_CountsBelieveNoStaleSkipBit(t *testing.T) {
	for _, c := range []struct {
		name   string
		levels int
		empty  bool // the range is, but for the ID that comes
		change func(p *plot)
	}{
		{"freed", 2, false, func(p *plot) { p.b.TestAndClear(p.x) }},
		{"freed, three levels", 3, false, func(p *plot) { p.b.TestAndClear(p.x) }},
		{"freed by range", 3, false, func(p *plot) { p.b.ClearRange(p.x, p.beside) }},
		{"set", 2, true, func(p *plot) { p.b.TestAndSet(p.x) }},
		{"set, three levels", 3, true, func(p *plot) { p.b.TestAndSet(p.x) }},
		{"set by range", 3, true, func(p *plot) { p.b.SetRange(p.x, p.beside) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plotOf(c.levels)
			if c.empty {
				p.b.ClearRange(p.lo, p.hi)
			}
			s := p.stage(t)
			change := s.enter(func() { c.change(&p) })
			change.until(func() bool { return p.b.Test(p.x) == c.empty })
			for looks := 0; ; looks++ {
				var all uint64
				group := make([]uint64, 1)
				s.enter(func() {
					all = p.b.CountRange(p.lo, p.hi)
					p.b.CountCells(Cells{p.x &^ (groupIDs - 1), groupIDs, group}, p.lo, p.hi)
				}).end()
				if c.empty && (all == 0 || group[0] == 0) || all == p.hi-p.lo || group[0] == groupIDs {
					t.Fatalf("%d steps after the change: %d IDs in all, %d in the group", looks, all, group[0])
				}
				if change.ended {
					break
				}
				change.step()
			}
			s.finish()
		})
	}
}

// When there are more changes than slots all is looked at, memory that is missing
// too: nothing is counted in it.
func TestSchedule_CountsWhereEverybodyIsSuspect(t *testing.T) {
	b := New()
	for _, id := range []uint64{0, 2 * groupIDs, 2 * chunkIDs, 1 << 30, 1 << 40} {
		b.SetRange(id, id+100)
	}
	w := b.root.Load().wide.Load()
	for range stripeCount + 1 {
		defer w.release(w.announce(2*groupIDs/wordIDs, 0))
	}
	if n := b.CountRange(0, Limit-1); n != 500 {
		t.Errorf("%d IDs counted of 500", n)
	}
}
