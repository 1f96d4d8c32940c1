package integration_test

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

// The calls of the clients of an inquiry that begin leases, and that use those of whomever.

const noLease = "NOLEASE no such lease"

// lasting is longer than an inquiry.
const lasting = 2 * patience

// lease is a claim or a take with a lease.
func (a *asker) lease() call {
	lo, hi := a.within()
	n := 1 + a.random.IntN(1+a.random.IntN(8))
	other, command := leasemodel.Free, "PT.CLAIMNEXT"
	taking, onClose := a.random.IntN(2) == 0, a.random.IntN(4) == 0
	if taking {
		other, command = leasemodel.Exists, "PT.TAKENEXT"
	}
	ttl := a.ttl()
	args := append([]string{command, a.prefix, "COUNT", strconv.Itoa(n), "LEASE", strconv.Itoa(int(ttl.Milliseconds())), "RANGE"}, decimals(lo, hi)...)
	if onClose {
		args = append(args, "ONCLOSE")
	}
	by := strings.Join(append(args[:1:1], args[4:]...), " ")
	return call{
		args: args,
		heard: func(s leasemodel.Span, r reply) error {
			if len(r.items) != 2 {
				return errStrange
			}
			ids, err := idsOf(r.items[1], lo, hi)
			if err != nil || len(ids) > n || (r.items[0].text == "") != (len(ids) == 0) {
				return errStrange
			}
			if len(ids) < n {
				a.Others(s, other, ids, lo, hi, by)
			}
			if len(ids) == 0 {
				return nil
			}
			held := &heldLease{Lease: a.Granted(s, taking, r.items[0].text, ids, ttl, by), onClose: onClose}
			if onClose {
				a.bound = append(a.bound, held)
			}
			held.lasting.Store(ttl == lasting)
			a.mu.Lock()
			a.leases = append(a.leases, held)
			a.mu.Unlock()
			return nil
		},
		lost: func(s leasemodel.Span) {
			var all []uint64
			for id := lo; id < hi; id++ {
				all = append(all, id)
			}
			l := a.Granted(s, taking, "", all, ttl, by)
			if onClose {
				a.bound = append(a.bound, &heldLease{Lease: l, onClose: true})
			}
			a.mu.Lock()
			a.inquiry.lost = append(a.inquiry.lost, l)
			a.mu.Unlock()
		},
	}
}

func (a *asker) ttl() time.Duration {
	if a.random.IntN(5) < 2 {
		return time.Duration(1+a.random.IntN(8)) * time.Millisecond
	}
	return lasting
}

// known is a lease to be used, mostly a young one; nil for none.
func (a *asker) known() *heldLease {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := len(a.leases)
	if n == 0 {
		return nil
	}
	l := a.leases[n-1-a.random.IntN(min(n, 1<<a.random.IntN(7)))]
	if l.alone.Load() {
		return nil
	}
	return l
}

// settle confirms or releases all of a lease or some of its IDs, and now and then others.
func (a *asker) settle(k leasemodel.Kind) call {
	l := a.known()
	if l == nil {
		return a.exist()
	}
	var ids []uint64 // nil is all
	if a.random.IntN(2) == 0 {
		ids = slices.Clone(l.IDs())
		a.random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		ids = ids[:1+a.random.IntN(len(ids))]
		if stranger := a.some(1)[0]; a.random.IntN(20) == 0 && !slices.Contains(ids, stranger) {
			ids = append(ids, stranger)
		}
	}
	return a.settleLease(l, k, ids)
}

// settleLease is a call for ids of the lease; nil is all that is left.
func (a *asker) settleLease(l *heldLease, k leasemodel.Kind, ids []uint64) call {
	command := "PT.CONFIRM"
	if k == leasemodel.Release {
		command = "PT.RELEASE"
	}
	args := append([]string{command, l.Token}, decimals(ids...)...)
	return call{
		args: args,
		heard: func(s leasemodel.Span, r reply) error {
			if r.kind == '-' && r.text == noLease {
				a.Ended(s, l.Lease, command)
				return nil
			}
			n, err := number(r)
			if err != nil || n > max(len(ids), len(l.IDs())) {
				return errStrange
			}
			a.Settled(s, l.Lease, k, ids, n, command)
			return nil
		},
		lost: func(s leasemodel.Span) { a.LostSettle(s, l.Lease, k, ids, command) },
	}
}

func (a *asker) renew() call {
	l := a.known()
	if l == nil {
		return a.exist()
	}
	ttl := a.ttl()
	if ttl == lasting {
		l.lasting.Store(true)
	}
	return call{
		args: []string{"PT.RENEW", l.Token, strconv.Itoa(int(ttl.Milliseconds()))},
		heard: func(s leasemodel.Span, r reply) error {
			if r.kind == '-' && r.text == noLease {
				a.Ended(s, l.Lease, "PT.RENEW")
				return nil
			}
			if n, err := number(r); err != nil || n != 1 {
				return errStrange
			}
			a.Renewed(s, l.Lease, ttl, false, "PT.RENEW")
			return nil
		},
		lost: func(s leasemodel.Span) { a.Renewed(s, l.Lease, ttl, true, "PT.RENEW") },
	}
}

// allLeases is more than an inquiry has.
const allLeases = "60000"

func (a *asker) list() call {
	return call{args: []string{"PT.LEASES", a.prefix, "COUNT", allLeases}, heard: func(s leasemodel.Span, r reply) error {
		listed, err := leasesOf(r)
		outstanding := map[string]int{}
		for token, l := range listed {
			outstanding[token] = l.outstanding
		}
		a.Leases(s, outstanding)
		return err
	}}
}

// listedLease is what PT.LEASES says of a lease.
type listedLease struct {
	outstanding int
	ttl         time.Duration
}

// leasesOf reads the leases by token.
func leasesOf(r reply) (listed map[string]listedLease, err error) {
	if r.kind != '*' {
		return nil, errStrange
	}
	listed = map[string]listedLease{}
	for _, item := range r.items {
		fields := map[string]string{}
		for i := 0; i+1 < len(item.items); i += 2 {
			fields[item.items[i].text] = item.items[i+1].text
		}
		n, err := strconv.Atoi(fields["outstanding"])
		ttl, noTTL := strconv.Atoi(fields["ttl_ms"])
		if err != nil || noTTL != nil || ttl > int(lasting.Milliseconds())+1 || n == 0 || fields["token"] == "" || listed[fields["token"]].outstanding > 0 {
			return nil, errStrange
		}
		listed[fields["token"]] = listedLease{n, time.Duration(ttl) * time.Millisecond}
	}
	return listed, nil
}
