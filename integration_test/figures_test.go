package integration_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestKeyspaceHitsAsRedis has the same reads hit and miss on a real redis-server and on the product.
func TestKeyspaceHitsAsRedis(t *testing.T) {
	t.Parallel()
	server, store := startServer(t), startRedis(t)
	looks := func(addr, line string) [2]int64 {
		c := connect(t, addr)
		defer c.close()
		for _, before := range []string{"FLUSHALL", "SADD k 1 2 3", "CONFIG RESETSTAT"} {
			c.mustReply(t, words(before)...)
		}
		c.mustReply(t, words(line)...)
		return [2]int64{infoField(t, c, "keyspace_hits"), infoField(t, c, "keyspace_misses")}
	}
	for _, line := range []string{
		"PING", "SCARD k", "SCARD none", "SISMEMBER k 1", "SISMEMBER k 9", "SISMEMBER none 1", "SMISMEMBER none 1 2", "SMEMBERS k", "SMEMBERS none",
		"SRANDMEMBER k", "SRANDMEMBER none", "SSCAN k 0", "SSCAN none 0", "EXISTS k none k", "TYPE k", "TYPE none", "TTL k", "PTTL none",
		"SADD k 1", "SADD none 1", "SREM none 1", "SPOP none", "SPOP k", "SCARD", "DEL none", "KEYS *", "SCAN 0", "GETBIT none 1", "BITPOS none 1", "DBSIZE",
	} {
		if got, want := looks(server.addr, line), looks(store.addr, line); got != want {
			t.Errorf("%s: hits and misses are %d, Redis's are %d", line, got, want)
		}
	}
	c := connect(t, server.addr)
	for _, line := range []string{"FLUSHALL", "PT.ADD a: 1", "CONFIG RESETSTAT", "PT.EXISTS a: 1", "PT.COUNT b:", "PT.ADD a: 2", "MULTI", "PT.EXISTS a: 1", "PT.INFO b:", "EXEC"} {
		c.mustReply(t, words(line)...)
	}
	if hits, misses := infoField(t, c, "keyspace_hits"), infoField(t, c, "keyspace_misses"); hits != 2 || misses != 1 {
		t.Errorf("%d hits and %d misses of own commands, want 2 and 1", hits, misses)
	}
}

// TestFiguresOfRedisAreThere: dashboards chart them, and an alarm goes off when one is missing or no
// number.
func TestFiguresOfRedisAreThere(t *testing.T) {
	t.Parallel()
	server, store := connect(t, startServer(t).addr), connect(t, startRedis(t).addr)
	for _, section := range []string{"clients", "memory", "persistence", "stats", "replication", "cpu", "cluster"} {
		fields := infoLines(t, server, section)
		for name, value := range infoLines(t, store, section) {
			if _, err := strconv.ParseFloat(value, 64); err != nil || os.Getenv("PT_LISTENER") == "redcon" && strings.HasSuffix(name, "_main_thread") { // no loops, no such threads
				continue
			}
			if _, err := strconv.ParseFloat(fields[name], 64); err != nil {
				t.Errorf("INFO %s has %s:%q", section, name, fields[name])
			}
		}
	}
}

// TestTrackingFigures counts what clients are told of.
func TestTrackingFigures(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	mustBe := func(when string, keys, items, prefixes int64) {
		t.Helper()
		if k, i, p := infoField(t, c, "tracking_total_keys"), infoField(t, c, "tracking_total_items"), infoField(t, c, "tracking_total_prefixes"); k != keys || i != items || p != prefixes {
			t.Errorf("%s: %d keys, %d items, %d prefixes; want %d, %d, %d", when, k, i, p, keys, items, prefixes)
		}
	}
	var readers []*tracking
	for range 3 {
		reader := &tracking{client: connect(t, s.addr)}
		for _, line := range []string{"HELLO 3", "CLIENT TRACKING ON", "SCARD a", "SCARD b", "SCARD a"} {
			reader.ask(t, line)
		}
		readers = append(readers, reader)
	}
	listener := &tracking{client: connect(t, s.addr)}
	for _, line := range []string{"HELLO 3", "CLIENT TRACKING ON BCAST PREFIX a PREFIX c"} {
		listener.ask(t, line)
	}
	mustBe("with readers", 2, 6, 2)
	c.mustReply(t, words("SADD a 1")...)
	mustBe("after a change", 1, 3, 2)
	readers[0].ask(t, "CLIENT TRACKING OFF")
	mustBe("without one", 1, 2, 2)
	listener.ask(t, "HELLO 2")
	mustBe("in RESP2", 1, 2, 0)
	readers[1].close()
	listener.close()
	eventually(t, "who has gone is not counted", func() bool { return infoField(t, c, "tracking_total_items") == 1 })
	c.mustReply(t, "FLUSHALL")
	mustBe("after FLUSHALL", 0, 0, 0)
}

