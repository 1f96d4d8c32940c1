package tracker

// What a Handle hands out: each ID to one caller only, whoever asks.

// Claim is Add for callers that compete for id: of all of them one gets true.
func (h Handle) Claim(id uint64) (claimed bool, err error) {
	h.caller.notes.Open()
	ids := [1]uint64{id}
	t, s, changed, err := h.secure(ids[:])
	if err == nil {
		var one [1]bool
		claimed = t.claimAll(s, one[:0], ids[:], h.caller.notes)[0]
		changed = true // every claim is counted as something
	}
	h.caller.tell(t, changed)
	return claimed, err
}

// ClaimAll claims ids one by one and appends to claimed, for each in their
// order, whether this call has it. On an error it appends nothing.
func (h Handle) ClaimAll(claimed []bool, ids []uint64) ([]bool, error) {
	h.caller.notes.Open()
	t, s, changed, err := h.secure(ids)
	if err == nil {
		claimed = t.claimAll(s, claimed, ids, h.caller.notes)
		changed = changed || len(ids) > 0
	}
	h.caller.tell(t, changed)
	return claimed, err
}

// ClaimNext marks up to n free IDs of r as existing and appends them to dst as
// runs, as [Tracker.ClaimNext] does.
func (h Handle) ClaimNext(dst []Run, r Range, n int) ([]Run, error) {
	if n <= 0 || h.idle(r) {
		return dst, nil
	}
	h.caller.notes.Open()
	for {
		t, changed := h.t, false
		if t == nil {
			var err error
			t, changed, err = h.ready(func(t *Tracker) (bool, error) { return t.secureFirst(r) })
			if err != nil {
				h.caller.tell(t, changed)
				return dst, err
			}
		}
		runs, claimed, err := t.claimNext(dst, r, n)
		if err == ErrDetached { // it has claimed nothing
			h.t = nil
			continue
		}
		t.notedRuns(h.caller.notes, runs[max(len(dst)-1, 0):], true) // one may have joined the last
		// Memory without a claim: others have claimed all of it, and tell.
		h.caller.tell(t, changed || claimed > 0)
		return runs, err
	}
}

// TakeNext marks up to n existing IDs of r as not existing and appends them to
// dst as runs, as [Tracker.TakeNext] does.
func (h Handle) TakeNext(dst []Run, r Range, n int) []Run {
	t := h.found()
	if t == nil {
		return dst
	}
	h.caller.notes.Open()
	h.caller.enter()
	runs, taken := t.takeNext(dst, r, n)
	h.caller.leave()
	t.notedRuns(h.caller.notes, runs[max(len(dst)-1, 0):], false)
	h.caller.tell(t, taken > 0)
	return runs
}

// Pop removes n existing IDs drawn at random and appends them to dst, as
// [Tracker.Pop] does.
func (h Handle) Pop(dst []uint64, n int, s *Sampler) []uint64 {
	t := h.found()
	if t == nil {
		return dst
	}
	h.caller.notes.Open()
	had := len(dst)
	h.caller.enter()
	dst = t.Pop(dst, n, s)
	h.caller.leave()
	for _, id := range dst[had:] {
		t.noted(h.caller.notes, id, true)
	}
	h.caller.tell(t, len(dst) > had)
	return dst
}
