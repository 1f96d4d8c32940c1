//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/prefixtracker/prefixtracker/load"
)

// maxConnections is well below the usual limit of open files.
const maxConnections = 500

// trial is what is done to a server.
type trial struct {
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
func (t trial) run(ctx context.Context, s *server, warmUp, length time.Duration) (result, error) {
	// The generator allocates nothing once it runs.
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	l, err := load.Start(ctx, load.Config{
		Clients: t.connections, Threads: t.threads, Pipeline: t.pipeline, Rate: t.rate, Kinds: 1,
		Addr: s.addr.String(), Dial: dial,
		Script: func(worker int) load.Script {
			return newRequests(t.command, t.pipeline, t.reply, uint64(worker+1)*0x9e3779b97f4a7c15)
		},
	})
	if err != nil {
		return result{}, err
	}
	g := going{load: l, server: s}
	r, err := g.measure(ctx, warmUp, length)
	if ended := g.end(); err == nil {
		err = ended
	}
	if err != nil {
		return result{}, err
	}
	r.replied, r.sent = g.seen.Kinds[0].Replies(), g.seen.Sent
	return r, nil
}

func dial(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp4", addr)
}

// going is a load that goes on.
type going struct {
	load   *load.Load
	server *server
	seen   load.Stats // since its start
}

// end stops the load. What is on its way is not waited for.
func (g *going) end() error {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	err := g.load.Stop(now)
	g.take()
	return err
}

// take returns what was seen since it was called last.
func (g *going) take() load.Stats {
	s := g.load.Take()
	g.seen.Merge(&s)
	return s
}

func (g *going) measure(ctx context.Context, warmUp, length time.Duration) (result, error) {
	if err := g.wait(ctx, warmUp); err != nil {
		return result{}, err
	}
	begin, _, err := g.sample()
	if err != nil {
		return result{}, err
	}
	if err := g.wait(ctx, length); err != nil {
		return result{}, err
	}
	end, seen, err := g.sample()
	if err != nil {
		return result{}, err
	}
	k := &seen.Kinds[0]
	if k.Replies() == 0 {
		return result{}, fmt.Errorf("no reply within %s", length)
	}
	return result{
		requests:  k.Replies(),
		took:      end.at.Sub(begin.at),
		serverCPU: end.server - begin.server,
		clientCPU: end.client - begin.client,
		latency:   k.Latency,
	}, nil
}

// wait lets d pass, unless something ends the measurement before.
func (g *going) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-g.load.Ended():
		g.take()
		for _, fault := range g.seen.Kinds[0].Faults {
			return fmt.Errorf("the server replied to %s", fault.First)
		}
		return g.load.Stop(ctx)
	case <-g.server.exited:
		return g.server.exitError()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sample is the clocks at one moment.
type sample struct {
	at             time.Time
	server, client time.Duration
}

// sample reads all of them, and returns what was seen until then. It does so again, a few times at most, when
// something got in between: a sample torn apart by the scheduler would be an error in the result.
func (g *going) sample() (m sample, seen load.Stats, err error) {
	const whole = 200 * time.Microsecond // a worker's turn is in it
	for range 10 {
		m = sample{at: time.Now()}
		s := g.take()
		seen.Merge(&s)
		if m.server, err = processCPU(g.server.cmd.Process.Pid); err != nil {
			return sample{}, seen, err
		}
		if m.client, err = ownCPU(); err != nil {
			return sample{}, seen, err
		}
		if time.Since(m.at) < whole {
			break
		}
	}
	return m, seen, nil
}
