package integration_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// filling is a workload that takes some seconds: a fill, and a delete of half.
const filling = `
prefix: "vec:"
keys: %d
clients: 4
pipeline: 4
lease: 2s
rate: %d
phases:
  - name: prefill
    ops: [{command: "SET {key} {value:20}", ids: claim}]
    expect: [misses=0, errors=0]
  - name: delete
    ops: [{command: "DEL {key}", ids: take, limit: 50%%}]
    expect: [misses=0, errors=0]
`

func fillingOf(keys int) string { return fmt.Sprintf(filling, keys, keys/2) }

const deathKeys = 6000

// amid waits until a driver has begun a phase, and has done a part of it as the store says.
func (s *runScene) amid(t *testing.T, phase string, least, most int) {
	t.Helper()
	eventually(t, "amid "+phase, func() bool {
		n, err := strconv.Atoi(s.behind.mustReply(t, "DBSIZE").text) // or it loads what it has kept
		return err == nil && n >= least && n <= most && strings.Contains(s.drivers[0].log.String(), phase+" (")
	})
}

// TestRunDeaths_Store: the store, which keeps what it has acknowledged, dies in each phase and comes back. Nothing is
// missed, and all agrees.
func TestRunDeaths_Store(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := redistest.Start(t, "--appendonly", "yes", "--appendfsync", "always")
	url := "redis://" + redis.Addr + "?wait=20s"
	s := sceneOn(t, fillingOf(deathKeys), startServer(t, "--store", url).addr, url, redis.Addr)
	s.outlives(t, func() {
		redis.Kill()
		redis.Restart(t)
		s.behind = connect(t, redis.Addr)
	})
}

// TestRunDeaths_Tracker: the tracker, which keeps its IDs, dies in each phase and comes back at the same address.
func TestRunDeaths_Tracker(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	redis := startRedis(t)
	addr, dir := "127.0.0.1:"+freePort(t), t.TempDir()
	var tracker *process
	begin := func() {
		tracker = startProcess(t, exec.Command(binary, "--addr", addr, "--dir", dir, "--appendonly", "yes", "--store", "redis://"+redis.addr))
		eventually(t, "it is ready", func() bool { return logLine(tracker.log.String(), "listening") != nil })
	}
	begin()
	s := sceneOn(t, fillingOf(deathKeys), addr, "redis://"+redis.addr, redis.addr)
	s.outlives(t, func() {
		tracker.cmd.Process.Kill()
		<-tracker.exited
		begin()
	})
}

// outlives has a driver that goes through all phases, while something dies in the midst of the prefill and of the delete.
func (s *runScene) outlives(t *testing.T, dies func()) {
	t.Helper()
	p := s.drive(t)
	s.amid(t, "prefill", deathKeys/4, deathKeys)
	dies()
	s.amid(t, "delete", deathKeys/2, deathKeys*7/8)
	dies()
	mustExit(t, p, 0)
	s.mustAgree(t, deathKeys/2)
}

// TestRunDeaths_StandsStill: of two drivers one stands still for longer than its lease, in each phase, while the other
// does what it had. When it goes on it harms nothing: what is deleted meanwhile stays so.
func TestRunDeaths_StandsStill(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := newRunScene(t, fillingOf(deathKeys))
	s.drive(t, "--barrier", "2", "--lease", "1s")
	still := s.drive(t, "--barrier", "2", "--lease", "1s")
	c := connect(t, s.tracker)
	expired := func() string { return c.mustReply(t, "PT.INFO", "vec:").field(t, "leases_expired").text }
	for _, at := range []struct {
		phase       string
		least, most int
	}{{"prefill", deathKeys / 8, deathKeys}, {"delete", deathKeys / 2, deathKeys * 7 / 8}} {
		s.amid(t, at.phase, at.least, at.most)
		before := expired()
		if err := still.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		// It may hold nothing just then, and the other one ends the phase by itself.
		for deadline := time.Now().Add(4 * time.Second); time.Now().Before(deadline) && expired() == before; {
			time.Sleep(10 * time.Millisecond)
		}
		still.cmd.Process.Signal(syscall.SIGCONT)
	}
	// It may have lost its place beside the others, and says so with its exit code; what is done is right.
	mustExit(t, s.drivers[0], 0)
	<-still.exited
	s.mustAgree(t, deathKeys/2)
	t.Logf("who stood still exited with %d:\n%s", still.cmd.ProcessState.ExitCode(), still.log.String())
}

