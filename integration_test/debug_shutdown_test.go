package integration_test

import (
	"cmp"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// A sleep of an hour stands for a command that does not come to its end by itself: no test here waits for
// one, and none depends on how long something takes.
const anHour = "3600"

const debugRefused = `-ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, ` +
	"otherwise you need to set this option in the configuration file, and then restart the server.\r\n"

func TestDebugIsForThoseWhoMay(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		flags, setting string
		allowed        bool
	}{
		{"", "no", false},
		{"--enable-debug-command no", "no", false},
		{"--enable-debug-command local", "local", true},
		{"--enable-debug-command yes", "yes", true},
	} {
		c := connect(t, startServer(t, words(test.flags)...).addr)
		c.mustDo(t, "CONFIG GET enable-debug-command", array(bulk("enable-debug-command"), bulk(test.setting)))
		if !test.allowed {
			for _, line := range []string{"DEBUG SLEEP 0", "debug sleep 0", "DEBUG SLEEP " + anHour, "DEBUG SLEEP x"} {
				c.mustDo(t, line, debugRefused)
			}
			continue
		}
		c.mustDo(t, "DEBUG SLEEP 0", simple("OK"))
		c.mustDo(t, "DEBUG SLEEP 0.001", simple("OK"))
		for _, seconds := range []string{"x", "''", "-1", "nan", "inf", "3601", "1e300", "0.1s"} {
			c.mustDo(t, "DEBUG SLEEP "+seconds, failure("ERR invalid seconds: must be a number from 0 to 3600"))
		}
		c.mustDo(t, "DEBUG SLEEP", failure("ERR unknown subcommand or wrong number of arguments for 'SLEEP'. Try DEBUG HELP."))
	}
	cmd := exec.Command(binary, "--addr", "127.0.0.1:0")
	cmd.Env = append(cmd.Environ(), "PT_ENABLE_DEBUG_COMMAND=local")
	connect(t, startServerCommand(t, cmd).addr).mustDo(t, "DEBUG SLEEP 0", simple("OK"))
	for _, value := range []string{"maybe", "''", "YES"} {
		mustRefuse(t, exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, words("--enable-debug-command "+value)...)...), "enable-debug-command")
	}
}

// startSleep makes a connection sleep for an hour, and returns when it does: the command before it is
// answered in the batch that the sleep is in, so it is sent by itself, and its reply says that it was read.
func startSleep(t *testing.T, s *server) *client {
	t.Helper()
	c := connect(t, s.addr)
	c.mustDo(t, "PING", simple("PONG"))
	c.send("DEBUG", "SLEEP", anHour)
	if err := c.out.Flush(); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSleepHoldsNobodyUp: others are served while some sleep, those that came before the sleep and those
// that come after; and whoever sleeps can be killed.
func TestSleepHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--enable-debug-command", "local")
	before := connect(t, s.addr)
	before.mustDo(t, "PING", simple("PONG"))
	var sleepers []*client
	for range 20 {
		sleepers = append(sleepers, startSleep(t, s))
	}
	after := connect(t, s.addr)
	for i := range 200 {
		before.mustDo(t, "PT.CLAIMNEXT v:", integer(2*i))
		after.mustDo(t, "PT.CLAIMNEXT v:", integer(2*i+1))
	}
	connect(t, s.addr).mustDo(t, "CLIENT KILL ADDR "+sleepers[0].conn.LocalAddr().String(), integer(1))
	mustEnd(t, sleepers[0])
	eventually(t, "the killed sleeper is off the books", func() bool { return infoField(t, after, "connected_clients") == 22 })
}

func TestShutdownArguments(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	c := connect(t, s.addr)
	for line, want := range map[string]string{
		"SHUTDOWN BOGUS": badSyntax, "SHUTDOWN NOSAVE BOGUS": badSyntax, "SHUTDOWN ABORT NOW": badSyntax, "SHUTDOWN ''": badSyntax,
		"SHUTDOWN ABORT": failure("ERR No shutdown in progress."),
	} {
		c.mustDo(t, line, want)
	}
	forgetful := connect(t, startServer(t, "--appendonly", "no").addr)
	if r := forgetful.mustReply(t, "SHUTDOWN", "SAVE"); r.kind != '-' { // there is nothing to save to
		t.Errorf("SHUTDOWN SAVE replied %q", r.raw)
	}
	forgetful.mustDo(t, "PING", simple("PONG"))
	// The reply to EXEC would have a hole where SHUTDOWN has none. Redis refuses to queue it.
	c.mustDo(t, "MULTI", simple("OK"))
	c.mustDo(t, "SHUTDOWN", failure("ERR Command not allowed inside a transaction"))
	c.mustDo(t, "EXEC", failure("EXECABORT Transaction discarded because of previous errors."))
	c.mustDo(t, "PING", simple("PONG"))
}

