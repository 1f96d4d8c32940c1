package integration_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	noAuth       = "NOAUTH Authentication required."
	wrongPass    = "WRONGPASS invalid username-password pair or user is disabled."
	noPassword   = "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
	unauthCount  = "-ERR Protocol error: unauthenticated multibulk length\r\n"
	unauthLength = "-ERR Protocol error: unauthenticated bulk length\r\n"
)

// locked is a check on a server with a password.
func locked(steps func(t *testing.T, c *client)) func(*testing.T, subject) {
	return func(t *testing.T, s subject) { steps(t, connect(t, s.with(t, options{password: "secret"}))) }
}

func lockedRaw(bytes, want string) func(*testing.T, subject) {
	return func(t *testing.T, s subject) {
		t.Helper()
		rawAt(t, s.with(t, options{password: "secret"}), bytes, want)
	}
}

var authChecks = []check{
	{id: "C69", claim: "AUTH without a password is an error", run: saying("AUTH x\r\n", failure(noPassword))},
	{id: "C70", claim: "AUTH with too many words is an error", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH a b c", failure("ERR syntax error"))
		c.mustDo(t, "AUTH", failure("ERR wrong number of arguments for 'auth' command"))
	})},
	{id: "C71", claim: "a wrong password is told", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH wrong", failure(wrongPass))
	})},
	{id: "C72", claim: "nothing but AUTH before AUTH", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "SETBIT foo 1 1", failure(noAuth))
		c.mustDo(t, "PING", failure(noAuth))
	})},
	{id: "C73", claim: "the right password is taken", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH secret", simple("OK"))
	})},
	{id: "C74", claim: "then commands work", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH default secret", simple("OK"))
		c.mustDo(t, "SETBIT foo 1 0", integer(0))
	})},
	{id: "C75", claim: "*100 before AUTH is refused", run: lockedRaw("*100\r\n", unauthCount)},
	{id: "C76", claim: "$100000000 before AUTH is refused", run: lockedRaw("*1\r\n$100000000\r\n", unauthLength)},
	{id: "C77", claim: "a NUL does not end a password", run: locked(func(t *testing.T, c *client) {
		c.mustDoArgs(t, []string{"AUTH", "secret\x00"}, failure(wrongPass))
		c.mustDoArgs(t, []string{"AUTH", "secret\x00more"}, failure(wrongPass))
		c.mustDo(t, "AUTH secret", simple("OK"))
	})},
	{id: "C78", claim: "a password may have a NUL", own: true, run: func(t *testing.T, s subject) {
		file := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(file, []byte("my\x00secret\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := connect(t, startServer(t, "--requirepass-file", file).addr)
		c.mustDo(t, "AUTH my", failure(wrongPass))
		c.mustDoArgs(t, []string{"AUTH", "my\x00secret"}, simple("OK"))
	}},
	{id: "C79", claim: "new users are disabled", na: noUsers},
	{id: "C80", claim: "a set of passwords", na: noUsers + ", with one password"},
	{id: "C81", claim: "hashes are taken and never shown", by: "TestPasswordIsNowhere (never shown; hashes are not taken)"},
	{id: "C82", claim: "no command and no key by default", na: noUsers},
	{id: "C83", claim: "key patterns", na: noUsers},
	{id: "C84", claim: "rules for subcommands", na: noUsers},
	{id: "C85", claim: "changed permissions cut subscribers", na: noUsers},
	{id: "C86", claim: "deleting a user disconnects it", na: noUsers},
	{id: "C87", claim: "ACL LOG shows failed AUTH", na: noUsers + "; failures are in the log and in INFO's refused_wrong_password"},
	{id: "C88", claim: "HELLO AUTH: the last one counts, no name on failure", own: true, // this Redis takes each as it comes
		run: locked(func(t *testing.T, c *client) {
			c.mustDo(t, "HELLO 3 SETNAME one AUTH default wrong", failure(wrongPass))
			c.mustDo(t, "HELLO 3 AUTH default secret AUTH default wrong", failure(wrongPass))
			c.mustDo(t, "PING", failure(noAuth))
			if r := c.mustReply(t, words("HELLO 3 AUTH default wrong AUTH default secret")...); r.kind != '%' {
				t.Fatalf("HELLO replied %q", r.raw)
			}
			c.mustDo(t, "CLIENT GETNAME", null3)
		})},
	{id: "C89", claim: "the ACL file", na: noUsers},
	{id: "C90", claim: "wrong passwords are counted", own: true, run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH secret", simple("OK"))
		const field = "refused_wrong_password"
		before := infoField(t, c, field)
		c.mustDo(t, "AUTH wrong", failure(wrongPass))
		if n := infoField(t, c, field); n != before+1 {
			t.Errorf("%s went from %d to %d", field, before, n)
		}
	})},
}

