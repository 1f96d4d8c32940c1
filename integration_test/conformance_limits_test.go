package integration_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

const (
	noOutputLimit = "there is no limit of replies to wait for: they go out in pieces of 64 KiB, and who does not read them waits, up to --write-timeout"
	noEviction    = "no client is evicted: commands under way have one limit, --max-query-memory, and one that would pass it is refused"
	noOOMScore    = "nothing is forked, so there are no classes of processes to rank"
	noUsers       = "there is one user, default"
)

var bufferChecks = []check{
	{id: "C34", claim: "an idle client holds no query buffer", own: true, run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "PING", pingedOnce)
		mustHold(t, c, 0, 0)
	}},
	{id: "C35", claim: "a partial command holds 16 to 32 KB", own: true, run: func(t *testing.T, s subject) {
		half(t, s, "*2\r\n$4\r\nECHO\r\n$5\r\nab", func(c *client) { mustHold(t, c, 1, 32<<10) })
	}},
	{id: "C36", claim: "it shrinks when the client is idle", own: true, run: func(t *testing.T, s subject) {
		c := s.connect(t)
		big := strings.Repeat("x", 1<<20)
		c.mustDoArgs(t, []string{"ECHO", big}, bulk(big))
		mustHold(t, c, 0, 0)
	}},
	{id: "C37", claim: "it shrinks while the client is active", own: true, run: func(t *testing.T, s subject) {
		half(t, s, "*2\r\n$4\r\nECHO\r\n$1000000\r\n"+strings.Repeat("x", 1_000_000)+"\r\nPING\r\nPI", func(c *client) {
			mustHold(t, c, 1, 32<<10)
		})
	}},
	{id: "C38", claim: "1 MB that is announced is held when it comes", own: true, run: func(t *testing.T, s subject) {
		half(t, s, "*2\r\n$4\r\nECHO\r\n$1000000\r\n", func(c *client) { mustHold(t, c, 1, 32<<10) })
		half(t, s, "*2\r\n$4\r\nECHO\r\n$1000000\r\n"+strings.Repeat("x", 999_999), func(c *client) { mustHold(t, c, 999_999, 3<<20) })
		mustHold(t, s.connect(t), 0, 0)
	}},
	{id: "C39", claim: "the reply buffer shrinks", by: "TestIdleAfterWork"},
	{id: "C40", claim: "bad output limits are refused", na: noOutputLimit},
	{id: "C41", claim: "the hard limit closes a slow reader", by: "TestDeafReaders (--write-timeout) and TestDeafMonitor (8 MiB)"},
	{id: "C42", claim: "the soft limit closes one after a time", by: "TestDeafReaders"},
	{id: "C43", claim: "and not earlier", na: noOutputLimit},
	{id: "C44", claim: "one reply over the limit: nothing is sent", na: noOutputLimit},
	{id: "C45", claim: "the same for a pipeline", na: noOutputLimit},
	{id: "C46", claim: "a transaction is executed completely", na: noOutputLimit},
	{id: "C47", claim: "long replies stop at the limit", na: noOutputLimit},
	{id: "C48", claim: "and so do long pipelines", na: noOutputLimit},
	{id: "C49", claim: "disconnects are counted, each once", by: "TestDeafReaders and TestSlowloris"},
}

// mustHold waits until the commands under way hold so many bytes.
func mustHold(t *testing.T, c *client, least, most int64) {
	t.Helper()
	eventually(t, fmt.Sprintf("query_memory from %d to %d", least, most), func() bool {
		n := infoField(t, c, "query_memory")
		return n >= least && n <= most
	})
}

// half sends a command without its end and lets look at the server meanwhile.
func half(t *testing.T, s subject, bytes string, look func(*client)) {
	t.Helper()
	c, probe := s.connect(t), s.connect(t)
	defer c.close()
	before := infoField(t, probe, "total_net_input_bytes")
	if _, err := io.WriteString(c.conn, bytes); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has arrived", func() bool {
		return infoField(t, probe, "total_net_input_bytes") >= before+int64(len(bytes))
	})
	look(probe)
}

const oomText = "OOM command not allowed when used memory > 'maxmemory'."

var limitChecks = []check{
	{id: "C50", claim: "one client more than maxclients is told so", run: func(t *testing.T, s subject) {
		addr := s.with(t, options{maxClients: 10})
		eventually(t, "nobody else is connected", func() bool {
			c, err := dial(addr)
			if err != nil {
				return false
			}
			defer c.close()
			r, err := c.do("INFO", "clients")
			return err == nil && strings.Contains(r.text, "connected_clients:1\r\n")
		})
		for i := range 10 {
			eventually(t, "another client is let in", func() bool {
				c, err := dial(addr)
				if err != nil {
					t.Fatal(err)
				}
				if r, err := c.do("PING"); err == nil && r.raw == pingedOnce {
					t.Cleanup(c.close)
					return true
				}
				c.close()
				return i > 0 && t.Failed() // the one before is still leaving
			})
		}
		if r, err := connect(t, addr).receive(); err != nil || r.raw != failure("ERR max number of clients reached") {
			t.Fatalf("the eleventh client is told %q, %v", r.raw, err)
		}
	}},
	{id: "C51", claim: "unread replies do not kill the server", by: "TestDeafReaders"},
	{id: "C52", claim: "half-sent commands do not kill the server", by: "TestQueryMemoryIsBounded"},
	{id: "C53", claim: "stuck subscribers do not kill the server", by: "TestDeafMonitor"},
	{id: "C54", claim: "the memory limit is kept while twice as much is asked for", by: "TestFarIDsAreRefused"},
	{id: "C55", claim: "the error names the used memory", run: func(t *testing.T, s subject) {
		c := connect(t, s.with(t, options{memory: "2mb"}))
		c.mustDo(t, "SETBIT full 1 1", integer(0))
		c.mustDo(t, "CONFIG SET maxmemory 1", simple("OK"))
		c.mustDo(t, "SETBIT more 1 1", failure(oomText))
		c.mustDo(t, "GETBIT full 1", integer(1))
	}},
	{id: "C56", claim: "what is not volatile is not evicted", na: "nothing is evicted"},
	{id: "C57", claim: "replicas cause no eviction", na: "there are no replicas"},
	{id: "C58", claim: "clients with big buffers are evicted", na: noEviction},
	{id: "C59", claim: "CLIENT NO-EVICT spares one", na: noEviction},
	{id: "C60", claim: "the largest client goes first", na: noEviction},
	{id: "C61", claim: "no more than needed go", na: noEviction},
	{id: "C62", claim: "a lower limit counts at once", na: noEviction},
	{id: "C63", claim: "oom_score_adj is set", na: noOOMScore},
	{id: "C64", claim: "relative", na: noOOMScore},
	{id: "C65", claim: "and absolute", na: noOOMScore},
	{id: "C66", claim: "restored", na: noOOMScore},
	{id: "C67", claim: "untouched when disabled", na: noOOMScore},
	{id: "C68", claim: "and checked", na: noOOMScore},
}
