package integration_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/transcript"
)

// notByRedisCLI are the commands that redis-cli does not send as they are, or
// whose reply it waits for in vain. A block that has one is left out.
var notByRedisCLI = []string{"QUIT", "MONITOR x", "CLIENT REPLY SKIP"}

// TestRedisCLI_PrintsTheTranscripts replays the transcripts of the commands
// with redis-cli: they read as it prints.
func TestRedisCLI_PrintsTheTranscripts(t *testing.T) {
	t.Parallel()
	requireProgram(t, "redis-cli", "redis-tools")
	paths, err := filepath.Glob("../commands/testdata/transcripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d transcripts, %v", len(paths), err)
	}
	for _, protocol := range []int{2, 3} {
		for _, path := range paths {
			t.Run(fmt.Sprintf("RESP%d/%s", protocol, strings.TrimSuffix(filepath.Base(path), ".txt")), func(t *testing.T) {
				t.Parallel()
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				f, err := transcript.Parse(string(text))
				if err != nil {
					t.Fatal(err)
				}
				s := startServer(t)
				for _, b := range f.Blocks {
					if !slices.ContainsFunc(b.Steps, func(s *transcript.Step) bool { return slices.Contains(notByRedisCLI, s.Command) }) {
						connect(t, s.addr).mustDo(t, "FLUSHALL", simple("OK"))
						replayByRedisCLI(t, s.port, path, protocol, b)
					}
				}
			})
		}
	}
}

// replayByRedisCLI types the commands of a block one after the other and
// compares what is printed, up to the first difference.
func replayByRedisCLI(t *testing.T, port, path string, protocol int, b *transcript.Block) {
	t.Helper()
	cmd := exec.Command("redis-cli", fmt.Sprintf("-%d", protocol), "--no-raw", "-p", port)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Who waits for more lines than redis-cli prints is told so by its end.
	timer := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer func() {
		timer.Stop()
		in.Close()
		cmd.Process.Kill()
		cmd.Wait() // it was killed, perhaps
	}()
	printed, names := bufio.NewScanner(out), transcript.Names{}
	for _, s := range b.Steps {
		fmt.Fprintln(in, names.Expand(s.Command))
		want := s.Reply.In(protocol)
		got := readLines(printed, strings.Count(want, "\n")+min(len(want), 1))
		if !names.Match(want, got) {
			t.Errorf("%s:%d: redis-cli -%d %s\n%s\nwant\n%s", path, s.Line, protocol, s.Command, got, want)
			return
		}
	}
	in.Close()
	if rest := readLines(printed, -1); rest != "" {
		t.Errorf("%s: block %q: redis-cli -%d printed more:\n%s", path, b.Name, protocol, rest)
	}
}

// elapsed is what redis-cli prints of a command that took half a second.
var elapsed = regexp.MustCompile(`^\(\d+\.\d\ds\)$`)

// readLines reads n lines as a transcript has them, or all.
func readLines(printed *bufio.Scanner, n int) string {
	var lines []string
	for len(lines) != n && printed.Scan() {
		if line := transcript.Tidy(printed.Text()); line != "" && !elapsed.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
