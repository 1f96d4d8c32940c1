package integration_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// vectors sets keys of vec: in a store, from one ID to before another.
func (s *store) vectors(t *testing.T, from, to int) {
	t.Helper()
	args := []string{"MSET"}
	for id := from; id < to; id++ {
		args = append(args, fmt.Sprintf("vec:%012d", id), "x")
	}
	connect(t, s.addr).mustDoArgs(t, args, simple("OK"))
}

// syncs runs prefixtracker sync and returns what it prints for people or programs, what it says beside that, and
// its exit code.
func syncs(t *testing.T, s *server, environment []string, args ...string) (output, beside string, code int) {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"sync", "--addr", s.addr}, args...)...)
	cmd.Env = append(cmd.Environ(), environment...)
	keepApart(t, cmd)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	_ = cmd.Run() // its exit code is looked at
	if strings.ContainsAny(stdout.String()+stderr.String(), "\x1b\r\x00\x7f\u202e\U000e0001") {
		t.Errorf("sync %q prints what a terminal obeys:\n%q\n%q", args, stdout.String(), stderr.String())
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}

// mustSync wants an exit code, and words in their order in one of the printed lines each.
func mustSync(t *testing.T, s *server, environment []string, want int, lines []string, args ...string) {
	t.Helper()
	output, beside, code := syncs(t, s, environment, args...)
	if code != want {
		t.Errorf("%q sync %q exited with %d, want %d:\n%s%s", environment, args, code, want, output, beside)
	}
	for _, line := range lines {
		if !hasLine(output+beside, words(line)) {
			t.Errorf("%q sync %q prints no line %q:\n%s%s", environment, args, line, output, beside)
		}
	}
}

// hasLine tells whether there is a line that begins with these words.
func hasLine(text string, want []string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.Join(words(line), " ")+" ", strings.Join(want, " ")+" ") {
			return true
		}
	}
	return false
}

// TestSync goes the way of somebody whose store was filled by others.
func TestSync(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	url := "redis://" + redis.addr + "/?wait=100ms"
	s := startServer(t, "--store", url, "--sync-settle", "20ms", "--enable-sync-from", "no")
	c, behind := connect(t, s.addr), connect(t, redis.addr)
	redis.vectors(t, 0, 2000)
	for _, key := range []string{"vec:", "vec:12x", "vec:\x1b[2J\u202e", "other:1", "vec"} {
		behind.mustDoArgs(t, []string{"SET", key, "x"}, simple("OK"))
	}
	behind.mustDo(t, "SET user:42 x", simple("OK"))
	mustSync(t, s, nil, 0, []string{"unparsable 1 that are no keys of IDs: user:42", "No key is as the prefix writes it"}, "--prefix", "user:")
	behind.mustDo(t, "DEL user:42", integer(1))
	c.mustDo(t, "PT.CREATE vec: MAXID 1000000", simple("OK"))
	title := `%s of "vec:" with redis://` + redis.addr

	mustSync(t, s, nil, 1, []string{"stale 0", "missing 2000", "unparsable 3", "To remove what is stale"}, "--prefix", "vec:", "--mode", "verify")
	mustSync(t, s, nil, 0, []string{"would be added 2000"}, "--prefix", "vec:", "--dry-run")
	c.mustDo(t, "PT.COUNT vec:", integer(0))
	mustSync(t, s, nil, 0, []string{"found 2000 ", "unparsable 3 that are no keys of IDs:", "added 2000"}, "--prefix", "vec:")
	c.mustDo(t, "PT.COUNT vec:", integer(2000))
	mustSync(t, s, nil, 0, []string{"stale 0", "missing 0"}, "--prefix", "vec:", "--mode", "verify")

	// Behind its back.
	for id := range 50 {
		behind.mustDo(t, fmt.Sprintf("DEL vec:%012d", id*10), integer(1))
	}
	redis.vectors(t, 5000, 5030)
	stale := fmt.Sprintf("stale 50 IDs that the tracker has and the store has not: vec:%012d", 0)
	mustSync(t, s, nil, 1, []string{stale[:len("stale 50 IDs that the tracker has and the store has not:")], "missing 30"}, "--prefix", "vec:", "--mode", "verify")
	mustSync(t, s, nil, 1, []string{"stale 50", "missing 30", "would be repaired"}, "--prefix", "vec:", "--mode", "repair", "--dry-run")
	c.mustDo(t, "PT.COUNT vec:", integer(2000))
	mustSync(t, s, nil, 0, []string{"stale 50", "missing 30", "repaired 80", "left 0"}, "--prefix", "vec:", "--mode", "repair")
	c.mustDo(t, "PT.COUNT vec:", integer(1980))

	// Several, of which one differs, and one that the store has nothing of.
	c.mustDo(t, "PT.ADD doc: 7", integer(1))
	mustSync(t, s, nil, 1, []string{fmt.Sprintf(title+",", "verify"), `verify of "doc:" with`, "stale 1", "stale 0"}, "--prefix", "vec:", "--prefix", "doc:", "--mode", "verify")

	// The store that is the server's own needs no leave, whoever names it but the command line.
	mustSync(t, s, []string{"PT_STORE=" + url}, 0, nil, "--prefix", "vec:")
	mustSync(t, s, nil, 2, []string{"prefixtracker:"}, "--prefix", "vec:", "--store", url)
	mustSync(t, s, []string{"PT_STORE=redis://127.0.0.1:1"}, 2, []string{"prefixtracker:"}, "--prefix", "vec:")

	// What is wrong is no difference.
	for _, wrong := range [][]string{nil, {"--prefix", ""}, {"--prefix", "vec:", "--mode", "mend"}, {"--prefix", "vec:", "--settle", "0s"}, {"--bad"},
		{"--prefix", "vec:", "more"}, {"--prefix", "vec:", "--store", "nonsense"}, {"--prefix", "vec:", "--addr", "127.0.0.1:1"}, {"--prefix", "vec:", "--requirepass-file", "/none"}} {
		if output, beside, code := syncs(t, s, nil, wrong...); code != 2 || output != "" || !isOneComplaint(beside) {
			t.Errorf("sync %q exited with %d and printed %q and %q", wrong, code, output, beside)
		}
	}
	if err := redis.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the store has gone", redis.hasExited)
	mustSync(t, s, nil, 2, []string{`prefixtracker: sync of "vec:":`}, "--prefix", "vec:", "--prefix", "doc:")
}

