package integration_test

import (
	"context"
	"errors"
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
	first, endFirst := context.WithCancel(t.Context())
	asked := make(chan error, 1)
	go func() {
		_, err := client.Do(first, "PT.ADD", "vec:", "1")
		asked <- err
	}()
	behind, endBehind := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer endBehind()
	if _, err := client.Do(behind, "PT.ADD", "vec:", "2"); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	endFirst()
	select {
	case err := <-asked:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(30 * time.Second): // half of the time after which the server would be given up
		t.Error("the end of its context has not ended it")
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

func dialRemote(t *testing.T, s *server) *remote.Client {
	t.Helper()
	client, err := remote.Dial(t.Context(), remote.Options{Network: "tcp", Address: s.addr})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}
