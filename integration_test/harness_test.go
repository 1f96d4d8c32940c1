// Package integration_test drives the built binary over TCP with real clients and a real
// redis-server as the target store. It knows the wire contract and nothing of the code behind it.
package integration_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait. It is a deadline for a hung program, never a pace: a busy
// machine or a binary built with -race may need most of it.
const patience = 60 * time.Second

// binary is the path of the server built once by TestMain.
var binary string

func TestMain(m *testing.M) {
	if addr := os.Getenv(neighbourOf); addr != "" {
		if err := beNeighbour(addr, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "prefixtracker-integration-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)

	binary = filepath.Join(dir, "prefixtracker")
	args := []string{"build", "-o", binary}
	if os.Getenv("TEST_RACE") == "1" {
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, "..")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// TestSourcesAreInputs makes a cached result of this package stale when the server changes: go
// test notes the files that a test looks at, and knows nothing of a binary built on the side.
func TestSourcesAreInputs(t *testing.T) {
	os.Getenv("TEST_RACE")
	sources := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != "..":
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go") && !strings.HasPrefix(entry.Name(), "go.") && !strings.Contains(path, "/web/page/"):
			return nil
		}
		sources++
		_, err = os.Stat(path)
		return err
	})
	if err != nil || sources == 0 {
		t.Fatalf("%d sources, %v", sources, err)
	}
}

// sameForEveryListener skips, in the short form for another listener than the first choice, a test of
// what lies behind the listeners or of TLS, which has one of its own. A test without it runs for all.
func sameForEveryListener(t *testing.T) {
	t.Helper()
	if listener := os.Getenv("PT_LISTENER"); testing.Short() && listener != "" && listener != "auto" {
		t.Skip("nothing here depends on the listener, and this is the short form for " + listener)
	}
}

// requireProgram skips the test when a program is missing, but fails it with CI=true: there
// nothing may go untested unseen.
func requireProgram(t *testing.T, path, debianPackage string) {
	t.Helper()
	if _, err := exec.LookPath(path); err == nil {
		return
	}
	missing := fmt.Sprintf("%s is not installed (Debian package %s)", path, debianPackage)
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
}

// run executes a program to its end and returns its standard output and standard error
// together, and its exit code.
func run(t *testing.T, program string, args ...string) (output string, exitCode int) {
	t.Helper()
	return runCommand(t, exec.Command(program, args...))
}

func runCommand(t *testing.T, cmd *exec.Cmd) (output string, exitCode int) {
	t.Helper()
	keepApart(t, cmd)
	var both outputBuffer
	cmd.Stdout, cmd.Stderr = &both, &both
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A timer and not a context: a killed program must be reported with what it had printed.
	timer := time.AfterFunc(2*patience, func() { cmd.Process.Kill() })
	defer timer.Stop()
	err := cmd.Wait()
	if cmd.ProcessState.ExitCode() < 0 {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, both.String())
	}
	return both.String(), cmd.ProcessState.ExitCode()
}

// eventually polls until the condition holds and fails the test when it never does.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("waited %v in vain: %s", patience, what)
}

// evidence prints what a program has written. It comes without a place in the source, which all that a test
// itself says has: that scripts/gotest repeats at the end if the test fails, and it is not to drown in this.
func evidence(t *testing.T, what, text string) {
	fmt.Fprintf(t.Output(), "%s:\n%s\n", what, text)
}

// outputBuffer collects what a process writes while a test reads it.
type outputBuffer struct {
	mu   sync.Mutex
	data []byte
}

func (b *outputBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.data = append(b.data, p...)
	return len(p), nil
}

func (b *outputBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.data)
}