// TestProtectedCommands: by default who comes over loopback may; the setting says otherwise. That others may not
// is tested where there are others, in package commands.
func TestProtectedCommands(t *testing.T) {
	t.Parallel()
	for _, access := range []string{"", "auto", "local", "yes", "no"} {
		var flags []string
		if access != "" {
			flags = []string{"--enable-protected-commands", access}
		}
		s := startServer(t, flags...)
		c := connect(t, s.addr)
		c.mustDo(t, "CONFIG GET enable-protected-commands", array(bulk("enable-protected-commands"), bulk(cmp.Or(access, "auto"))))
		c.mustDo(t, "CONFIG SET slowlog-max-len 5", simple("OK"))
		if access == "no" {
			c.mustDo(t, "CONFIG SET slowlog-max-len 6 maxmemory 1", failure("ERR CONFIG SET failed (possibly related to argument 'maxmemory') - can't set protected config"))
			c.mustDo(t, "CONFIG GET slowlog-max-len", array(bulk("slowlog-max-len"), bulk("5")))
			c.mustDo(t, "SHUTDOWN NOSAVE", failure("ERR SHUTDOWN is not allowed for this client: --enable-protected-commands says who may, "+
				"by default local connections and whoever has given the password"))
			c.mustDo(t, "PT.CLAIMNEXT v:", integer(0))
			continue
		}
		c.mustDo(t, "CONFIG SET maxmemory 100mb", simple("OK"))
		c.send("SHUTDOWN")
		if err := c.out.Flush(); err != nil {
			t.Fatal(err)
		}
		mustEnd(t, c)
		if code := s.waitExit(t); code != 0 {
			t.Errorf("%s: the server exited with %d, want 0", access, code)
		}
	}
}

// TestShutdownAnswersEverybody stops the server by command. What was executed is answered: before the
// SHUTDOWN on its own connection, on another one that has yet to read its replies, and to one that sleeps.
// What lies behind the SHUTDOWN is not executed, and nobody gets half a reply.
func TestShutdownAnswersEverybody(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"SHUTDOWN", "shutdown nosave", "SHUTDOWN NOW FORCE"} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := startServer(t, "--enable-debug-command", "yes")
			text := strings.Repeat("x", 1000)
			const replies = 500
			silent, sleeper, reader := connect(t, s.addr), startSleep(t, s), connect(t, s.addr)
			for range replies {
				reader.send("ECHO", text)
			}
			reader.send("PT.ADD", "reader:", "1")
			if err := reader.out.Flush(); err != nil {
				t.Fatal(err)
			}
			c := connect(t, s.addr)
			eventually(t, "all of the other connection's commands are executed", func() bool {
				return c.mustReply(t, words("PT.EXISTS reader: 1")...).raw == integer(1)
			})
			// Input that is never read must not cost the replies before it; nor must it block this test.
			stream := strings.Repeat("ECHO "+text+"\r\n", replies) + line + "\r\n" + strings.Repeat("PING\r\n", 50_000)
			go io.WriteString(c.conn, stream)
			mustEnd(t, silent) // so the server has begun to stop, and nobody has read a reply yet
			mustAnswer(t, c, replies, text)
			if r, err := c.receive(); err == nil {
				t.Errorf("%s, or what is behind it, replied %q", line, r.raw)
			}
			mustAnswer(t, reader, replies, text)
			if r, err := reader.receive(); err != nil || r.raw != integer(1) {
				t.Errorf("the last reply is %q, %v", r.raw, err)
			}
			mustEnd(t, reader)
			if r, err := sleeper.receive(); err == nil && r.kind != '-' || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("the sleeper got %q, %v", r.raw, err)
			}
			if code := s.waitExit(t); code != 0 {
				t.Errorf("the server exited with %d, want 0", code)
			}
		})
	}
}

// mustAnswer wants so many replies of this text.
func mustAnswer(t *testing.T, c *client, replies int, text string) {
	t.Helper()
	for i := range replies {
		if r, err := c.receive(); err != nil || r.text != text {
			t.Fatalf("reply %d of %d: %.100q, %v", i+1, replies, r.raw, err)
		}
	}
}
