package integration_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestSignalsStopTheServer stops it with connections open: a silent one, one that has sent half a
// command, one that has replies it never reads.
func TestSignalsStopTheServer(t *testing.T) {
	t.Parallel()
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			c := connect(t, s.addr)
			c.mustDo(t, "PT.ADDRANGE vec: 0 65536", integer(65_536))

			connect(t, s.addr)
			if _, err := connect(t, s.addr).conn.Write([]byte("*3\r\n$6\r\nPT.ADD\r\n$4\r\nve")); err != nil {
				t.Fatal(err)
			}
			deaf := connect(t, s.addr)
			for range 100 { // 130 MB, more than all buffers between
				deaf.send("PT.SCAN", "vec:", "0", "COUNT", "65536", "KEYS")
			}
			if _, err := deaf.receive(); err != nil {
				t.Fatal(err)
			}

			s.signal(t, sig)
			if code := s.waitExit(t); code != 0 {
				t.Errorf("the server exited with %d, want 0", code)
			}
			if _, err := c.do("PING"); err == nil {
				t.Error("the connection outlived the server")
			}
			if conn, err := net.Dial("tcp", s.addr); err == nil {
				conn.Close()
				t.Error("somebody still listens")
			}
		})
	}
}

// TestStuckConnectionDoesNotKeepTheServer sends a header that redcon v1.6.4 chews on for ever. A
// connection that never comes to its end must not keep a signalled server from its own.
func TestStuckConnectionDoesNotKeepTheServer(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	if _, err := connect(t, s.addr).conn.Write([]byte("*99999999999\r\n")); err != nil {
		t.Fatal(err)
	}
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
	s.signal(t, syscall.SIGTERM)
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
}

// TestStopUnderLoad stops the server while eight connections keep batches of claims in flight.
// What each was told before the end counts, and no ID was told to two of them.
func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	const batch, count, space = 32, 16, 20_000_000
	claimed := newIDSet(space)
	var acknowledged atomic.Int64
	var stop sync.Once

	withConnections(t, fleetSize, s.addr, func(_ int, c *client) error {
		request := []string{"PT.CLAIMNEXT", "vec:", "COUNT", strconv.Itoa(count)}
		for range batch {
			c.send(request...)
		}
		for {
			r, err := c.receive()
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("a reply was cut short: %w", err)
			}
			if err != nil {
				return nil // the server has gone, which is what this test is about
			}
			if err := claimed.addAll(r.texts()); err != nil {
				return err
			}
			if acknowledged.Add(int64(len(r.items))) >= 100_000 {
				stop.Do(func() { s.cmd.Process.Signal(syscall.SIGTERM) })
			}
			c.send(request...) // the next receive flushes it, so the batch stays in flight
		}
	})
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
	if n := acknowledged.Load(); n < 100_000 {
		t.Errorf("%d IDs were acknowledged before the server stopped", n)
	}
}

// TestCommandInFlightIsAnswered asks one connection at a time for slow work and stops the server
// when it is certain to have begun: the reply must come whole.
func TestCommandInFlightIsAnswered(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	connect(t, s.addr).mustDo(t, "PT.ADDRANGE vec: 0 3000000", integer(3_000_000))
	c := connect(t, s.addr)
	const requests = 20
	for range requests {
		c.send("PT.SCAN", "vec:", "0", "COUNT", "65536", "KEYS")
	}
	r, err := c.receive() // so the batch has been read, and its other commands are in flight
	for i := 0; i < requests && err == nil; i++ {
		if i == 0 {
			s.signal(t, syscall.SIGTERM)
		}
		if n := len(r.items[1].items); n == 0 {
			t.Fatalf("reply %d is %.200q", i, r.raw)
		}
		if i == requests-1 {
			break
		}
		if r, err = c.receive(); err != nil {
			t.Fatalf("reply %d of %d in a batch that had begun: %v", i+2, requests, err)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
}

// TestHangupWhileStopping: who rotates logs or certificates sends SIGHUP at any time. While the server
// waits for the last replies to be taken it must not die of it.
func TestHangupWhileStopping(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--write-timeout", patience.String())
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE vec: 0 65536", integer(65_536))
	slow := connect(t, s.addr)
	const pages = 50 // 65 MB, more than all buffers between
	for range pages {
		slow.send("PT.SCAN", "vec:", "0", "COUNT", "65536", "KEYS")
	}
	if _, err := slow.receive(); err != nil {
		t.Fatal(err)
	}
	s.signal(t, syscall.SIGTERM)
	eventually(t, "it is stopping", func() bool { return logLine(s.log.String(), "stopping: commands in flight finish first") != nil })
	for range 20 {
		s.signal(t, syscall.SIGHUP)
		time.Sleep(5 * time.Millisecond)
		if s.hasExited() {
			t.Fatal("the server has died of SIGHUP")
		}
	}
	for taken := 1; ; taken++ {
		if _, err := slow.receive(); errors.Is(err, io.EOF) {
			break // what it had read is answered, and no more
		} else if err != nil {
			t.Fatalf("after %d replies: %v", taken, err)
		}
	}
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
}
