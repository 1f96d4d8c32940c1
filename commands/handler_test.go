package commands

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
)

func newCommands(t testing.TB, limit int64) *Commands {
	t.Helper()
	r, err := tracker.NewRegistry(tracker.Config{Width: tracker.DefaultWidth}, tracker.NewBudget(limit))
	if err != nil {
		t.Fatal(err)
	}
	return New(r, Options{MaxCount: 65536, Version: "test"})
}

// do runs a command line and returns the raw reply.
func do(x *Commands, line string) string {
	var out bytes.Buffer
	c := resp.NewConn(&out)
	x.ServeRESP(c, words(line))
	_ = c.Flush() // a buffer does not fail
	return out.String()
}

func TestHandlers_HotPathsDoNotAllocate(t *testing.T) {
	x := newCommands(t, 0)
	c := resp.NewConn(io.Discard)
	for _, line := range []string{
		"PT.ADD vec: 000000000049", "PT.ADD vec: 1 2 3 4 5", "PT.REM vec: 3", "PT.EXISTS vec: 49",
		"PT.CLAIM vec: 49", "PT.COUNT vec:", "PT.COUNT vec: RANGE 0 1000", "PT.CLAIMNEXT vec: RANGE 0 64",
		"PT.CLAIMNEXT vec: COUNT 64 RANGE 0 64 KEYS", "PT.TAKENEXT vec: COUNT 2", "PT.SCAN vec: 0 COUNT 10 KEYS", "PING",
	} {
		args := words(line)
		n := testing.AllocsPerRun(200, func() {
			x.ServeRESP(c, args)
			_ = c.Flush()
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}

// A refused command leaves no prefix behind and the budget as it was.
func TestHandlers_RefusedForMemoryChangesNothing(t *testing.T) {
	x := newCommands(t, 100<<10)
	for _, line := range []string{
		"PT.ADDRANGE new: 0 281474976710656", "PT.ADDRANGE new: 0 1000000",
		"PT.ADD new: 1 300000 600000 900000 1200000", "PT.ADDRANGE new: 5000000000 5000600000",
	} {
		used := x.registry.Budget().Used()
		if got := do(x, line); !strings.HasPrefix(got, "-OOM ") {
			t.Errorf("%s: %q", line, got)
		}
		if x.registry.Len() != 0 || x.registry.Budget().Used() != used {
			t.Errorf("%s: %d prefixes, %d bytes used, before %d", line, x.registry.Len(), x.registry.Budget().Used(), used)
		}
	}
	if got := do(x, "PT.ADD there: 1"); got != ":1\r\n" {
		t.Fatal(got)
	}
	used := x.registry.Budget().Used()
	do(x, "PT.ADD there: 2 300000 600000 900000 1200000")
	if got := do(x, "PT.EXISTS there: 2"); got != ":0\r\n" || x.registry.Budget().Used() != used {
		t.Errorf("a refused PT.ADD changed something: %q, %d bytes used, before %d", got, x.registry.Budget().Used(), used)
	}
}

func TestScan_ZeroCountAndDroppedPrefix(t *testing.T) {
	x := newCommands(t, 0)
	do(x, "PT.ADD s: 5 150")
	for line, want := range map[string]string{
		"PT.SCAN s: 0 COUNT 0":       "-ERR syntax error\r\n",
		"PT.SCAN s: 0 COUNT 1":       "*2\r\n$1\r\n6\r\n*1\r\n:5\r\n",
		"PT.SCAN s: 6 COUNT 1":       "*2\r\n$3\r\n151\r\n*1\r\n:150\r\n",
		"PT.SCAN dropped: 6 COUNT 1": "*2\r\n$1\r\n0\r\n*0\r\n",
		"PT.SCAN dropped: 0 UNSET":   "-ERR no such prefix\r\n",
		"CLIENT HELP":                "",
	} {
		if got := do(x, line); want != "" && got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := do(x, "CLIENT HELP"); !strings.HasPrefix(got, fmt.Sprintf("*%d\r\n+CLIENT <subcommand>", 1+2*len(clientSpec.Subs))) {
		t.Errorf("%q", got)
	}
}

func BenchmarkAdd(b *testing.B)       { benchmarkLine(b, "PT.ADD vec: 000000000049") }
func BenchmarkExists(b *testing.B)    { benchmarkLine(b, "PT.EXISTS vec: 000000000049") }
func BenchmarkClaimNext(b *testing.B) { benchmarkLine(b, "PT.CLAIMNEXT vec:") }

func benchmarkLine(b *testing.B, line string) {
	x := newCommands(b, 0)
	c := resp.NewConn(io.Discard)
	args := words(line)
	b.ReportAllocs()
	for b.Loop() {
		x.ServeRESP(c, args)
	}
}
