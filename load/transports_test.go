package load_test

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/load"
)

// bare hides what a connection is but that it is one: goroutines carry it on every system.
type bare struct{ net.Conn }

func dialBare(ctx context.Context, addr string) (net.Conn, error) {
	c, err := dialTCP(ctx, addr)
	return bare{c}, err
}

func dialTCP(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, "tcp", addr)
}

// Each way to carry connections does what is asked for once, and ends all that it has begun.
func TestTransports_CountsAreExact(t *testing.T) {
	ca, cert, key := redistest.Certificates(t)
	port := redistest.FreePort(t)
	socket := filepath.Join(t.TempDir(), "s")
	server := redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca, "--unixsocket", socket)
	server.Do(t, "ACL", "SETUSER", "writer", "on", ">secret", "~*", "+@all")
	const most = 5003 // of a worker
	config := load.Config{Clients: 7, Threads: 2, Pipeline: 16}
	before := goleak.IgnoreCurrent()
	for name, begin := range map[string]func(*book) *trial{
		"TLS, a user and a database": func(b *book) *trial {
			return try(t, "rediss://writer:secret@127.0.0.1:"+port+"/2?cacert="+ca+"&cert="+cert+"&key="+key, config, b)
		},
		"goroutines": func(b *book) *trial {
			c := config
			c.Addr, c.Dial = server.Addr, dialBare
			return begin(t, c, b)
		},
		"a Unix socket": func(b *book) *trial {
			c := config
			c.Addr, c.Dial = socket, func(ctx context.Context, addr string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "unix", addr)
			}
			return begin(t, c, b)
		},
	} {
		counter := strings.ReplaceAll(name, " ", "-")
		l := begin(&book{command: []string{"INCR"}, keys: []string{counter}, most: most})
		if s := l.well(t); s.Sent != 2*most {
			t.Errorf("%s: %d sent", name, s.Sent)
		}
		db := "0"
		if name[0] == 'T' {
			db = "2"
		}
		n, err := server.Try(t, "EVAL", "redis.call('SELECT', ARGV[1]) return redis.call('GET', KEYS[1])", "1", counter, db)
		if text, _ := n.ToString(); err != nil || text != fmt.Sprint(2*most) {
			t.Errorf("%s: the counter says %q, %v", name, text, err)
		}
	}
	goleak.VerifyNone(t, before)
}

