package integration_test

import (
	"net"
	"strings"
	"testing"
	"time"
)

// TestPatience_TheSameOnBothListeners puts clients into each state in which the server's patience
// ends and waits for their end: an event loop and a goroutine per connection close the same ones,
// for the same reasons. (A silent stranger without a --command-timeout stayed for ever on a loop.)
func TestPatience_TheSameOnBothListeners(t *testing.T) {
	onLinux(t)
	t.Parallel()
	const half = "*2\r\n$4\r\nECHO\r\n$1000\r\nx"
	const auth = "AUTH secret\r\n"
	stranger := []string{"--requirepass", "secret"}
	for name, state := range map[string]struct {
		flags  []string
		says   string
		reason string
	}{
		"silent":                            {[]string{"--idle-timeout", "2s"}, "PING\r\n", "idle_timeout"},
		"silent from the start":             {[]string{"--idle-timeout", "2s"}, "", "idle_timeout"},
		"half a command":                    {[]string{"--command-timeout", "2s"}, half, "command_timeout"},
		"half a command behind a whole one": {[]string{"--command-timeout", "2s"}, "PING\r\n" + half, "command_timeout"},
		"half a command, idle first":        {[]string{"--command-timeout", "1h", "--idle-timeout", "2s"}, half, "idle_timeout"},
		"half a command, no command limit":  {[]string{"--command-timeout", "0s", "--idle-timeout", "2s"}, half, "idle_timeout"},
		"half a command, idle later":        {[]string{"--command-timeout", "2s", "--idle-timeout", "1h"}, half, "command_timeout"},
		"stranger":                          {append(stranger, "--command-timeout", "2s"), "", "command_timeout"},
		"stranger who talks":                {append(stranger, "--command-timeout", "2s", "--idle-timeout", "1h"), "PING\r\n", "command_timeout"},
		"stranger, no command limit":        {append(stranger, "--command-timeout", "0s", "--idle-timeout", "2s"), "", "idle_timeout"},
		"stranger, idle first":              {append(stranger, "--command-timeout", "1h", "--idle-timeout", "2s"), "PING\r\n", "idle_timeout"},
		"stranger, half a command":          {append(stranger, "--command-timeout", "2s"), half, "command_timeout"},
		"no stranger any more, idle":        {append(stranger, "--command-timeout", "1h", "--idle-timeout", "2s"), auth, "idle_timeout"},
		"a stranger again":                  {append(stranger, "--command-timeout", "2s", "--idle-timeout", "1h"), auth + "RESET\r\n", "command_timeout"},
		"unread replies": {[]string{"--write-timeout", "2s", "--idle-timeout", "1h"},
			strings.Repeat("COMMAND DOCS\r\n", 2000), "write_timeout"},
		"unread replies, idle first": {[]string{"--write-timeout", "3s", "--idle-timeout", "2s"},
			strings.Repeat("COMMAND DOCS\r\n", 2000), "write_timeout"},
	} {
		for _, listener := range []string{"loop", "redcon"} {
			t.Run(name+"/"+listener, func(t *testing.T) {
				t.Parallel()
				s := startServer(t, append(state.flags, "--listener", listener)...)
				var conn net.Conn
				if state.reason == "write_timeout" {
					conn = deaf(t, s.addr)
				} else {
					conn = connect(t, s.addr).conn
				}
				conn.SetDeadline(time.Now().Add(patience))
				if state.reason == "write_timeout" {
					conn.SetWriteDeadline(time.Now().Add(50 * time.Millisecond)) // the server stops reading
				}
				conn.Write([]byte(state.says)) // how much of it comes is the server's affair
				probe := connect(t, s.addr)
				probe.send("AUTH", "secret") // an error where no password is
				if _, err := probe.receive(); err != nil {
					t.Fatal(err)
				}
				eventually(t, "the client is refused", func() bool { return infoField(t, probe, "connected_clients") == 1 })
				for _, reason := range []string{"idle_timeout", "command_timeout", "write_timeout"} {
					want := int64(0)
					if reason == state.reason {
						want = 1
					}
					if n := infoField(t, probe, "refused_"+reason); n != want {
						t.Errorf("%s is counted %d times, want %d", reason, n, want)
					}
				}
			})
		}
	}
}
