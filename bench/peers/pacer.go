//go:build linux

package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// timerEvent stands for the pacer's timer where epoll names a connection.
const timerEvent = -1

// pacer is the schedule of a load with a fixed rate. Request k is due at
// k × every, rounded up to a tick, on connection k modulo their number, whatever
// became of those before it. Latency counts from when a request was due: a
// server that stalls is charged for all the requests that would have been sent
// meanwhile, not for one per connection (the "coordinated omission" of a closed
// loop).
type pacer struct {
	every float64 // ns between two requests
	next  int     // the next request not yet handed to its connection
	timer int
}

// tick is the grain of the schedule. One timer per request would take more of
// the machine than the server does: on a virtual machine to wake up costs more
// than to send.
const tick = 100 * time.Microsecond

// pace makes w send rate requests per second.
func (w *worker) pace(rate float64) error {
	timer, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	w.pacer = &pacer{every: float64(time.Second) / rate, timer: timer}
	for i := range w.conns {
		w.conns[i].next = i
	}
	if err := unix.EpollCtl(w.epoll, unix.EPOLL_CTL_ADD, timer, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: timerEvent}); err != nil {
		return fmt.Errorf("epoll: %w", err)
	}
	return nil
}

func (p *pacer) due(request int) time.Duration {
	at := time.Duration(float64(request) * p.every)
	return (at + tick - 1) / tick * tick
}

func (p *pacer) close() { unix.Close(p.timer) }

// arm wakes the worker in d. Setting a timerfd also forgets that it fired.
func (p *pacer) arm(d time.Duration) error {
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(max(d, 1)))}
	if err := unix.TimerfdSettime(p.timer, 0, &spec, nil); err != nil {
		return fmt.Errorf("timer: %w", err)
	}
	return nil
}

// sendDue hands what is due to its connections and sets the timer for what is
// next.
func (w *worker) sendDue() error {
	p := w.pacer
	for now := w.now(); p.due(p.next) <= now; p.next++ {
		i := p.next % len(w.conns)
		c := &w.conns[i]
		c.backlog++
		if c.waiting == 0 {
			if err := w.sendBacklog(i); err != nil {
				return err
			}
		}
	}
	return p.arm(p.due(p.next) - w.now())
}

// sendBacklog sends the oldest request that waits for connection i to be idle.
func (w *worker) sendBacklog(i int) error {
	c := &w.conns[i]
	if c.backlog == 0 {
		return nil
	}
	c.backlog--
	request := c.next
	c.next += len(w.conns)
	return w.send(i, w.pacer.due(request))
}
