package integration_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

var sceneKeys = flag.Int("scene-keys", 20_000, "keys of the scenes; make scenes has a million")

// scene is a tracker that may be killed, a real redis-server as the store, and workers in two languages.
type scene struct {
	flags   []string
	tracker *mortal
	store   *store
	admin   *client
	redis   *client
	notes   string // the folder of what workers wrote down
	workers []*sceneWorker
}

func newScene(t *testing.T) *scene {
	t.Helper()
	t.Parallel()
	sameForEveryListener(t)
	requireProgram(t, "/usr/bin/python3", "python3-redis")
	requireNodeLibrary(t, "ioredis")
	s := &scene{notes: t.TempDir(), store: startRedis(t)}
	s.flags = []string{"--addr", "127.0.0.1:" + freePort(t), "--dir", t.TempDir(), "--appendonly", "yes"}
	s.tracker = startMortal(t, s.flags...)
	s.admin, s.redis = connect(t, s.tracker.addr), connect(t, s.store.addr)
	t.Cleanup(func() { s.tracker.mustBeSane(t) })
	return s
}

// killTracker ends the tracker at once and starts it again on its directory.
func (s *scene) killTracker(t *testing.T) {
	t.Helper()
	s.tracker.kill(t)
	s.tracker = startMortal(t, s.flags...)
	s.admin = connect(t, s.tracker.addr)
	eventually(t, "it has read its log", func() bool { return s.admin.mustReply(t, "PT.TOTAL").kind == ':' })
}

// job is what a worker does; python/worker.py and node/worker.js read it.
type job struct {
	Next    []string `json:"next"`              // the hand-out, with KEYS
	TTL     int      `json:"ttl"`               // of its lease, in milliseconds; 0: it has none
	Store   string   `json:"store"`             // SET, DEL or GET, for each key
	Remove  string   `json:"remove,omitempty"`  // of this prefix the IDs are removed before
	Until   []any    `json:"until,omitempty"`   // the end, where others may give something back: a command, and its reply
	Batches int      `json:"batches,omitempty"` // and then it leaves
	Grace   float64  `json:"grace,omitempty"`   // seconds between hand-out and change
	Parts   bool     `json:"parts,omitempty"`   // confirms in two halves, by their IDs
	Renew   bool     `json:"renew,omitempty"`   // renews amid each batch
	Release bool     `json:"release,omitempty"` // gives every fourth batch back
	Die     []any    `json:"die,omitempty"`     // [batch, step]: kills itself there
	Width   int      `json:"width,omitempty"`
}

// lease is the command with a lease, in whose time a worker of a busy machine gets to its end.
func (j job) lease(ms int) job {
	j.TTL = ms
	j.Next = append(append([]string(nil), j.Next...), "LEASE", strconv.Itoa(ms))
	return j
}

func handOut(line string) job { return job{Next: append(words(line), "KEYS"), Store: "SET"} }

// until is the job that goes on until this command has this reply.
func (j job) until(line string, reply int) job {
	j.Until = []any{words(line), reply}
	return j
}

// dies is the job that ends with a SIGKILL in that batch at that step.
func (j job) dies(batch int, step string) job {
	j.Die = []any{batch, step}
	return j
}

// sceneWorker is one process.
type sceneWorker struct {
	*process
	notes string
	step  string // at which it is to kill itself
	dead  bool   // killed, by itself or by the test
}

// start runs one more worker: every other one is in Python, the others in Node.
func (s *scene) start(t *testing.T, j job) *sceneWorker {
	t.Helper()
	at := len(s.workers)
	w := &sceneWorker{notes: filepath.Join(s.notes, strconv.Itoa(at))}
	text, err := json.Marshal(struct {
		job
		Name    string `json:"name"`
		Notes   string `json:"notes"`
		Tracker int    `json:"tracker"`
		Port    int    `json:"store_port"`
	}{j, fmt.Sprint("worker-", at), w.notes, portOf(t, s.tracker.addr), portOf(t, s.store.addr)})
	if err != nil {
		t.Fatal(err)
	}
	command := []string{"/usr/bin/python3", "python/worker.py"}
	if at%2 == 1 {
		command = []string{"node", "node/worker.js"}
	}
	w.process = startProcess(t, exec.Command(command[0], command[1], string(text)))
	if j.Die != nil {
		w.step = j.Die[1].(string)
	}
	s.workers = append(s.workers, w)
	return w
}

func (s *scene) startAll(t *testing.T, n int, j job) (all []*sceneWorker) {
	t.Helper()
	for range n {
		all = append(all, s.start(t, j))
	}
	return all
}

func portOf(t *testing.T, addr string) int {
	t.Helper()
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	return atoi(t, port)
}

// waitKilled waits for a worker that was to kill itself.
func (w *sceneWorker) waitKilled(t *testing.T) {
	t.Helper()
	code := w.waitExit(t)
	if status := w.cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%v was to be killed, and exited with %d:\n%s", w.cmd.Args, code, w.log.String())
	}
	w.dead = true
}

func (w *sceneWorker) kill() {
	w.cmd.Process.Kill()
	<-w.exited
	w.dead = true
}

// waitAll waits until all workers who are alive have done what they had to, and returns how many keys the store
// lacked of those that they deleted or read.
func (s *scene) waitAll(t *testing.T) (missed int) {
	t.Helper()
	for _, w := range s.workers {
		if w.dead {
			continue
		}
		waitLong(t, w.process)
		var said struct{ Batches, Missed int }
		if err := json.Unmarshal([]byte(w.log.String()), &said); err != nil || w.cmd.ProcessState.ExitCode() != 0 {
			t.Fatalf("%v exited with %d and printed\n%s", w.cmd.Args, w.cmd.ProcessState.ExitCode(), w.log.String())
		}
		missed += said.Missed
	}
	return missed
}

// waitLong waits for a process that has as much to do as the scene is large.
func waitLong(t *testing.T, p *process) {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(patience * time.Duration(1+*sceneKeys/100_000)):
		t.Fatalf("%v is still running\n%s", p.cmd.Args, p.log.String())
	}
}

// number is the reply of a command that replies with one.
func (s *scene) number(t *testing.T, line string) int {
	t.Helper()
	return atoi(t, s.admin.mustReply(t, words(line)...).text)
}

// leased is how many IDs of a prefix are in flight.
func (s *scene) leased(t *testing.T, prefix string) int {
	t.Helper()
	return atoi(t, s.admin.mustReply(t, "PT.INFO", prefix).field(t, "leased").text)
}
