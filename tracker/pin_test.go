package tracker

import (
	"slices"
	"testing"
	"time"
)

func TestPin_TellsWhatBecameOfThePrefix(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(c *Caller)
		want error
	}{
		"changed":     {func(c *Caller) { c.At("p").Remove([]uint64{1}) }, nil},
		"dropped":     {func(c *Caller) { c.Drop("p") }, ErrReplaced},
		"all dropped": {func(c *Caller) { c.Clear() }, ErrReplaced},
		"made anew": {func(c *Caller) {
			c.Drop("p")
			c.Create("p", Config{})
		}, ErrReplaced},
		"renamed":      {func(c *Caller) { c.Rename([]byte("p"), []byte("q"), false) }, ErrReplaced},
		"renamed over": {func(c *Caller) { c.Rename([]byte("o"), []byte("p"), true) }, ErrReplaced},
		"copied over":  {func(c *Caller) { c.Copy([]byte("o"), []byte("p"), true, nil) }, ErrReplaced},
		"cleared":      {func(c *Caller) { c.At("p").Clear() }, ErrCleared},
		"reset":        {func(c *Caller) { c.At("p").Reset() }, ErrCleared},
	} {
		r, _ := NewRegistry(Config{}, nil)
		caller := r.Caller(nil)
		for _, prefix := range []string{"o", "p"} {
			if _, err := caller.At(prefix).Add([]uint64{1, 2}); err != nil {
				t.Fatal(err)
			}
		}
		pin, ok := r.Pin("p")
		if !ok || pin.Err() != nil {
			t.Fatal(name, ok, pin.Err())
		}
		if c.do(caller); pin.Err() != c.want {
			t.Errorf("%s: %v", name, pin.Err())
		}
	}
}

// What is done by a Pin is done to its tracker or not at all.
func TestPin_WorksOnNoOther(t *testing.T) {
	r, _ := NewRegistry(Config{MaxID: 8}, nil)
	c := r.Caller(nil)
	pin, err := c.At("p").Pin()
	if err != nil || r.Get("p") == nil {
		t.Fatal("it was not made:", err)
	}
	if n, err := pin.At(c).Add([]uint64{1, 2, 9}); n != 2 || err != nil {
		t.Error(n, err)
	}
	c.Drop("p")
	if _, err := c.At("p").Add([]uint64{1, 2}); err != nil {
		t.Fatal(err)
	}
	terms := LeaseTerms{TTL: time.Hour}
	if _, err := pin.At(c).Add([]uint64{5}); err != ErrDetached {
		t.Error("Add:", err)
	}
	if err := pin.At(c).Reserve(8); err != ErrDetached {
		t.Error("Reserve:", err)
	}
	for _, of := range []LeaseKind{ClaimLease, TakeLease} {
		if token, _, err := pin.At(c).LeaseOf(nil, []Run{{Start: 1, Len: 2}}, of, terms); token != "" || err != ErrDetached {
			t.Error("LeaseOf:", err)
		}
	}
	if token, _, err := pin.At(c).ClaimLease(nil, Everything, Mask{}, 1, terms); token != "" || err != ErrDetached {
		t.Error("ClaimLease:", err)
	}
	if token, _, err := pin.At(c).TakeLease(nil, Everything, Mask{}, 1, terms); token != "" || err != ErrDetached {
		t.Error("TakeLease:", err)
	}
	if got := state(r.Get("p"), 8); got != ".xx....." {
		t.Error("the other has changed:", got)
	}
}

func TestLeaseOf_HandsOutWhatIsWantedAndInTheState(t *testing.T) {
	r, _ := NewRegistry(Config{MaxID: 16}, nil)
	c := r.Caller(nil)
	c.At("p").AddRange(Range{4, 8})
	lend(t, c, "p", ClaimLease, 2, LeaseTerms{})
	x := r.Get("p")
	if got := state(x, 16); got != "~~..xxxx........" {
		t.Fatal(got)
	}
	wanted := RunsOf([]uint64{20, 15, 14, 1, 2, 5, 6, 16})
	same := slices.Clone(wanted)
	take, runs, err := c.At("p").LeaseOf(nil, wanted, TakeLease, LeaseTerms{TTL: time.Hour, Name: "sync"})
	if err != nil || !slices.Equal(runs, []Run{{Start: 5, Len: 2}}) {
		t.Error(runs, err)
	}
	claim, runs, err := c.At("p").LeaseOf(nil, wanted, ClaimLease, LeaseTerms{TTL: time.Hour, Name: "sync"})
	if err != nil || !slices.Equal(runs, []Run{{Start: 2, Len: 1}, {Start: 14, Len: 2}}) {
		t.Error(runs, err)
	}
	if got := state(x, 16); got != "~~~.x~~x......~~" {
		t.Error(got)
	}
	if !slices.Equal(wanted, same) {
		t.Error("what was wanted has changed:", wanted)
	}
	c.Confirm(take, []uint64{5})
	c.Release(take, nil)
	c.Confirm(claim, nil)
	if got := state(x, 16); got != "~~x.x.xx......xx" {
		t.Error(got)
	}
	if token, runs, err := c.At("p").LeaseOf(nil, []Run{{Start: 3, Len: 1}, {Start: 8, Len: 4}}, TakeLease, LeaseTerms{TTL: time.Hour}); token != "" || len(runs) > 0 || err != nil {
		t.Error(token, runs, err)
	}
	if _, _, err := c.At("q").LeaseOf(nil, wanted, ClaimLease, LeaseTerms{TTL: time.Hour}); err != ErrNoPrefix {
		t.Error(err)
	}
	many := []Run{{Start: 0, Len: 3 * leasePiece}, {Start: 4 * leasePiece, Len: 1}}
	if _, runs, err = c.At("large").mustPin(t).At(c).LeaseOf(nil, many, ClaimLease, LeaseTerms{TTL: time.Hour}); Total(runs) != 16 || err != nil {
		t.Error(runs, err)
	}
	c.Create("unbounded", Config{})
	if _, runs, err = c.At("unbounded").LeaseOf(nil, many, ClaimLease, LeaseTerms{TTL: time.Hour}); Total(runs) != Total(many) || err != nil {
		t.Error(Total(runs), err)
	}
}

func (h Handle) mustPin(t *testing.T) *Pin {
	t.Helper()
	p, err := h.Pin()
	if err != nil {
		t.Fatal(err)
	}
	return p
}
