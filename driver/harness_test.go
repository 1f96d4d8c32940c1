package driver

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// patience bounds every wait. It is a deadline for what hangs, never a pace.
const patienceOfTests = 60 * time.Second

// asDriver makes the test binary a driver that can be killed.
const asDriver = "PT_TEST_DRIVER"

func TestMain(m *testing.M) {
	if text := os.Getenv(asDriver); text != "" {
		if err := beDriver(text, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if built, err := program(); err == nil {
		os.RemoveAll(filepath.Dir(built))
	}
	os.Exit(code)
}

// program builds the tracker, once.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "prefixtracker-driver-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "prefixtracker")
	if out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput(); err != nil {
		return path, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// startTracker starts one on a free port and returns how it is connected to. It ends with the test.
func startTracker(t testing.TB, flags ...string) func(context.Context) (*remote.Client, error) {
	t.Helper()
	addr := startTrackerAt(t, flags...)
	return dialer(addr)
}

func dialer(addr string) func(context.Context) (*remote.Client, error) {
	return func(ctx context.Context) (*remote.Client, error) {
		return remote.Dial(ctx, remote.Options{Network: "tcp", Address: addr})
	}
}

func startTrackerAt(t testing.TB, flags ...string) (addr string) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"--addr", "127.0.0.1:0", "--appendonly", "no"}, flags...)...)
	lines := start(t, cmd)
	for line := range lines {
		var said struct{ Message, Addr string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Message == "listening" {
			return said.Addr
		}
	}
	t.Fatal("the tracker has ended at its start")
	return ""
}

// start starts a program and returns what it says, line by line. It is gone when the test ends.
func start(t testing.TB, cmd *exec.Cmd) <-chan string {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	lines := make(chan string, 1<<12)
	var all sync.WaitGroup
	all.Go(func() {
		defer close(lines)
		for text := bufio.NewScanner(out); text.Scan(); {
			lines <- text.Text()
		}
	})
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		go func() {
			for range lines {
			}
		}()
		all.Wait()
		out.Close()
	})
	return lines
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(patienceOfTests); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", patienceOfTests, what)
		}
	}
}

func dial(t testing.TB, ids func(context.Context) (*remote.Client, error)) *remote.Client {
	t.Helper()
	c, err := ids(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// do asks the tracker a command, and gives nil for an error that it expects nobody to see.
func do(t testing.TB, c *remote.Client, command string) any {
	t.Helper()
	words := strings.Fields(command)
	rest := make([]any, 0, len(words))
	for _, word := range words[1:] {
		rest = append(rest, word)
	}
	reply, err := c.Do(t.Context(), words[0], rest...)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return reply
}
