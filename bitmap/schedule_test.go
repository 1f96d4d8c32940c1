//go:build yield

package bitmap

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Schedules that package modelcheck found, on the real code. Where the place
// of a step matters, all places near it are tried, so that a yield more or
// less in the code does not make a test blind.

// plot is a full range and the IDs in it that a schedule is about.
type plot struct {
	b      *Bitmap
	lo, hi uint64
	x      uint64 // freed by the schedule
	beside uint64 // in another word of the group of x
	off    uint64 // in another group, whose announcements are read before
}

// plotOf returns a plot in which paths have 2 or 3 levels of skip bits: all
// IDs of one group or one chunk, full.
func plotOf(levels int) plot {
	p := plot{b: New(), lo: 0, hi: chunkIDs}
	if levels == 3 {
		p.lo, p.hi = chunkIDs, 2*chunkIDs
	}
	p.b.SetRange(p.lo, p.hi)
	// x's group is one whose first slot is neither the first nor the last, so
	// that there are slots on both sides of it.
	index := func(stripes ...uint64) uint64 {
		for g := p.lo/groupIDs + 1; ; g++ {
			for _, stripe := range stripes {
				if stripeOf(g*groupWords) == stripe {
					return g * groupIDs
				}
			}
		}
	}
	group := index(4)
	p.x = group + 5*wordIDs + 7
	p.beside = group + 9*wordIDs + 3
	p.off = index(0, 1) + 3*wordIDs
	return p
}

func (p *plot) stage(t *testing.T) *stage {
	return newStage(t, p.b, p.x/groupIDs, p.off/groupIDs)
}

// look is a finder of a free ID in the whole range, on the stage.
func (p *plot) look(s *stage) (finder *part, found *bool) {
	found = new(bool)
	return s.enter(func() { _, *found = p.b.NextClear(p.lo, p.hi) }), found
}

// freed puts a change on the stage that has freed x and not cleared its skip
// bits. It is announced in the slot behind the one that the next change in its
// group will take.
func (p *plot) freed(s *stage) *part {
	w := p.b.root.Load().wide.Load()
	ticket := w.announce(p.x>>6, 0)
	change := s.enter(func() { p.b.TestAndClear(p.x) })
	change.until(func() bool { return !p.b.Test(p.x) })
	w.release(ticket)
	return change
}

func (p *plot) skips(level int, id uint64) bool {
	r := p.b.root.Load()
	path := r.pathTo(r.word(id>>6), id>>6)
	return path.skip(fulls, level).Load()&path.bit(level) != 0
}

// With two levels of skip bits a finder that reads the announcements once can
// miss an ID: the second cause of a stale bit announces itself behind the
// reading, the first one is gone before its slot is read.
func TestSchedule_TwoLevelsNeedTwoReadings(t *testing.T) {
	p := plotOf(2)
	s := p.stage(t)
	steps := 1 // of the finder
	for at := 0; at < steps; at++ {
		for until := range 5 {
			p.b.TestAndSet(p.x)
			p.b.TestAndClear(p.beside)

			first := p.freed(s)
			finder, found := p.look(s)
			finder.run(at)
			second := s.enter(func() { p.b.TestAndSet(p.beside) })
			second.until(func() bool { return p.skips(0, p.beside) })
			second.run(until) // has read the group exhausted
			first.end()
			second.step() // sets the skip bit over the group
			finder.end()
			steps = max(steps, finder.steps)
			if s.finish(); !*found {
				t.Fatalf("the free ID %d was passed over: finder away for a while at %d, second change at %d", p.x, at, until)
			}
		}
	}
}

// With three levels the same can happen once more: the second cause of a stale
// bit over the group is the first one of a stale bit over the chunk.
func TestSchedule_ThreeLevelsNeedThreeReadings(t *testing.T) {
	p := plotOf(3)
	s := p.stage(t)
	steps := 1 // of the finder
	for at := 0; at < steps; at++ {
		for again := 0; at+again < steps; again++ {
			for until := range 3 {
				p.b.TestAndSet(p.x)
				p.b.TestAndClear(p.beside)
				p.b.TestAndClear(p.off)

				first := p.freed(s)
				finder, found := p.look(s)
				finder.run(at)
				second := s.enter(func() { p.b.TestAndSet(p.beside) })
				second.until(func() bool { return p.skips(0, p.beside) })
				second.run(until) // has read the group exhausted
				first.end()
				second.until(func() bool { return p.skips(1, p.x) })
				finder.run(again)
				third := s.enter(func() { p.b.TestAndSet(p.off) })
				third.until(func() bool { return p.skips(1, p.off) })
				third.run(until) // has read the chunk exhausted
				second.end()
				third.step() // sets the skip bit over the chunk
				finder.end()
				steps = max(steps, finder.steps)
				if s.finish(); !*found {
					t.Fatalf("the free ID %d was passed over: finder away for a while at %d and %d steps later", p.x, at, again)
				}
			}
		}
	}
}

