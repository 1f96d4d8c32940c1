package load

import (
	"net"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// What a connection has seen before it was closed is not told of the one that has its number then.
func TestReaders_NothingIsToldLate(t *testing.T) {
	w := &worker{config: &Config{}, began: time.Now(), stats: newStats(1), conns: []*conn{{addr: "here", client: &client{}}}}
	carrier, err := newReaders(w)
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.end()
	r := carrier.(*readers)
	for range 2 {
		here, there := net.Pipe()
		if err := r.open(0, here); err != nil {
			t.Fatal(err)
		}
		if _, err := there.Write([]byte("+OK\r\n")); err != nil {
			t.Fatal(err)
		}
		redistest.Eventually(t, "it is seen", func() bool { return len(r.seen) == 1 })
		r.close(0)
		next, far := net.Pipe()
		defer far.Close()
		if err := r.open(0, next); err != nil {
			t.Fatal(err)
		}
		if err := r.wait(time.Millisecond); err != nil || w.err != nil {
			t.Errorf("%v, %v", err, w.err)
		}
		r.close(0)
	}
}
