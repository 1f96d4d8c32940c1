package tracker

// Hand-outs of what a mask does not pass over. Each word is noted for the log as soon
// as it is changed: between two words others may have their turn, before which all that
// was changed goes into the log.

// ClaimNextMasked is [Handle.ClaimNext] for what m does not pass over. An ID that is
// handed out was not passed over at some moment of the call, and nobody else has it.
func (h Handle) ClaimNextMasked(dst []Run, r Range, m Mask, n int) ([]Run, error) {
	if m.IsZero() {
		return h.ClaimNext(dst, r, n)
	}
	notes, had := h.caller.notes, Total(dst)
	for n > 0 {
		t, changed, err := h.t, false, error(nil)
		if t == nil {
			free := h.caller.registry.none.Select(Unset, m)
			first, some := free.First(r)
			if !some {
				return dst, nil // and no prefix is made
			}
			notes.Open()
			t, changed, err = h.ready(func(t *Tracker) (bool, error) { return t.secureFirst(Range{first, r.Max}) })
			if err != nil {
				h.caller.tell(t, changed)
				return dst, err
			}
		}
		s := t.Select(Unset, m)
		err = s.giveInTurns(t.Clip(r), n, s.by(func(wi, mask uint64) (uint64, error) {
			notes.Open()
			got, err := t.bits.ClaimWord(wi, mask)
			if got != 0 && notes != nil {
				notes.Claimed((*journaled)(t), wi<<6, 1)
			}
			return got, err
		}, &dst))
		if err == ErrDetached { // it has claimed nothing
			h.t = nil
			continue
		}
		claimed := Total(dst) - had
		t.countClaimed(claimed)
		h.caller.tell(t, changed || claimed > 0)
		return dst, err
	}
	return dst, nil
}

// TakeNextMasked is [Handle.TakeNext] for what m does not pass over, as in
// [Handle.ClaimNextMasked].
func (h Handle) TakeNextMasked(dst []Run, r Range, m Mask, n int) []Run {
	t := h.found()
	if m.IsZero() || t == nil {
		return h.TakeNext(dst, r, n)
	}
	c, had := h.caller, Total(dst)
	s := t.Select(Set, m)
	_ = s.giveInTurns(t.Clip(r), n, s.by(func(wi, mask uint64) (got uint64, _ error) {
		c.notes.Open()
		c.enter()
		defer c.leave()
		if got = t.takeWord(wi, mask); got != 0 {
			c.notes.ChangedRange((*journaled)(t), wi<<6, wi<<6+1)
		}
		return got, nil
	}, &dst))
	taken := Total(dst) - had
	t.countTaken(taken)
	c.tell(t, taken > 0)
	return dst
}