var introspectionChecks = []check{
	{id: "C91", claim: "PING and ECHO", run: saying("PING\r\nPING a\r\nECHO b\r\n", "+PONG\r\n$1\r\na\r\n$1\r\nb\r\n")},
	{id: "C92", claim: "CLIENT LIST and INFO: format and IDs", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "CLIENT SETNAME conform", simple("OK"))
		id := c.mustReply(t, "CLIENT", "ID").text
		for _, line := range []string{"CLIENT INFO", "CLIENT LIST", "CLIENT LIST ID " + id} {
			text := c.mustReply(t, words(line)...).text
			for _, want := range []string{"id=" + id + " addr=127.0.0.1:", " laddr=127.0.0.1:", " fd=", " name=conform ", " age=", " idle=",
				" flags=N ", " db=0 ", " sub=0 ", " multi=-1 ", " cmd=client|", " user=default "} {
				if !strings.Contains(text, want) {
					t.Errorf("%s lacks %q:\n%s", line, want, text)
				}
			}
		}
	}},
	{id: "C93", claim: "bytes in and out are counted exactly", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "PING", pingedOnce)
		eventually(t, "two readings on a quiet server", func() bool {
			before := infoField(t, c, "total_net_input_bytes")
			c.mustDo(t, "ECHO 12345", bulk("12345"))
			after := infoField(t, c, "total_net_input_bytes")
			return after-before == int64(len("*2\r\n$4\r\nECHO\r\n$5\r\n12345\r\n")+len("*2\r\n$4\r\nINFO\r\n$3\r\nall\r\n"))
		})
	}},
	{id: "C94", claim: "CLIENT KILL: errors and filters", run: clientKill},
	{id: "C95", claim: "CLIENT REPLY OFF, ON and SKIP", run: saying(
		"CLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\nCLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n", "+OK\r\n$1\r\na\r\n")},
	{id: "C96", claim: "MONITOR shows commands but no secrets", run: locked(func(t *testing.T, c *client) {
		c.mustDo(t, "AUTH secret", simple("OK"))
		c.mustDo(t, "MONITOR", simple("OK"))
		other := connect(t, c.conn.RemoteAddr().String())
		other.mustDo(t, "AUTH default secret", simple("OK"))
		if r := other.mustReply(t, words("HELLO 2 AUTH default secret")...); r.kind != '*' {
			t.Fatalf("HELLO replied %q", r.raw)
		}
		other.mustDo(t, "ECHO last", bulk("last"))
		for seen := ""; !strings.Contains(seen, `"ECHO" "last"`); {
			r, err := c.receive()
			if err != nil {
				t.Fatal(err)
			}
			if seen = r.text; strings.Contains(seen, "secret") {
				t.Fatalf("MONITOR shows %q", seen)
			}
		}
	})},
	{id: "C97", claim: "names are checked", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		for _, name := range []string{"a b", "a\nb", "a\x00b", "é"} {
			c.mustDoArgs(t, []string{"CLIENT", "SETNAME", name}, failure("ERR Client names cannot contain spaces, newlines or special characters."))
		}
		c.mustDo(t, "CLIENT GETNAME", null2)
	}},
	{id: "C98", claim: "CONFIG SET takes all or nothing", run: func(t *testing.T, s subject) {
		c := s.connect(t)
		c.mustDo(t, "CONFIG SET slowlog-max-len 7 latency-monitor-threshold 8", simple("OK"))
		for _, line := range []string{"slowlog-max-len 9 slowlog-max-len 10", "slowlog-max-len 9 nosuch 1", "slowlog-max-len 9 maxmemory x", "slowlog-max-len 9 databases 3"} {
			if r := c.mustReply(t, words("CONFIG SET "+line)...); r.kind != '-' {
				t.Errorf("CONFIG SET %s replied %q", line, r.raw)
			}
			c.mustDo(t, "CONFIG GET slowlog-max-len", array(bulk("slowlog-max-len"), bulk("7")))
		}
		c.mustDo(t, "CONFIG SET slowlog-max-len 128 latency-monitor-threshold 0", simple("OK"))
	}},
	{id: "C99", claim: "CONFIG REWRITE", na: "there is no configuration file"},
	{id: "C100", claim: "protected settings are refused", own: true, run: func(t *testing.T, s subject) {
		c := s.connect(t)
		for _, name := range []string{"enable-debug-command", "protected-mode", "databases"} {
			c.mustDo(t, "CONFIG SET "+name+" yes", failure(fmt.Sprintf(
				"ERR CONFIG SET failed (possibly related to argument '%s') - can't set immutable config", name)))
		}
		if r := c.mustReply(t, words("DEBUG SLEEP 0")...); r.kind != '-' {
			t.Errorf("DEBUG is allowed: %q", r.raw)
		}
	}},
	{id: "C101", claim: "rename-command", na: "commands cannot be renamed"},
	{id: "C102", claim: "settings while loading", na: "nothing is loaded"},
}

func clientKill(t *testing.T, s subject) {
	c, other := s.connect(t), s.connect(t)
	c.mustDo(t, "CLIENT KILL 000.123.321.567:0000", failure("ERR No such client"))
	c.mustDo(t, "CLIENT KILL ID 9999999", integer(0))
	c.mustDo(t, "CLIENT KILL SKIPME maybe", failure("ERR syntax error"))
	c.mustDo(t, "CLIENT KILL USER nobody", failure("ERR No such user 'nobody'"))
	c.mustDo(t, "CLIENT KILL ADDR "+other.conn.LocalAddr().String(), integer(1))
	other.conn.SetReadDeadline(time.Now().Add(patience))
	if n, err := io.Copy(io.Discard, other.conn); n != 0 || isTimeout(err) {
		t.Fatalf("the killed client gets %d bytes, %v", n, err)
	}
	c.mustDo(t, "CLIENT KILL ADDR "+c.conn.LocalAddr().String(), integer(0))
	c.mustDo(t, "CLIENT KILL SKIPME no ADDR "+c.conn.LocalAddr().String(), integer(1))
	if r, err := c.do("PING"); err == nil {
		t.Fatalf("it killed itself and says %q", r.raw)
	}
}

func isTimeout(err error) bool {
	timeout, ok := err.(net.Error)
	return ok && timeout.Timeout()
}
