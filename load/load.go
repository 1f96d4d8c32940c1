package load

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// Config is a load.
type Config struct {
	Clients  int           // each with one connection, in a Cluster with one to each server that it needs
	Threads  int           // at most as many as clients
	Pipeline int           // requests that a client has on their way at most
	Rate     float64       // requests per second over all clients, from when each is due; 0: a client sends when it has its replies
	Kinds    int           // of requests
	Bodies   bool          // strings of replies are given to the scripts, whole
	Patience time.Duration // how long a server that is out of reach is tried again; 0: not at all

	// Dial connects to a server, which has let us in.
	Dial func(ctx context.Context, addr string) (net.Conn, error)
	// Addr is the server. A Route, where there is one, says it instead.
	Addr  string
	Route Route
	// Script makes the script of a worker.
	Script func(worker int) Script
}

// Route says which server has a hash slot. Its methods may be called by all workers at once.
type Route interface {
	// Spread tells whether there are several servers. If not, one has all slots.
	Spread() bool
	// Addr is the server of a slot, as it is known, or "".
	Addr(slot uint16) string
	// Moved notes what a server has said with MOVED. It does not wait.
	Moved(slot uint16, addr string)
	// Refresh asks the servers. It returns when the answer is there, or the context has ended.
	Refresh(ctx context.Context) error
}

// Load is a load that goes on. Its methods may be called from several goroutines at once.
type Load struct {
	config  Config
	workers []*worker
	left    atomic.Int64          // workers that have not ended
	failed  atomic.Pointer[error] // the first that a worker ended with
	ended   chan struct{}
	closing sync.Once // of ended
}

// Start connects all clients and begins. When it fails nothing goes on. ctx ends the connecting only.
func Start(ctx context.Context, c Config) (*Load, error) {
	if c.Threads < 1 || c.Clients < c.Threads || c.Pipeline < 1 || c.Kinds < 1 || c.Rate < 0 {
		return nil, fmt.Errorf("a load of %d clients, %d threads, pipeline %d, %d kinds of request, rate %v", c.Clients, c.Threads, c.Pipeline, c.Kinds, c.Rate)
	}
	l := &Load{config: c, ended: make(chan struct{})}
	lines, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	for i := range c.Threads {
		// The first threads have one client more where they cannot be equal.
		n := (c.Clients + c.Threads - 1 - i) / c.Threads
		w, err := newWorker(&l.config, i, began, lines[:n])
		lines = lines[n:]
		if err != nil {
			closeAll(lines)
			for _, w := range l.workers {
				w.transport.end()
			}
			return nil, err
		}
		l.workers = append(l.workers, w)
	}
	moreThreads(c.Threads)
	l.left.Store(int64(c.Threads))
	for _, w := range l.workers {
		go l.run(w)
	}
	return l, nil
}

// run is the goroutine of a worker. It ends by itself, or when Stop says so, which waits for it.
func (l *Load) run(w *worker) {
	defer close(w.done)
	err := w.run()
	w.end()
	if err != nil {
		l.failed.CompareAndSwap(nil, &err)
	}
	last := l.left.Add(-1) == 0
	if last {
		moreThreads(-l.config.Threads)
	}
	if last || err != nil {
		l.closing.Do(func() { close(l.ended) })
	}
}

// moreThreads changes how many goroutines run at once: a worker keeps its place among them even while it waits.
func moreThreads(n int) { runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + n) }

// Take returns what was seen since the last Take, of all workers; it waits until each has handed over.
func (l *Load) Take() Stats {
	wishes := make([]take, len(l.workers))
	for i, w := range l.workers {
		wishes[i] = take{fresh: newStats(l.config.Kinds), taken: make(chan *Stats, 1)}
		select {
		case w.takes <- wishes[i]:
			w.transport.wake()
		case <-w.done:
		}
	}
	all := newStats(0)
	for i, w := range l.workers {
		s := w.given(wishes[i].taken)
		switch {
		case s == nil:
		case len(all.Kinds) == 0:
			all = s // it is nobody else's any more: of one worker there is nothing to merge
		default:
			all.beside(s)
		}
	}
	return *all
}

// Ended is closed when every worker's script has ended and all its replies are there, or one has failed.
func (l *Load) Ended() <-chan struct{} { return l.ended }

// Stop has the workers send nothing more and waits for the replies that are to come, until ctx ends, and then for the
// workers' end. What the last Take has not seen can still be taken. It returns the first error of a worker.
func (l *Load) Stop(ctx context.Context) error {
	for _, w := range l.workers {
		w.stopping.Store(true)
		w.transport.wake()
	}
	for _, w := range l.workers {
		select {
		case <-w.done:
		case <-ctx.Done():
			w.leaving.Store(true)
			w.transport.wake()
			<-w.done
		}
	}
	if err := l.failed.Load(); err != nil {
		return *err
	}
	return nil
}
