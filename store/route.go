package store

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
)

// Ways is what else a store made by [Open] can do: connections to its servers, for who speaks to them by himself.
type Ways interface {
	// Dial connects to a server of the store, which has let us in. Nobody but the caller ends it, not Close either.
	Dial(ctx context.Context, addr string) (net.Conn, error)
	// Route asks who has what.
	Route(ctx context.Context) (*Route, error)
}

// Dial implements [Ways]. What the server said is all read, and nothing behind it: it says nothing unasked.
func (s *servers) Dial(ctx context.Context, addr string) (net.Conn, error) {
	c, err := s.connect(ctx, addr, s.login())
	if err != nil {
		return nil, err
	}
	s.unregister(c)
	return c.top, c.top.SetDeadline(time.Time{}) // the library has set some
}

// Route implements [Ways].
func (s *servers) Route(ctx context.Context) (*Route, error) {
	r := &Route{servers: s, turn: make(chan struct{}, 1)}
	return r, r.Refresh(ctx)
}

// Route is which server has which hash slot: outside of a Cluster the primary has all. Its methods may be called
// from several goroutines at once.
type Route struct {
	servers *servers
	addrs   [keyslot.Count]atomic.Pointer[string]
	spread  atomic.Bool

	turn  chan struct{} // who asks has put something in
	looks atomic.Uint64 // how often was asked
	err   error         // of the last; who has the turn reads it
}

// Spread tells whether the store is a Cluster. If it is not, one server has all slots.
func (r *Route) Spread() bool { return r.spread.Load() }

// Addr is the server that has a slot, as far as is known: "" if nobody has told. It waits for nobody.
func (r *Route) Addr(slot uint16) string {
	if addr := r.addrs[slot%keyslot.Count].Load(); addr != nil {
		return *addr
	}
	return ""
}

// Moved notes what a server has said. What is asked for at the same time may undo it: then a server says it again.
func (r *Route) Moved(slot uint16, addr string) {
	if r.Addr(slot) != addr {
		r.addrs[slot%keyslot.Count].Store(&addr)
	}
}

// freshTime is how long one server is waited for by who asks again. One that hangs would keep those waiting who ask
// whether others have taken over.
const freshTime = time.Second

// Refresh asks the servers again. Who comes while another one asks has its answer.
func (r *Route) Refresh(ctx context.Context) error {
	seen := r.looks.Load()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-r.turn }()
	if r.looks.Load() != seen {
		return r.err
	}
	each := freshTime
	if seen == 0 {
		each = replyTime
	}
	t, err := r.servers.topologyOf(ctx, each)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for _, n := range t.primaries {
		for slot := range r.addrs {
			if n.own.has(slot) {
				r.Moved(uint16(slot), n.addr)
			}
		}
	}
	if err == nil {
		r.spread.Store(t.cluster)
	}
	r.err = err
	r.looks.Add(1)
	return err
}
