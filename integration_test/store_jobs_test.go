package integration_test

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// url is where the store is, as --store and FROM have it.
func (s *store) url() string { return "redis://" + s.addr }

// putKeys has the store have the keys of n IDs of vec:, from 0 on.
func putKeys(t *testing.T, c *client, n int) {
	t.Helper()
	for id := range n {
		c.send("SET", fmt.Sprintf("vec:%012d", id), "")
	}
	for range n {
		if r, err := c.receive(); err != nil || r.text != "OK" {
			t.Fatalf("SET: %q, %v", r.raw, err)
		}
	}
}

// startSync begins a job and returns its number.
func startSync(t *testing.T, c *client, words ...string) string {
	t.Helper()
	r := c.mustReply(t, append([]string{"PT.SYNC", "START"}, words...)...)
	if r.kind != ':' {
		t.Fatalf("PT.SYNC START %q: %q", words, r.raw)
	}
	return r.text
}

// ended waits for the end of a job, and returns what is told of it.
func ended(t *testing.T, c *client, id string) (job reply) {
	t.Helper()
	eventually(t, "job "+id+" ends", func() bool {
		job = c.mustReply(t, "PT.SYNC", "STATUS", id)
		return job.field(t, "state").text != "running"
	})
	return job
}

// mustTell compares fields of a job.
func mustTell(t *testing.T, job reply, fields ...string) {
	t.Helper()
	for _, f := range fields {
		name, want, _ := strings.Cut(f, ":")
		if got := job.field(t, name).text; got != want {
			t.Errorf("%s is %q, want %q in %q", name, got, want, job.raw)
		}
	}
}

// What a sync has changed has been changed when the server is killed: all of it is in the log.
func TestStore_WhatASyncChangesIsKept(t *testing.T) {
	t.Parallel()
	const n = 20_000
	beside, dir := startRedis(t), t.TempDir()
	keys := connect(t, beside.addr)
	putKeys(t, keys, n)
	flags := []string{"--addr", "127.0.0.1:0", "--dir", dir, "--appendfsync", "always", "--store", beside.url(), "--sync-settle", "20ms"}
	s := startMortal(t, flags...)
	c := connect(t, s.addr)
	again := func() {
		t.Helper()
		s.kill(t)
		s = startMortal(t, flags...)
		c = connect(t, s.addr)
	}
	job := ended(t, c, startSync(t, c, "vec:", "DRYRUN"))
	mustTell(t, job, "state:done", "dry_run:1", "error:")
	c.mustDo(t, "PT.LIST", array())
	mustTell(t, ended(t, c, startSync(t, c, "vec:", "MODE", "LOAD")), "state:done", "mode:load", "prefix:vec:", "dry_run:0", "store:"+beside.url(),
		"added:"+strconv.Itoa(n), "found:"+strconv.Itoa(n), "unparsable:0", "error:", "unknown:")
	again()
	c.mustDo(t, "PT.COUNT vec:", integer(n))

	keys.mustDo(t, "DEL vec:000000000005 vec:000000000007", integer(2))
	keys.mustDo(t, "SET vec:000000030000 x", simple("OK"))
	keys.mustDo(t, "SET vec:oops x", simple("OK"))
	mustTell(t, ended(t, c, startSync(t, c, "vec:", "MODE", "VERIFY")), "state:done", "stale:2", "missing:1", "unparsable:1", "repaired:0")
	c.mustDo(t, "PT.COUNT vec:", integer(n))
	mustTell(t, ended(t, c, startSync(t, c, "vec:", "MODE", "REPAIR")), "state:done", "stale:2", "missing:1", "repaired:3", "left:0")
	again()
	c.mustDo(t, "PT.MEXISTS vec: 4 5 6 7 8 30000", array(integer(1), integer(0), integer(1), integer(0), integer(1), integer(1)))
	c.mustDo(t, "PT.COUNT vec:", integer(n-1))
	mustTell(t, ended(t, c, startSync(t, c, "vec:", "MODE", "VERIFY")), "stale:0", "missing:0")
	s.end(t)
}

// silent is a store that takes everything and answers nothing.
func silent(t *testing.T) (addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		var open []net.Conn // or the collector would close them
		for {
			c, err := ln.Accept()
			if err != nil {
				break
			}
			open = append(open, c)
		}
		for _, c := range open {
			_ = c.Close()
		}
	}()
	return ln.Addr().String()
}

