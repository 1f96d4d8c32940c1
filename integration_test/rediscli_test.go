package integration_test

import (
	"fmt"
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
		{"PT.MAP vec: CELLS 3", "2\n2\n1"},
		{"--no-raw PT.MAP vec: GRAPH CELLS 3 RANGE 1 7", "1) IDs 1 to 4, existing: 4 (100.0 %)\n2) 1 |██|" + strings.Repeat(" ", 49) + "100.0 %\n3) IDs in a character: 2; blank: none, ░ ▒ ▓: some, █: all"},
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

// TestRedisCLIPipe loads many commands at once, as lines and as raw protocol. At the end redis-cli
// sends a blank line and an ECHO of 20 random bytes.
func TestRedisCLIPipe(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	s := startServer(t)
	c := connect(t, s.addr)
	pipe := func(input string) (output string, code int) {
		t.Helper()
		cmd := exec.Command("redis-cli", "-p", s.port, "--pipe")
		cmd.Stdin = strings.NewReader(input)
		return runCommand(t, cmd)
	}

	const commands = 100_000
	var lines, raw strings.Builder
	for id := range commands {
		fmt.Fprintf(&lines, "PT.ADD lines: %012d\r\n", id)
		raw.WriteString(array(bulk("PT.ADD"), bulk("raw:"), bulk(fmt.Sprint(id))))
	}
	for prefix, input := range map[string]string{"lines:": lines.String(), "raw:": raw.String()} {
		if output, code := pipe(input); code != 0 || !strings.Contains(output, fmt.Sprintf("errors: 0, replies: %d\n", commands)) {
			t.Errorf("redis-cli --pipe of %s exited with %d and printed\n%s", prefix, code, output)
		}
		c.mustDo(t, "PT.COUNT "+prefix, integer(commands))
	}

	// A mistake among them is told, and stops nothing.
	output, code := pipe("PT.ADD vec: 1\r\nPT.ADD vec: -2\r\nPT.ADD vec: 3\r\n")
	if code != 1 || !strings.Contains(output, strings.Trim(badID, "-\r\n")) || !strings.Contains(output, "errors: 1, replies: 3\n") {
		t.Errorf("redis-cli --pipe with a mistake exited with %d and printed\n%s", code, output)
	}
	c.mustDo(t, "PT.MEXISTS vec: 1 2 3", array(integer(1), integer(0), integer(1)))
}
