package tracker

import (
	"runtime"
	"testing"
	"time"
)

// waits reports whether wait has not returned after a while.
func waits(s *takers) (returned chan struct{}, waiting bool) {
	returned = make(chan struct{})
	go func() {
		s.wait()
		close(returned)
	}()
	for range 10_000 {
		runtime.Gosched()
	}
	select {
	case <-returned:
		return returned, false
	default:
		return returned, true
	}
}

// Who has looked at the phase, and was away while another turned it, announces himself on the side that
// was left. Whoever waits then waits for him, too.
func TestTakers_WaitForBothSides(t *testing.T) {
	for turns := range 4 {
		for side := range uint32(2) {
			s := takers{turn: make(chan struct{}, 1)}
			for range turns {
				s.wait()
			}
			late := &s.lines[side][7]
			late.n.Add(1)
			returned, waiting := waits(&s)
			if !waiting {
				t.Errorf("after %d turns nobody waits for side %d", turns, side)
			}
			late.leave()
			<-returned
		}
	}
}

// A batch has ended when it has: what its Caller takes later, perhaps where he may wait for long, is announced as
// long as it takes.
func TestTakers_ABatchEndsWithRest(t *testing.T) {
	r, _ := NewRegistry(Config{MaxID: 64}, nil)
	c, other := r.Caller(nil), r.Caller(nil)
	c.At("p:").AddRange(Range{0, 10})
	c.Batch(true)
	c.At("p:").Remove([]uint64{1})
	c.Rest()
	c.RemoveKeys([]string{"p:000000000002"}) // and then he waits for his client
	leased := make(chan struct{})
	go func() { lend(t, other, "q:", ClaimLease, 1, LeaseTerms{}); close(leased) }()
	select {
	case <-leased:
	case <-time.After(5 * time.Second):
		t.Error("a first lease waits for one who takes nothing")
		c.Rest()
		<-leased
	}
}
