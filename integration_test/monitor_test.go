package integration_test

import (
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// redis-py, RedisInsight and memtier read the lines of MONITOR with an expression like this one.
var monitorLine = regexp.MustCompile(`^(\d{10})\.(\d{6}) \[0 (\S+)\] ("(?:[^"\\]|\\.)*"(?: "(?:[^"\\]|\\.)*")*)$`)

// watch makes a connection that shows all commands.
func watch(t *testing.T, s *server) *client {
	t.Helper()
	c := connect(t, s.addr)
	c.mustDo(t, "MONITOR", simple("OK"))
	return c
}

// mustShow wants the next lines to be these commands of the client.
func mustShow(t *testing.T, watcher, by *client, commands ...string) {
	t.Helper()
	for _, want := range commands {
		r, err := watcher.receive()
		if err != nil {
			t.Fatalf("waiting for %s: %v", want, err)
		}
		parts := monitorLine.FindStringSubmatch(r.text)
		if r.kind != '+' || parts == nil || parts[3] != by.conn.LocalAddr().String() || parts[4] != want {
			t.Fatalf("MONITOR shows %.300q, want %s of %v", r.raw, want, by.conn.LocalAddr())
		}
	}
}

func TestMonitorLines(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	watcher, c := watch(t, s), connect(t, s.addr)
	c.mustReply(t, "pt.Add", "v:", "1")
	c.mustReply(t, "ECHO", "a\"b\\c\r\n\t\a\b\x00\x7f\xffé")
	c.mustReply(t, "ECHO", "")
	mustShow(t, watcher, c, `"pt.Add" "v:" "1"`, `"ECHO" "a\"b\\c\r\n\t\a\b\x00\x7f\xff\xc3\xa9"`, `"ECHO" ""`)

	// The commands of a transaction as they are executed, EXEC behind them; what is not queued is not shown.
	for _, line := range []string{"MULTI", "PT.ADD v: 2", "CLIENT REPLY ON", "EXEC", "MULTI", "PING", "DISCARD", "NOSUCH", "PT.ADD v:"} {
		c.mustReply(t, words(line)...)
	}
	mustShow(t, watcher, c, `"MULTI"`, `"PT.ADD" "v:" "2"`, `"CLIENT" "REPLY" "ON"`, `"EXEC"`, `"MULTI"`, `"DISCARD"`)

	for _, line := range []string{"AUTH hunter2", "AUTH default hunter2", "hello 3 auth default hunter2 setname x", "HELLO 2 SETNAME AUTH AUTH default hunter2", "HELLO 2 AUTH hunter2"} {
		c.mustReply(t, words(line)...)
	}
	mustShow(t, watcher, c, `"AUTH" "(redacted)"`, `"AUTH" "(redacted)" "(redacted)"`, `"hello" "3" "auth" "(redacted)" "(redacted)" "setname" "x"`)
	for range 2 {
		if r, err := watcher.receive(); err != nil || strings.Contains(r.raw, "hunter2") {
			t.Errorf("MONITOR shows %q, %v", r.raw, err)
		}
	}
}

// TestMonitorIsNoReply: a monitor's own commands are answered in order and whole, whatever others do
// meanwhile, and also when it becomes one in the middle of a transaction.
func TestMonitorIsNoReply(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	members := 400_000 // more than all buffers between, so that it takes many writes
	if !memoryCounts() {
		members = 50_000 // with the race detector, the monitor's own reply takes so long that it falls behind
	}
	last := strconv.Itoa(members - 1)
	connect(t, s.addr).mustDo(t, "PT.ADDRANGE v: 0 "+strconv.Itoa(members), integer(members))
	besideNoise(t, s, func() {
		c := watch(t, s)
		for range 5 {
			c.send("SMEMBERS", "v:")
			for {
				r, err := c.receive()
				if err != nil {
					t.Fatal(err)
				}
				if r.kind == '+' && monitorLine.MatchString(r.text) {
					continue
				}
				if len(r.items) != members || r.items[members-1].text != last {
					t.Fatalf("SMEMBERS of a monitor replied %.200q", r.raw)
				}
				break
			}
		}

		c = connect(t, s.addr)
		c.mustDo(t, "MULTI", simple("OK"))
		c.mustReply(t, "MONITOR") // Redis refuses it when it is executed; to refuse to queue it is as well
		c.mustReply(t, "SMEMBERS", "v:")
		r := c.mustReply(t, "EXEC")
		if r.kind != '-' && (len(r.items) != 2 || len(r.items[1].items) != members || r.items[1].items[members-1].text != last) {
			t.Errorf("EXEC with MONITOR in it replied %.200q", r.raw)
		}
	})
}

// TestResetEndsMonitor: from the reply to RESET on, everything is an answer to what was asked. Pools
// RESET a connection before they lend it to somebody else.
func TestResetEndsMonitor(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	besideNoise(t, s, func() {
		c := connect(t, s.addr)
		for i := range 300 {
			c.send("MONITOR")
			c.send("PING")
			if i%3 == 0 {
				if _, err := c.receive(); err != nil { // another batch, with lines on their way
					t.Fatal(err)
				}
			}
			c.send("RESET")
			c.send("ECHO", "lent")
			for {
				r, err := c.receive()
				if err != nil {
					t.Fatal(err)
				}
				if r.raw == simple("RESET") {
					break
				}
			}
			if r, err := c.receive(); err != nil || r.raw != bulk("lent") {
				t.Fatalf("round %d: behind RESET the reply to ECHO is %q, %v", i, r.raw, err)
			}
			c.mustDo(t, "ECHO again", bulk("again"))
		}
	})
}

// besideNoise runs work while another connection has the monitors see a lot.
func besideNoise(t *testing.T, s *server, work func()) {
	t.Helper()
	stop, done := make(chan struct{}), make(chan error, 1)
	c := connect(t, s.addr)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			for range 20 {
				c.send("ECHO", "noise")
			}
			for range 20 {
				if r, err := c.receive(); err != nil || r.raw != bulk("noise") {
					done <- err
					return
				}
			}
		}
	}()
	defer func() {
		close(stop)
		if err := <-done; err != nil {
			t.Errorf("the connection that makes noise: %v", err)
		}
	}()
	work()
}

