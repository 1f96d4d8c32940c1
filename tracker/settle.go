package tracker

import (
	"runtime"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
)

// leased is a [kind] that hands out IDs: its holder settles them by the token, and what he
// has not settled when the hold ends is given back.
type leased interface {
	kind
	// settle settles those of ids that are outstanding, nil for all that are, and
	// returns how many; or [ErrNoLease] when h has ended.
	settle(h *hold, notes *journal.Batch, ids []uint64, confirm bool) (settled uint64, err error)
	// renew gives h another time to live, or returns [ErrNoLease].
	renew(h *hold, ttl time.Duration) error
	// lapse gives back what is outstanding of h, which has ended and left the table. It is called
	// once, in the background, with no lock held.
	lapse(h *hold)
	// long tells whether to settle so many IDs, 0 for all, takes long.
	long(ids int) bool
	// shows tells whether a tracker shows what is outstanding.
	shows() bool
}

// Confirm confirms those of ids that are outstanding of the lease of token, nil for
// all that are, and returns how many: what was claimed exists from then on, what was
// taken does not. [ErrNoLease] is for one that has ended.
func (c *Caller) Confirm(token string, ids []uint64) (settled uint64, err error) {
	return c.settle(token, ids, true)
}

// Release is Confirm for IDs to be given back: what was claimed is free again, what was
// taken exists again.
func (c *Caller) Release(token string, ids []uint64) (settled uint64, err error) {
	return c.settle(token, ids, false)
}

func (c *Caller) settle(token string, ids []uint64, confirm bool) (settled uint64, err error) {
	h, l := c.registry.holds.leased(token)
	if h == nil {
		return 0, ErrNoLease
	}
	c.notes.Open()
	settled, err = l.settle(h, c.notes, ids, confirm)
	c.tell(h.tracker, settled > 0 && l.shows())
	return settled, err
}

// Renew gives the lease of token ttl from now on, or returns [ErrNoLease].
func (c *Caller) Renew(token string, ttl time.Duration) error {
	h, l := c.registry.holds.leased(token)
	if h == nil {
		return ErrNoLease
	}
	c.notes.Open()
	return l.renew(h, ttl)
}

// LongSettle tells whether to settle so many IDs, 0 for all, of the lease of token takes long.
func (c *Caller) LongSettle(token string, ids int) bool {
	if ids > 0 && ids <= fewWords {
		return false
	}
	h, l := c.registry.holds.leased(token)
	return h != nil && l.long(ids)
}

// shows implements [leased].
func (l *lease) shows() bool { return true }

// long implements [leased].
func (l *lease) long(int) bool {
	l.flight.mu.Lock()
	defer l.flight.mu.Unlock()
	return len(l.runs) > fewWords || l.left > fewWrites/8
}

// settle implements [leased]: piece by piece, so that others have their turn. When the lease
// ends meanwhile the rest of it is given back.
func (l *lease) settle(h *hold, notes *journal.Batch, ids []uint64, confirm bool) (settled uint64, err error) {
	var wanted []Run
	if ids != nil {
		wanted = RunsOf(ids)
	}
	for {
		var part []Run
		part, wanted = first(wanted, leasePiece)
		piece, more, err := l.settlePiece(h, part, ids == nil, confirm)
		if err != nil {
			if settled > 0 {
				err = nil
			}
			return settled, err
		}
		settled += Total(piece)
		if confirm && l.of == ClaimLease {
			h.tracker.notedRuns(notes, piece, true) // as a claim it must not be forgotten (W2)
		}
		if !more && len(wanted) == 0 {
			return settled, nil
		}
	}
}

// settlePiece settles some IDs, and ends the hold with the last one that is outstanding. more says
// that there are others.
func (l *lease) settlePiece(h *hold, wanted []Run, all, confirm bool) (piece []Run, more bool, err error) {
	f := l.flight
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.over() {
		l.over(h)
		return nil, false, ErrNoLease
	}
	yield()
	if all {
		piece, l.runs = first(l.runs, leasePiece)
		more = len(l.runs) > 0
	} else {
		piece, l.runs = split(l.runs, wanted)
		l.payFor(h.tracker, len(l.runs))
	}
	l.change(h, piece, confirm)
	if l.left == 0 {
		h.end()              // before the lock is given back: nobody settles anything of it again
		if h.table.drop(h) { // else it lapses
			l.refund(h.tracker)
		}
	}
	return piece, more, nil
}

// change settles piece, which is no longer among the outstanding. The lease lock is held.
func (l *lease) change(h *hold, piece []Run, confirm bool) {
	if len(piece) == 0 {
		return
	}
	t, f := h.tracker, l.flight
	l.left -= Total(piece)
	gone := confirm == (l.of == TakeLease) // they do not exist from now on
	l.record(h, func(dst []byte) []byte {
		f.fall(t, piece, gone)
		return appendSettled(dst, h.token, gone, piece)
	})
}

// renew implements [leased].
func (l *lease) renew(h *hold, ttl time.Duration) error {
	l.flight.mu.Lock()
	defer l.flight.mu.Unlock()
	if !h.table.renewTo(h, ttl) {
		l.over(h)
		return ErrNoLease
	}
	l.terms.TTL = ttl
	l.record(h, func(dst []byte) []byte { return appendRenewed(dst, h.token, l.timeLeft(h)) })
	return nil
}

// over says in the log that h has ended, before anybody is told so: else it would live again
// after a restart that comes before it has lapsed. The lease lock is held.
func (l *lease) over(h *hold) {
	if l.left > 0 {
		l.record(h, func(dst []byte) []byte { return appendRenewed(dst, h.token, 0) })
	}
}

// record has change do something in one step with the log (J10).
func (l *lease) record(h *hold, change func(dst []byte) []byte) {
	h.table.registry.log.Record((*journaled)(h.tracker), change)
}

// lapse implements [leased]. With its tracker, or when that is cleared, all has gone already.
func (l *lease) lapse(h *hold) {
	h.countExpired()
	for l.lapsePiece(h) {
		runtime.Gosched()
	}
}

func (l *lease) lapsePiece(h *hold) (more bool) {
	f := l.flight
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.void() {
		l.runs, l.left = nil, 0
	}
	var piece []Run
	piece, l.runs = first(l.runs, leasePiece)
	l.change(h, piece, false)
	if l.left == 0 {
		l.refund(h.tracker)
	}
	return l.left > 0
}
