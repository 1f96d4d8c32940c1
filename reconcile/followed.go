package reconcile

import (
	"sync"
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

	mu       sync.RWMutex // to add suspects it is held for reading, to change what follows here for writing
	pair                  // its pin is nil while the prefix is not there
	suspects *tracker.Scratch
	added    atomic.Uint64 // to suspects, since they were made

	fails  atomic.Bool // suspects could not be settled
	failed time.Time   // when that was, for the rounds
}

// behind tells whether a repair is to come.
func (p *followed) behind() bool { return p.wanted.Load() != p.repaired.Load() }

// missed notes that something was, or may have been, missed.
func (p *followed) missed(f *follower) {
	p.wanted.Add(1)
	f.wake()
}

// suspect makes the ID of an event a suspect, if there is reason to. It tells whether the key is one of the prefix.
func (p *followed) suspect(f *follower, e store.Event) bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.pin == nil {
		// It comes with the keys that it had before: a repair makes it.
		if e.Kind != store.Gone && !p.behind() {
			p.missed(f)
		}
		return true
	}
	id, is := p.keys.id(e.Key)
	if is != isID {
		if p.pin.Err() == nil {
			return false
		}
		p.missed(f) // it is read as one of what the tracker is called now
		return true
	}
	if !p.agrees(id, e.Kind) {
		p.add(f, []uint64{id})
	}
	return true
}

// agrees tells whether the tracker says what an event says.
func (p *followed) agrees(id uint64, says store.EventKind) bool {
	switch says {
	case store.There:
		return p.has(tracker.Set, id)
	case store.Gone:
		return p.has(tracker.Unset, id)
	}
	return false
}

func (p *followed) has(state tracker.Filter, id uint64) bool {
	s := p.keys.reader.Select(state, tracker.Mask{})
	return s.Has(id)
}

// doubtAll makes ids of a tracker suspects, nil for that of now.
func (p *followed) doubtAll(f *follower, of *tracker.Pin, ids []uint64) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.pin != nil && (p.pin == of || of == nil) && len(ids) > 0 {
		p.add(f, ids)
	}
}

// add adds suspects. What there is no memory for is caught up with.
func (p *followed) add(f *follower, ids []uint64) {
	p.added.Add(uint64(len(ids)))
	if _, err := p.suspects.Add(ids); err != nil {
		f.drops.Add(uint64(len(ids)))
		p.missed(f)
	}
}

// waiting returns how many suspects there are.
func (p *followed) waiting() uint64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.suspects == nil {
		return 0
	}
	return p.suspects.Count()
}

// manyAdded is after how many suspects the memory for them is given back when there are none.
const manyAdded = 1 << 16

// look sees to it that p has the tracker that there is now; again, that its keys are read as the prefixes of now
// say. A tracker that is another, or was cleared, is compared with the store: nothing that happened to it before is known.
func (p *followed) look(f *follower, again bool) {
	if p.fails.Swap(false) {
		p.failed = time.Now()
	}
	if p.pin != nil && p.pin.Err() == nil {
		if again {
			p.readKeys(f)
		}
		if p.suspects.Count() == 0 && p.added.Load() >= manyAdded {
			p.renew(f)
		}
		return
	}
	pin, ok := f.options.Registry.Pin(p.prefix)
	if !ok {
		if p.pin != nil && p.leave() > 0 {
			p.missed(f) // of a key that came after the prefix had gone, perhaps
		}
		return
	}
	suspects, err := f.options.Registry.NewScratch(0)
	if err != nil {
		return // there is no memory: again in the next round
	}
	p.leave()
	p.mu.Lock()
	p.pair = pair{pin: pin, keys: keysOf(pin.Read(), f.options.Registry), store: f.store}
	p.suspects = suspects
	p.added.Store(0)
	p.mu.Unlock()
	p.missed(f)
}

func (p *followed) readKeys(f *follower) {
	keys := keysOf(p.pin.Read(), f.options.Registry)
	p.mu.Lock()
	p.keys = keys
	p.mu.Unlock()
}

// renew gives the memory of the suspects back, unless there are some.
func (p *followed) renew(f *follower) {
	fresh, err := f.options.Registry.NewScratch(0)
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.suspects.Count() == 0 {
		p.suspects, fresh = fresh, p.suspects
		p.added.Store(0)
	}
	fresh.Close()
}

// leave lets go of the tracker and returns how many suspects there were.
func (p *followed) leave() (left uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.suspects != nil {
		left = p.suspects.Count()
		p.suspects.Close()
	}
	p.pair, p.suspects = pair{}, nil
	return left
}
