package integration_test

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"
)

func TestRedisCLI(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	for _, test := range []struct{ line, want string }{
		{"PING", "PONG"},
		{"PT.CREATE vec: MAXID 5", "OK"},
		{"PT.ADD vec: 1 3", "2"},
		{"--no-raw PT.EXISTS vec: 3", "(integer) 1"},
		{"--no-raw PT.CLAIMNEXT vec: COUNT 2 KEYS", "1) \"vec:000000000000\"\n2) \"vec:000000000002\""},
		{"--no-raw PT.CLAIMNEXT vec:", "(integer) 4"},
		{"--no-raw PT.CLAIMNEXT vec:", "(nil)"},
		{"--no-raw PT.CLAIMNEXT vec: COUNT 2", "(empty array)"},
		{"--no-raw PT.SCAN vec: 0 COUNT 10 RANGE 3 5", "1) \"0\"\n2) 1) (integer) 3\n   2) (integer) 4"},
		{"--no-raw PT.ADD vec: -1", "(error) ERR invalid id: must be an integer from 0 to 281474976710655"},
		{"-3 --no-raw PT.CLAIMNEXT vec:", "(nil)"},
		{"-3 --no-raw PT.COUNT vec:", "(integer) 5"},
		{"-3 --json PT.PARTITION vec: 2", "[[0,3],[3,5]]"},
		{"-n 0 PT.COUNT vec:", "5"},
	} {
		output, code := run(t, "redis-cli", append([]string{"-p", s.port}, words(test.line)...)...)
		if code != 0 || output != test.want+"\n" {
			t.Errorf("redis-cli %s exited with %d and printed\n%s\nwant\n%s", test.line, code, output, test.want)
		}
	}

	info, code := run(t, "redis-cli", "-p", s.port, "-3", "--json", "PT.INFO", "vec:")
	if code != 0 || !strings.Contains(info, `"count":5`) {
		t.Errorf("redis-cli -3 --json PT.INFO exited with %d and printed %s", code, info)
	}
	if output, code := run(t, "redis-cli", "-p", s.port, "-e", "NOPE"); code != 1 || !strings.Contains(output, "ERR unknown command 'NOPE'") {
		t.Errorf("redis-cli -e NOPE exited with %d and printed %s", code, output)
	}
}

// TestRedisCLIPipe loads many commands at once: inline commands, a blank line, and at the end an
// ECHO of 20 random bytes.
func TestRedisCLIPipe(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	var lines strings.Builder
	for id := range 20_000 {
		fmt.Fprintf(&lines, "PT.ADD vec: %012d\r\n", id)
	}
	cmd := exec.Command("redis-cli", "-p", s.port, "--pipe")
	cmd.Stdin = strings.NewReader(lines.String())
	if output, code := runCommand(t, cmd); code != 0 || !strings.Contains(output, "errors: 0, replies: 20000") {
		t.Errorf("redis-cli --pipe exited with %d and printed\n%s", code, output)
	}
	connect(t, s.addr).mustDo(t, "PT.COUNT vec:", integer(20_000))
}

// TestRedisCLIInteractive starts redis-cli on a pseudo-terminal, where it fetches COMMAND DOCS
// for its hints and its help: wrong types there make it abort.
func TestRedisCLIInteractive(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	requireProgram(t, "script", "bsdutils")
	for _, protocol := range []string{"", "-3"} {
		t.Run("redis-cli "+protocol, func(t *testing.T) {
			t.Parallel()
			s := startServer(t)
			// A terminal without a size makes redis-cli ask for one and wait for the answer.
			cmd := exec.Command("script", "-q", "-e", "-c",
				"stty cols 200 rows 50; exec redis-cli "+protocol+" -p "+s.port, "/dev/null")
			cmd.Env = append(cmd.Environ(), "TERM=xterm", "HOME="+t.TempDir())
			keyboard, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			terminal := startProcess(t, cmd)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the terminal:\n%q", terminal.log.String())
				}
			})
			prompt := "127.0.0.1:" + s.port + "> "
			seen := 0 // of the output, so that each text is sought after the one before
			shows := func(what string) {
				t.Helper()
				eventually(t, fmt.Sprintf("redis-cli shows %q", what), func() bool {
					at := strings.Index(terminal.log.String()[seen:], what)
					if at < 0 {
						return false
					}
					seen += at + len(what)
					return true
				})
			}

			// Keys struck before the prompt is there are lost: redis-cli empties its input.
			shows(prompt)
			io.WriteString(keyboard, "pt.add ")
			shows("prefix id") // the hint, from COMMAND DOCS
			io.WriteString(keyboard, "vec: 7 8\r")
			shows("(integer) 2")
			shows(prompt)
			io.WriteString(keyboard, "help pt.claimnext\r")
			shows("summary:")
			shows(prompt)
			io.WriteString(keyboard, "pt.claimnext vec: range 7 9\r")
			shows("(nil)")
			shows(prompt)
			io.WriteString(keyboard, "quit\r")
			if code := terminal.waitExit(t); code != 0 {
				t.Errorf("redis-cli exited with %d", code)
			}
		})
	}
}
