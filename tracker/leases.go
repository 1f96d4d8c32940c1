package tracker

import "time"

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
		left := l.left
		l.flight.mu.Unlock()
		if now := h.table.now(); left > 0 {
			met[h] = struct{}{}
			dst = append(dst, Lease{
				Token: h.token, Kind: l.of, Outstanding: left,
				TTL: time.Duration(h.left()) * time.Millisecond, Age: time.Duration(now - l.born),
				Client: l.terms.Client, Name: l.terms.Name,
			})
		}
	}
	return dst
}

// some puts some of the leases before the one numbered at into dst, -1 for the last, and returns how
// many, and where to go on.
func (f *flight) some(at int, dst *[64]*hold) (next, n int) {
	f.table.mu.Lock()
	defer f.table.mu.Unlock()
	if f.held == nil {
		return 0, 0
	}
	if at < 0 || at > len(f.held.members) {
		at = len(f.held.members)
	}
	for ; at > 0 && n < len(dst); n++ {
		at--
		dst[n] = f.held.members[at]
	}
	return at, n
}

// leases goes through the leases of the tracker. One that is there all the while comes at
// least once, perhaps twice: when one leaves, the last one of its group gets its place,
// so who goes downwards passes over none.
func (t *Tracker) leases() func(yield func(*hold, *lease) bool) {
	return func(yield func(*hold, *lease) bool) {
		f := t.flight()
		if f == nil {
			return
		}
		var some [64]*hold
		for at, n := -1, 0; at != 0; {
			at, n = f.some(at, &some)
			for _, h := range some[:n] {
				if l, is := h.kind.(*lease); is && !yield(h, l) {
					return
				}
			}
		}
	}
}
