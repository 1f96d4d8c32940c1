package reconcile

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// followed is a prefix that is followed.
type followed struct {
	prefix string

	// How often something was missed of it, and how much of that a repair has come behind.
	wanted, repaired atomic.Uint64

	at    atomic.Pointer[site] // nil while the prefix is not there
	made  atomic.Pointer[keys] // how its keys would be read if it was made then, nil if that is not known
	fails atomic.Bool          // suspects could not be settled

	// For catchUp: when the next repair may begin, and how long that was put off.
	tryAt time.Time
	wait  time.Duration

	// The rest is for the rounds.
	failed time.Time
	old    *site // whose suspects are to be moved to that of now
}

// site is the tracker of a prefix, and the suspects among its IDs.
type site struct {
	pair     // with keys of the moment that it was made
	names    atomic.Pointer[keys]
	suspects *tracker.Scratch
	added    atomic.Uint64 // to suspects
	users    atomic.Int64  // that may add some now
}

// enter returns the site for who may add suspects. It is not closed as long as it is the one of the prefix, and the suspects
// of one that is replaced for the memory alone are not moved, before leave.
func (p *followed) enter() *site {
	for {
		s := p.at.Load()
		if s == nil {
			return nil
		}
		if s.users.Add(1); p.at.Load() == s {
			return s
		}
		s.leave()
	}
}

func (s *site) leave() { s.users.Add(-1) }

// behind tells whether a repair is to come.
func (p *followed) behind() bool { return p.wanted.Load() != p.repaired.Load() }

// missed notes that something was, or may have been, missed.
func (p *followed) missed(f *follower) {
	p.wanted.Add(1)
	f.wake()
}

// suspect makes the ID of an event a suspect, if there is reason to. It tells whether the key is one of the prefix.
func (p *followed) suspect(f *follower, e store.Event) bool {
	s := p.enter()
	if s == nil {
		// It comes with the keys that it had before: a repair makes it. What is no key of an ID makes none.
		if made := p.made.Load(); made != nil {
			if _, is := made.id(e.Key); is != isID {
				return false
			}
		}
		if e.Kind != store.Gone && !p.behind() {
			p.missed(f)
		}
		return true
	}
	defer s.leave()
	id, is := s.names.Load().id(e.Key)
	if is != isID {
		if s.pin.Err() == nil {
			return false
		}
		p.missed(f) // it is read as one of what the tracker is called now
		return true
	}
	if !s.agrees(id, e.Kind) {
		p.add(f, s, []uint64{id})
	}
	return true
}

// agrees tells whether the tracker says what an event says.
func (s *site) agrees(id uint64, says store.EventKind) bool {
	switch says {
	case store.There:
		return s.has(tracker.Set, id)
	case store.Gone:
		return s.has(tracker.Unset, id)
	}
	return false
}

func (s *site) has(state tracker.Filter, id uint64) bool {
	is := s.keys.reader.Select(state, tracker.Mask{})
	return is.Has(id)
}

// doubt makes ids of a tracker suspects, nil for that of now.
func (p *followed) doubt(f *follower, of *tracker.Pin, ids []uint64) {
	s := p.enter()
	if s == nil {
		return
	}
	defer s.leave()
	if s.pin == of || of == nil {
		p.add(f, s, ids)
	}
}

// add adds suspects. What cannot be added is caught up with.
func (p *followed) add(f *follower, s *site, ids []uint64) {
	if len(ids) == 0 {
		return
	}
	s.added.Add(uint64(len(ids)))
	if _, err := s.suspects.Add(ids); err != nil {
		if err == tracker.ErrOutOfMemory {
			f.drops.Add(uint64(len(ids)))
			s.added.Add(manyAdded) // a repair needs memory, too
		}
		p.missed(f)
	}
}

// waiting returns how many suspects there are.
func (p *followed) waiting() uint64 {
	s := p.at.Load()
	if s == nil {
		return 0
	}
	return s.suspects.Count()
}
