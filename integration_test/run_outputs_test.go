package integration_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mustDrive wants an exit code, and lines that begin with these words.
func mustDrive(t *testing.T, environment []string, want int, lines []string, args ...string) (output string) {
	t.Helper()
	output, beside, code := drives(t, environment, args...)
	if code != want {
		t.Fatalf("%q run %q exited with %d, want %d:\n%s%s", environment, args, code, want, output, beside)
	}
	for _, line := range lines {
		if !hasLine(output+beside, words(line)) {
			t.Errorf("run %q prints no line %q:\n%s%s", args, line, output, beside)
		}
	}
	return output
}

// TestRun goes the way of somebody who has a store, and this program alone: what is told of it is what the store has.
func TestRun(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	behind := connect(t, redis.addr)
	tmp := t.TempDir()
	environment := []string{"TMPDIR=" + tmp, "PT_STORE=redis://" + redis.addr}
	mustDrive(t, environment, 0, []string{"prefill: 2,000 operations", "SET 2,000"}, "--prefix", "vec:", "prefill", "--keys", "2000", "--value", "16")
	if got := behind.mustReply(t, "DBSIZE").raw; got != ":2000\r\n" {
		t.Errorf("the store has %q keys", got)
	}
	// Another process knows of it by the store alone. What is there already is not written again.
	behind.mustDo(t, "DEL vec:000000000007", integer(1))
	mustDrive(t, environment, 0, []string{"SET 1 "}, "--prefix", "vec:", "--keys", "2000", "prefill")
	mustDrive(t, environment, 0, []string{"SET 0 ", "warning: nothing was done: there was no ID for it"}, "--prefix", "vec:", "--keys", "2000", "prefill")
	mustDrive(t, environment, 0, []string{"GET 900 ", "hit=0.75: 0.75, as expected", "p99<1m0s: "}, "--prefix", "vec:", "--keys", "4000", "--requests", "900",
		"--op", "ids=sample hit=0.75 GET {key}", "--expect", "hit=0.75", "--expect", "p99<1m")
	mustDrive(t, environment, 1, []string{"hit=1: 0.75, NOT as expected"}, "--prefix", "vec:", "--keys", "4000", "--requests", "900", "--op", "ids=sample hit=0.75 GET {key}", "--expect", "hit=1")
	// What somebody else has written is not what a seed says.
	behind.mustDo(t, "SET vec:000000000009 other", simple("OK"))
	output := mustDrive(t, environment, 1, nil, "--prefix", "vec:", "--keys", "2000", "--verify", "--op", "ids=cursor GET {key}")
	if !strings.Contains(output, "vec:000000000009") {
		t.Errorf("which value is wrong is not told:\n%s", output)
	}

	// As programs read it, and put together again.
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		mustDrive(t, environment, 0, []string{"GET 500 "}, "--prefix", "vec:", "--requests", "500", "--out", "json="+filepath.Join(dir, name), "--op", "ids=sample GET {key}")
	}
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	mustDrive(t, nil, 0, []string{"GET 1,000 "}, "--merge", a, b)
	whole := mustDrive(t, nil, 0, nil, "--out", "json", "--merge", a, b)
	if !json.Valid([]byte(whole)) {
		t.Errorf("this is no JSON:\n%s", whole)
	}
	text := mustDrive(t, nil, 0, nil, "--out", "csv", "--merge", a, b)
	if table, err := csv.NewReader(bytes.NewBufferString(text)).ReadAll(); err != nil || len(table) != 2 || table[1][4] != "1000" {
		t.Errorf("the table is %q, %v", table, err)
	}
	if text = mustDrive(t, nil, 0, nil, "--out", "hgrm", "--merge", a); !strings.Contains(text, "1/(1-Percentile)") {
		t.Errorf("this is no table of percentiles:\n%s", text)
	}
	if left, err := os.ReadDir(tmp); len(left) > 0 || err != nil {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

// TestRun_Words: what is printed as a workload is one, and means the same.
func TestRun_Words(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	list := mustDrive(t, nil, 0, nil, "--list")
	if strings.Count(list, "\n") < 6 {
		t.Errorf("there are\n%s", list)
	}
	file := filepath.Join(t.TempDir(), "workload.yaml")
	for line := range strings.Lines(list) {
		name := words(line)[0]
		writeText(t, file, mustDrive(t, nil, 0, nil, "--print", name))
		understood := mustDrive(t, nil, 0, nil, "--workload", file, "--prefix", "vec:", "--keys", "1000", "--dry-run")
		if again := mustDrive(t, nil, 0, nil, "--workload", name, "--prefix", "vec:", "--keys", "1000", "--dry-run"); again != understood {
			t.Errorf("%s is\n%s\nand by its name\n%s", name, understood, again)
		}
		writeText(t, file, understood)
		if again := mustDrive(t, nil, 0, nil, "--workload", file, "--dry-run"); again != understood {
			t.Errorf("%s is understood as\n%s\nand that as\n%s", name, understood, again)
		}
	}
}

// TestRun_Terminal looks at the block, in a narrow terminal, too, and ends what would go on.
func TestRun_Terminal(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	redis.vectors(t, 0, 100)
	line := binary + " run --store redis://" + redis.addr + " --prefix vec: --duration 10m "
	for _, width := range []int{120, 50} {
		term := startScreen(t, width, 30, "echo before; "+line+"--op 'ids=sample GET {key}'; echo exit $?")
		shown := term.mustShow("before", "GET", "running")
		if width == 120 && !strings.Contains(lineWith(shown, "running"), "left") {
			t.Errorf("the block is\n%s", shown)
		}
		term.types("C-c")
		shown = term.mustShow("exit 2", "stopped by a signal", "hit ratio")
		if strings.Contains(shown, "running") {
			t.Errorf("the block stays:\n%s", shown)
		}
	}
	// A store that does not answer holds up nobody who says it twice.
	term := startScreen(t, 100, 30, line+"--op 'ids=sample GET {key}'")
	term.mustShow("running")
	if err := redis.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = redis.cmd.Process.Signal(syscall.SIGCONT) }()
	term.types("C-c")
	term.types("C-c")
	term.mustShow("\n$")
}
