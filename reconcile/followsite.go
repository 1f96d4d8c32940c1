package reconcile

import (
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// manyAdded is after how many suspects the memory for them is given back when there are none.
const manyAdded = 1 << 16

// look sees to it that p has the tracker that there is now; again, that its keys are read as the prefixes of now
// say. A tracker that is another, or was cleared, is compared with the store: nothing that happened to it before is known.
func (p *followed) look(f *follower, again bool) {
	if p.fails.Swap(false) {
		p.failed = time.Now()
	}
	s := p.at.Load()
	if s != nil && s.pin.Err() == nil {
		if again {
			s.names.Store(keysOf(s.pin.Read(), f.options.Registry))
		}
		p.renew(f, s)
		return
	}
	pin, ok := f.options.Registry.Pin(p.prefix)
	if !ok {
		if s != nil && p.close() > 0 {
			p.missed(f) // of a key that came after the prefix had gone, perhaps
		}
		if again || p.made.Load() == nil {
			if made, err := f.options.Registry.Caller(nil).At(p.prefix).AsMade(); err == nil {
				p.made.Store(keysOf(made, f.options.Registry))
			}
		}
		return
	}
	fresh, err := f.site(pair{pin: pin, keys: keysOf(pin.Read(), f.options.Registry), store: f.store})
	if err != nil {
		return // there is no memory: again in the next round
	}
	p.close()
	p.at.Store(fresh)
	p.missed(f)
}

// site makes a site with no suspects.
func (f *follower) site(of pair) (*site, error) {
	suspects, err := f.options.Registry.NewScratch(0)
	if err != nil {
		return nil, err
	}
	s := &site{pair: of, suspects: suspects}
	s.names.Store(of.keys)
	return s, nil
}

// renew gives memory back: when there have been many suspects and there are none, others take their place. Those that
// somebody has added to the old ones meanwhile are moved.
func (p *followed) renew(f *follower, s *site) {
	if p.old != nil {
		if p.old.users.Load() > 0 {
			return
		}
		p.add(f, s, allOf(p.old.suspects))
		p.old.suspects.Close()
		p.old = nil
	}
	if s.added.Load() < manyAdded || s.suspects.Count() > 0 {
		return
	}
	if fresh, err := f.site(s.pair); err == nil {
		fresh.names.Store(s.names.Load())
		p.old = s
		p.at.Store(fresh)
	}
}

// allOf returns the IDs of a few.
func allOf(few *tracker.Scratch) []uint64 {
	s := few.Select(tracker.Mask{})
	runs, _, _ := s.Scan(nil, tracker.Everything, 0, int(few.Count())+1)
	return appendIDs(nil, runs)
}

// close lets go of the tracker and returns how many suspects there were.
func (p *followed) close() (left uint64) {
	for _, s := range []*site{p.at.Swap(nil), p.old} {
		if s != nil {
			left += s.suspects.Count()
			s.suspects.Close()
		}
	}
	p.old = nil
	return left
}
