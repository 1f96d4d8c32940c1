package leasemodel

// place is where an ID is.
type place uint8

const (
	free place = iota
	there
	claimed // in flight, to be there
	taken   // in flight, to be free
)

func (p place) inFlight() bool { return p >= claimed }

// settled is where an ID in flight goes.
func (p place) settled(confirmed bool) place {
	if (p == claimed) == confirmed {
		return there
	}
	return free
}

// ident is an ID in one of the states that it may be in.
type ident struct {
	place place
	term
	lease uint32 // that it is in flight by
	// ended is the last lease of the ID that ended otherwise than by its holder's
	// doing: nobody may settle or renew it after that.
	ended uint32
}

// term is the time of a lease as far as it is known.
type term struct {
	number uint32 // of the last renewal, or of the beginning
	due    bool   // the time is over
	doomed bool   // what it ends with is over
	over   bool   // it has ended
}

func (t term) mayEnd() bool { return (t.due || t.doomed) && !t.over }

// alone appends s and all that it may become by itself.
func (s ident) alone(dst set[ident]) set[ident] {
	dst = dst.with(s)
	if !s.place.inFlight() {
		return dst
	}
	if s.mayEnd() {
		s.over = true
		dst = dst.with(s)
	}
	if s.over {
		dst = dst.with(s.givenBack())
	}
	return dst
}

func (s ident) givenBack() ident {
	return ident{place: s.place.settled(false), ended: s.lease}
}

// step is the sequential specification of an ID.
func (s ident) step(o Op) (next ident, legal bool) {
	mine := s.place.inFlight() && s.lease == o.Lease
	alive := !(mine && s.over) && s.ended != o.Lease
	switch o.Kind {
	case Exists:
		return s, o.Said.agrees(s.place == there)
	case Free:
		return s, o.Said.agrees(s.place == free)
	case Add:
		did := s.place == free
		if did {
			s.place = there
		}
		return s, o.Said.agrees(did)
	case Remove:
		did := s.place == there
		if did {
			s.place = free
		}
		return s, o.Said.agrees(did)
	case Claim:
		return ident{place: claimed, term: term{number: o.Term}, lease: o.Lease, ended: s.ended}, s.place == free
	case Take:
		return ident{place: taken, term: term{number: o.Term}, lease: o.Lease, ended: s.ended}, s.place == there
	case Confirm, Release:
		legal = alive && o.Said.agrees(mine)
		if mine {
			s = ident{place: s.place.settled(o.Kind == Confirm), ended: s.ended}
		}
		return s, legal
	case Renew:
		if mine {
			s.number, s.due = o.Term, false
		}
		return s, alive
	case NoLease:
		return s, !mine || s.over
	case Due:
		s.due = s.due || mine && s.number == o.Term
		return s, true
	case Doom:
		s.doomed = s.doomed || mine
		return s, true
	case Clear:
		if s.place.inFlight() {
			s.ended = s.lease
		}
		return ident{ended: s.ended}, true
	default:
		panic("no operation on one ID: " + o.Kind.String())
	}
}
