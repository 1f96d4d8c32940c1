package integration_test

import (
	"fmt"
	"testing"
	"time"
)

// neighbour is a client that says PING each millisecond, and what it is to notice of the others is
// nothing.
type neighbour struct {
	c      *client
	laps   chan chan []time.Duration
	ended  chan struct{}
	failed chan error // why, nil if it was to end
}

func newNeighbour(t *testing.T, addr string) *neighbour {
	t.Helper()
	n := &neighbour{c: connect(t, addr), laps: make(chan chan []time.Duration), ended: make(chan struct{}), failed: make(chan error, 1)}
	go func() { n.failed <- n.run() }()
	return n
}

func (n *neighbour) run() error {
	defer close(n.ended)
	pause := time.NewTicker(time.Millisecond)
	defer pause.Stop()
	var took []time.Duration
	for {
		select {
		case lap, more := <-n.laps:
			if !more {
				return nil
			}
			lap <- took
			took = nil
			continue
		case <-pause.C:
		}
		began := time.Now()
		r, err := n.c.do("PING")
		if err != nil || r.raw != simple("PONG") {
			return fmt.Errorf("the neighbour's PING: %q, %w", r.raw, err)
		}
		took = append(took, time.Since(began))
	}
}

// lap returns how long the answers took that came since the lap before. The one that is waited for
// is of this lap.
func (n *neighbour) lap(t *testing.T) []time.Duration {
	t.Helper()
	lap := make(chan []time.Duration, 1)
	select {
	case n.laps <- lap:
		return <-lap
	case <-n.ended:
		t.Fatal(<-n.failed)
		return nil
	}
}

// stop ends it.
func (n *neighbour) stop(t *testing.T) {
	t.Helper()
	close(n.laps)
	if err := <-n.failed; err != nil {
		t.Fatal(err)
	}
	n.c.close()
}