// TestStore_Jobs: there is one job for a prefix and a few altogether, and the last 32 are known.
func TestStore_Jobs(t *testing.T) {
	t.Parallel()
	const many = 20
	beside := startRedis(t)
	keys := connect(t, beside.addr)
	// There is something that each job looks at again, and that not before the test is over.
	for i := range many {
		keys.mustDo(t, fmt.Sprintf("SET p%d:000000000007 x", i), simple("OK"))
	}
	keys.mustDo(t, "SET vec:000000000007 x", simple("OK"))
	s := startServer(t)
	c, from := connect(t, s.addr), beside.url()
	job := func(prefix string) []string {
		return []string{"PT.SYNC", "START", prefix, "FROM", from, "MODE", "VERIFY", "SETTLE", "3600000"}
	}
	start := func(prefix string) string { return startSync(t, c, job(prefix)[2:]...) }
	// Many at once for one prefix: one of them has it.
	var starts sync.WaitGroup
	replies := make(chan string, many)
	for range many {
		other := connect(t, s.addr)
		starts.Go(func() {
			r, err := other.do(job("vec:")...)
			replies <- fmt.Sprint(string(r.kind), strings.Fields(r.text + " x")[0], err)
		})
	}
	starts.Wait()
	counts := map[string]int{}
	for range many {
		counts[<-replies]++
	}
	if counts[":1<nil>"] != 1 || counts["-BUSY<nil>"] != many-1 {
		t.Errorf("%d starts are answered %v", many, counts)
	}
	mustTell(t, c.mustReply(t, "PT.SYNC", "STATUS", "1"), "id:1", "state:running", "mode:verify", "store:"+from)
	// A few at a time, whatever their prefixes.
	began := 1
	for ; began < many; began++ {
		if r := c.mustReply(t, job(fmt.Sprintf("p%d:", began))...); strings.HasPrefix(r.raw, "-BUSY ") {
			break
		}
	}
	if began == many {
		t.Errorf("%d jobs are under way", began)
	}
	// Whoever stops them need not be who has started them, and there is room for others.
	for id := 1; id <= began; id++ {
		connect(t, s.addr).mustDoArgs(t, []string{"PT.SYNC", "STOP", strconv.Itoa(id)}, integer(1))
		mustTell(t, ended(t, c, strconv.Itoa(id)), "state:stopped")
		c.mustDoArgs(t, []string{"PT.SYNC", "STOP", strconv.Itoa(id)}, integer(0))
	}
	const more = 40
	for i := range more {
		id := start("vec:")
		if want := strconv.Itoa(began + 1 + i); id != want {
			t.Errorf("the job has number %s, want %s", id, want)
		}
		c.mustDo(t, "PT.SYNC STOP "+id, integer(1))
		ended(t, c, id)
	}
	known := c.mustReply(t, "PT.SYNC", "STATUS")
	if len(known.items) != 32 {
		t.Errorf("%d jobs are known", len(known.items))
	}
	for i, job := range known.items {
		mustTell(t, job, "id:"+strconv.Itoa(began+more-i))
	}
	c.mustDo(t, "PT.SYNC STATUS 1", failure("NOJOB no such job: the last 32 are known"))
	// In a transaction as elsewhere.
	c.mustDo(t, "MULTI", simple("OK"))
	c.mustDoArgs(t, job("vec:"), simple("QUEUED"))
	c.mustDoArgs(t, job("vec:"), simple("QUEUED"))
	c.mustDo(t, "PT.SYNC STATUS 0", simple("QUEUED"))
	exec := c.mustReply(t, "EXEC")
	if len(exec.items) != 3 || exec.items[0].kind != ':' || !strings.HasPrefix(exec.items[1].text, "BUSY ") || !strings.HasPrefix(exec.items[2].text, "NOJOB ") {
		t.Errorf("in a transaction: %q", exec.raw)
	}
	if line := logLine(s.log.String(), "a sync begins"); line["prefix"] != "vec:" || line["mode"] != "verify" || line["store"] != from {
		t.Errorf("the log says %v", line)
	}
	if line := logLine(s.log.String(), "a sync has ended"); line["state"] != "stopped" {
		t.Errorf("the log says %v", line)
	}
	// The end of the server ends the last of them.
}

// A store that takes everything and answers nothing is waited for by its jobs alone: neither by
// clients, nor by whoever stops a job, nor by the end of the server.
func TestStore_SilentStoreHoldsUpNobody(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--store", "redis://"+silent(t), "--sync-prefixes", "vec:", "--sync-on-start", "--follow")
	c := connect(t, s.addr)
	for i := range 4 {
		startSync(t, c, fmt.Sprintf("p%d:", i))
	}
	c.mustDo(t, "PT.ADD vec: 5", integer(1))
	c.mustDo(t, "PT.SYNC STOP 2", integer(1))
	mustTell(t, ended(t, c, "2"), "state:stopped")
	if jobs := c.mustReply(t, "PT.SYNC", "STATUS"); strings.Count(jobs.raw, "$7\r\nrunning\r\n") < 4 {
		t.Errorf("the jobs are %q", jobs.raw)
	}
	s.end(t)
	if strings.Contains(s.log.String(), "cut off") {
		t.Error("it took too long")
	}
}

// A tracker speaks like a store, but has no keys: whoever mistakes its port for that of the store must not lose all IDs.
func TestStore_ATrackerIsNone(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := startServer(t)
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE vec: 0 100", integer(100))
	for _, mode := range []string{"LOAD", "VERIFY", "REPAIR"} {
		job := ended(t, c, startSync(t, c, "vec:", "FROM", "redis://"+s.addr, "MODE", mode, "SETTLE", "1"))
		mustTell(t, job, "state:failed", "stale:0", "repaired:0")
	}
	c.mustDo(t, "PT.COUNT vec:", integer(100))
}
