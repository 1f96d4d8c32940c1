package tracker

import (
	"slices"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// LeaseOf hands out the IDs of wanted ([RunsOf]) alone, as [Handle.ClaimLease] or [Handle.TakeLease] do,
// as of says. What of them is in another state, or beyond the bound, is not handed out. If the
// tracker is not there it is [ErrNoPrefix], if it has left [ErrDetached].
func (h Handle) LeaseOf(dst []Run, wanted []Run, of LeaseKind, o LeaseTerms) (token string, runs []Run, err error) {
	t := h.found()
	if t == nil {
		return "", dst, ErrNoPrefix
	}
	h.caller.notes.Open()
	token, runs, err = h.lease(t, dst, of, o, func(l *lease, held *hold) ([]Run, error) { return l.fillOf(held, dst, wanted) })
	h.caller.tell(t, token != "")
	return token, runs, err
}

// fillOf is fill for the IDs of wanted.
func (l *lease) fillOf(h *hold, dst []Run, wanted []Run) ([]Run, error) {
	had := len(dst)
	for wanted = slices.Clone(wanted); len(wanted) > 0; {
		var part []Run
		part, wanted = first(wanted, leasePiece)
		got, err := l.fillPart(h, part)
		if dst = append(dst, got...); err != nil {
			if len(dst) > had {
				err = nil
			}
			return dst, err
		}
		yield() // others have their turn
	}
	return dst, nil
}

// fillPart is fillOf for a few IDs, under the lease lock.
func (l *lease) fillPart(h *hold, wanted []Run) (got []Run, err error) {
	t := h.tracker
	l.flight.mu.Lock()
	defer l.flight.mu.Unlock()
	switch {
	case h.void():
		return nil, ErrDetached
	case h.over(): // its Caller has gone
		return nil, nil
	}
	var there []Run
	for wi, mask := range words(wanted) {
		there = bitmap.AppendWord(there, wi, t.inState(l.wants(), wi)&mask&bitmap.Clip(wi, 0, t.end()))
	}
	return l.grant(h, there)
}