// TestTrafficFigures counts reads and writes, and what the largest client has under way.
func TestTrafficFigures(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	operator, c := connect(t, s.addr), connect(t, s.addr)
	asked := int64(0) // so often: each has a read and a write of its own
	figure := func(name string) int64 {
		asked++
		return infoField(t, operator, name)
	}
	const pings = 100
	reads, writes := figure("total_reads_processed"), figure("total_writes_processed")
	asked = 0
	for range pings {
		c.mustReply(t, "PING")
	}
	eventually(t, "each PING and its reply are counted", func() bool {
		return figure("total_reads_processed")-reads-asked >= pings && figure("total_writes_processed")-writes-asked >= pings
	})
	operator.mustReply(t, "CONFIG", "RESETSTAT")
	if n := figure("total_reads_processed"); n > pings/2 {
		t.Errorf("%d reads after CONFIG RESETSTAT", n)
	}

	// A pipeline is read and answered as a whole.
	reads, writes = figure("total_reads_processed"), figure("total_writes_processed")
	for range pings {
		c.send("PING")
	}
	for range pings {
		if r, err := c.receive(); err != nil || r.raw != simple("PONG") {
			t.Fatal(r.raw, err)
		}
	}
	if r, w := figure("total_reads_processed")-reads, figure("total_writes_processed")-writes; r > pings/2 || w > pings/2 {
		t.Errorf("%d reads and %d writes for a pipeline of %d", r, w, pings)
	}

	if n := figure("client_recent_max_input_buffer"); n > 1000 {
		t.Errorf("an input of %d bytes, and nobody has sent a part of a command", n)
	}
	half, deaf := connect(t, s.addr), connect(t, s.addr)
	if _, err := half.conn.Write([]byte("*2\r\n$4\r\nECHO\r\n$1000000\r\n" + strings.Repeat("x", 100_000))); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the half command is seen", func() bool { return figure("client_recent_max_input_buffer") >= 100_000 })
	go func() { // it will have to wait
		for range 20 {
			deaf.send("ECHO", strings.Repeat("x", 1<<20))
		}
		deaf.out.Flush()
	}()
	eventually(t, "the unread replies are seen", func() bool { return figure("client_recent_max_output_buffer") >= 100_000 })
	deaf.close()
	half.close()
	eventually(t, "who has gone is not counted", func() bool {
		return figure("client_recent_max_input_buffer") < 1000 && figure("client_recent_max_output_buffer") == 0
	})
	if os.Getenv("PT_LISTENER") != "redcon" {
		eventually(t, "the loops' time is known", func() bool {
			lines := infoLines(t, operator, "cpu")
			seconds := func(of string) float64 {
				system, err1 := strconv.ParseFloat(lines["used_cpu_sys"+of], 64)
				user, err2 := strconv.ParseFloat(lines["used_cpu_user"+of], 64)
				if err1 != nil || err2 != nil {
					t.Fatalf("INFO cpu: %v", lines)
				}
				return system + user
			}
			loops, all := seconds("_main_thread"), seconds("")
			if loops > all {
				t.Fatalf("the loops have used %v s of the process's %v", loops, all)
			}
			return loops > 0
		})
	}
}
