package tracker

import "strings"

// Pin is the tracker that a prefix had at some moment, for who works on it piece by piece, for
// long: what is done by a Pin is done to that tracker and to no other that has the prefix
// later, perhaps with other settings.
type Pin struct {
	registry *Registry
	tracker  *Tracker
	prefix   string
	emptied  uint64
}

// Pin returns the tracker of prefix, pinned. ok is false if there is none.
func (r *Registry) Pin(prefix string) (p *Pin, ok bool) {
	t := r.Get(prefix)
	if t == nil {
		return nil, false
	}
	return r.pin(t, prefix), true
}

func (r *Registry) pin(t *Tracker, prefix string) *Pin {
	x := t.extra() // from here on it is counted how often it is emptied
	return &Pin{r, t, strings.Clone(prefix), x.emptied.Load()}
}

// Pin pins the tracker, which is made as what adds IDs makes it if it is not there.
func (h Handle) Pin() (*Pin, error) {
	h.caller.notes.Open()
	t, changed, err := h.ready(func(*Tracker) (bool, error) { return false, nil })
	h.caller.tell(t, changed)
	if err != nil {
		return nil, err
	}
	return h.caller.registry.pin(t, h.prefix), nil
}

// Read returns the tracker to read from, whatever has become of it.
func (p *Pin) Read() Reader { return p.tracker }

// At returns the tracker to work with for c. What needs memory, or a lease, is
// [ErrDetached] once the tracker has left.
func (p *Pin) At(c *Caller) Handle {
	return Handle{caller: c, t: p.tracker, prefix: p.prefix, pinned: true}
}

// Mask passes over the IDs that exist.
func (p *Pin) Mask() Mask { return Mask{&masking{except: p.tracker}} }

// Err is [ErrReplaced] if the tracker is no longer that of the prefix, [ErrCleared] if all of its IDs
// have been taken away at once, and nil while it is what it was.
func (p *Pin) Err() error {
	switch {
	case p.registry.Get(p.prefix) != p.tracker:
		return ErrReplaced
	case p.tracker.extra().emptied.Load() != p.emptied:
		return ErrCleared
	}
	return nil
}

// emptying counts that all IDs are about to be taken away, for who has a Pin.
func (t *Tracker) emptying() {
	if x := t.extras.Load(); x != nil {
		x.emptied.Add(1)
	}
}
