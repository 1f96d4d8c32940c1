package integration_test

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// idleBytes is what an idle connection may cost, all told: the server's memory as the system
// counts it. (The kernel's own memory for a socket is not in it.) Bare redcon has 17 KiB.
const idleBytes = 16 << 10

// memoryCounts is false for a server built with -race, which needs many times the memory.
func memoryCounts() bool { return os.Getenv("TEST_RACE") != "1" }

// fill connects n clients, each of which has said PING.
func fill(t *testing.T, addr string, n int) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, n)
	t.Cleanup(func() {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
	})
	const workers = 8
	inParallel(t, workers, func(worker int) error {
		got := make([]byte, len(pingedOnce))
		for i := worker; i < n; i += workers {
			c, err := net.DialTimeout("tcp", addr, patience)
			if err != nil {
				return err
			}
			conns[i] = c
			c.SetDeadline(time.Now().Add(patience))
			if _, err := c.Write([]byte("PING\r\n")); err != nil {
				return err
			}
			if _, err := c.Read(got); err != nil {
				return err
			}
		}
		return nil
	})
	return conns
}

func TestTenThousandIdleClients(t *testing.T) {
	onLinux(t)
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	needDescriptors(t, uint64(n))
	s := startServer(t, "--max-clients", "12000")
	for _, c := range fill(t, s.addr, 200) { // what the first ones cost is not each one's
		c.Close()
	}
	probe := connect(t, s.addr)
	eventually(t, "the first ones are gone", func() bool { return infoField(t, probe, "connected_clients") == 1 })
	before := s.residentBytes(t)
	conns := fill(t, s.addr, n)
	each := (s.residentBytes(t) - before) / int64(n)
	t.Logf("%d idle clients: %d bytes each, %s in all", n, each, mib(s.residentBytes(t)))
	if each > idleBytes && memoryCounts() && !testing.Short() {
		t.Errorf("an idle client costs %d bytes, want at most %d", each, idleBytes)
	}
	mustServeHonest(t, s.addr, bearable, 2, func() { time.Sleep(calm) })
	for _, c := range conns {
		c.Close()
	}
	eventually(t, "they are gone", func() bool { return infoField(t, probe, "connected_clients") == 1 })
}

// TestIdleAfterWork leaves clients idle that have had big replies: what they needed for those
// must not stay with them. (A server whose connections keep their buffers has 330 KB each.)
func TestIdleAfterWork(t *testing.T) {
	onLinux(t)
	t.Parallel()
	s := startServer(t)
	big := strings.Repeat("x", 200_000)
	want := bulk(big)
	const n = 300
	probe := connect(t, s.addr)
	before := infoField(t, probe, "used_memory")
	for range n {
		connect(t, s.addr).mustDoArgs(t, []string{"ECHO", big}, want)
	}
	var each int64
	eventually(t, "buffers are given back", func() bool {
		for range 8 { // so that garbage is collected
			probe.mustReply(t, "ECHO", big)
		}
		each = (infoField(t, probe, "used_memory") - before) / n
		return each < 2*idleBytes
	})
	t.Logf("%d clients with replies of 200 KB behind them: %d bytes each", n, each)
}
