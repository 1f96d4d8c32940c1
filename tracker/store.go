package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// Copy makes the tracker of to a copy of that of from: its settings, and the IDs that
// exist. It reports false when there is nothing to copy, or, without replace, when to is there.
// While the copy is made it is nobody's: until it is whole to is as it was. When client
// has gone it ends early, as if it had never begun. On [ErrOutOfMemory]
// nothing has changed.
//
// As all that goes through trackers it is not a point in time beside those who change
// them.
func (c *Caller) Copy(from, to []byte, replace bool, client Client) (copied bool, err error) {
	k, err := c.Combine(Union, [][]byte{from}, client)
	if err != nil || !k.Found(0) || !replace && c.registry.Get(string(to)) != nil {
		return false, err
	}
	_, err = c.store(to, k, k.of[0].t.Config(), replace)
	if err == ErrExists { // by now
		return false, nil
	}
	return err == nil && !k.stopped, err
}

// Store makes the tracker of to, in place of the one that is there, one with the IDs of
// k, as Copy does, and returns how many those are. It has the settings of the first of k's prefixes that is there, with a
// bound that all its IDs fit into. If none is there, to is dropped.
func (c *Caller) Store(to []byte, k *Combination) (n uint64, err error) {
	config, ok := k.config()
	if !ok {
		c.Drop(string(to))
		return 0, nil
	}
	return c.store(to, k, config, true)
}

func (c *Caller) store(to []byte, k *Combination, config Config, replace bool) (n uint64, err error) {
	c.Rest() // it may take long
	r := c.registry
	t, err := newTracker(string(to), config, r.budget)
	if err != nil {
		return 0, err
	}
	if err := t.books.charge(t.footprint(), false); err != nil {
		return 0, err
	}
	n, err = k.fill(t)
	if err != nil || k.stopped {
		r.release(t)
		t.empty()
		return 0, err
	}
	r.announce(t)
	c.notes.Open()
	in, left, err := r.place(t, replace, k.flushes)
	if left != nil {
		left.empty()
	}
	if err != nil {
		return 0, err
	}
	c.tell(t, in)
	return n, nil
}

// announce tells the log of a tracker that is being made, and of its words, so that it
// has all of them when it has been placed.
func (r *Registry) announce(t *Tracker) {
	if r.log == nil {
		return
	}
	r.mu.Lock()
	if r.arrivals.making == nil {
		r.arrivals.making = make(map[*Tracker]struct{})
	}
	r.arrivals.making[t] = struct{}{}
	r.log.Create((*journaled)(t), t.appendMetaAs(nil, ""))
	r.mu.Unlock()
	last, _ := t.Last()
	r.log.Append((*journaled)(t), 0, last+1)
}

// fill puts the IDs of k into t, which is nobody's yet, and returns how many they are. An error
// is [ErrOutOfMemory].
func (k *Combination) fill(t *Tracker) (n uint64, err error) {
	k.begin()
	t.books.collect(k.mostBytes())
	f := filling{t: t, to: t.bits.Loader()}
	for wi := uint64(0); ; wi++ {
		var word uint64
		var ok bool
		if wi, word, ok = k.next(wi); !ok {
			break
		}
		if err := f.put(wi, word); err != nil {
			return 0, err
		}
	}
	if err := f.flush(); err != nil {
		return 0, err
	}
	f.to.Done()
	return t.Count(), nil
}

// mostBytes is about what its IDs take at most.
func (k *Combination) mostBytes() (n int64) {
	if k.op == Complement {
		return int64(k.of[0].t.maxID / 8)
	}
	for i := range k.of {
		n += int64(k.of[i].t.bits.Memory())
	}
	return n
}

// filling collects the words of one piece of memory, which is got when one of them has
// IDs.
type filling struct {
	t     *Tracker
	to    *bitmap.Loader
	first uint64 // the index of words[0]
	words []uint64
	home  uint64 // the piece, as bitmaps number them
}

// homeWords is how many words have one home at least.
const homeWords = 64

func (f *filling) put(wi, word uint64) error {
	if n := uint64(len(f.words)); n == 0 || wi/homeWords != (f.first+n-1)/homeWords {
		home, _ := f.t.bits.Lacking(wi << 6)
		if home != f.home || n == 0 {
			if err := f.flush(); err != nil {
				return err
			}
			f.home, f.first = home, wi
		}
	}
	for f.first+uint64(len(f.words)) < wi {
		f.words = append(f.words, 0)
	}
	f.words = append(f.words, word)
	return nil
}

// flush gets the memory for the words, and puts them there.
func (f *filling) flush() error {
	if len(f.words) == 0 {
		return nil
	}
	if _, _, err := f.t.secure([]uint64{f.first << 6}); err != nil {
		return err
	}
	f.to.PutWords(f.first, f.words)
	f.words = f.words[:0]
	return nil
}

// Rename gives the tracker of from the prefix to, in one step, with all that it has and that is held
// of it: leases, a delete iterator. The tracker that had that prefix leaves, as with Drop.
// Without replace that one stays, and Rename reports false. If there is no tracker of from it is
// [ErrNoPrefix].
func (c *Caller) Rename(from, to []byte, replace bool) (renamed bool, err error) {
	r := c.registry
	if string(from) == string(to) {
		if r.Get(string(from)) == nil {
			return false, ErrNoPrefix
		}
		return replace, nil
	}
	c.notes.Open()
	t, old, err := r.rename(string(from), string(to), replace)
	switch {
	case err == ErrExists:
		return false, nil
	case err != nil:
		return false, err
	}
	if old != nil {
		old.empty()
	}
	c.tell(&Tracker{name: string(from), prefixLen: uint16(len(from))}, true) // what is found there now
	c.tell(t, true)
	return true, nil
}