// TestRunDeaths_Guarded: over TLS, as a user who may do no more than the workload does.
func TestRunDeaths_Guarded(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	ca, cert, key := redistest.Certificates(t)
	port := redistest.FreePort(t)
	redis := redistest.Start(t, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca)
	redis.Do(t, "ACL", "SETUSER", "load", "on", ">secret", "~vec:*", "+set", "+del", "+info", "+scan", "+exists", "+hello", "+ping")
	url := func(user string) string {
		return "rediss://" + user + "@127.0.0.1:" + port + "?cacert=" + ca + "&cert=" + cert + "&key=" + key
	}
	s := sceneOn(t, fillingOf(1000), startServer(t, "--store", url("load:secret")).addr, url("load:secret"), redis.Addr)
	mustExit(t, s.drive(t), 0)
	s.mustAgree(t, 500)
	s.url = url("load:wrong")
	p := s.drive(t)
	mustExit(t, p, 2)
	if said := p.log.String(); !strings.Contains(said, "password") || strings.Contains(said, "wrong@") {
		t.Errorf("with a wrong password it says %q", said)
	}
}

// TestRunDeaths_HostileFiles: what a file has that means harm is refused in one line that says where, soon and with
// little memory, and shows nothing that a terminal obeys.
func TestRunDeaths_HostileFiles(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	phase := func(op string) string {
		return "prefix: \"vec:\"\nkeys: 10\nphases:\n  - name: a\n    ops:\n      - " + op + "\n"
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	file := filepath.Join(t.TempDir(), "workload.yaml")
	for name, text := range map[string]string{
		"aliases of aliases":     bomb + phase(`{command: "GET {key}", ids: sample}`),
		"an alias of itself":     "phases: &a\n  - *a\n",
		"deep":                   strings.Repeat("[", 100_000),
		"deep maps":              strings.Repeat("{a: ", 50_000),
		"a control in a name":    phase("{command: \"GET {key}\", ids: sample, name: \"\\e[2J\\u202e\"}"),
		"a control in a command": phase("{command: \"G\\e[2JET {key}\", ids: nonsense}"),
		"a name of a megabyte":   phase("{command: \"GET {key}\", ids: sample, " + strings.Repeat("x", 1<<20) + ": 1}"),
		"twice the same":         phase(`{command: "GET {key}", ids: sample, ids: claim}`),
		"two documents":          phase(`{command: "GET {key}", ids: sample}`) + "---\nphases: []\n",
		"no UTF-8":               "prefix: \"\xff\xfe\"\nphases: [\xff]\n",
		"a tag":                  phase(`{command: !!binary "R0VU", ids: !nonsense sample}`),
		"a number of IDs":        strings.Replace(phase(`{command: "GET {key}", ids: sample}`), "10", "1e400", 1),
		"a value beyond memory":  phase(`{command: "SET {key} {value:99999999999999}", ids: claim}`),
		"a vector beyond memory": phase(`{command: "SET {key} {vector:4000000000}", ids: claim}`),
		"clients without end":    "clients: 2000000000\n" + phase(`{command: "GET {key}", ids: sample}`),
		"threads without end":    "threads: 2000000000\nclients: 2000000000\n" + phase(`{command: "GET {key}", ids: sample}`),
		"a pipeline without end": "pipeline: 2000000000\n" + phase(`{command: "GET {key}", ids: sample}`),
		"an empty file":          "",
		"no phases":              "phases: []\nprefix: \"vec:\"\n",
		"zeros":                  strings.Repeat("\x00", 4096),
	} {
		t.Run(name, func(t *testing.T) {
			writeText(t, file, text)
			cmd := []string{"--store", "redis://127.0.0.1:1/?wait=1ms", "--workload", file}
			output, beside, code := drives(t, []string{"GOMEMLIMIT=100MiB"}, cmd...)
			if code != 2 || output != "" || !isOneComplaint(beside) || len(beside) > 2000 {
				t.Errorf("it exited with %d and printed %.300q and, of %d bytes, %.600q", code, output, len(beside), beside)
			}
			if strings.Contains(beside, "127.0.0.1:1:") || strings.Contains(beside, "refused: ") {
				t.Errorf("it was tried all the same: %.300q", beside)
			}
			t.Logf("%.300s", beside)
		})
	}
}

// TestRunDeaths_StoreRefuses: for a time the store takes no more. What it has refused is given back and done later, and is
// an error in the figures.
func TestRunDeaths_StoreRefuses(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s := newRunScene(t, fillingOf(deathKeys))
	p := s.drive(t)
	s.amid(t, "prefill", deathKeys*6/10, deathKeys) // behind what is deleted: nothing hides it
	s.behind.mustDo(t, "CONFIG SET maxmemory 1", simple("OK"))
	eventually(t, "something is refused", func() bool {
		return strings.Contains(s.behind.mustReply(t, "INFO", "errorstats").text, "errorstat_OOM")
	})
	s.behind.mustDo(t, "CONFIG SET maxmemory 0", simple("OK"))
	mustExit(t, p, 1)
	if said := p.log.String(); !strings.Contains(said, "OOM") || !strings.Contains(said, "NOT as expected") || strings.Count(said, "misses=0: 0, as expected") != 2 {
		t.Errorf("it says\n%s", said)
	}
	s.mustAgree(t, deathKeys/2)
}
