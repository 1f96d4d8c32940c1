package integration_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/report"
)

var (
	runKeys = flag.Int("run-keys", 12_000, "keys of the scenes of the driver; make driver-scenes has five million")
	runFull = flag.Bool("run-full", false, "the scenes of the driver with as many operations a second as there can be, as make driver-scenes has them")
)

// lifeWorkload is the workload of the scenes: a sixth of the IDs stays free, so that reads can miss.
const lifeWorkload = `
prefix: "vec:"
keys: %[2]d
clients: 8
pipeline: 8
lease: 3s
%[3]s
phases:
  - name: prefill
    ops:
      - {command: "SET {key} {value:100}", ids: claim, range: "0-%[1]d"}
    expect: [errors=0, misses=0]
  - name: read
    verify: yes
    ops:
      - {command: "GET {key}", ids: cursor}
    expect: [hit=1, wrong=0, errors=0]
  - name: mix
    requests: %[4]d
    ops:
      - {command: "GET {key}", share: 80%%, ids: sample, hit: 0.9, dist: zipf 0.99}
      - {command: "SET {key} {value:100}", share: 20%%, ids: sample, dist: zipf 0.99}
    expect: [GET.hit=0.9, errors=0, wrong=0]
  - name: delete
    ops:
      - {command: "DEL {key}", ids: take, order: random, limit: 50%%}
    expect: [misses=0, errors=0]
  - name: verify
    sync: verify
`

var lifePhases = []string{"prefill", "read", "mix", "delete", "verify"}

// runScene is a store, a tracker beside it, and drivers that work on both.
type runScene struct {
	tracker, url string // addresses of the tracker and the store
	behind       *client
	file         string // the workload
	out          string // the directory of results
	drivers      []*process
}

// newRunScene starts a store and a tracker for a workload.
func newRunScene(t *testing.T, workload string) *runScene {
	t.Helper()
	store := startRedis(t)
	return sceneOn(t, workload, startServer(t, "--store", "redis://"+store.addr).addr, "redis://"+store.addr, store.addr)
}

// sceneOn is one with a tracker and a store that are there. behind is an address of the store at which nobody asks who it is.
func sceneOn(t *testing.T, workload, tracker, url, behind string) *runScene {
	t.Helper()
	s := &runScene{tracker: tracker, url: url, behind: connect(t, behind), out: t.TempDir()}
	s.file = filepath.Join(s.out, "workload.yaml")
	writeText(t, s.file, workload)
	return s
}

// lifeOf is the workload for so many keys. In the short form each phase takes long enough to be killed in.
func lifeOf(keys int) string {
	pace := "rate: 4000"
	if *runFull {
		pace = "" // as fast as it goes
	}
	return fmt.Sprintf(lifeWorkload, keys, keys+keys/5, pace, keys/5)
}

// drive starts one more driver.
func (s *runScene) drive(t *testing.T, flags ...string) *process {
	t.Helper()
	out := filepath.Join(s.out, fmt.Sprint(len(s.drivers), ".json"))
	p := startProcess(t, exec.Command(binary, append([]string{"run", "--store", s.url, "--ids", s.tracker,
		"--workload", s.file, "--out", "json=" + out}, flags...)...))
	s.drivers = append(s.drivers, p)
	return p
}

// mustExit waits for a driver's end.
func mustExit(t *testing.T, p *process, want int) {
	t.Helper()
	<-p.exited // go test has a time for all, and 5 million keys take theirs
	if code := p.cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("%v exited with %d, want %d:\n%s", p.cmd.Args, code, want, p.log.String())
	}
}

