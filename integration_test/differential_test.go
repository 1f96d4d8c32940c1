package integration_test

import (
	"testing"
)

// TestTransactionsAndKeysAsRedis sends the same lines, in order, to a real redis-server and to the
// product: MULTI and EXEC with every way to leave them, and the generic commands over keys that
// neither has.
func TestTransactionsAndKeysAsRedis(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	server := startServer(t)
	store := startRedis(t)
	for _, protocol := range []string{"2", "3"} {
		redis, tracker := connect(t, store.addr), connect(t, server.addr)
		for _, c := range []*client{redis, tracker} {
			c.mustReply(t, "HELLO", protocol)
		}
		for _, line := range []string{
			"EXEC", "DISCARD", "MULTI x", "EXEC x", "MULTI", "PING", "EXEC x", "EXEC", "MULTI", "DISCARD x", "EXEC",
			"MULTI", "MULTI", "PING", "ECHO hello", "EXEC",
			"MULTI", "EXEC",
			"MULTI", "PING", "NOSUCH a b", "PING", "EXEC",
			"MULTI", "ECHO", "EXEC", "PING",
			"MULTI", "ECHO a", "SELECT 99", "ECHO b", "EXEC",
			"MULTI", "PING", "DISCARD", "EXEC",
			"MULTI", "CLIENT NOSUCH", "EXEC",
			"MULTI", "CLIENT GETNAME", "CLIENT SETNAME me", "CLIENT GETNAME", "EXEC", "CLIENT SETNAME ''",
			"RESET", "PING", "EXEC", "HELLO 4", "CLIENT GETNAME",
			"RESET x", "AUTH", "AUTH x", "AUTH default x", "AUTH nobody x", "AUTH a b c",
			"DBSIZE", "DBSIZE x", "EXISTS a", "EXISTS a b a", "EXISTS", "DEL a b", "DEL", "UNLINK a",
			"TYPE a", "TYPE", "TTL a", "PTTL a", "TTL", "KEYS *", "KEYS", "KEYS a b",
			"SCAN 0", "SCAN 0 MATCH a* COUNT 10", "SCAN 0 TYPE string", "SCAN x", "SCAN 0 COUNT 0", "SCAN 0 COUNT -1",
			"SCAN 0 COUNT x", "SCAN 0 BOGUS 1", "SCAN 0 MATCH", "SCAN",
			"MEMORY USAGE a", "MEMORY USAGE a SAMPLES 5", "MEMORY USAGE a BOGUS 5", "MEMORY USAGE a SAMPLES x", "MEMORY NOSUCH",
			"FLUSHDB", "FLUSHALL", "FLUSHALL ASYNC", "FLUSHDB SYNC", "FLUSHALL BOGUS", "FLUSHALL SYNC x",
			"SCAN -1", "SCAN 18446744073709551615", "SCAN 18446744073709551616", "SCAN +0", "SCAN -0", "SCAN ''", "SCAN ' 0'", "SCAN 0x", "SCAN -",
			"SCAN 0 COUNT 01", "SCAN 0 COUNT -9223372036854775808", "SCAN 0 COUNT 9223372036854775808", "SCAN 0 TYPE set", "SCAN 0 TYPE hash",
			"MEMORY USAGE a SAMPLES -1", "MEMORY USAGE a SAMPLES 0", "MEMORY USAGE a SAMPLES 01",
			"ROLE x", "TIME x", "WAIT 0 0", "WAIT x 0", "WAIT 0 x", "WAIT 1", "WAIT -1 0", "WAIT 1 -12", "WAIT 007 0", "WAIT 9223372036854775808 0",
			"ACL WHOAMI", "ACL", "ACL NOSUCH", "ACL USERS", "ACL USERS x", "ACL CAT nosuch", "ACL CAT a b", "MODULE LIST", "MODULE", "READONLY", "READWRITE", "CLUSTER INFO", "CLUSTER",
			"COMMAND GETKEYS DEL a b c", "COMMAND GETKEYS TTL a", "COMMAND GETKEYS PING a", "COMMAND GETKEYS NOSUCH a",
			"COMMAND GETKEYS TTL a b", "COMMAND GETKEYS MEMORY USAGE a", "COMMAND GETKEYS",
		} {
			args := words(line)
			want, got := redis.mustReply(t, args...).raw, tracker.mustReply(t, args...).raw
			if want != got {
				t.Errorf("RESP%s %s\n replied       %q\n redis replies %q", protocol, line, got, want)
			}
		}
	}
}
