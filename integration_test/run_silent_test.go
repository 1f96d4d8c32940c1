package integration_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// TestRun_StoreAnswersNothing: of a phase that had not one reply there are no figures. Nobody may take it for passed,
// whatever was expected.
func TestRun_StoreAnswersNothing(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	redis.vectors(t, 0, 100)
	store := startHangingUp(t, redis.addr, "INCR")
	mustDrive(t, nil, 2, []string{"prefixtracker: phase ops: the store has answered nothing: INCR"},
		"--store", "redis://"+store, "--prefix", "vec:", "--requests", "10", "--op", "ids=sample INCR {key}")
}

// startHangingUp stands before a server, and hangs up when it hears a word.
func startHangingUp(t *testing.T, server, word string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	t.Cleanup(func() { l.Close(); serving.Wait() })
	between := func(near, far net.Conn) {
		serving.Go(func() {
			defer near.Close()
			_, _ = io.Copy(near, far) // until one of them ends
		})
		defer near.Close()
		defer far.Close()
		for p := make([]byte, 64<<10); ; {
			n, err := near.Read(p)
			if err != nil || bytes.Contains(p[:n], []byte(word)) {
				return
			}
			if _, err := far.Write(p[:n]); err != nil {
				return
			}
		}
	}
	serving.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			if far, err := net.Dial("tcp", server); err == nil {
				serving.Go(func() { between(near, far) })
			} else {
				near.Close()
			}
		}
	})
	return l.Addr().String()
}