// results are those of a driver that has ended.
func (s *runScene) results(t *testing.T, i int) []driver.Result {
	t.Helper()
	f, err := os.Open(filepath.Join(s.out, fmt.Sprint(i, ".json")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mustAgree fails the test unless tracker and store have the same keys, as sync says and as they themselves say, so many,
// and nothing is left of drivers: no lease, no cursor, no prefix to meet at.
func (s *runScene) mustAgree(t *testing.T, keys int) {
	t.Helper()
	c, behind := connect(t, s.tracker), s.behind
	eventually(t, "leases of the dead have ended", func() bool { return len(c.mustReply(t, "PT.LEASES", "vec:").items) == 0 })
	mustSync(t, &server{addr: s.tracker}, nil, 0, []string{"stale 0", "missing 0"}, "--prefix", "vec:", "--mode", "verify")
	behind.mustDo(t, "DBSIZE", integer(keys))
	c.mustDo(t, "PT.COUNT vec:", integer(keys))
	if keys <= 1_000_000 {
		mustBeEqual(t, c, "vec:", "vec:", behind)
	}
	prefixes, cursors := c.mustReply(t, "PT.LIST").texts(), c.mustReply(t, words("PT.CURSOR LIST")...)
	if len(prefixes) != 1 || len(cursors.items) > 0 {
		t.Errorf("what is left: prefixes %q, cursors %q", prefixes, cursors.raw)
	}
}

// TestRunScene_Life: three drivers fill a store, read all of it without a miss and compare each value, read and write by
// Zipf's law with nine hits of ten, delete half without a miss, and all agrees with the store.
func TestRunScene_Life(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	keys := *runKeys
	s := newRunScene(t, lifeOf(keys))
	for range 3 {
		s.drive(t, "--barrier", "3")
	}
	var all [][]driver.Result
	for i, p := range s.drivers {
		if mustExit(t, p, 0); !t.Failed() {
			all = append(all, s.results(t, i))
		}
	}
	if t.Failed() {
		return
	}
	s.mustAgree(t, keys/2)
	merged, err := report.Merge(all...)
	if err != nil {
		t.Fatal(err)
	}
	want := []map[string][2]int{ // what was done or hit, and what was missed
		{"SET": {keys, 0}},
		{"GET": {keys, 0}},
		{"GET": {3 * keys / 5 * 8 / 10 * 9 / 10, 3 * keys / 5 * 8 / 10 / 10}, "SET": {3 * keys / 5 * 2 / 10, 0}},
		{"DEL": {keys / 2, 0}},
		{},
	}
	for i, r := range merged {
		for k, op := range r.Ops {
			f := &r.Stats.Kinds[k]
			done, missed := int(f.Outcomes[load.Done]+f.Outcomes[load.Hit]), int(f.Outcomes[load.Miss])
			if w := want[i][op]; done != w[0] || missed != w[1] || len(f.Faults) > 0 {
				t.Errorf("%s: %s: %d done and %d missed, want %d; faults %v", r.Phase, op, done, missed, w, f.Faults)
			}
		}
	}
	t.Logf("%d keys:\n%s", keys, s.drivers[0].log.String())
}

// TestRunScene_Killed: one of three drivers dies in a phase. The others do what is left of it, and it is as if nobody
// had died.
func TestRunScene_Killed(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	for i, phase := range lifePhases {
		if !*runFull && phase != "prefill" && phase != "delete" {
			continue // make driver-scenes has it: no ID dies with a driver there
		}
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			s := newRunScene(t, lifeOf(*runKeys))
			for range 3 {
				s.drive(t, "--barrier", "3")
			}
			dies := s.drivers[1]
			line := fmt.Sprintf("%s (%d of %d): running", phase, i+1, len(lifePhases))
			if phase == "verify" {
				line = "verify (5 of 5)" // it may be over before it says more
			}
			eventually(t, line, func() bool { return strings.Contains(dies.log.String(), line) || dies.hasExited() })
			dies.cmd.Process.Signal(syscall.SIGKILL)
			<-dies.exited
			mustExit(t, s.drivers[0], 0)
			mustExit(t, s.drivers[2], 0)
			s.mustAgree(t, *runKeys/2)
		})
	}
}
