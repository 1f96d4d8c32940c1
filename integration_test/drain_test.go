package integration_test

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestDrainUnderLoad stops the server under 64 clients, each of which sends claims without
// waiting for replies. A command that was executed is answered: the IDs in the replies have no
// gap, so none was handed out and then lost. (Bare redcon cuts the connections with replies
// under way, and gaps are the rule.)
func TestDrainUnderLoad(t *testing.T) {
	t.Parallel()
	for round := range 3 {
		t.Run(fmt.Sprint(round), func(t *testing.T) { drainUnderLoad(t) })
	}
}

func drainUnderLoad(t *testing.T) {
	// The clients have megabytes of replies to read, with one process for all.
	s := startServer(t, "--shutdown-timeout", patience.String())
	const clients, space, enough = 64, 10_000_000, 200_000
	claimed := newIDSet(space)
	var answered, highest atomic.Int64
	began := make(chan time.Time, 1)

	withConnections(t, clients, s.addr, func(_ int, c *client) error {
		c.conn.SetDeadline(time.Now().Add(patience))
		go func() { // it ends when the server has gone
			for range space / 100 {
				for range 100 {
					c.out.WriteString("PT.CLAIMNEXT vec:\r\n")
				}
				if c.out.Flush() != nil {
					return
				}
			}
		}()
		for {
			c.raw = c.raw[:0]
			r, err := c.read()
			if errors.Is(err, io.ErrUnexpectedEOF) {
				return fmt.Errorf("a reply was cut short: %q", c.raw)
			}
			if err != nil {
				return nil // the server has gone
			}
			id := int64(0)
			if _, err := fmt.Sscan(r.text, &id); err != nil || r.kind != ':' {
				return fmt.Errorf("replied %q", c.raw)
			}
			if err := claimed.add(uint64(id)); err != nil {
				return err
			}
			for {
				high := highest.Load()
				if id <= high || highest.CompareAndSwap(high, id) {
					break
				}
			}
			if answered.Add(1) == enough {
				began <- time.Now()
				s.cmd.Process.Signal(syscall.SIGTERM)
			}
		}
	})
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d", code)
	}
	n, high := answered.Load(), highest.Load()
	t.Logf("%d claims answered, the highest is %d; stopped after %v", n, high, time.Since(<-began).Round(time.Millisecond))
	if n != high+1 {
		t.Errorf("%d IDs were handed out to nobody", high+1-n)
	}
}

// TestDrainHasAnEnd: clients that do not read their replies keep a signalled server for
// --shutdown-timeout, not longer.
func TestDrainHasAnEnd(t *testing.T) {
	t.Parallel()
	const timeout = time.Second
	s := startServer(t, "--shutdown-timeout", timeout.String())
	stuckOnReplies(t, s)
	began := time.Now()
	s.signal(t, syscall.SIGTERM)
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d", code)
	}
	if took := time.Since(began); took < timeout/2 || took > 10*timeout {
		t.Errorf("it stopped after %v, want %v", took, timeout)
	}
}

// TestSecondSignalEndsAtOnce: who asks twice does not want to wait.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, second := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		// Not startServer: this end is not a clean one.
		p := startProcess(t, newServerCommand("--shutdown-timeout", "50s"))
		eventually(t, "it listens", func() bool { return logLine(p.log.String(), "listening") != nil })
		addr, _ := logLine(p.log.String(), "listening")["addr"].(string)
		stuckOnReplies(t, &server{process: p, addr: addr})
		p.cmd.Process.Signal(syscall.SIGTERM)
		eventually(t, "it stops", func() bool { return logLine(p.log.String(), "stopping: commands in flight finish first") != nil })
		time.Sleep(100 * time.Millisecond)
		if p.hasExited() {
			t.Fatalf("nothing keeps it\n%s", p.log.String())
		}
		began := time.Now()
		p.cmd.Process.Signal(second)
		code := p.waitExit(t)
		if took := time.Since(began); took > patience/6 {
			t.Errorf("it stopped %v after the second signal", took)
		}
		if code == 0 {
			t.Error("it exited with 0")
		}
	}
}

// stuckOnReplies connects a client that asks for more replies than fit between and never reads.
func stuckOnReplies(t *testing.T, s *server) {
	t.Helper()
	probe := connect(t, s.addr)
	probe.mustDo(t, "PT.ADDRANGE vec: 0 65536", integer(65_536))
	conn := deaf(t, s.addr)
	before := infoField(t, probe, "total_net_output_bytes")
	for range 20 { // 26 MB
		if _, err := io.WriteString(conn, "PT.SCAN vec: 0 COUNT 65536 KEYS\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "replies are under way", func() bool { return infoField(t, probe, "total_net_output_bytes") > before+65_536 })
	probe.close()
}
