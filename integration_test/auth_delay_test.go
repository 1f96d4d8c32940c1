package integration_test

import (
	"errors"
	"testing"
	"time"
)

// TestGuessingIsSlow fails to authenticate again and again from one address, on a connection
// each as a guesser would: each answer takes longer, and nobody else waits. (Without the delay
// seven wrong answers take a few milliseconds.)
func TestGuessingIsSlow(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--requirepass", "secret")
	const guesser, tries = "127.0.0.3", 7
	inside := connectFrom(t, guesser, s.addr)
	inside.mustDo(t, "AUTH secret", simple("OK"))

	took, neighbours := make([]time.Duration, tries), time.Duration(0)
	start := time.Now()
	for i := range took {
		// Neighbours: another address, and a connection from this one that is in.
		guess := make(chan error, 1)
		c := connectFrom(t, guesser, s.addr)
		began := time.Now()
		go func() {
			r, err := c.do("AUTH", "wrong")
			took[i] = time.Since(began)
			if err == nil && r.raw != failure(wrongPass) {
				err = errors.New(r.raw)
			}
			guess <- err
		}()
		connect(t, s.addr).mustDo(t, "AUTH secret", simple("OK"))
		inside.mustDo(t, "PING", pingedOnce)
		neighbours = max(neighbours, time.Since(began))
		if err := <-guess; err != nil {
			t.Fatal(err)
		}
		c.close()
	}
	t.Logf("%d wrong passwords took %v, the neighbours %v at most", tries, took, neighbours)
	total := time.Since(start)
	if neighbours > total/2 {
		t.Errorf("neighbours wait up to %v", neighbours)
	}
	// Three are free; then 1, 2, 4 and 8 times the first delay lie between one and the next,
	// however slow this machine is.
	if total < 15*firstDelay {
		t.Errorf("the delays do not grow: %v", took)
	}
	// The right one ends it.
	connectFrom(t, guesser, s.addr).mustDo(t, "AUTH secret", simple("OK"))
	began := time.Now()
	connectFrom(t, guesser, s.addr).mustDo(t, "AUTH wrong", failure(wrongPass))
	if wait := time.Since(began); wait > 12*firstDelay { // 16 if nothing had changed
		t.Errorf("after the right password, the first wrong one takes %v", wait)
	}
}

const firstDelay = 100 * time.Millisecond
