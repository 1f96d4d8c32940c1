package load

import (
	"context"
	"net"
	"sync"
)

// dialer makes connections for a worker and asks for the way, on goroutines that end with it.
type dialer struct {
	config  *Config
	life    context.Context
	stop    context.CancelFunc
	running sync.WaitGroup
	places  chan struct{} // of those that dial at a time
	asking  chan struct{} // who asks for the way has put something in
	made    chan dialed
	wake    func() // the worker
}

// dialed is a connection that was made, or why it was not.
type dialed struct {
	to  *conn
	net net.Conn
	err error
}

func newDialer(c *Config, wake func()) *dialer {
	d := &dialer{config: c, places: make(chan struct{}, mostDials), asking: make(chan struct{}, 1), made: make(chan dialed, mostDials), wake: wake}
	d.life, d.stop = context.WithCancel(context.Background())
	return d
}

// some tells whether something has been made.
func (d *dialer) some() bool { return len(d.made) > 0 }

// dial makes a connection. Where there was one, or none can be made, another server may have taken over: they are
// asked before that is told.
func (d *dialer) dial(n *conn) {
	addr, lost := n.addr, n.lost
	d.running.Go(func() {
		select {
		case d.places <- struct{}{}:
			defer func() { <-d.places }()
		case <-d.life.Done():
			return
		}
		c, err := d.config.Dial(d.life, addr)
		if (err != nil || lost) && d.config.Route != nil {
			_ = d.config.Route.Refresh(d.life) // who dials sees that nobody answers
		}
		select {
		case d.made <- dialed{n, c, err}:
			d.wake()
		case <-d.life.Done():
			if err == nil {
				_ = c.Close() // it has carried nothing
			}
		}
	})
}

// refresh asks for the way, unless that is being done.
func (d *dialer) refresh() {
	select {
	case d.asking <- struct{}{}:
	default:
		return
	}
	d.running.Go(func() {
		defer func() { <-d.asking }()
		_ = d.config.Route.Refresh(d.life) // who goes there sees it
	})
}

// end waits for the goroutines, and closes what nobody has taken.
func (d *dialer) end() {
	d.stop()
	d.running.Wait()
	for d.some() {
		if of := <-d.made; of.err == nil {
			_ = of.net.Close() // it has carried nothing
		}
	}
}
