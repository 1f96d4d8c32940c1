package tracker

import (
	"slices"
	"testing"
	"time"
)

func lend(t *testing.T, c *Caller, prefix string, of LeaseKind, n int, o LeaseTerms) (string, []Run) {
	t.Helper()
	h := c.At(prefix)
	hand := h.ClaimLease
	if of == TakeLease {
		hand = h.TakeLease
	}
	if o.TTL == 0 {
		o.TTL = time.Hour
	}
	token, runs, err := hand(nil, Everything, Mask{}, n, o)
	if err != nil {
		t.Fatal(err)
	}
	return token, runs
}

// state is what a tracker says of its IDs below n: existing, free, in flight.
func state(x *Tracker, n uint64) (s string) {
	for id := range n {
		switch set, free := x.Select(Set, Mask{}), x.Select(Unset, Mask{}); {
		case set.Has(id):
			s += "x"
		case free.Has(id):
			s += "."
		default:
			s += "~"
		}
	}
	return s
}

func TestLease_SettlesEachIDOnce(t *testing.T) {
	r, _ := NewRegistry(Config{MaxID: 8}, nil)
	c := r.Caller(nil)
	token, runs := lend(t, c, "p", ClaimLease, 6, LeaseTerms{})
	x := r.Get("p")
	if Total(runs) != 6 || state(x, 8) != "~~~~~~.." || x.Count() != 0 || x.Stats().Leased != 6 {
		t.Fatal(runs, state(x, 8), x.Stats())
	}
	h := c.At("p")
	if added, _ := h.Add([]uint64{0, 6}); added != 1 || h.Remove([]uint64{1, 6}) != 1 {
		t.Error("ADD or REM of an ID in flight was done")
	}
	if n, err := c.Confirm(token, []uint64{3, 1, 1, 7}); n != 2 || err != nil {
		t.Error(n, err)
	}
	if n, err := c.Release(token, []uint64{3, 0}); n != 1 || err != nil {
		t.Error(n, err)
	}
	if got := state(x, 8); got != ".x~x~~.." {
		t.Error(got)
	}
	take, runs := lend(t, c, "p", TakeLease, 5, LeaseTerms{})
	if !slices.Equal(runs, []Run{{Start: 1, Len: 1}, {Start: 3, Len: 1}}) || state(x, 8) != ".~~~~~.." {
		t.Error(runs, state(x, 8))
	}
	if n, err := c.Confirm(take, []uint64{1}); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := c.Release(take, nil); n != 1 || err != nil || state(x, 8) != "..~x~~.." {
		t.Error(n, err, state(x, 8))
	}
	if _, err := c.Release(take, nil); err != ErrNoLease {
		t.Error(err)
	}
	if n, err := c.Confirm(token, nil); n != 3 || err != nil || state(x, 8) != "..xxxx.." {
		t.Error(n, err, state(x, 8))
	}
	if s := x.Stats(); s.Count != 4 || s.Leased != 0 || s.Leases != 0 || r.holds.kept() != 0 || x.flight().paid.Load() != 0 {
		t.Error(s)
	}
}

func TestLease_Ends(t *testing.T) {
	for name, end := range map[string]func(r *Registry, c *Caller){
		"time":  func(r *Registry, c *Caller) {},
		"owner": func(r *Registry, c *Caller) { c.Close() },
		"clear": func(r *Registry, c *Caller) { c.At("p").Clear() },
		"drop":  func(r *Registry, c *Caller) { c.Drop("p") },
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := NewRegistry(Config{MaxID: 1 << 20}, nil)
			c := r.Caller(nil)
			c.At("p").AddRange(Range{0, 4})
			x := r.Get("p")
			used := r.Budget().Used()
			o := LeaseTerms{OnClose: name == "owner"}
			if name == "time" {
				o.TTL = time.Millisecond
			}
			take, _ := lend(t, c, "p", TakeLease, 2, o)
			claim, _ := lend(t, c, "p", ClaimLease, 100_000, o)
			end(r, c)
			waitUntil(t, func() bool { return r.holds.kept() == 0 && x.Stats().Leases == 0 })
			for _, token := range []string{take, claim} {
				if _, err := r.Caller(nil).Confirm(token, nil); err != ErrNoLease {
					t.Error(err)
				}
			}
			want := map[string]string{"clear": "......", "drop": "......"}[name]
			if want == "" {
				want = "xxxx.."
			}
			if got := state(x, 6); got != want || x.Stats().Leased != 0 {
				t.Errorf("%s, want %s; %+v", got, want, x.Stats())
			}
			if name == "time" && x.Stats().Expired != 2 {
				t.Error(x.Stats().Expired)
			}
			if now := r.Budget().Used(); now > used+1<<17 {
				t.Errorf("%d bytes used, %d before", now, used)
			}
		})
	}
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}
