package tracker

import (
	"iter"
	"time"
)

// Lease is a lease as others see it.
type Lease struct {
	Token       string
	Kind        LeaseKind
	Outstanding uint64        // IDs that are not settled
	TTL         time.Duration // what is left of its time
	Age         time.Duration
	Client      uint64
	Name        string
}

// Leases appends up to n of the tracker's leases to dst, in no order, each once.
func (t *Tracker) Leases(dst []Lease, n int) []Lease {
	met := make(map[*hold]struct{})
	for h, l := range t.leases() {
		if len(met) == n {
			break
		}
		if _, twice := met[h]; twice || h.over() {
			continue
		}
		l.flight.mu.Lock()
		left, ms := l.left, l.timeLeft(h)
		l.flight.mu.Unlock()
		if now := h.table.now(); left > 0 {
			met[h] = struct{}{}
			dst = append(dst, Lease{
				Token: h.token, Kind: l.of, Outstanding: left,
				TTL: time.Duration(ms) * time.Millisecond, Age: time.Duration(now - l.born),
				Client: l.terms.Client, Name: l.terms.Name,
			})
		}
	}
	return dst
}

// CountLeases returns how many leases are open over all trackers, and how many have ended by time
// since the process began.
func (r *Registry) CountLeases() (open, expired uint64) {
	return uint64(r.holds.leases.Load()), r.holds.expired.Load()
}

// leases goes through the leases of the tracker, see [holds.members], and those that have ended and are being
// given back.
func (t *Tracker) leases() iter.Seq2[*hold, *lease] {
	return func(yield func(*hold, *lease) bool) {
		f := t.flight()
		if f == nil {
			return
		}
		for h := range f.table.members(func() *group { return f.held }) {
			if l, is := h.kind.(*lease); is && !yield(h, l) {
				return
			}
		}
		for _, h := range f.table.lapsing() { // after the members: who leaves those is here
			if l, is := h.kind.(*lease); is && l.flight == f && !yield(h, l) {
				return
			}
		}
	}
}
