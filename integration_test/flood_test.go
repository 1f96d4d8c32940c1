package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestFloodOverMaxClients opens connection after connection where there is no room for one.
// Each is told Redis's text; the clients that are in do not notice, and the log stays short.
// Bare redcon lets everybody in.
func TestFloodOverMaxClients(t *testing.T) {
	onLinux(t)
	const room, each, attackers = 50, 800, 4
	s := startServer(t, "--max-clients", strconv.Itoa(room))
	fill(t, s.addr, room-2) // and a probe, and the honest client
	probe := connect(t, s.addr)
	var turnedAway atomic.Int64
	mustServeHonest(t, s.addr, bearable, 3, func() {
		inParallel(t, attackers, func(int) error {
			for range each {
				conn, err := net.Dial("tcp", s.addr)
				if err != nil {
					return err
				}
				conn.SetDeadline(time.Now().Add(patience))
				got, err := io.ReadAll(conn)
				conn.Close()
				if err != nil || string(got) != failure("ERR max number of clients reached") {
					return fmt.Errorf("told %q, %w", got, err)
				}
				turnedAway.Add(1)
			}
			return nil
		})
	})
	if n := infoField(t, probe, "rejected_connections"); n != turnedAway.Load() {
		t.Errorf("%d are counted, %d were turned away", n, turnedAway.Load())
	}
	if n := infoField(t, probe, "connected_clients"); n != room-1 {
		t.Errorf("%d clients are in, want %d", n, room-1)
	}
	t.Logf("%d connections turned away, %d lines of log", turnedAway.Load(), strings.Count(s.log.String(), "\n"))
	mustLogLittle(t, s)
	s.mustRest(t)
}

// mustLogLittle wants a line a second of each kind, and some for the start.
func mustLogLittle(t *testing.T, s *server) {
	t.Helper()
	up := int(infoField(t, connectAnyway(t, s), "uptime_in_seconds"))
	if lines := strings.Count(s.log.String(), `"refused"`); lines > 3*(up+2) {
		t.Errorf("%d refusals in the log after %d seconds", lines, up)
	}
}

// connectAnyway connects as soon as there is room.
func connectAnyway(t *testing.T, s *server) *client {
	t.Helper()
	var c *client
	eventually(t, "room for a client", func() bool {
		c = connect(t, s.addr)
		r, err := c.do("PING")
		return err == nil && r.raw == pingedOnce
	})
	return c
}

// TestMaxClientsPerAddress: one address cannot take all the room.
func TestMaxClientsPerAddress(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--max-clients-per-address", "3")
	for range 3 {
		connect(t, s.addr).mustDo(t, "PING", pingedOnce)
	}
	if r, err := connect(t, s.addr).receive(); err != nil || r.raw != failure("ERR max number of clients of your address reached") {
		t.Fatalf("the fourth is told %q, %v", r.raw, err)
	}
	connectFrom(t, "127.0.0.2", s.addr).mustDo(t, "PING", pingedOnce)
}

// connectFrom connects from another of this machine's loopback addresses.
func connectFrom(t *testing.T, host, addr string) *client {
	t.Helper()
	onLinux(t)
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}}
	conn, err := dialer.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	t.Cleanup(c.close)
	return c
}

// TestDescriptorsExhausted takes the file descriptors away while clients connect. Those who are
// in are served, nothing spins, and everybody gets in when there are descriptors again. Bare
// redcon takes a processor for it: 2.6 million failed accepts a second.
func TestDescriptorsExhausted(t *testing.T) {
	onLinux(t)
	requireProgram(t, "prlimit", "util-linux")
	s := startServer(t)
	probe := connect(t, s.addr)
	limit := func(n int) {
		t.Helper()
		// Only the soft limit: the hard one could not be raised again.
		if output, code := run(t, "prlimit", "--pid", strconv.Itoa(s.cmd.Process.Pid), fmt.Sprintf("--nofile=%d:", n)); code != 0 {
			t.Fatal(output)
		}
	}
	roomy := s.openFiles(t) + 8
	limit(roomy)
	var waiting []*client
	for range 40 {
		c := connect(t, s.addr) // the kernel takes it, and it waits to be accepted
		c.send("ECHO", "here")
		c.out.Flush()
		waiting = append(waiting, c)
	}
	eventually(t, "accept fails", func() bool { return logLine(s.log.String(), "accept failed") != nil || s.openFiles(t) >= roomy })
	mustServeHonestOn(t, probe, bearable, func() {
		before := s.cpuTime(t)
		const window = 2 * time.Second
		time.Sleep(window)
		if used := s.cpuTime(t) - before; used > window/5 {
			t.Errorf("the server worked for %v in %v", used, window)
		}
	})
	if lines := strings.Count(s.log.String(), "accept failed"); lines > 20 {
		t.Errorf("%d lines of log say that accept failed", lines)
	}
	limit(1000)
	for i, c := range waiting {
		if r, err := c.receive(); err != nil || r.text != "here" {
			t.Fatalf("client %d of %d: %q, %v", i, len(waiting), r.raw, err)
		}
	}
}

// mustServeHonestOn wants the PINGs of a connection that is there to be answered in time.
func mustServeHonestOn(t *testing.T, c *client, floor time.Duration, attack func()) {
	t.Helper()
	h := &honestClient{c: c}
	peace, _ := h.p99During(t, func() { time.Sleep(calm) })
	attacked, answers := h.p99During(t, attack)
	t.Logf("honest client: p99 %v, and %v with the attack (%d answers)", peace, attacked, answers)
	if limit := max(floor, 3*peace); attacked > limit {
		t.Errorf("the honest client's p99 is %v, at most %v was wanted", attacked, limit)
	}
}
