package integration_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRedisCLIStat reads the lines that an operator leaves running: redis-cli takes them from INFO.
func TestRedisCLIStat(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	for _, protocol := range []string{"", "-3"} {
		t.Run("redis-cli "+protocol, func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			c := connect(t, s.addr)
			c.mustDo(t, "PT.ADD a: 1 2 3", integer(3))
			c.mustDo(t, "PT.ADD b: 1", integer(1))

			// On a terminal, for a pipe would see the lines only when its buffer is full.
			term := startTerminal(t, "redis-cli "+protocol+" -p "+s.port+" --stat -i 0.1")
			term.shows(t, "connections")
			term.shows(t, "\n")
			// keys, memory, clients, blocked, requests and since the line before, connections.
			line := regexp.MustCompile(`^2 +[\d.]+[KMG] +2 +0 +\d+ \(\+\d+\) +\d+ +\r+$`)
			for range 3 {
				if got := term.shows(t, "\n"); !line.MatchString(got) {
					t.Errorf("redis-cli --stat printed %q", got)
				}
			}
			c.mustDo(t, "PT.DROP a:", integer(1))
			term.shows(t, "\n1  ")
			term.types("\x03")
			term.waitExit(t)
			mustNotComplain(t, term.log.String())
		})
	}
}

// TestRedisCLILatency runs the modes that time PING. Off a terminal --latency prints one line of
// four numbers and ends.
func TestRedisCLILatency(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	for _, protocol := range []string{"-3", "--raw"} {
		output := redisCLI(t, s, protocol, "-i", "0.2", "--latency")
		if !regexp.MustCompile(`^\d+ \d+ \d+\.\d\d [1-9]\d*\n$`).MatchString(output) {
			t.Errorf("redis-cli %s --latency printed %q", protocol, output)
		}
	}
	for mode, shown := range map[string]string{"--latency-history": "seconds range", "--latency-dist": "From 0 to 100%"} {
		term := startTerminal(t, "redis-cli -p "+s.port+" -i 0.1 "+mode)
		for range 2 {
			term.shows(t, shown)
		}
		term.types("\x03")
		term.waitExit(t)
		mustNotComplain(t, term.log.String())
	}
}

// TestRedisCLIMonitor watches another connection, as one does to see what a program really sends.
func TestRedisCLIMonitor(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	m := startMonitor(t, s.port)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADD vec: 7", integer(1))
	c.mustDo(t, "pt.count vec:", integer(1))
	eventually(t, "MONITOR shows both commands", func() bool { return len(m.commands(t)) == 2 })
	local := regexp.QuoteMeta(c.conn.LocalAddr().String())
	for _, want := range []string{
		`(?m)^\d+\.\d{6} \[0 ` + local + `\] "PT.ADD" "vec:" "7"$`,
		`(?m)^\d+\.\d{6} \[0 ` + local + `\] "pt.count" "vec:"$`,
	} {
		if !regexp.MustCompile(want).MatchString(m.log.String()) {
			t.Errorf("redis-cli MONITOR printed\n%s\nwant a line like %s", m.log.String(), want)
		}
	}
}

// TestMonitorAsRedis watches a real redis-server and the product do the same, and compares what
// the two redis-cli print: which commands are shown, in which order, and how bytes are quoted.
func TestMonitorAsRedis(t *testing.T) {
	t.Parallel()
	store, tracker := startRedis(t), startServer(t)
	var shown [2][]string
	for i, port := range []string{store.port, tracker.port} {
		m := startMonitor(t, port)
		c := connect(t, "127.0.0.1:"+port)
		for _, args := range [][]string{
			{"PING"}, {"ping", "lower"}, {"Echo", "\x00\x7f \t\r\n\a\b\"\\'\xc3\xa9"}, {"ECHO", ""},
			{"NOSUCH", "a"}, {"ECHO"}, // not shown: never executed
			{"AUTH", "default", "secret"}, {"HELLO", "2", "AUTH", "default", "secret"},
			{"MULTI"}, {"PING"}, {"ECHO", "queued"}, {"EXEC"},
			{"MULTI"}, {"PING"}, {"DISCARD"},
			{"CONFIG", "GET", "save"}, {"CLIENT", "SETNAME", "x"}, {"CLIENT", "GETNAME"}, {"COMMAND", "COUNT"},
			{"INFO", "server"}, {"SELECT", "0"}, {"DEL", "a", "b"}, {"SCAN", "0"}, {"RESET"}, {"ECHO", "end"},
		} {
			c.mustReply(t, args...)
		}
		eventually(t, "MONITOR shows the last command", func() bool { return slices.Contains(m.commands(t), `"ECHO" "end"`) })
		shown[i] = m.commands(t)
	}
	if !slices.Equal(shown[0], shown[1]) {
		t.Errorf("MONITOR shows\n%s\nRedis\n%s", strings.Join(shown[1], "\n"), strings.Join(shown[0], "\n"))
	}
}

// monitor is a redis-cli that runs MONITOR.
type monitor struct{ *process }

func startMonitor(t *testing.T, port string) monitor {
	t.Helper()
	requireProgram(t, "redis-cli", "redis-tools")
	m := monitor{startProcess(t, exec.Command("redis-cli", "-p", port, "MONITOR"))}
	eventually(t, "MONITOR begins", func() bool {
		if m.hasExited() {
			t.Fatalf("redis-cli MONITOR ended\n%s", m.log.String())
		}
		return strings.HasPrefix(m.log.String(), "OK\n")
	})
	return m
}

// commands are the lines shown so far, without time and address.
func (m monitor) commands(t *testing.T) (commands []string) {
	t.Helper()
	for line := range strings.Lines(strings.TrimPrefix(m.log.String(), "OK\n")) {
		_, command, found := strings.Cut(strings.TrimSuffix(line, "\n"), "] ")
		if !found && strings.HasSuffix(line, "\n") {
			t.Fatalf("MONITOR printed %q", line)
		}
		commands = append(commands, command)
	}
	return commands
}
