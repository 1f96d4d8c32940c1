package integration_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

// inquiry is one history: what some clients ask about the IDs of one prefix, and what they are told, also
// over kills of the server.
type inquiry struct {
	history *leasemodel.History
	prefix  string
	epoch   time.Time
	wanted  int64
	asked   atomic.Int64 // calls that were answered

	mu     sync.Mutex
	leases []*heldLease
	lost   []*leasemodel.Lease // begun perhaps, and nobody was told
	life   *life
}

// life is one start of the server.
type life struct {
	addr, socket string
	killing      chan struct{} // closed before it is killed
	ended        chan struct{} // closed when the next life is there
	killed, gone int64         // when it was killed, and had ended
}

// heldLease is a lease whose token some client was told. All of them may use it.
type heldLease struct {
	*leasemodel.Lease
	onClose bool
	lasting atomic.Bool // somebody has asked for much time
	alone   atomic.Bool // nobody uses it any more: it has to end by itself
}

func (q *inquiry) now() int64 { return int64(time.Since(q.epoch)) }

// asker is one client of an inquiry. It outlives its connections.
type asker struct {
	*inquiry
	*leasemodel.Recorder
	at     int
	random *rand.Rand
	c      *client
	life   *life
	bound  []*heldLease // that end with the connection
}

// call is a command, with what its reply says, and what may be if there is none.
type call struct {
	args  []string
	heard func(s leasemodel.Span, r reply) error
	lost  func(s leasemodel.Span) // nil: nothing
}

// run asks until the inquiry has enough. An error is a reply that no server may give.
func (a *asker) run() error {
	for a.asked.Load() < a.wanted {
		if a.c == nil {
			if err := a.dial(); err != nil {
				return err
			}
		}
		if a.random.IntN(150) == 0 {
			a.hangUp(a.now())
		} else if err := a.pipeline(1 + a.random.IntN(3)); err != nil {
			return err
		}
	}
	if a.c != nil {
		a.hangUp(a.now())
	}
	return nil
}

// dial connects, over the transports by turns: a loop's and a goroutine's.
func (a *asker) dial() error {
	for {
		a.mu.Lock()
		a.life = a.inquiry.life
		a.mu.Unlock()
		network, addr := "tcp", a.life.addr
		if a.at%2 == 1 {
			network, addr = "unix", a.life.socket
		}
		conn, err := net.DialTimeout(network, addr, patience)
		if err == nil {
			a.c = &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
			return nil
		}
		if err = a.bereaved(err); err != nil {
			return fmt.Errorf("connect: %w", err)
		}
	}
}

func (a *asker) pipeline(n int) error {
	calls := make([]call, n)
	for i := range calls {
		calls[i] = a.pick()
	}
	began := a.now()
	for _, o := range calls {
		a.c.send(o.args...)
	}
	for i, o := range calls {
		r, err := a.c.receive()
		if err != nil {
			if err := a.bereaved(err); err != nil {
				return fmt.Errorf("%.200q: %w", o.args, err)
			}
			for _, o := range calls[i:] {
				if o.lost != nil && began < a.life.gone { // else it has come to nobody
					o.lost(leasemodel.Span{Call: began, Return: a.life.gone})
				}
			}
			a.hangUp(a.life.killed)
			return nil
		}
		a.asked.Add(1)
		if err := o.heard(leasemodel.Span{Call: began, Return: a.now()}, r); err != nil {
			return fmt.Errorf("%.200q: %w: %.200q", o.args, err, r.raw)
		}
	}
	return nil
}

// bereaved returns when there is another server. Unless one was killed it is an error to have none.
func (a *asker) bereaved(err error) error {
	select {
	case <-a.life.killing:
		<-a.life.ended
		return nil
	default:
		return fmt.Errorf("%w, and nobody has killed the server", err)
	}
}

// hangUp ends the connection, and with it what is bound to it.
func (a *asker) hangUp(at int64) {
	for _, l := range a.bound {
		a.Doomed(at, l.Lease, "the connection has ended")
		l.alone.Store(a.random.IntN(2) == 0)
	}
	a.bound = nil
	a.c.close()
	a.c = nil
}
