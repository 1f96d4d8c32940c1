package integration_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// honestClient asks PING after PING on a connection of its own: what an attack on the server
// must not touch.
type honestClient struct {
	c    *client
	mu   sync.Mutex
	took []time.Duration
}

func newHonestClient(t *testing.T, addr string) *honestClient {
	t.Helper()
	return &honestClient{c: connect(t, addr)}
}

// pingUntil asks until the channel is closed. It pauses in between: it is a witness, not a load.
func (h *honestClient) pingUntil(stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		case <-time.After(time.Millisecond):
		}
		began := time.Now()
		r, err := h.c.do("PING")
		if err != nil || r.raw != simple("PONG") {
			return fmt.Errorf("the honest client's PING: %q, %w", r.raw, err)
		}
		h.mu.Lock()
		h.took = append(h.took, time.Since(began))
		h.mu.Unlock()
	}
}

// p99During returns the 99th percentile of the answers that come while the work is done, and
// how many came.
func (h *honestClient) p99During(t *testing.T, work func()) (p99 time.Duration, answers int) {
	t.Helper()
	h.took = nil
	stop, failed := make(chan struct{}), make(chan error, 1)
	go func() { failed <- h.pingUntil(stop) }()
	work()
	close(stop)
	if err := <-failed; err != nil {
		t.Fatal(err)
	}
	if len(h.took) == 0 {
		t.Fatal("the honest client got no answer")
	}
	slices.Sort(h.took)
	return h.took[len(h.took)*99/100], len(h.took)
}

// calm is how long an honest client is watched when nothing or nothing new happens.
const calm = 400 * time.Millisecond

// bearable is what an honest client's p99 may always be. Two cores that other tests work on, too,
// make an unhindered client wait for tens of milliseconds; what these tests are to find makes it
// wait for seconds. The figures are in the tests' logs.
const bearable = 250 * time.Millisecond

// mustServeHonest wants an honest client to be served during the attack as it is without:
// its p99 stays under the floor, or under factor times of what it is in peace. The machine
// may be busy with other things, so the attack has three tries.
func mustServeHonest(t *testing.T, addr string, floor time.Duration, factor int, attack func()) {
	t.Helper()
	h := newHonestClient(t, addr)
	defer h.c.close()
	for try := 1; ; try++ {
		peace, _ := h.p99During(t, func() { time.Sleep(calm) })
		attacked, answers := h.p99During(t, attack)
		t.Logf("honest client: p99 %v without the attack, %v with it (%d answers)",
			peace.Round(time.Microsecond), attacked.Round(time.Microsecond), answers)
		limit := max(floor, time.Duration(factor)*peace)
		if attacked <= limit {
			return
		}
		if try == 3 {
			t.Errorf("the honest client's p99 is %v during the attack, at most %v was wanted", attacked, limit)
			return
		}
	}
}
