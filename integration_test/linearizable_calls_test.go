package integration_test

import (
	"errors"
	"slices"
	"strconv"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

// The calls of the clients of an inquiry without leases, and what each reply says of which IDs.

var errStrange = errors.New("no such reply is allowed")

// pick is another call.
func (a *asker) pick() call {
	switch n := a.random.IntN(100); {
	case n < 8:
		return a.exist()
	case n < 14:
		return a.scan()
	case n < 16:
		return a.count()
	case n < 24:
		return a.change()
	case n < 30:
		return a.changeRange()
	case n < 42:
		return a.handOut()
	case n < 65:
		return a.lease()
	case n < 82:
		return a.settle(leasemodel.Confirm)
	case n < 90:
		return a.settle(leasemodel.Release)
	case n < 97:
		return a.renew()
	case n < 99:
		return a.list()
	case a.random.IntN(4) == 0:
		return a.clear()
	}
	return a.exist()
}

// some returns 1 to n IDs, each once, most of them where everybody is.
func (a *asker) some(n int) (ids []uint64) {
	lo, hi := a.Lo, a.Hi
	if a.random.IntN(3) > 0 {
		lo, hi = (lo+hi)/2-4, (lo+hi)/2+4
	}
	for _, i := range a.random.Perm(int(hi - lo))[:1+a.random.IntN(n)] {
		ids = append(ids, lo+uint64(i))
	}
	return ids
}

// within returns a short range.
func (a *asker) within() (lo, hi uint64) {
	lo = a.Lo + a.random.Uint64N(a.Hi-a.Lo)
	return lo, min(a.Hi, lo+1+a.random.Uint64N(12))
}

func decimals(ids ...uint64) (texts []string) {
	for _, id := range ids {
		texts = append(texts, strconv.FormatUint(id, 10))
	}
	return texts
}

func number(r reply) (n int, err error) {
	if r.kind != ':' {
		return 0, errStrange
	}
	return strconv.Atoi(r.text)
}

// idsOf reads an array of IDs, each once, which lie in [lo, hi).
func idsOf(r reply, lo, hi uint64) (ids []uint64, err error) {
	if ids, err = handedOut(r, lo, hi); err == nil && len(slices.Compact(slices.Sorted(slices.Values(ids)))) < len(ids) {
		err = errStrange
	}
	return ids, err
}

// handedOut is idsOf for a hand-out without a lease: it may have an ID twice, if somebody else has changed it back
// meanwhile.
func handedOut(r reply, lo, hi uint64) (ids []uint64, err error) {
	if r.kind != '*' {
		return nil, errStrange
	}
	for _, item := range r.items {
		id, err := strconv.ParseUint(item.text, 10, 64)
		if err != nil || id < lo || id >= hi {
			return nil, errStrange
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// each is a call with a reply for each of ids, alone or in an array.
func (a *asker) each(k leasemodel.Kind, ids []uint64, command string) call {
	o := call{args: append([]string{command, a.prefix}, decimals(ids...)...)}
	o.heard = func(s leasemodel.Span, r reply) error {
		said := r.items
		if len(ids) == 1 && r.kind == ':' {
			said = []reply{r}
		}
		if len(said) != len(ids) {
			return errStrange
		}
		for i, id := range ids {
			if said[i].text != "0" && said[i].text != "1" {
				return errStrange
			}
			a.ID(s, k, id, leasemodel.Said(said[i].text == "1"), command)
		}
		return nil
	}
	if k != leasemodel.Exists {
		o.lost = func(s leasemodel.Span) { a.lostEach(s, k, ids, command) }
	}
	return o
}

func (a *asker) lostEach(s leasemodel.Span, k leasemodel.Kind, ids []uint64, by string) {
	for _, id := range ids {
		a.Lost(s, k, id, id+1, by)
	}
}

func (a *asker) exist() call {
	if a.random.IntN(2) == 0 {
		return a.each(leasemodel.Exists, a.some(1), []string{"PT.EXISTS", "SISMEMBER"}[a.random.IntN(2)])
	}
	return a.each(leasemodel.Exists, a.some(6), []string{"PT.MEXISTS", "SMISMEMBER"}[a.random.IntN(2)])
}

// total is a call that replies how many of ids it has changed.
func (a *asker) total(k leasemodel.Kind, ids []uint64, args ...string) call {
	return call{
		args: args,
		heard: func(s leasemodel.Span, r reply) error {
			n, err := number(r)
			if err != nil || n > len(ids) {
				return errStrange
			}
			said := leasemodel.Unsaid
			if n == 0 || n == len(ids) {
				said = leasemodel.Said(n > 0)
			}
			for _, id := range ids {
				a.ID(s, k, id, said, args[0])
			}
			return nil
		},
		lost: func(s leasemodel.Span) { a.lostEach(s, k, ids, args[0]) },
	}
}

func (a *asker) change() call {
	ids := a.some(3)
	switch n := a.random.IntN(8); n {
	case 0:
		return a.each(leasemodel.Add, ids[:1], "PT.CLAIM")
	case 1:
		return a.each(leasemodel.Add, ids, "PT.MCLAIM")
	default:
		k := leasemodel.Add
		if n >= 4 {
			k = leasemodel.Remove
		}
		command := []string{"PT.ADD", "SADD", "PT.REM", "SREM"}[n/2]
		return a.total(k, ids, append([]string{command, a.prefix}, decimals(ids...)...)...)
	}
}

func (a *asker) changeRange() call {
	lo, hi := a.within()
	var ids []uint64
	for id := lo; id < hi; id++ {
		ids = append(ids, id)
	}
	k, command := leasemodel.Add, "PT.ADDRANGE"
	if a.random.IntN(5) < 2 {
		k, command = leasemodel.Remove, "PT.REMRANGE"
	}
	return a.total(k, ids, append([]string{command, a.prefix}, decimals(lo, hi)...)...)
}

// scan is a page of IDs that are there or free, with what is not on it.
func (a *asker) scan() call {
	lo, hi := a.within()
	k, filter := leasemodel.Exists, "SET"
	if a.random.IntN(3) == 0 {
		k, filter = leasemodel.Free, "UNSET"
	}
	args := append([]string{"PT.SCAN", a.prefix, "0", filter, "COUNT", strconv.Itoa(1 + a.random.IntN(16)), "RANGE"}, decimals(lo, hi)...)
	inOrder := a.random.IntN(4) > 0
	if !inOrder {
		args = append(args, "RANDOM", strconv.Itoa(a.random.IntN(100)))
	}
	return call{args: args, heard: func(s leasemodel.Span, r reply) error {
		if len(r.items) != 2 {
			return errStrange
		}
		ids, err := idsOf(r.items[1], lo, hi)
		if err != nil {
			return err
		}
		for _, id := range ids {
			a.ID(s, k, id, leasemodel.Yes, args[0])
		}
		switch ended := r.items[0].text == "0"; {
		case ended:
			a.Others(s, k, ids, lo, hi, args[0])
		case inOrder && len(ids) > 0: // nothing was passed over
			a.Others(s, k, ids, lo, ids[len(ids)-1], args[0])
		}
		return nil
	}}
}

// count says nothing of one ID: how many there are at the end is asked when nothing is under way.
func (a *asker) count() call {
	return call{args: []string{"PT.COUNT", a.prefix}, heard: func(_ leasemodel.Span, r reply) error {
		if n, err := number(r); err != nil || n < 0 || uint64(n) > a.Hi-a.Lo {
			return errStrange
		}
		return nil
	}}
}

// handOut is a claim or a take without a lease, or SPOP.
func (a *asker) handOut() call {
	lo, hi := a.within()
	n := 1 + a.random.IntN(6)
	k, other, command := leasemodel.Add, leasemodel.Free, "PT.CLAIMNEXT"
	args := append([]string{command, a.prefix, "COUNT", strconv.Itoa(n), "RANGE"}, decimals(lo, hi)...)
	switch a.random.IntN(5) {
	case 0, 1:
		k, other, args[0] = leasemodel.Remove, leasemodel.Exists, "PT.TAKENEXT"
	case 2:
		k, other, args = leasemodel.Remove, leasemodel.Exists, []string{"SPOP", a.prefix, strconv.Itoa(n)}
		lo, hi = a.Lo, a.Hi
	}
	return call{
		args: args,
		heard: func(s leasemodel.Span, r reply) error {
			ids, err := handedOut(r, lo, hi)
			if err != nil || len(ids) > n {
				return errStrange
			}
			for _, id := range ids {
				a.ID(s, k, id, leasemodel.Yes, args[0])
			}
			if len(ids) < n {
				a.Others(s, other, ids, lo, hi, args[0])
			}
			return nil
		},
		lost: func(s leasemodel.Span) { a.Lost(s, k, lo, hi, args[0]) },
	}
}

func (a *asker) clear() call {
	args := []string{"PT.CLEAR", a.prefix}
	if a.random.IntN(2) == 0 {
		args = append(args, "RETAIN")
	}
	return call{
		args: args,
		heard: func(s leasemodel.Span, r reply) error {
			a.Cleared(s, false, args[0])
			if len(args) > 2 { // in two steps: who adds an ID between them may lose it
				a.Lost(s, leasemodel.Remove, a.Lo, a.Hi, "RETAIN")
			}
			_, err := number(r)
			return err
		},
		lost: func(s leasemodel.Span) { a.Cleared(s, true, args[0]) },
	}
}
