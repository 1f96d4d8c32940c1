package integration_test

import (
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestSlowloris holds 5,000 commands that never become whole, a byte now and then. They are cut
// off when --command-timeout has passed since their first byte, and nobody else notices. Bare
// redcon keeps them for ever.
func TestSlowloris(t *testing.T) {
	n := 5000
	if testing.Short() {
		n = 500
	}
	needDescriptors(t, uint64(n))
	const timeout = 3 * time.Second
	s := startServer(t, "--command-timeout", timeout.String())
	h := newHonestClient(t, s.addr)
	peace, _ := h.p99During(t, func() { time.Sleep(calm) })

	conns := fill(t, s.addr, n)
	half := []byte("*2\r\n$4\r\nECHO\r\n$10000\r\n")
	began := time.Now()
	for _, c := range conns {
		if _, err := c.Write(half); err != nil {
			t.Fatal(err)
		}
	}
	// Each is cut off on its own; a byte to one that is cannot be written for long.
	trickle := func(until time.Duration) {
		for time.Since(began) < until {
			for i, c := range conns {
				c.Write([]byte{'x'})
				if i%100 == 0 {
					time.Sleep(5 * time.Millisecond)
				}
			}
		}
	}
	attacked, answers := h.p99During(t, func() { trickle(timeout - calm) })
	if limit := max(bearable, 2*peace); attacked > limit {
		t.Errorf("the honest client's p99 is %v beside slow ones, at most %v was wanted", attacked, limit)
	}
	probe := connect(t, s.addr)
	if held := infoField(t, probe, "query_memory"); held > int64(n)*8<<10 {
		t.Errorf("half commands of 100 bytes hold %d bytes each", held/int64(n))
	}
	trickle(timeout)
	eventually(t, "all slow clients are cut off", func() bool { return infoField(t, probe, "connected_clients") == 2 })
	took := time.Since(began)
	t.Logf("%d slow clients: honest p99 %v, without them %v (%d answers); cut off after %v of %v",
		n, attacked, peace, answers, took.Round(time.Millisecond), timeout)
	if took < timeout {
		t.Errorf("they were cut off after %v", took)
	}
	if n := infoField(t, probe, "refused_command_timeout"); n != int64(len(conns)) {
		t.Errorf("%d command timeouts are counted", n)
	}
	probe.mustDo(t, "PING", pingedOnce)
}

// TestCommandTimeoutIsPerCommand sends commands whose packets end in the middle of the next
// one, for longer than a command may take: each of them takes a moment only.
func TestCommandTimeoutIsPerCommand(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	s := startServer(t, "--command-timeout", timeout.String())
	c := connect(t, s.addr)
	if _, err := io.WriteString(c.conn, "PI"); err != nil {
		t.Fatal(err)
	}
	for began := time.Now(); time.Since(began) < 3*timeout; time.Sleep(timeout / 20) {
		if _, err := io.WriteString(c.conn, "NG\r\nPI"); err != nil {
			t.Fatal(err)
		}
		if r, err := c.receive(); err != nil || r.raw != pingedOnce {
			t.Fatalf("after %v: %q, %v", time.Since(began), r.raw, err)
		}
	}
}

// TestSlowUpload sends a command that is under way for longer than --command-timeout, at a rate
// that is fine: a second is added for each 64 KiB.
func TestSlowUpload(t *testing.T) {
	t.Parallel()
	const timeout = 500 * time.Millisecond
	c := connect(t, startServer(t, "--command-timeout", timeout.String()).addr)
	const piece = 100_000
	if _, err := io.WriteString(c.conn, "*2\r\n$4\r\nECHO\r\n$1000000\r\n"); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, err := c.conn.Write(make([]byte, piece)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(timeout / 4)
	}
	if _, err := io.WriteString(c.conn, "\r\n"); err != nil {
		t.Fatal(err)
	}
	if r, err := c.receive(); err != nil || len(r.text) != 10*piece {
		t.Fatalf("%.40q, %v", r.raw, err)
	}
}

// TestIdleTimeout cuts off who sends nothing, and only those.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	s := startServer(t, "--idle-timeout", timeout.String())
	busy, idle := connect(t, s.addr), connect(t, s.addr)
	idle.mustDo(t, "PING", pingedOnce)
	began := time.Now()
	ended := make(chan error, 1)
	go func() {
		idle.conn.SetReadDeadline(time.Now().Add(patience))
		_, err := io.ReadAll(idle.conn)
		ended <- err
	}()
	for over := false; !over; {
		busy.mustDo(t, "PING", pingedOnce)
		select {
		case err := <-ended:
			if over = true; isTimeout(err) || time.Since(began) < timeout/2 {
				t.Fatalf("after %v: %v", time.Since(began), err)
			}
		case <-time.After(timeout / 10):
		}
	}
	if n := infoField(t, busy, "refused_idle_timeout"); n != 1 {
		t.Errorf("%d idle timeouts are counted", n)
	}
}

// deaf connects a client that has little room for what it will not read.
func deaf(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn := connect(t, addr).conn
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	return conn
}

// TestSlowReader has a client take its replies slowly, for much longer than --write-timeout: a piece
// now and then is enough, on whatever listener, although the server's socket has no room for more
// meanwhile. A machine on which the client itself pauses proves nothing.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	plain := func(listener string) func(t *testing.T) (conn net.Conn) {
		return func(t *testing.T) net.Conn {
			return deaf(t, startServer(t, "--listener", listener, "--write-timeout", timeout.String()).addr)
		}
	}
	for name, dial := range map[string]func(t *testing.T) net.Conn{
		"auto": plain("auto"), "redcon": plain("redcon"),
		"tls": func(t *testing.T) net.Conn {
			s := startTLSServer(t, "--write-timeout", timeout.String())
			c, err := s.dial(new(tls.Config))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.close)
			if err := c.conn.(*tls.Conn).NetConn().(*net.TCPConn).SetReadBuffer(4096); err != nil {
				t.Fatal(err)
			}
			return c.conn
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t)
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := io.WriteString(conn, strings.Repeat("COMMAND DOCS\r\n", 1000)); err != nil {
				t.Fatal(err)
			}
			var longest time.Duration
			began := time.Now()
			for last := began; time.Since(began) < 5*timeout; {
				if _, err := io.ReadFull(conn, make([]byte, 4096)); err != nil {
					if longest > timeout/4 {
						t.Skipf("the client has not read for %v", longest)
					}
					t.Fatalf("after %v: %v", time.Since(began), err)
				}
				time.Sleep(timeout / 20)
				longest = max(longest, time.Since(last))
				last = time.Now()
			}
		})
	}
}
