package resp_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
)

// TestPulse_StopsWithALoop: one loop of several that does not go round is enough.
func TestPulse_StopsWithALoop(t *testing.T) {
	t.Parallel()
	if resp.DefaultLoops() == 0 {
		t.Skip("there are no event loops here")
	}
	busy, goOn := make(chan struct{}), make(chan struct{})
	server, addr, _ := start(t, 3, func(c *resp.Conn, _ [][]byte) {
		close(busy)
		<-goOn
		c.OK()
	})
	pulse := func(patience time.Duration) error {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		return server.Pulse(ctx)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := pulse(20 * time.Second); err != nil {
			t.Fatalf("all loops go round: %v", err)
		}
	}
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Write([]byte("WORK\r\n")); err != nil {
		t.Fatal(err)
	}
	<-busy
	for range 3 {
		if err := pulse(50 * time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a loop is stuck: %v", err)
		}
	}
	close(goOn)
	if err := pulse(20 * time.Second); err != nil {
		t.Errorf("the loop goes round again: %v", err)
	}
}

// TestPulse_EndsWithTheServer: nobody waits for loops that have ended, nor for
// those that there are none of.
func TestPulse_EndsWithTheServer(t *testing.T) {
	eachTransport(t, func(t *testing.T, loops int) {
		server, _, _ := start(t, loops, func(c *resp.Conn, _ [][]byte) { c.OK() })
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Pulse(ctx); err != nil {
			t.Errorf("it serves: %v", err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if err := server.Shutdown(ctx); err != nil {
				t.Error(err)
			}
		}()
		for ending := true; ending; {
			if err := server.Pulse(ctx); err != nil {
				t.Fatalf("it ends: %v", err)
			}
			select {
			case <-ended:
				ending = false
			default:
			}
		}
		if err := server.Pulse(ctx); err != nil {
			t.Errorf("it has ended: %v", err)
		}
	})
}
