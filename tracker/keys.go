package tracker

// AddKeys marks the ID in each key as existing, in the tracker of its prefix,
// and returns how many were not before. Keys of no known prefix count 0. The
// memory for all is secured first: on [ErrOutOfMemory] no ID has changed.
func (c *Caller) AddKeys(keys []string) (added int, err error) {
	for _, key := range keys {
		if t, id, ok := c.registry.ParseKey(key); ok {
			_, grew, err := t.secure([]uint64{id})
			c.tell(t, grew)
			if err != nil && err != ErrDetached {
				return 0, err
			}
		}
	}
	return c.eachKey(keys, addSecuredKey), nil
}

// addSecuredKey is [Tracker.Add] for an ID that memory was secured for. If that
// has gone since, so have the IDs of then: it was added before that.
func addSecuredKey(t *Tracker, id uint64) bool {
	if !t.within(id) {
		return false
	}
	s, _, err := t.secure([]uint64{id})
	return err != nil || s.TestAndSet(id)
}

// RemoveKeys marks the ID in each key as not existing and returns how many
// were before.
func (c *Caller) RemoveKeys(keys []string) (removed int) {
	c.enter()
	defer c.leave()
	return c.eachKey(keys, (*Tracker).Remove)
}

// eachKey changes the ID in each key and returns how many changes there were. A
// tracker is told once for its keys in a row.
func (c *Caller) eachKey(keys []string, change func(*Tracker, uint64) bool) (n int) {
	c.notes.Open()
	var last *Tracker
	changed := false
	for _, key := range keys {
		t, id, ok := c.registry.ParseKey(key)
		if !ok {
			continue
		}
		if t != last {
			c.tell(last, changed)
			last, changed = t, false
		}
		is := change(t, id)
		if is {
			n++
			changed = true
		}
		if t.Holds(id) {
			t.noted(c.notes, id, is)
		}
		changed = changed || !t.Holds(id) // counted as out of range
	}
	c.tell(last, changed)
	return n
}
