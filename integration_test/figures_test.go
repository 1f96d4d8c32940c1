package integration_test

import (
	"strconv"
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

// notFigures are what Redis tells of its own make.
var notFigures = map[string]bool{
	"client_recent_max_input_buffer": true, "client_recent_max_output_buffer": true, "reply_buffer_expands": true, "reply_buffer_shrinks": true,
	"total_reads_processed": true, "total_writes_processed": true, "used_cpu_sys_main_thread": true, "used_cpu_user_main_thread": true,
}

// TestFiguresOfRedisAreThere: dashboards chart them, and an alarm goes off when one is missing or no
// number.
func TestFiguresOfRedisAreThere(t *testing.T) {
	t.Parallel()
	server, store := connect(t, startServer(t).addr), connect(t, startRedis(t).addr)
	for _, section := range []string{"clients", "memory", "persistence", "stats", "replication", "cpu", "cluster"} {
		fields := infoLines(t, server, section)
		for name, value := range infoLines(t, store, section) {
			if _, err := strconv.ParseFloat(value, 64); err != nil || notFigures[name] {
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
