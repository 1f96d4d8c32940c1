package tracker

import (
	"runtime"
	"sync"
	"testing"
	"time"
)

// What is free comes into flight in two steps, and does not exist all the while: between
// them a word is not passed over because of what it has then.
func TestCondition_KnowsNothingInTheMiddleOfAStep(t *testing.T) {
	reg, _ := registryOf(t, "b:")
	b, f := reg.Get("b:"), new(flight)
	b.extra().flight.Store(f)
	s := b.Select(All, Mask{&masking{except: b}})
	w := s.walk()
	f.begin()
	if _, err := b.bits.ClaimWord(1, ^uint64(0)); err != nil {
		t.Fatal(err)
	}
	for i := range w.n {
		if wi, word, ok := w.conditions[i].next(64, 128); wi != 1 || word == 0 || !ok {
			t.Errorf("condition %d passes over what does not exist: %d, %x, %v", i, wi, word, ok)
		}
	}
}

// IDs come into flight and fall out of it all the time, some of them free before and after,
// some existing, while selections are read. What is wanted all through a read is in it, and
// what is at no time is not, whichever of the bitmaps it looks at first.
func TestSelection_BesideWhatComesAndGoesInFlight(t *testing.T) {
	const n = 1 << 13
	reg, c := registryOf(t, "a:", "b:")
	flips := reg.Get("b:")
	for id := uint64(0); id < n; id++ {
		reg.Get("a:").Add(id)
		if id%4 == 0 || id%4 == 2 {
			flips.Add(id)
		}
	}
	stop := make(chan struct{})
	var wait sync.WaitGroup
	for w := range 2 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			mine := reg.Caller(nil)
			others, err := mine.Mask("", "a:")
			if err != nil {
				t.Error(err)
				return
			}
			for i := uint64(0); ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				r := Range{i * 64 % n, i*64%n + 64}
				if w == 0 {
					if token, _, err := mine.At("b:").ClaimLease(nil, r, others, 20, LeaseTerms{TTL: time.Hour}); err != nil {
						t.Error(err)
						return
					} else if token != "" {
						if _, err := mine.Release(token, nil); err != nil {
							t.Error(err)
							return
						}
					}
				} else if token, _, err := mine.At("b:").TakeLease(nil, r, others, 20, LeaseTerms{TTL: time.Hour}); err != nil {
					t.Error(err)
					return
				} else if token != "" {
					if _, err := mine.Release(token, nil); err != nil {
						t.Error(err)
						return
					}
				}
				if i%16 == 0 {
					runtime.Gosched()
				}
			}
		}()
	}
	// Free or claimed with a lease: never existing, so always wanted where b: excepts.
	began := time.Now()
	for looks := 0; looks < 50 || time.Since(began) < 200*time.Millisecond; looks++ {
		m, err := c.Mask("b:", "")
		if err != nil {
			t.Fatal(err)
		}
		s := reg.Get("a:").Select(Set, m)
		seen := make(map[uint64]bool)
		runs, _ := s.append(nil, 0, n, n)
		for _, id := range expand(runs) {
			seen[id] = true
		}
		for id := uint64(0); id < n; id++ {
			if id%4 == 1 && !seen[id] || id%4 == 3 && !seen[id] {
				t.Fatalf("%d exists under a: and at no time under b:, and was passed over", id)
			}
		}
		set := flips.Select(Set, Mask{})
		runs, _ = set.append(nil, 0, n, n)
		for _, id := range expand(runs) {
			if id%4 == 1 || id%4 == 3 {
				t.Fatalf("%d was at most in flight, and was read", id)
			}
		}
		if got := flips.CountRange(Range{1, n - 1}); got > n/2 {
			t.Fatalf("%d exist, of %d at most", got, n/2)
		}
		if got := s.Count(Range{0, n}); got < n/2 {
			t.Fatalf("%d counted, at least %d are wanted", got, n/2)
		}
	}
	close(stop)
	wait.Wait()
}