// TestSync_JSON is for programs: what the server says, with a last object for each prefix.
func TestSync_JSON(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, socket := onSocket(t, "--requirepass-file", secret, "--sync-settle", "1h") // who names another store names another pause, too
	c := connect(t, s.addr)
	c.mustDo(t, "AUTH hunter2", simple("OK"))
	redis.vectors(t, 0, 10)
	c.mustDo(t, "PT.ADD vec: 7 8 9 10", integer(4))
	connect(t, redis.addr).mustDoArgs(t, []string{"SET", "vec:\u202e\x7f\U000e0001", "x"}, simple("OK"))
	if _, beside, code := syncs(t, s, nil, "--prefix", "vec:"); code != 2 || !strings.Contains(beside, "NOAUTH") {
		t.Errorf("without the password it exited with %d and printed %q", code, beside)
	}
	known := []string{"PT_REQUIREPASS_FILE=" + secret}
	mustSync(t, s, known, 2, []string{"prefixtracker: the server has no store:"}, "--prefix", "vec:")
	output, beside, code := syncs(t, s, known, "--unix-socket", socket, "--json", "--mode", "verify", "--prefix", "vec:", "--prefix", "doc:", "--store", "redis://"+redis.addr, "--settle", "600ms")
	if code != 1 || beside != "" {
		t.Errorf("it exited with %d and printed %q beside", code, beside)
	}
	type job struct {
		Prefix, State, Mode string
		DryRun              bool `json:"dry_run"`
		Found, Stale        int
		Missing             int
		MissingKeys         []string `json:"missing_keys"`
		UnparsableKeys      []string `json:"unparsable_keys"`
	}
	last := make(map[string]job)
	running := 0
	for line := range strings.Lines(output) {
		var j job
		if err := json.Unmarshal([]byte(line), &j); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if j.State == "running" {
			running++
		}
		last[j.Prefix] = j
	}
	if j := last["vec:"]; j.State != "done" || j.Found != 10 || j.Stale != 1 || j.Missing != 7 || len(j.MissingKeys) != 7 ||
		!slices.Equal(j.UnparsableKeys, []string{"vec:\u202e\x7f\U000e0001"}) {
		t.Errorf("of vec: the last says %+v", j)
	}
	if j := last["doc:"]; j.State != "done" || j.Stale != 0 || j.Missing != 0 {
		t.Errorf("of doc: the last says %+v", j)
	}
	if running == 0 {
		t.Errorf("nothing is told meanwhile:\n%s", output)
	}
}
