package driver

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/workload"
)

// scene is a tracker and a store that agree, and drivers at them.
type scene struct {
	t     *testing.T
	ids   string
	store *redistest.Server
	admin *remote.Client
	to    redis.Conn
}

const sceneIDs = 3000

func newScene(t *testing.T) *scene {
	s := &scene{t: t, store: redistest.Start(t), ids: startTrackerAt(t)}
	s.admin = dial(t, dialer(s.ids))
	var err error
	if s.to, err = redis.Dial("tcp", s.store.Addr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.to.Close() })
	return s
}

// fresh has no IDs exist, or all.
func (s *scene) fresh(full bool) {
	s.t.Helper()
	do(s.t, s.admin, "PT.DROP vec:")
	do(s.t, s.admin, "PT.CREATE vec: MAXID "+strconv.Itoa(sceneIDs))
	if _, err := s.to.Do("FLUSHALL"); err != nil {
		s.t.Fatal(err)
	}
	if !full {
		return
	}
	do(s.t, s.admin, "PT.ADDRANGE vec: 0 "+strconv.Itoa(sceneIDs))
	for id := range uint64(sceneIDs) {
		if err := s.to.Send("SET", keyOf(id), "x"); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := s.to.Do(""); err != nil {
		s.t.Fatal(err)
	}
}

// agrees checks that so many IDs exist, and that the store has exactly their keys.
func (s *scene) agrees(exist int) {
	s.t.Helper()
	n, err := s.admin.Count(s.t.Context(), "vec:", 0, sceneIDs)
	if err != nil || n != uint64(exist) {
		s.t.Errorf("%d IDs exist, not %d: %v", n, exist, err)
	}
	if keys, err := redis.Int(s.to.Do("DBSIZE")); keys != exist || err != nil {
		s.t.Errorf("%d keys, not %d: %v", keys, exist, err)
	}
	id, err := s.admin.StartSync(s.t.Context(), remote.SyncRequest{Prefix: "vec:", From: "redis://" + s.store.Addr, Mode: "verify", Settle: time.Millisecond})
	if err != nil {
		s.t.Fatal(err)
	}
	var job remote.SyncJob
	eventually(s.t, "the end of a sync", func() bool {
		if job, err = s.admin.SyncStatus(s.t.Context(), id); err != nil {
			s.t.Fatal(err)
		}
		return !job.Running()
	})
	if job.State != "done" || job.Stale != 0 || job.Missing != 0 || job.Changing != 0 {
		s.t.Errorf("%+v", job)
	}
}

// process is a driver that can be killed.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines <-chan string
}

func (s *scene) start(o orders) *process {
	s.t.Helper()
	o.IDs, o.Store, o.Options.Max = s.ids, s.store.Addr, sceneIDs
	text, err := json.Marshal(o)
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asDriver+"="+string(text))
	p := &process{t: s.t, cmd: cmd}
	if p.in, err = cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	p.lines = start(s.t, cmd)
	return p
}

// next is what it says next.
func (p *process) next() string {
	p.t.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			p.t.Fatal("it has ended")
		}
		return line
	case <-time.After(patienceOfTests):
		p.t.Fatal("it says nothing")
	}
	return ""
}

// at waits until it has stopped where it was to.
func (p *process) at(stage string) {
	p.t.Helper()
	if said := p.next(); said != "at "+stage {
		p.t.Fatal(said)
	}
}

// ends waits until it has ended well.
func (p *process) ends() (o outcome) {
	p.t.Helper()
	said := p.next()
	if err := json.Unmarshal([]byte(said), &o); err != nil {
		p.t.Fatal(said, err)
	}
	for line := range p.lines {
		p.t.Error(line)
	}
	return o
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

func (p *process) goOn() {
	p.t.Helper()
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		p.t.Fatal(err)
	}
}

// ways are the feeds that leave tracker and store as they were asked to, and how many IDs exist then.
var ways = map[string]struct {
	feedOrders
	full bool
	left int
}{
	"claims until full":  {feedOrders{Way: workload.Claim}, false, sceneIDs},
	"takes until empty":  {feedOrders{Way: workload.Take}, true, 0},
	"takes half":         {feedOrders{Way: workload.Take, Random: true, Limit: workload.Amount{Number: sceneIDs / 2, Is: workload.IsNumber}}, true, sceneIDs / 2},
	"takes all, at ease": {feedOrders{Way: workload.Take, Random: true}, true, 0},
}

// shortLease is what others wait for; it says nothing of what is right.
const shortLease = 300 * time.Millisecond

// TestFeed_KilledOwner: a driver that is killed at whatever moment changes nothing of what there is at the end.
func TestFeed_KilledOwner(t *testing.T) {
	t.Parallel()
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			for i, stage := range stages {
				s.fresh(way.full)
				o := orders{Options: way.feedOrders}
				o.Options.Lease, o.Options.Alone, o.Options.Run = shortLease, true, stage
				doomed := o
				doomed.Stop, doomed.Stage = 1+i%3, stage
				victim := s.start(doomed)
				victim.at(stage)
				victim.signal(syscall.SIGKILL)
				one, two := s.start(o), s.start(o)
				if a, b := one.ends(), two.ends(); a.Missed+b.Missed > 0 {
					t.Errorf("%s: %d and %d keys were not there", stage, a.Missed, b.Missed)
				}
				s.agrees(way.left)
			}
		})
	}
}