// TestMonitorsSurviveLongCommands: a monitor that has read everything is not behind, however long the
// next line is. So one client's large command does not end everybody's monitors.
func TestMonitorsSurviveLongCommands(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	watcher, c := watch(t, s), connect(t, s.addr)
	c.mustDo(t, "PING", simple("PONG"))
	mustShow(t, watcher, c, `"PING"`)
	huge := strings.Repeat("\x01", 5<<20) // four times as long when it is shown
	c.mustDoArgs(t, []string{"ECHO", huge}, bulk(huge))
	r, err := watcher.receive()
	if err != nil || !strings.Contains(r.text, `"ECHO" "\x01\x01`) {
		t.Fatalf("the monitor gets %.100q, %v", r.raw, err)
	}
	c.mustDo(t, "PING", simple("PONG"))
	mustShow(t, watcher, c, `"PING"`)
}

// TestDeafMonitorsAreCutOff: those who do not read hold nobody up, and are gone in the end.
func TestDeafMonitorsAreCutOff(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--write-timeout", "1h") // by what waits for them, not by the clock
	c := connect(t, s.addr)
	for range 5 {
		if _, err := io.WriteString(deaf(t, s.addr), "MONITOR\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "there are monitors", func() bool { return infoField(t, c, "monitoring_clients") == 5 })
	text := strings.Repeat("x", 1<<20)
	eventually(t, "there are none", func() bool {
		c.mustDoArgs(t, []string{"ECHO", text}, bulk(text))
		return infoField(t, c, "monitoring_clients") == 0
	})
}

// TestBooks_MonitorOfLongCommands: a line takes several times what its command does. Where there is no memory
// for that, its long words are cut as in the slow log, and nobody is cut off.
func TestBooks_MonitorOfLongCommands(t *testing.T) {
	s := startBooksServer(t)
	watcher, c := watch(t, s), connect(t, s.addr)
	stop := watchBooks(t, s)
	for range 3 {
		c.mustDoArgs(t, []string{"TYPE", strings.Repeat("\x01", 20<<20)}, simple("none"))
		r, err := watcher.receive()
		if err != nil || !strings.Contains(r.text, `"TYPE" "\x01\x01`) || !strings.HasSuffix(r.text, ` more bytes)"`) {
			t.Fatalf("the monitor gets %.100q, %v", r.raw, err)
		}
	}
	stop()
}
