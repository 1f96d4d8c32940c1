package integration_test

import (
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

func newServerCommand(flags ...string) *exec.Cmd {
	return exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, flags...)...)
}

// nasty are bytes that a log must not have as they are: a terminal obeys some of them, and a
// line end makes a line of the attacker's own.
var nasty = []string{
	"\x1b[2J\x1b[31mowned", "\r\n{\"level\":\"info\",\"message\":\"forged\"}\r\n", "\x00\x01\x07\x08", "\x9b31m", "\xff\xfe", "\u202egpj.exe", "\u2028",
}

// TestRefusalsInTheLog floods the server with each kind of mistake. The log gets a line a second
// of a kind, in JSON and for people, and none of the clients' bytes unescaped. (A server that
// logs each refusal has thousands of lines; one that prints the offending byte has the rest.)
func TestRefusalsInTheLog(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"json", "pretty"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			refusalsInTheLog(t, format)
		})
	}
}

func refusalsInTheLog(t *testing.T, format string) {
	p := startProcess(t, newServerCommand("--log-format", format, "--requirepass", "secret", "--log-level", "debug"))
	var addr string
	eventually(t, "it listens", func() bool {
		if at := strings.Index(p.log.String(), "127.0.0.1:"); at >= 0 {
			addr, _, _ = strings.Cut(p.log.String()[at:], "\"")
			addr, _, _ = strings.Cut(addr, " ")
			addr, _, _ = strings.Cut(addr, "\x1b")
		}
		return strings.Contains(p.log.String(), "listening") && strings.Contains(p.log.String(), "\n")
	})
	s := &server{process: p, addr: addr}
	rounds := 30
	if testing.Short() {
		rounds = 10
	}
	const workers = 4
	inParallel(t, workers, func(int) error {
		for range rounds {
			for _, bytes := range nasty {
				for _, line := range []string{
					"*1\r\n" + bytes + "\r\n", "*1\r\n$" + bytes + "\r\n", "*" + bytes + "\r\n", bytes + "\r\n", "\"" + bytes + "\r\n",
					"POST " + bytes + " HTTP/1.1\r\n", "AUTH " + bytes + " x\r\n", "HELLO 3 SETNAME " + bytes + "\r\n",
				} {
					conn, err := net.Dial("tcp", addr)
					if err != nil {
						return err
					}
					io.WriteString(conn, line)
					conn.(*net.TCPConn).CloseWrite()
					if !strings.HasPrefix(line, "AUTH") { // whose answers take longer and longer
						io.Copy(io.Discard, conn)
					}
					conn.Close()
				}
			}
		}
		return nil
	})
	admin := connectFrom(t, "127.0.0.4", addr)
	admin.mustDo(t, "AUTH secret", simple("OK"))
	refused, up := infoField(t, admin, "refused_protocol_error"), infoField(t, admin, "uptime_in_seconds")
	log := s.log.String()
	lines := strings.Count(log, "\n")
	t.Logf("%d protocol errors and more; %d lines of log in %d seconds", refused, lines, up)
	if refused < int64(workers*rounds*len(nasty)) {
		t.Errorf("%d protocol errors are counted", refused)
	}
	if limit := 4 + 5*int(up+2); lines > limit {
		t.Errorf("%d lines of log, want at most %d", lines, limit)
	}
	if !utf8.ValidString(log) {
		t.Error("the log is no text")
	}
	colours := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[36m", "", "\x1b[90m", "", "\n", "")
	for _, r := range colours.Replace(log) {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u202e' || r == '\u2028' {
			t.Fatalf("the log has %U:\n%q", r, log)
		}
	}
	for line := range strings.Lines(log) {
		if format == "json" && !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %q", line)
		}
		if strings.HasPrefix(line, `{"level":"info","message":"forged"`) {
			t.Errorf("a forged line: %q", line)
		}
	}
}
