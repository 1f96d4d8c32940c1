package integration_test

import (
	"fmt"
	"strconv"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

// ask makes one call, which is answered.
func (a *asker) ask(o call) (reply, error) {
	began := a.now()
	r, err := a.c.do(o.args...)
	if err == nil {
		err = o.heard(leasemodel.Span{Call: began, Return: a.now()}, r)
	}
	if err != nil {
		err = fmt.Errorf("%.200q: %w: %.200q", o.args, err, r.raw)
	}
	return r, err
}

// finish looks at everything when nothing is under way any more, and no lease is left.
func (q *inquiry) finish() error {
	a := q.asker(0, 0)
	if err := a.dial(); err != nil {
		return err
	}
	defer a.c.close()
	if err := a.endLeases(); err != nil {
		return err
	}
	// An ID that is neither there nor free is in flight by nobody.
	var ids []uint64
	for id := a.Lo; id < a.Hi; id++ {
		ids = append(ids, id)
	}
	r, err := a.ask(a.each(leasemodel.Exists, ids, "PT.MEXISTS"))
	if err != nil {
		return err
	}
	there := 0
	for i, item := range r.items {
		if item.text == "1" {
			there++
		}
		a.ID(leasemodel.Span{Call: a.now(), Return: a.now()}, leasemodel.Free, ids[i], leasemodel.Said(item.text == "0"), "what is not there is free")
	}
	bounds := decimals(a.Lo, a.Hi)
	for _, o := range []struct {
		want int
		args []string
	}{
		{there, []string{"PT.COUNT", a.prefix}},
		{len(ids) - there, append([]string{"PT.COUNT", a.prefix, "UNSET", "RANGE"}, bounds...)},
		{there, append([]string{"PT.COUNT", a.prefix, "RANGE"}, bounds...)},
		{len(ids) - there, append([]string{"PT.CLAIMNEXT", a.prefix, "COUNT", "1000", "RANGE"}, bounds...)},
		{len(ids), append([]string{"PT.TAKENEXT", a.prefix, "COUNT", "1000", "RANGE"}, bounds...)},
		{1, []string{"PT.DROP", a.prefix}},
	} {
		r, err := a.c.do(o.args...)
		if err != nil {
			return err
		}
		n, err := number(r)
		if r.kind == '*' {
			n, err = len(r.items), nil
		}
		if err != nil || n != o.want {
			return fmt.Errorf("at the end %q replied %.200q, want %d, and %d IDs were there", o.args, r.raw, o.want, there)
		}
	}
	return nil
}

// endLeases returns when all leases have ended: by themselves if their time or their connection is over, else
// because they are released.
func (a *asker) endLeases() error {
	known := map[string]*heldLease{}
	for _, l := range a.leases {
		known[l.Token] = l
	}
	for _, l := range a.inquiry.lost {
		a.Doomed(a.now(), l, "who was lost is released at the end")
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		r, err := a.ask(a.list())
		if err != nil {
			return err
		}
		listed, err := leasesOf(r)
		if err != nil {
			return err
		}
		inFlight, err := a.leased()
		if err != nil || len(listed) == 0 && inFlight == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%d IDs are in flight after %v by leases that were to end: %+v", inFlight, patience, listed)
		}
		for token, l := range listed {
			k := known[token]
			switch {
			case l.ttl < time.Minute || k != nil && (k.onClose || !k.lasting.Load()):
				// It is to end by itself.
			case k == nil:
				if r, err := a.c.do("PT.RELEASE", token); err != nil || r.text != strconv.Itoa(l.outstanding) {
					return fmt.Errorf("%d of a lease were outstanding at the end, released %q, %v", l.outstanding, r.text, err)
				}
			default:
				if _, err := a.ask(a.settleLease(k, leasemodel.Release, nil)); err != nil {
					return err
				}
			}
		}
	}
}

// leased is how many IDs PT.INFO says are in flight.
func (a *asker) leased() (n int, err error) {
	r, err := a.c.do("PT.INFO", a.prefix)
	if err != nil {
		return 0, err
	}
	for i := 0; i+1 < len(r.items); i += 2 {
		if r.items[i].text == "leased" {
			return number(r.items[i+1])
		}
	}
	return 0, fmt.Errorf("PT.INFO has no field leased: %.300q", r.raw)
}
