//go:build linux

package main

import (
	"context"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// fakeServer answers every request of the given length with a reply.
func fakeServer(t *testing.T, length int, reply string, before func()) *server {
	t.Helper()
	addr := redistest.Accept(t, func(c net.Conn) { answer(c, length, reply, before) })
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return &server{
		program: program{name: "fake"}, addr: netip.MustParseAddrPort(addr),
		cmd: &exec.Cmd{Process: self}, exited: make(chan struct{}),
	}
}

// answer ends when the load's side of c ends.
func answer(c net.Conn, length int, reply string, before func()) {
	buf := make([]byte, 64<<10)
	for have := 0; ; {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		have += n
		before()
		if _, err := c.Write([]byte(strings.Repeat(reply, have/length))); err != nil {
			return
		}
		have %= length
	}
}

func nothing() {}

func testTrial(ids int) (trial, int) {
	l := trial{command: []string{"X"}, reply: integerReply, pipeline: 4, connections: 3, threads: 2}
	for range ids {
		l.command = append(l.command, randomID)
	}
	return l, len(newTemplate(l.command, 1).bytes)
}

func TestTrial_CountsWhatWasAnswered(t *testing.T) {
	for _, ids := range []int{1, 200_000} { // the second is more than a socket takes at once
		tr, length := testTrial(ids)
		if ids > 1 {
			tr.connections, tr.threads = 1, 1
		}
		s := fakeServer(t, length, ":1\r\n", nothing)
		r, err := tr.run(t.Context(), s, 0, 40*time.Millisecond)
		if err != nil && ids > 1 && strings.Contains(err.Error(), "no reply within") {
			continue // a slow machine
		}
		if err != nil {
			t.Fatal(err)
		}
		if inFlight := r.sent - r.replied; r.replied < r.requests || inFlight > uint64(tr.connections*tr.pipeline) {
			t.Errorf("%d IDs: %d requests, %d replied of %d sent", ids, r.requests, r.replied, r.sent)
		}
		if r.took < 40*time.Millisecond || r.serverCPU <= 0 {
			t.Errorf("%d IDs: took %v, CPU %v", ids, r.took, r.serverCPU)
		}
	}
}

func TestTrial_ErrorRepliesEndIt(t *testing.T) {
	tr, length := testTrial(1)
	s := fakeServer(t, length, "-ERR not today\r\n", nothing)
	if _, err := tr.run(t.Context(), s, time.Minute, time.Minute); err == nil || !strings.Contains(err.Error(), "ERR not today") {
		t.Error(err)
	}
}

func TestTrial_EndsWithItsContext(t *testing.T) {
	tr, length := testTrial(1)
	s := fakeServer(t, length, ":1\r\n", nothing)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := tr.run(ctx, s, time.Minute, time.Minute); err != context.DeadlineExceeded {
		t.Error(err)
	}
}

// A server that stands still is charged for every request that was due
// meanwhile.
func TestTrial_FixedRateChargesForStalls(t *testing.T) {
	const stall = 60 * time.Millisecond
	tr, length := testTrial(1)
	tr.pipeline, tr.connections, tr.threads, tr.rate = 1, 1, 1, 1000
	first := true
	s := fakeServer(t, length, ":1\r\n", func() {
		if first {
			time.Sleep(stall)
		}
		first = false
	})
	started := time.Now()
	r, err := tr.run(t.Context(), s, 0, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if most := time.Since(started).Seconds()*tr.rate + 1; float64(r.sent) > most {
		t.Errorf("%d requests, but only %v were due", r.sent, most)
	}
	late := 0
	for _, bar := range r.latency.Distribution() {
		if bar.From >= int64(stall/2) {
			late += int(bar.Count)
		}
	}
	if late < 20 { // about 30 were due in the first half of the stall
		t.Errorf("%d requests were late by half of the stall", late)
	}
}

func TestProcessCPU_CountsAllThreads(t *testing.T) {
	before, err := ownCPU()
	if err != nil {
		t.Fatal(err)
	}
	x, deadline := xorshift(1), time.Now().Add(10*time.Second)
	for {
		for range 1 << 16 {
			x.below(2)
		}
		now, err := ownCPU()
		if err != nil {
			t.Fatal(err)
		}
		if now-before > 5*time.Millisecond {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the clock stands still")
		}
	}
}
