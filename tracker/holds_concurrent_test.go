package tracker

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Calls with one token take turns, its end included; a call that has waited for
// its turn finds the end.
func TestHolds_CallsTakeTurns(t *testing.T) {
	r, _, a := world(t)
	c := r.Caller(nil)
	token := open(t, c.At("a:"), time.Hour, false)
	h := a.extras.Load().deleter.Load()
	h.turn.Lock() // a call is at work
	before := h.deadline.Load()
	next := make(chan error)
	go func() {
		_, _, err := r.Caller(nil).NextDelete(nil, token, 1)
		next <- err
	}()
	for h.deadline.Load() == before { // until it is past the table
		runtime.Gosched()
	}
	closed := make(chan bool, 1)
	go func() { closed <- c.CloseDelete(token) }()
	for r.holds.kept() != 0 {
		runtime.Gosched()
	}
	for range 10_000 {
		runtime.Gosched()
	}
	if len(closed) != 0 {
		t.Error("CloseDelete does not wait for the call at work")
	}
	h.turn.Unlock()
	if err := <-next; !errors.Is(err, ErrNoDeleter) || a.Count() != 100 {
		t.Errorf("after the end: %v, %d left", err, a.Count())
	}
	if !<-closed {
		t.Error("not closed")
	}
}

// Who asks whether a tracker is being deleted asks without a lock, also while
// the iterator enters the table.
func TestHoldsConcurrent_DeletingBesideOpenAndClose(t *testing.T) {
	t.Parallel()
	r, _, a := world(t)
	c := r.Caller(nil)
	var done atomic.Bool
	var seen atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for !done.Load() {
			if a.Deleting() {
				seen.Add(1)
			}
		}
	})
	for range 100 {
		before := seen.Load()
		token := open(t, c.At("a:"), time.Hour, true)
		for seen.Load() == before {
			runtime.Gosched()
		}
		if !c.CloseDelete(token) {
			t.Error("not closed")
		}
	}
	done.Store(true)
	wg.Wait()
}

// Everything at once: whatever comes first, each ID is taken once, at most one
// iterator lives, and in the end nothing is left over.
func TestHoldsConcurrent_EverythingAtOnce(t *testing.T) {
	t.Parallel()
	r, notified, _ := world(t)
	const ids = 1 << 16
	rounds := 3000
	if testing.Short() {
		rounds = 500
	}
	var taken [ids]int
	var mu sync.Mutex
	tokens := make(chan string, 64)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 2))
			c := r.Caller(new(ends))
			for range rounds {
				h := c.At("a:")
				switch rnd.IntN(8) {
				case 0, 1:
					token, err := h.OpenDelete(Everything, time.Duration(rnd.IntN(2000))*time.Microsecond, rnd.IntN(2) == 0)
					if err != nil {
						continue
					}
					select {
					case tokens <- token:
					default:
					}
				case 2, 3, 4:
					select {
					case token := <-tokens:
						_, runs, err := c.NextDelete(nil, token, 2)
						if err != nil {
							continue
						}
						mu.Lock()
						for _, run := range runs {
							for id := range run.Len {
								taken[run.Start+id]++
							}
						}
						mu.Unlock()
						select {
						case tokens <- token:
						default:
						}
					default:
					}
				case 5:
					select {
					case token := <-tokens:
						c.CloseDelete(token)
					default:
					}
				case 6:
					c.Close()
					c = r.Caller(new(ends))
				case 7:
					if rnd.IntN(8) == 0 {
						c.Drop("a:")
					} else if h.There() {
						if d, err := h.found().Iter().Delete(); err == nil {
							d.Close()
						}
					}
				}
			}
			c.Close()
		})
	}
	wg.Go(func() { // each ID is added once, so it can be taken once
		c := r.Caller(nil)
		for id := range uint64(ids) {
			if id >= 100 {
				if _, err := c.At("a:").Add([]uint64{id}); err != nil {
					t.Error(err)
				}
			}
		}
	})
	wg.Wait()
	for id, n := range taken {
		if n > 1 {
			t.Fatalf("%d was taken %d times", id, n)
		}
	}
	r.Caller(nil).Clear()
	for r.holds.kept() != 0 {
		time.Sleep(time.Millisecond)
	}
	r.Close()
	if len(r.holds.ended) != 0 || r.Budget().Used() != 0 {
		t.Errorf("%d groups, %d bytes left", len(r.holds.ended), r.Budget().Used())
	}
	t.Logf("%d ends notified", notified.told())
}
