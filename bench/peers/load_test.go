//go:build linux

package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// fakeServer answers every request of the given length with a reply.
func fakeServer(t *testing.T, length int, reply string, before func()) *server {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go answer(c, length, reply, before)
		}
	}()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	return &server{
		program: program{name: "fake"}, addr: l.Addr().(*net.TCPAddr).AddrPort(),
		cmd: &exec.Cmd{Process: self}, exited: make(chan struct{}),
	}
}

// answer ends when the load's side of c ends.
func answer(c net.Conn, length int, reply string, before func()) {
	defer c.Close()
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

func testLoad(ids int) (load, int) {
	l := load{command: []string{"X"}, reply: integerReply, pipeline: 4, connections: 3, threads: 2}
	for range ids {
		l.command = append(l.command, randomID)
	}
	return l, len(newTemplate(l.command, 1).bytes)
}

func TestLoad_CountsWhatWasAnswered(t *testing.T) {
	for _, ids := range []int{1, 200_000} { // the second is more than a socket takes at once
		l, length := testLoad(ids)
		if ids > 1 {
			l.connections, l.threads = 1, 1
		}
		s := fakeServer(t, length, ":1\r\n", nothing)
		r, err := l.run(t.Context(), s, 0, 40*time.Millisecond)
		if err != nil && ids > 1 && strings.Contains(err.Error(), "no reply within") {
			continue // a slow machine
		}
		if err != nil {
			t.Fatal(err)
		}
		if inFlight := r.sent - r.replied; r.replied < r.requests || inFlight > uint64(l.connections*l.pipeline) {
			t.Errorf("%d IDs: %d requests, %d replied of %d sent", ids, r.requests, r.replied, r.sent)
		}
		if r.took < 40*time.Millisecond || r.serverCPU <= 0 {
			t.Errorf("%d IDs: took %v, CPU %v", ids, r.took, r.serverCPU)
		}
	}
}

func TestLoad_ErrorRepliesEndIt(t *testing.T) {
	l, length := testLoad(1)
	s := fakeServer(t, length, "-ERR not today\r\n", nothing)
	if _, err := l.run(t.Context(), s, time.Minute, time.Minute); err == nil || !strings.Contains(err.Error(), "ERR not today") {
		t.Error(err)
	}
}

func TestLoad_EndsWithItsContext(t *testing.T) {
	l, length := testLoad(1)
	s := fakeServer(t, length, ":1\r\n", nothing)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := l.run(ctx, s, time.Minute, time.Minute); err != context.DeadlineExceeded {
		t.Error(err)
	}
}

// A server that stands still is charged for every request that was due
// meanwhile.
func TestLoad_FixedRateChargesForStalls(t *testing.T) {
	const stall = 60 * time.Millisecond
	l, length := testLoad(1)
	l.pipeline, l.connections, l.threads, l.rate = 1, 1, 1, 1000
	first := true
	s := fakeServer(t, length, ":1\r\n", func() {
		if first {
			time.Sleep(stall)
		}
		first = false
	})
	started := time.Now()
	r, err := l.run(t.Context(), s, 0, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if most := time.Since(started).Seconds()*l.rate + 1; float64(r.sent) > most {
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

func TestPacer_NothingIsDueEarly(t *testing.T) {
	p := pacer{every: float64(time.Second) / 33_333}
	before := time.Duration(0)
	for k := range 100_000 {
		due := p.due(k)
		if exact := time.Duration(float64(k) * p.every); due < before || due < exact || due-exact > tick {
			t.Fatalf("request %d is due at %v, not %v", k, due, exact)
		}
		before = due
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
