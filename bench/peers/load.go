//go:build linux

package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// maxConnections is well below the usual limit of open files.
const maxConnections = 500

// load is what the generator does to a server.
type load struct {
	command     []string
	reply       byte // the kind of every reply
	pipeline    int  // requests sent at once on a connection
	connections int
	threads     int
	rate        float64 // requests per second over all connections; 0: as many as they can
}

// result is what one measurement found, within its window.
type result struct {
	requests  uint64
	took      time.Duration
	serverCPU time.Duration // of all the server's threads, in the kernel too
	clientCPU time.Duration
	latency   *hdrhistogram.Histogram // ns

	// Since the server's start, for checking its state: the replies received
	// and the requests sent, of which the server may not have seen the last.
	replied, sent uint64
}

func (r result) perSecond() float64  { return float64(r.requests) / r.took.Seconds() }
func (r result) cpu() float64        { return r.serverCPU.Seconds() * 1e6 / float64(r.requests) } // us per request
func (r result) serverBusy() float64 { return r.serverCPU.Seconds() / r.took.Seconds() }          // cores
func (r result) clientBusy() float64 { return r.clientCPU.Seconds() / r.took.Seconds() }

// percentile returns a latency in us.
func (r result) percentile(p float64) float64 {
	return float64(r.latency.ValueAtPercentile(p)) / 1e3
}

// run loads s for warmUp, which does not count, and then for length.
func (l load) run(ctx context.Context, s *server, warmUp, length time.Duration) (result, error) {
	// The generator allocates nothing once it runs.
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var crew crew
	defer crew.end()
	for i := range l.threads {
		// The first threads take one connection more where they cannot be equal.
		connections := (l.connections + l.threads - 1 - i) / l.threads
		w, err := newWorker(s.addr, connections, newTemplate(l.command, l.pipeline), l.pipeline, l.reply, uint64(i+1)*0x9e3779b97f4a7c15)
		if err != nil {
			return result{}, err
		}
		crew.workers = append(crew.workers, w)
		if l.rate > 0 {
			if err := w.pace(l.rate / float64(l.threads)); err != nil {
				return result{}, err
			}
		}
	}
	crew.start()
	if err := crew.wait(ctx, s, warmUp); err != nil {
		return result{}, err
	}
	begin, err := crew.sample(s)
	if err != nil {
		return result{}, err
	}
	crew.record(true)
	if err := crew.wait(ctx, s, length); err != nil {
		return result{}, err
	}
	crew.record(false)
	end, err := crew.sample(s)
	if err != nil {
		return result{}, err
	}
	crew.end()
	r := crew.result(begin, end)
	if r.requests == 0 {
		return result{}, fmt.Errorf("no reply within %s", length)
	}
	return r, nil
}

// newHistogram is for latencies in ns.
func newHistogram() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(longestWait), 3) }

// crew owns the workers of one measurement and their goroutines.
type crew struct {
	workers []*worker
	running sync.WaitGroup
	failed  chan error
	ended   bool
}

func (c *crew) start() {
	c.failed = make(chan error, len(c.workers))
	for _, w := range c.workers {
		w.epoch = time.Now()
		c.running.Go(func() {
			if err := w.run(); err != nil {
				c.failed <- err
			}
		})
	}
}

// end stops the workers, waits for them and closes their connections.
func (c *crew) end() {
	if c.ended {
		return
	}
	c.ended = true
	for _, w := range c.workers {
		w.stop.Store(true)
	}
	c.running.Wait()
	for _, w := range c.workers {
		w.close()
	}
}

func (c *crew) record(on bool) {
	for _, w := range c.workers {
		w.recording.Store(on)
	}
}

// wait lets d pass, unless something ends the measurement before.
func (c *crew) wait(ctx context.Context, s *server, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case err := <-c.failed:
		return err
	case <-s.exited:
		return s.exitError()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sample is the clocks and counters at one moment.
type sample struct {
	at             time.Time
	server, client time.Duration
	done           uint64
}

// sample reads all of them again, a few times at most, when something got in
// between: a sample torn apart by the scheduler would be an error in the
// result.
func (c *crew) sample(s *server) (sample, error) {
	const whole = 50 * time.Microsecond
	var m sample
	for range 10 {
		m = sample{at: time.Now()}
		for _, w := range c.workers {
			m.done += w.done.Load()
		}
		var err error
		if m.server, err = processCPU(s.cmd.Process.Pid); err != nil {
			return sample{}, err
		}
		if m.client, err = ownCPU(); err != nil {
			return sample{}, err
		}
		if time.Since(m.at) < whole {
			break
		}
	}
	return m, nil
}

func (c *crew) result(begin, end sample) result {
	r := result{
		requests:  end.done - begin.done,
		took:      end.at.Sub(begin.at),
		serverCPU: end.server - begin.server,
		clientCPU: end.client - begin.client,
		latency:   newHistogram(),
	}
	for _, w := range c.workers {
		r.latency.Merge(w.latency)
		r.replied += w.done.Load()
		r.sent += w.sent.Load()
	}
	return r
}
