package integration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// TestRemote_ManyAtOnce: each of those who ask at once gets what he has asked for, while others end before their replies.
func TestRemote_ManyAtOnce(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	client := dialRemote(t, s)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE vec: 0 1000", integer(1000))
	var all sync.WaitGroup
	for who := range uint64(8) {
		all.Go(func() {
			for i := range uint64(100) {
				impatient, end := context.WithTimeout(t.Context(), time.Duration(i)*time.Microsecond)
				_, err := client.Count(impatient, "vec:", 0, 1000)
				end()
				if err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
					return
				}
				if n, err := client.Count(t.Context(), "vec:", who, who+i); n != i || err != nil {
					t.Errorf("%d of %d: %v", n, i, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestRemote_NobodyHangs: behind a question that gets no answer, others end when they are to, and what is asked later
// is asked on a new connection.
func TestRemote_NobodyHangs(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	client := dialRemote(t, s)
	s.signal(t, syscall.SIGSTOP)
	eventually(t, "the server stands still", func() bool { return standsStill(t, s.cmd.Process.Pid) })
	began := time.Now()
	var both sync.WaitGroup
	for range 2 { // the one behind the other
		both.Go(func() {
			ctx, end := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer end()
			if _, err := client.Do(ctx, "PT.ADD", "vec:", "1"); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if took := time.Since(began); took > 30*time.Second { // half of the time after which a server is given up
		t.Errorf("it took %v", took)
	}
	s.signal(t, syscall.SIGCONT)
	if n, err := client.Count(t.Context(), "vec:", 3, 10); n != 0 || err != nil && !strings.Contains(err.Error(), "no such prefix") {
		t.Error(n, err)
	}
}

// TestRemote_Lost: the call that loses the connection says so, and the next one has another.
func TestRemote_Lost(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	client := dialRemote(t, s)
	id, err := client.Do(t.Context(), "CLIENT", "ID")
	if err != nil {
		t.Fatal(err)
	}
	connect(t, s.addr).mustReply(t, "CLIENT", "KILL", "TYPE", "normal")
	if _, err := client.Do(t.Context(), "CLIENT", "ID"); err != nil && !errors.Is(err, remote.ErrLost) { // nil: a slow machine has made another
		t.Error(err)
	}
	if next, err := client.Do(t.Context(), "CLIENT", "ID"); err != nil || next == id {
		t.Error(next, id, err)
	}
	var refused remote.Refusal
	if _, err := client.Do(t.Context(), "PT.ADD"); !errors.As(err, &refused) || strings.HasPrefix(refused.Error(), "ERR") {
		t.Error(err)
	}
	if reply, err := client.Do(t.Context(), "CLIENT", "GETNAME"); reply != nil || err != nil {
		t.Error(reply, err)
	}
}

// standsStill tells whether all threads of a process are stopped.
func standsStill(t *testing.T, pid int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) == 0 {
		t.Skip("this needs /proc", err)
	}
	for _, name := range threads {
		stat, err := os.ReadFile(name)
		if err != nil || !strings.Contains(string(stat), ") T ") {
			return false
		}
	}
	return true
}

func dialRemote(t *testing.T, s *server) *remote.Client {
	t.Helper()
	client, err := remote.Dial(t.Context(), remote.Options{Network: "tcp", Address: s.addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
