package integration_test

import (
	"maps"
	"strings"
	"testing"
)

// TestRefusedAndFailedCallsAsRedis: a call that was not let in is told from one that was executed and
// failed, command by command as a real redis-server does.
func TestRefusedAndFailedCallsAsRedis(t *testing.T) {
	t.Parallel()
	server, store := startServer(t), startRedis(t)
	count := func(addr, lines string) map[string]tally {
		c := connect(t, addr)
		defer c.close()
		for _, before := range []string{"FLUSHALL", "CONFIG SET maxmemory 0", "CONFIG RESETSTAT"} {
			c.mustReply(t, words(before)...)
		}
		for line := range strings.SplitSeq(lines, "; ") {
			c.mustReply(t, words(line)...)
		}
		tallies := commandTallies(t, c)
		c.mustReply(t, words("CONFIG SET maxmemory 0")...)
		delete(tallies, "config|set")
		delete(tallies, "config|resetstat")
		return tallies
	}
	for _, lines := range []string{
		"SADD a 1; SCARD a; SADD a", "SADD; SADD a", "NOSUCH; CLIENT NOSUCH; CLIENT", "SELECT x; SELECT 99; SETBIT a x 1; GETBIT a -1",
		"MULTI; SADD; EXEC", "MULTI; SELECT 99; EXEC", "MULTI; NOSUCH; DISCARD", "EXEC; DISCARD; MULTI; MULTI; EXEC", "MULTI; SADD a 1; SCARD a; EXEC",
		"AUTH x y; HELLO 9; HELLO 3 AUTH x y; CLIENT CACHING YES; CLIENT TRACKING ON BOGUS; CLIENT KILL 1.2.3.4:5",
		"CONFIG SET maxmemory 1; SADD a 1; SADD b 1 2; SREM a 1; SCARD a", "CONFIG SET maxmemory 1; SETBIT a 1 1; DEL a; PING",
		"DEBUG SLEEP 0", "SCAN x; SPOP a -1; SRANDMEMBER a x; WAIT x 0; LATENCY HISTOGRAM x; COMMAND GETKEYS NOSUCH x",
	} {
		got, want := count(server.addr, lines), count(store.addr, lines)
		for _, container := range []string{"debug", "debug|sleep"} { // one command in Redis
			for _, m := range []map[string]tally{got, want} {
				if n, there := m[container]; there {
					delete(m, container)
					m["debugging"] = n
				}
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s\n counts       %+v\n redis counts %+v", lines, got, want)
		}
	}
}