// A server that does not read keeps nobody waiting but those who ask it.
func TestTransports_AServerThatDoesNotRead(t *testing.T) {
	t.Parallel()
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	server := redistest.Start(t)
	value := strings.Repeat("v", 1<<19)
	for name, dial := range map[string]func(context.Context, string) (net.Conn, error){"sockets": dialTCP, "goroutines": dialBare} {
		var dials atomic.Int64
		l := begin(t, load.Config{Clients: 2, Threads: 1, Pipeline: 16, Addr: server.Addr, Dial: func(ctx context.Context, addr string) (net.Conn, error) {
			if dials.Add(1) == 1 {
				addr = deaf.Addr().String()
			}
			return dial(ctx, addr)
		}}, &book{command: []string{"SET"}, keys: numbered(10), behind: []string{value}, most: -1})
		l.goesOn(t, 50)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := l.Stop(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		// What the deaf one was asked for is lost, and no more.
		s := l.soFar()
		if f := s.Kinds[0].Faults[load.FaultLost]; f == nil || f.Count < 16 || f.Count > 32 {
			t.Errorf("%s: %v", name, s.Kinds[0].Faults)
		}
	}
}

// A server that comes back is connected to again, whichever way, and it is told how often.
func TestTransports_AServerComesBack(t *testing.T) {
	t.Parallel()
	for name, dial := range map[string]func(context.Context, string) (net.Conn, error){"sockets": dialTCP, "goroutines": dialBare} {
		server := redistest.Start(t)
		var stop atomic.Bool
		const clients = 5
		l := begin(t, load.Config{Clients: clients, Threads: 2, Pipeline: 4, Patience: time.Minute, Addr: server.Addr, Dial: dial},
			&book{command: []string{"SET"}, keys: numbered(100), behind: []string{"v"}, again: true, most: -1, stop: &stop})
		l.goesOn(t, 1000)
		server.Kill()
		redistest.Eventually(t, "it is noticed", func() bool { return l.lost() > 0 })
		server.Restart(t)
		l.goesOn(t, 1000)
		stop.Store(true)
		if s := l.well(t); s.Connected < clients {
			t.Errorf("%s: %d connections were made again", name, s.Connected)
		}
	}
}

// What a script does not want sent again is counted as lost, and the load goes on.
func TestTransports_WhatIsLostIsTold(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	var stop atomic.Bool
	l := begin(t, load.Config{Clients: 5, Threads: 1, Pipeline: 4, Patience: time.Minute, Addr: server.Addr, Dial: dialTCP},
		&book{command: []string{"SET"}, keys: numbered(100), behind: []string{"v"}, most: -1, stop: &stop})
	l.goesOn(t, 1000)
	server.Kill()
	redistest.Eventually(t, "it is noticed", func() bool { return l.lost() > 0 })
	server.Restart(t)
	l.goesOn(t, 1000)
	stop.Store(true)
	if err := l.end(t); err != nil {
		t.Fatal(err)
	}
	f := &l.soFar().Kinds[0]
	lost, given := f.Faults[load.FaultLost], uint64(len(l.books[0].heard))
	if lost == nil || lost.Count != uint64(l.lost()) || f.Outcomes[load.Done]+lost.Count != given {
		t.Errorf("of %d: %v, %v", given, f.Outcomes, lost)
	}
}

// A server that stays away ends the load, when patience does.
func TestTransports_AServerStaysAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		patience time.Duration
		want     string
	}{{0, "127.0.0.1"}, {300 * time.Millisecond, "out of reach for 300ms: dial tcp 127.0.0.1"}} {
		server := redistest.Start(t)
		l := begin(t, load.Config{Clients: 5, Threads: 2, Pipeline: 4, Patience: c.patience, Addr: server.Addr, Dial: dialTCP},
			&book{command: []string{"SET"}, keys: numbered(100), behind: []string{"v"}, again: true, most: -1})
		l.goesOn(t, 100)
		server.Kill()
		if err := l.end(t); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.patience, err)
		}
	}
}

// Connections that are being made when the load ends are given up, and closed if they come all the same.
func TestReconnect_EndsWithTheLoad(t *testing.T) {
	server := redistest.Start(t)
	before := goleak.IgnoreCurrent()
	var dials, open atomic.Int64
	again := make(chan struct{})
	l := begin(t, load.Config{Clients: 3, Threads: 1, Pipeline: 1, Patience: time.Minute, Addr: server.Addr, Dial: func(ctx context.Context, addr string) (net.Conn, error) {
		if dials.Add(1) > 3 {
			again <- struct{}{}
			<-ctx.Done()
			addr, ctx = server.Addr, context.Background() // it comes late
		}
		c, err := dialTCP(ctx, addr)
		if err != nil {
			return nil, err
		}
		open.Add(1)
		return &counted{Conn: c, open: &open}, nil
	}}, &book{command: []string{"SET"}, keys: numbered(100), behind: []string{"v"}, again: true, most: -1})
	l.goesOn(t, 100)
	server.Do(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
	for range 3 {
		<-again
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Stop(ctx); err != nil {
		t.Error(err)
	}
	if n := open.Load(); n != 0 {
		t.Errorf("%d connections are open", n)
	}
	goleak.VerifyNone(t, before)
}

// counted is a connection that tells of its end.
type counted struct {
	net.Conn
	open   *atomic.Int64
	closed atomic.Bool
}

func (c *counted) Close() error {
	if c.closed.CompareAndSwap(false, true) {
		c.open.Add(-1)
	}
	return c.Conn.Close()
}
