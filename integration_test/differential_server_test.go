package integration_test

import (
	"io"
	"net"
	"testing"
	"time"
)

// TestConnectionAndServerCommandsAsRedis sends the same lines to a real redis-server and to the
// product and compares the replies byte for byte. The replies that tell of the server itself (INFO,
// CLIENT INFO and LIST, CONFIG GET of its settings, COMMAND) have tests of their own. Left out, as
// the replies are allowed to differ:
//   - CLIENT TRACKING with REDIRECT, which the product refuses;
//   - CLIENT SETINFO and NO-TOUCH, which this redis-server is too old for;
//   - CLIENT LIST with two faults, of which either is told;
//   - CLIENT KILL and LIST with an ID out of range, where Redis's text depends on its version;
//   - LATENCY and CLIENT with too many words, where Redis says "unknown subcommand or wrong
//     number of arguments" for some and an arity error for others.
func TestConnectionAndServerCommandsAsRedis(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	store := startRedis(t)
	for _, protocol := range []string{"2", "3"} {
		redis, tracker := connect(t, store.addr), connect(t, server.addr)
		for _, c := range []*client{redis, tracker} {
			c.mustReply(t, "HELLO", protocol)
		}
		for _, line := range []string{
			"PING", "PING a", "PING a b", "ECHO", "ECHO a", "SELECT 0", "SELECT 1000", "SELECT x", "SELECT",
			"SELECT 99999999999", "SELECT -2147483649", "SELECT -1", "SELECT 00", "SELECT -0", "HELLO -1", "HELLO 03", "HELLO +3", "HELLO 4", "HELLO 9223372036854775808",
			"CLIENT LIST ID -1", "CLIENT KILL ID 01", "CLIENT CACHING maybe", "CLIENT TRACKING OFF OPTOUT", "CONFIG GET SLOWLOG-MAX-LEN",
			"CONFIG GET Slowlog-Max-Len", "CONFIG GET SLOWLOG-MAX-L*", "CONFIG SET a b c", "SLOWLOG GET 1 2", "SLOWLOG GET 01",
			"CLIENT", "CLIENT NOSUCH", "CLIENT MAINT_NOTIFICATIONS ON",
			"CLIENT GETNAME", "CLIENT SETNAME worker-1", "CLIENT GETNAME", "CLIENT SETNAME 'a b'", "CLIENT SETNAME", "CLIENT SETNAME ''", "CLIENT GETNAME",
			"CLIENT NO-EVICT ON", "CLIENT NO-EVICT OFF", "CLIENT NO-EVICT x", "CLIENT NO-EVICT",
			"CLIENT REPLY ON", "CLIENT REPLY x", "CLIENT REPLY",
			"CLIENT TRACKING OFF", "CLIENT TRACKING ON OPTIN", "CLIENT TRACKING OFF", "CLIENT TRACKING x", "CLIENT TRACKING ON BOGUS", "CLIENT TRACKING",
			"CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID 0", "CLIENT KILL ID x", "CLIENT KILL ID 99999999", "CLIENT KILL ADDR 1.2.3.4:5",
			"CLIENT KILL LADDR 1.2.3.4:5", "CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE x", "CLIENT KILL USER nobody", "CLIENT KILL SKIPME x",
			"CLIENT KILL BOGUS 1", "CLIENT KILL ID 1 ADDR", "CLIENT KILL", "CLIENT KILL TYPE bogus TYPE master", "CLIENT KILL SKIPME bogus SKIPME yes ID 777",
			"CLIENT KILL ID 0 ID 777", "CLIENT KILL ID 777 ID 778", "CLIENT LIST TYPE master ID 1", "CLIENT TRACKING BCAST",
			"CLIENT LIST TYPE x", "CLIENT LIST TYPE pubsub", "CLIENT LIST TYPE replica", "CLIENT LIST ID x", "CLIENT LIST BOGUS", "CLIENT LIST ID 99999999",
			"CLIENT LIST ID 0", "CLIENT ID x", "CLIENT INFO x",
			"CONFIG", "CONFIG NOSUCH", "CONFIG GET", "CONFIG GET nosuch", "CONFIG GET save nosuch", "CONFIG GET maxmemory-policy", "CONFIG GET slave-read-only",
			"CONFIG SET nosuch 1", "CONFIG SET", "CONFIG SET slowlog-max-len", "CONFIG SET slowlog-max-len x", "CONFIG SET slowlog-max-len 100",
			"CONFIG SET slowlog-max-len 50 slowlog-max-len 60", "CONFIG SET slowlog-max-len 70 nosuch 1", "CONFIG GET slowlog-max-len",
			"CONFIG SET slowlog-log-slower-than x", "CONFIG SET slowlog-log-slower-than -2", "CONFIG SET slowlog-log-slower-than -1", "CONFIG GET slowlog-log-slower-than",
			"CONFIG SET slowlog-log-slower-than 10000 maxmemory x", "CONFIG GET slowlog-log-slower-than", "CONFIG SET databases 5",
			"CONFIG SET maxmemory 100mb", "CONFIG GET maxmemory", "CONFIG SET MAXMEMORY 0", "CONFIG SET maxmemory -1", "CONFIG SET maxmemory 1tb",
			"CONFIG SET latency-monitor-threshold 5", "CONFIG GET latency-monitor-*", "CONFIG SET latency-monitor-threshold 0", "CONFIG RESETSTAT", "CONFIG RESETSTAT x",
			"SLOWLOG RESET", "SLOWLOG LEN", "SLOWLOG GET", "SLOWLOG GET -1", "SLOWLOG GET -2", "SLOWLOG GET x", "SLOWLOG", "SLOWLOG NOSUCH",
			"LATENCY LATEST", "LATENCY RESET", "LATENCY RESET command", "LATENCY", "LATENCY NOSUCH", "LATENCY HISTOGRAM nosuch",
			"SAVE", "SAVE x", "BGSAVE x", "BGSAVE SCHEDULE x", "BGSAVE SCHEDULE SCHEDULE", "BGREWRITEAOF x", "LASTSAVE x", "MULTI", "SAVE", "LASTSAVE x", "DISCARD",
			"DEBUG SLEEP 0", "SHUTDOWN BOGUS", "SHUTDOWN NOSAVE SAVE", "SHUTDOWN SAVE NOW NOSAVE", "SHUTDOWN SAVE ABORT", "SHUTDOWN NOSAVE NOSAVE ABORT", "SHUTDOWN ABORT", "SHUTDOWN ABORT NOW", "MONITOR x", "MODULE NOSUCH", "MODULE LIST", "MEMORY", "ACL", "ACL WHOAMI",
			"COMMAND LIST FILTERBY", "COMMAND LIST FILTERBY BOGUS x", "COMMAND LIST FILTERBY MODULE nosuch", "COMMAND LIST FILTERBY PATTERN nosuch*",
			"COMMAND LIST FILTERBY MODULE a FILTERBY MODULE b", "HELLO 4 FOO", "HELLO x FOO", "HELLO AUTH a b", "HELLO " + protocol + " SETNAME 'a b' SETNAME ok", "HELLO " + protocol + " FOO",
			"COMMAND INFO nosuch", "COMMAND DOCS nosuch", "COMMAND COUNT x", "COMMAND NOSUCH", "COMMAND GETKEYS",
			// What the product has not has Redis's own text where that has it neither.
			"NOSUCH", "NOSUCH a b", "NOSUCH 'a\r\nb'", "SENTINEL MASTERS", "RESET",
		} {
			args := words(line)
			want, got := redis.mustReply(t, args...).raw, tracker.mustReply(t, args...).raw
			if want != got {
				t.Errorf("RESP%s %s\n replied       %q\n redis replies %q", protocol, line, got, want)
			}
		}
	}
}

