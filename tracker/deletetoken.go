package tracker

import "time"

// DefaultDeleterTTL is how long a delete iterator that is held by a token lives
// without a NextDelete, unless it was opened with another time.
const DefaultDeleterTTL = time.Minute

// OpenDelete opens the delete iterator of the tracker over r for somebody in
// another process, who holds it by the token. It ends with CloseDelete, when
// nobody has called NextDelete for ttl, when the tracker leaves the registry
// and, with onClose, with the Caller. Errors are [ErrNoPrefix] when the tracker
// is not there, [ErrDeleterInUse] while it has a delete iterator, and with
// onClose [ErrCallerClosed] after [Caller.Close].
func (h Handle) OpenDelete(r Range, ttl time.Duration, onClose bool) (token string, err error) {
	t := h.found()
	if t == nil {
		return "", ErrNoPrefix
	}
	var owner *group
	if onClose {
		owner = &h.caller.held
	}
	reg := h.caller.registry
	d := &hold{kind: deleting{}, tracker: t, rng: t.Clip(r), ttl: ttl}
	if err := reg.holds.open(d, owner, func() bool { return reg.Get(t.Prefix()) == t }); err != nil {
		return "", err
	}
	h.caller.tell(t, true)
	return d.token, nil
}

// NextDelete takes up to n IDs of a delete iterator, appends them to dst as
// runs and begins the iterator's time to live anew. It returns the tracker, to
// read from, or [ErrNoDeleter] for a token whose iterator has ended. Calls with
// one token take turns, whosever they are.
func (c *Caller) NextDelete(dst []Run, token string, n int) (t Reader, runs []Run, err error) {
	d := c.registry.holds.use(token, deleting{})
	if d == nil {
		return nil, dst, ErrNoDeleter
	}
	c.notes.Open()
	c.enter()
	runs, taken, err := d.take(dst, n)
	c.leave()
	if err != nil {
		return nil, dst, err
	}
	d.tracker.notedRuns(c.notes, runs[max(len(dst)-1, 0):], false)
	c.tell(d.tracker, taken > 0)
	return d.tracker, runs, nil
}

// take takes up to n IDs, so many in a turn that others with the token, and who
// ends it, wait shortly.
func (h *hold) take(dst []Run, n int) (runs []Run, taken uint64, err error) {
	for {
		piece := min(n, fewWords)
		var got uint64
		if dst, got, err = h.takeInTurn(dst, piece); err != nil && taken > 0 {
			return dst, taken, nil // it ended meanwhile
		}
		taken += got
		if n -= piece; err != nil || n == 0 || got < uint64(piece) {
			return dst, taken, err
		}
	}
}

func (h *hold) takeInTurn(dst []Run, n int) (runs []Run, taken uint64, err error) {
	h.turn.Lock()
	defer h.turn.Unlock()
	if h.over() { // while it waited
		return dst, 0, ErrNoDeleter
	}
	runs, taken = h.tracker.takeNext(dst, h.rng, n)
	return runs, taken, nil
}

// CloseDelete ends a delete iterator and reports whether it had not ended
// before. No call with the token takes an ID after it.
func (c *Caller) CloseDelete(token string) bool {
	d := c.registry.holds.close(token, deleting{})
	if d == nil {
		return false
	}
	d.turn.Lock() // the call at work finishes; those that wait find the end
	d.turn.Unlock()
	c.tell(d.tracker, true)
	return true
}
