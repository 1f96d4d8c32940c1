package leasemodel

import "math/bits"

// lease is a lease in one of the states that it may be in.
type lease struct {
	term
	outstanding uint64 // a bit for each ID
}

func (s lease) alone(dst set[lease]) set[lease] {
	dst = dst.with(s)
	if s.outstanding != 0 && s.mayEnd() {
		dst = dst.with(lease{term: term{over: true}})
	}
	return dst
}

// step is the sequential specification of a lease.
func (s lease) step(o Op) (next lease, legal bool) {
	alive := s.outstanding != 0
	switch o.Kind {
	case Claim, Take:
		return lease{term: term{number: o.Term}, outstanding: o.IDs}, !alive && !s.over
	case Confirm, Release:
		asked := s.outstanding & o.IDs
		s.outstanding &^= asked
		return s, alive && (o.Said == Unsaid || bits.OnesCount64(asked) == o.N)
	case Renew:
		s.number, s.due = o.Term, false
		return s, alive
	case NoLease:
		return s, !alive
	case Due:
		s.due = s.due || s.number == o.Term
		return s, true
	case Doom:
		s.doomed = true
		return s, true
	case Clear:
		if alive {
			s = lease{term: term{over: true}}
		}
		return s, true
	case Listed:
		return s, bits.OnesCount64(s.outstanding) == o.N
	default:
		panic("no operation on a lease: " + o.Kind.String())
	}
}
