//go:build linux

package main

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sys/unix"
)

const (
	// stopPoll is how long a worker may take to notice that it shall stop.
	stopPoll    = 50 * time.Millisecond
	readSize    = 64 << 10
	longestWait = time.Minute // latencies over it are recorded as it
)

// worker is one thread of the load generator: one epoll loop over all its
// connections. Measured unpipelined on two cores, it takes 10 us of CPU time
// per request where a goroutine per connection takes 17, and redis-server
// answers 76 K instead of 51 K requests a second. Two workers, which compete
// with the server for a core, get 55 K out of it.
type worker struct {
	epoll  int
	conns  []conn
	batch  template
	size   int // requests in a batch
	random xorshift
	epoch  time.Time
	pacer  *pacer // nil: each connection sends as soon as it has its replies

	// The owner's.
	stop      atomic.Bool
	recording atomic.Bool

	// The worker's; the owner reads them.
	sent    atomic.Uint64 // requests
	done    atomic.Uint64 // replies
	latency *hdrhistogram.Histogram
}

// newWorker connects. The caller closes it.
func newWorker(addr netip.AddrPort, connections int, batch template, size int, want byte, seed uint64) (*worker, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	w := &worker{
		epoll: epoll, batch: batch, size: size, random: xorshift(seed), epoch: time.Now(),
		latency: newHistogram(),
	}
	for range connections {
		fd, err := dial(addr)
		if err != nil {
			w.close()
			return nil, err
		}
		w.conns = append(w.conns, conn{fd: fd, replies: replies{want: want, line: make([]byte, 0, longestLine)}})
		if err := w.watch(unix.EPOLL_CTL_ADD, len(w.conns)-1, unix.EPOLLIN); err != nil {
			w.close()
			return nil, err
		}
	}
	return w, nil
}

func (w *worker) close() {
	for i := range w.conns {
		unix.Close(w.conns[i].fd)
	}
	if w.pacer != nil {
		w.pacer.close()
	}
	unix.Close(w.epoll)
}

// watch tells epoll which events of connection i are wanted.
func (w *worker) watch(op, i int, events uint32) error {
	if err := unix.EpollCtl(w.epoll, op, w.conns[i].fd, &unix.EpollEvent{Events: events, Fd: int32(i)}); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}

func (w *worker) now() time.Duration { return time.Since(w.epoch) }

// run sends and receives until it is told to stop.
func (w *worker) run() error {
	events := make([]unix.EpollEvent, len(w.conns)+1)
	buf := make([]byte, readSize)
	if w.pacer == nil {
		for i := range w.conns {
			if err := w.send(i, w.now()); err != nil {
				return err
			}
		}
	}
	for !w.stop.Load() {
		if w.pacer != nil {
			if err := w.sendDue(); err != nil {
				return err
			}
		}
		n, err := rawWait(w.epoll, events, stopPoll)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("epoll: %w", err)
		}
		for _, e := range events[:n] {
			if e.Fd == timerEvent {
				continue // sendDue sees what is due, and sets the timer anew
			}
			if err := w.ready(int(e.Fd), e.Events, buf); err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends a batch on connection i. started is when its latency begins.
func (w *worker) send(i int, started time.Duration) error {
	c := &w.conns[i]
	c.started = started
	c.waiting = w.size
	w.sent.Store(w.sent.Load() + uint64(w.size))
	rest, err := write(c.fd, w.batch.next(&w.random))
	if err != nil || len(rest) == 0 {
		return err
	}
	c.unsent = append(c.unsent[:0], rest...) // the batch is every connection's
	return w.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN|unix.EPOLLOUT)
}

// ready goes on with connection i.
func (w *worker) ready(i int, events uint32, buf []byte) error {
	c := &w.conns[i]
	if events&unix.EPOLLOUT != 0 {
		rest, err := write(c.fd, c.unsent)
		if err != nil {
			return err
		}
		if c.unsent = rest; len(rest) == 0 {
			if err := w.watch(unix.EPOLL_CTL_MOD, i, unix.EPOLLIN); err != nil {
				return err
			}
		}
	}
	if events&^unix.EPOLLOUT == 0 {
		return nil
	}
	n, err := read(c.fd, buf)
	if err != nil || n == 0 {
		return err
	}
	now := w.now()
	got, err := c.replies.count(buf[:n])
	if err != nil {
		return err
	}
	if got > c.waiting {
		return fmt.Errorf("%d replies to %d requests", got, c.waiting)
	}
	c.waiting -= got
	w.done.Store(w.done.Load() + uint64(got))
	if got > 0 && w.recording.Load() {
		// A value in the histogram's range is never refused.
		_ = w.latency.RecordValues(int64(min(now-c.started, longestWait)), int64(got))
	}
	if c.waiting > 0 {
		return nil
	}
	if w.pacer != nil {
		return w.sendBacklog(i)
	}
	return w.send(i, now)
}
