package tracker

import "testing"

// inHand returns a Caller of a registry whose prefix p has 4096 IDs, the first half of which exist.
func inHand(t *testing.T) *Caller {
	t.Helper()
	r, err := NewRegistry(Config{MaxID: 4096}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	c := r.Caller(nil)
	if _, err := c.At("p").AddRange(Range{0, 2048}); err != nil {
		t.Fatal(err)
	}
	return c
}

// An ID exists, is in flight, or is free; and a cell of a map has it as one of these.
func TestStats_EachIDIsInOneState(t *testing.T) {
	c := inHand(t)
	tr := c.registry.Get("p")
	want := func(count, leased, leases uint64) {
		t.Helper()
		s := tr.Stats()
		m := tr.BlankMap(make([]uint64, 7), Everything)
		m.Flight = make([]uint64, 7)
		tr.CountInto(m, m.Range)
		flying := Map{Counts: m.Flight}.Total()
		free := 4096 - count - leased
		if s.Count != count || s.Leased != leased || s.Leases != leases || s.Free(4096) != free || tr.CountFree(Everything) != free || m.Total() != count || flying != leased {
			t.Errorf("%+v, %d free, %d counted as free, a map of %d and %d in flight; want %d, %d in %d leases", s, s.Free(4096), tr.CountFree(Everything), m.Total(), flying, count, leased, leases)
		}
	}
	want(2048, 0, 0)
	claimed, _ := lend(t, c, "p", ClaimLease, 100, LeaseTerms{})
	taken, _ := lend(t, c, "p", TakeLease, 30, LeaseTerms{})
	want(2018, 130, 2)
	f := tr.flight()
	f.begin() // as if something changed all the while: words are looked at one by one
	want(2018, 130, 2)
	f.end()
	if _, err := c.Release(claimed, []uint64{2048}); err != nil {
		t.Error(err)
	}
	want(2018, 129, 2)
	if _, err := c.Confirm(claimed, nil); err != nil {
		t.Error(err)
	}
	want(2117, 30, 1)
	if _, err := c.Confirm(taken, nil); err != nil {
		t.Error(err)
	}
	want(2117, 0, 0)
	if open, expired := c.registry.CountLeases(); open != 0 || expired != 0 {
		t.Errorf("%d are open, %d have expired", open, expired)
	}
}

// What is taken and given back, again and again, either exists or is in flight whenever somebody looks; what
// is claimed and given back never exists.
func TestStats_OfOneMoment(t *testing.T) {
	for _, of := range []LeaseKind{TakeLease, ClaimLease} {
		t.Run(of.String(), func(t *testing.T) {
			c := inHand(t)
			stop, done := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(done)
				for {
					select {
					case <-stop:
						return
					default:
						token, _ := lend(t, c, "p", of, 2000, LeaseTerms{})
						if n, err := c.Release(token, nil); n != 2000 || err != nil {
							t.Errorf("%d were given back: %v", n, err)
							return
						}
					}
				}
			}()
			defer func() { close(stop); <-done }()
			lookOn(t, c.registry.Get("p"), of)
		})
	}
}

// lookOn looks at a tracker that has the IDs below 2048, while others are leased and given back.
func lookOn(t *testing.T, tr *Tracker, of LeaseKind) {
	states := make(map[bool]bool)
	for i := 0; i < 100_000 || len(states) < 2 && i < 1e7; i++ {
		s := tr.Stats()
		states[s.Leased > 0] = true
		if of == TakeLease && s.Count+s.Leased != 2048 || of == ClaimLease && s.Count != 2048 {
			t.Fatalf("%d exist and %d are in flight", s.Count, s.Leased)
		}
		if i%100 > 0 {
			continue
		}
		m := tr.BlankMap(make([]uint64, 33), Everything)
		m.Flight = make([]uint64, 33)
		tr.CountInto(m, m.Range)
		for i, n := range m.Counts {
			within := m.Within(i)
			there := Range{within.Min, max(min(within.Max, 2048), within.Min)}.Len()
			if of == TakeLease && n+m.Flight[i] != there || of == ClaimLease && n != there {
				t.Fatalf("in cell %d %d exist and %d are in flight", i, n, m.Flight[i])
			}
		}
	}
	if len(states) < 2 {
		t.Error("it was looked at in one state alone")
	}
}
