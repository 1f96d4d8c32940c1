package tracker

import (
	"math"
	"slices"
	"time"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// LeaseKind is what becomes of the IDs of a lease when they are confirmed.
type LeaseKind uint8

const (
	// ClaimLease has IDs that were free: they exist once they are confirmed.
	ClaimLease LeaseKind = iota
	// TakeLease has IDs that existed: they do not once they are confirmed.
	TakeLease
)

// String returns the kind as replies have it.
func (k LeaseKind) String() string {
	if k == TakeLease {
		return "take"
	}
	return "claim"
}

// LeaseTerms are what a lease is given with.
type LeaseTerms struct {
	TTL     time.Duration // what is not settled by then is given back
	OnClose bool          // or when its Caller is closed
	Client  uint64        // who has it, for people
	Name    string        // and what he calls himself
}

// lease is IDs in flight that one holder has by a token: the [kind] of its hold. They
// are settled once each, by who has the lease lock (F4): confirmed or released
// by the holder while the hold lives, released by the registry when it has ended by time or
// with its Caller. When it has ended with its tracker, or that was cleared, there is nothing left to settle.
type lease struct {
	of     LeaseKind
	flight *flight
	born   int64 // on the clock of the table
	// The rest is guarded by the lease lock.
	terms LeaseTerms // TTL is that of the last renewal
	runs  []Run      // what is outstanding, ascending; a run of none is where one was
	left  uint64
	paid  int64 // bytes that the budget was charged
}

// leaseBytes is what a lease costs without its runs and its name: the lease, its
// hold, its token, and its places in the table.
const leaseBytes = int64(unsafe.Sizeof(lease{})+unsafe.Sizeof(hold{})) + 160

const runBytes = int64(unsafe.Sizeof(Run{}))

// enter implements [kind].
func (l *lease) enter(h *hold) error {
	if l.flight.held == nil {
		l.flight.held = new(group)
	}
	h.groups[ofPart] = l.flight.held
	return nil
}

// leave implements [kind].
func (l *lease) leave(*hold) {}

// ClaimLease hands out up to n free IDs of r that m does not pass over, appended to
// dst as runs: they are in flight until they are settled with the token. There is none, and
// no token, when no ID was free. Errors are those of ClaimNext, and [ErrCallerClosed];
// nothing was handed out then.
func (h Handle) ClaimLease(dst []Run, r Range, m Mask, n int, o LeaseTerms) (token string, runs []Run, err error) {
	if n <= 0 || h.idle(r) {
		return "", dst, nil
	}
	if h.t == nil && !m.IsZero() {
		free := h.caller.registry.none.Select(Unset, m)
		if _, some := free.First(r); !some {
			return "", dst, nil // and no prefix is made
		}
	}
	h.caller.notes.Open()
	for {
		t, changed, err := h.ready(func(t *Tracker) (bool, error) { return t.secureFirst(r) })
		if err != nil {
			h.caller.tell(t, changed)
			return "", dst, err
		}
		token, runs, err = h.lease(t, dst, ClaimLease, o, func(l *lease, held *hold) ([]Run, error) { return l.fill(held, dst, r, m, n) })
		h.caller.tell(t, changed || token != "")
		if err == ErrDetached && !h.pinned { // it has left, with all it had
			h.t = nil
			continue
		}
		return token, runs, err
	}
}

// TakeLease is ClaimLease for existing IDs.
func (h Handle) TakeLease(dst []Run, r Range, m Mask, n int, o LeaseTerms) (token string, runs []Run, err error) {
	t := h.found()
	if t == nil || n <= 0 {
		return "", dst, nil
	}
	h.caller.notes.Open()
	token, runs, err = h.lease(t, dst, TakeLease, o, func(l *lease, held *hold) ([]Run, error) { return l.fill(held, dst, r, m, n) })
	h.caller.tell(t, token != "")
	if err == ErrDetached && !h.pinned {
		err = nil
	}
	return token, runs, err
}

// LongLease tells whether a lease waits for others: the first one of the tracker may, while somebody takes.
func (h Handle) LongLease() bool {
	t, reg := h.found(), h.caller.registry
	h.caller.Rest() // who asks has no announcement that another waits for
	if t == nil {
		return !reg.takers.none()
	}
	return !t.takeOff(reg).isReady(&reg.takers)
}

// lease hands out IDs of t, which fill appends to dst. The hold is in the table before the first ID
// moves, so that who writes a base meets it, or its record comes behind the base's beginning (J7).
func (h Handle) lease(t *Tracker, dst []Run, of LeaseKind, o LeaseTerms, fill func(*lease, *hold) ([]Run, error)) (token string, runs []Run, err error) {
	reg := h.caller.registry
	h.caller.Rest() // who waits has no announcement that another waits for
	f := t.fly(reg)
	l := &lease{of: of, terms: o, flight: f, born: reg.holds.now()}
	l.terms.Name = string([]byte(o.Name)) // it may be a view of a buffer
	if err := l.pay(t, leaseBytes+int64(len(o.Name)), false); err != nil {
		return "", dst, err
	}
	f.opened(1)
	var owner *group
	if o.OnClose {
		owner = &h.caller.held
	}
	held := &hold{kind: l, tracker: t, ttl: math.MaxInt64} // its time begins when all is handed out
	if err := reg.holds.open(held, owner, func() bool { return reg.Get(t.Prefix()) == t }); err != nil {
		l.refund(t)
		if err == ErrNoPrefix {
			err = ErrDetached
		}
		return "", dst, err
	}
	had := len(dst)
	dst, err = fill(l, held)
	granted := dst[had:]
	if len(granted) == 0 {
		if reg.holds.drop(held) { // else it lapses
			f.mu.Lock()
			l.refund(t)
			f.mu.Unlock()
		}
		return "", dst, err
	}
	reg.holds.renewTo(held, o.TTL)
	total := Total(granted)
	if of == ClaimLease {
		t.claims.Add(total)
	} else {
		t.countTaken(total)
	}
	t.notedRuns(h.caller.notes, granted, of == ClaimLease)
	return held.token, dst, nil
}

// leasePiece is how many IDs change their state in one hold of the lease lock.
const leasePiece = 4096

// leaseNear is within how many words of the first one they lie.
const leaseNear = 1 << 10

// fill hands out up to n IDs, piece by piece, and appends them to dst, no run joined to one of
// before. An error comes only if there is none.
func (l *lease) fill(h *hold, dst []Run, r Range, m Mask, n int) ([]Run, error) {
	r = h.tracker.Clip(r)
	s := h.tracker.Select(l.wants(), m)
	err := s.giveInTurns(r, n, func(wi, _ uint64, n int) (int, uint64, error) {
		// Under the lock nobody walks far, or waits for his client.
		near := Range{max(r.Min, wi<<6), min(r.Max, (wi+leaseNear)<<6)}
		got, next, err := l.fillPiece(h, near, m, min(n, leasePiece))
		dst = append(dst, got...)
		return int(Total(got)), next, err
	})
	return dst, err
}

// wants is which IDs may be handed out.
func (l *lease) wants() Filter {
	if l.of == TakeLease {
		return Set
	}
	return Unset
}

// fillPiece is fill for a few IDs, under the lease lock. next is where to go on.
func (l *lease) fillPiece(h *hold, r Range, m Mask, n int) (got []Run, next uint64, err error) {
	t, f := h.tracker, l.flight
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case h.void():
		return nil, 0, ErrDetached
	case h.over(): // its Caller has gone
		return nil, Limit, nil
	}
	// The mask is looked at here, and so is what is in flight: nothing else has the lock.
	s := t.Select(l.wants(), m)
	wanted, next := s.append(nil, r.Min, r.Max, n)
	if len(wanted) == 0 {
		return nil, r.Max, nil
	}
	got, err = l.grant(h, wanted)
	return got, next, err
}