// TestClientReplyAsRedis sends a stream in which replies are turned off and on, and compares all
// that comes back.
func TestClientReplyAsRedis(t *testing.T) {
	t.Parallel()
	server := startServer(t)
	store := startRedis(t)
	stream := "ECHO a\r\nCLIENT REPLY SKIP\r\nECHO b\r\nECHO c\r\nCLIENT REPLY OFF\r\nECHO d\r\nNOSUCH\r\nCLIENT REPLY SKIP\r\nECHO e\r\nECHO f\r\n" +
		"CLIENT REPLY ON\r\nECHO g\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nECHO h\r\nECHO i\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nECHO j\r\n" +
		"CLIENT REPLY OFF\r\nRESET\r\nECHO k\r\nMULTI\r\nECHO 1\r\nCLIENT REPLY SKIP\r\nECHO 2\r\nEXEC\r\nECHO 3\r\nECHO 4\r\n" +
		"MULTI\r\nCLIENT REPLY OFF\r\nECHO l\r\nEXEC\r\nECHO m\r\nCLIENT REPLY ON\r\nQUIT\r\n"
	want, got := conversation(t, store.addr, stream), conversation(t, server.addr, stream)
	if want != got {
		t.Errorf("replied       %q\nredis replies %q", got, want)
	}
}

// conversation sends stream, which must end with QUIT, and returns all that comes back.
func conversation(t *testing.T, addr, stream string) string {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, stream); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// TestRefusedBeforeTheyAreReadAsRedis compares what is said to who may not: EXEC ends the transaction
// at hand on any outcome; and DEBUG, where it is allowed, has one text for two faults.
func TestRefusedBeforeTheyAreReadAsRedis(t *testing.T) {
	t.Parallel()
	server := startServer(t, "--requirepass", "secret", "--enable-debug-command", "yes")
	store := startRedis(t, "--enable-debug-command", "yes")
	connect(t, store.addr).mustReply(t, "CONFIG", "SET", "requirepass", "secret")
	tracker, redis := connect(t, server.addr), connect(t, store.addr)
	for _, line := range []string{
		"EXEC", "EXEC x", "MULTI", "DISCARD", "AUTH secret",
		"DEBUG", "DEBUG NOSUCH", "DEBUG SLEEP", "DEBUG SLEEP 0 1", "DEBUG SLEEP 0",
	} {
		args := words(line)
		if got, want := tracker.mustReply(t, args...).raw, redis.mustReply(t, args...).raw; got != want {
			t.Errorf("%s\n replied       %q\n redis replies %q", line, got, want)
		}
	}
}