// A change of a range is announced before its first word changes, and with all
// words of its group: an ID that it has freed is found however little of it is
// done.
func TestSchedule_AChangeOfARangeIsAnnouncedBeforeWithAllItsWords(t *testing.T) {
	for _, levels := range []int{2, 3} {
		p := plotOf(levels)
		s := p.stage(t)
		steps := 1 // of the change
		for at := 0; at < steps; at++ {
			change := s.enter(func() { p.b.ClearRange(p.x, p.beside) })
			change.run(at)
			if !p.b.Test(p.x) {
				finder, found := p.look(s)
				if finder.end(); !*found {
					t.Fatalf("%d levels: the free ID %d was passed over, change at %d", levels, p.x, at)
				}
			}
			s.finish()
			steps = change.steps
			p.b.SetRange(p.x, p.beside)
		}
	}
}

// When there are more changes than slots everybody is suspect.
func TestSchedule_ChangesBeyondTheSlotsAreSuspect(t *testing.T) {
	p := plotOf(3)
	s := p.stage(t)
	w := p.b.root.Load().wide.Load()
	for range stripeCount {
		defer w.release(w.announce(p.off>>6, 0))
	}
	change := p.freed(s)
	for p.skips(0, p.x) {
		finder, found := p.look(s)
		if finder.end(); !*found {
			t.Fatalf("the free ID %d was passed over", p.x)
		}
		change.step()
	}
}

// Who sees at its second look that a child came back to life clears all skip
// bits above it, not that one alone: on the strength of the first, others may
// have set those above meanwhile, and have gone.
func TestSchedule_TakingBackGoesUpAllLevels(t *testing.T) {
	fillOne := func(p *plot, id uint64) { p.b.TestAndSet(id) }
	fillRange := func(p *plot, id uint64) { p.b.SetRange(id, id+1) }
	for _, c := range []struct {
		name    string
		levels  int
		fill    func(p *plot, id uint64)
		freed   func(p *plot) uint64 // what comes back to life
		another func(p *plot) uint64 // what others fill meanwhile
	}{
		{"word", 2, fillOne, (*plot).ofX, (*plot).ofBeside},
		{"words", 2, fillRange, (*plot).ofX, (*plot).ofBeside},
		{"word of three levels", 3, fillOne, (*plot).ofX, (*plot).ofBeside},
		{"words of three levels", 3, fillRange, (*plot).ofX, (*plot).ofBeside},
		{"group", 3, fillOne, (*plot).besideX, (*plot).ofOff},
		{"group by range", 3, fillRange, (*plot).besideX, (*plot).ofOff},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plotOf(c.levels)
			s := p.stage(t)
			back, another := c.freed(&p), c.another(&p)
			for at := range 12 {
				for set := range 4 {
					p.b.SetRange(p.lo, p.hi)
					p.b.TestAndClear(p.x)
					p.b.TestAndClear(another)

					fill := s.enter(func() { c.fill(&p, p.x) })
					fill.run(at)
					s.enter(func() { p.b.TestAndClear(back) }).end()
					fill.run(set)
					s.enter(func() { p.b.TestAndSet(another) }).end()
					fill.end()
					s.finish()
					if id, ok := p.b.NextClear(p.lo, p.hi); !ok && !p.b.Test(back) {
						t.Fatalf("ID %d is hidden for good (%d, %v): at %d, %d", back, id, ok, at, set)
					}
				}
			}
		})
	}
}

func (p *plot) ofX() uint64      { return p.x }
func (p *plot) besideX() uint64  { return p.x + wordIDs }
func (p *plot) ofBeside() uint64 { return p.beside }
func (p *plot) ofOff() uint64    { return p.off }

// Any changes in any order keep B3, which the stage checks after each step.
func TestSchedule_RandomStepsKeepTheInvariant(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 20
	}
	for _, levels := range []int{2, 3} {
		for seed := range seeds {
			t.Run(fmt.Sprintf("levels=%d/seed=%d", levels, seed), func(t *testing.T) {
				rnd := rand.New(rand.NewPCG(seed, uint64(levels)))
				p := plotOf(levels)
				if seed%2 == 0 {
					p.b.ClearRange(p.lo, p.hi)
				}
				s := p.stage(t)
				for range 4 {
					s.enter(func() { p.changeAtRandom(rnd, 12) })
				}
				for range 1200 {
					s.parts[rnd.IntN(len(s.parts))].run(1 + rnd.IntN(4))
				}
			})
		}
	}
}

// changeAtRandom makes n changes around the IDs of the plot. It may run on the
// stage beside others: one acts at a time.
func (p *plot) changeAtRandom(rnd *rand.Rand, n int) {
	ids := []uint64{p.x, p.beside, p.off}
	for range n {
		id := ids[rnd.IntN(len(ids))]
		lo := id &^ (wordIDs - 1)
		switch rnd.IntN(7) {
		case 0, 1:
			p.b.TestAndSet(id)
		case 2, 3:
			p.b.TestAndClear(id)
		case 4:
			p.b.SetRange(lo, lo+2*wordIDs)
		case 5:
			p.b.ClearRange(lo, lo+2*wordIDs)
		default:
			_, _ = p.b.NextClear(p.lo, p.hi) // settles
		}
	}
}