// grant hands out those IDs of wanted, which are in the state for that, that nobody else has claimed
// meanwhile. The lease lock is held.
func (l *lease) grant(h *hold, wanted []Run) (got []Run, err error) {
	t, f := h.tracker, l.flight
	if len(wanted) == 0 {
		return nil, nil
	}
	if err := l.pay(t, runBytes*int64(len(wanted)), false); err != nil {
		return nil, err
	}
	l.record(h, func(dst []byte) []byte {
		f.begin()
		got, err = l.fly(t, wanted)
		f.end()
		if len(got) == 0 {
			return dst
		}
		return appendGrant(dst, h, l, got)
	})
	if len(got) == 0 && err != nil {
		return nil, err
	}
	l.add(got)
	return got, nil
}

// fly puts those IDs of wanted into flight that nobody else has claimed meanwhile. It
// is called in an odd sequence: readers see an ID claimed and in flight together.
func (l *lease) fly(t *Tracker, wanted []Run) (got []Run, err error) {
	for wi, mask := range words(wanted) {
		if l.of == ClaimLease {
			if mask, err = t.bits.ClaimWord(wi, mask); err != nil {
				return got, err
			}
		}
		yield()
		if _, err = l.flight.bits.ClaimWord(wi, mask); err != nil {
			if l.of == ClaimLease {
				t.bits.TakeWord(wi, mask) // nobody has seen it
			}
			return got, err
		}
		got = bitmap.AppendWord(got, wi, mask)
	}
	return got, nil
}

// add makes got outstanding. It may lie between what was there: a claim begins with the lowest.
func (l *lease) add(got []Run) {
	l.left += Total(got)
	l.runs = append(l.runs, got...)
	if !slices.IsSortedFunc(l.runs, byStart) {
		slices.SortFunc(l.runs, byStart)
	}
}

// pay charges the tracker's budget for what the lease keeps; forced, whatever the limit.
func (l *lease) pay(t *Tracker, bytes int64, forced bool) error {
	if t.books == nil {
		return nil
	}
	if err := t.books.charge(bytes, forced); err != nil {
		return err
	}
	l.paid += bytes
	l.flight.paid.Add(bytes)
	return nil
}

// payFor pays for n runs, if they are more than what it has paid for: what is settled in parts
// may leave more pieces than there were, and cannot be refused.
func (l *lease) payFor(t *Tracker, n int) {
	if more := leaseBytes + int64(len(l.terms.Name)) + runBytes*int64(n) - l.paid; more > 0 {
		_ = l.pay(t, more, true)
	}
}

// refund gives back what was paid for a lease that has come to its end.
func (l *lease) refund(t *Tracker) {
	if t.books != nil {
		t.books.free(l.paid)
		l.flight.paid.Add(-l.paid)
		l.paid = 0
	}
	l.flight.opened(-1) // last: who sees that none is open sees that nothing is paid for
}
