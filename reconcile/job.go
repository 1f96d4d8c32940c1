package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
)

// job is a load, verify or repair of one prefix, as others see it.
type job struct {
	Request
	id     uint64
	from   string
	began  time.Time
	cancel context.CancelCauseFunc
	over   chan struct{} // closed when it has ended and all have been told

	size, visited, scanned, found      atomic.Uint64
	unparsable, outOfRange, added      atomic.Uint64
	stale, missing, changing, repaired atomic.Uint64
	left                               atomic.Uint64
	at, of                             atomic.Uint64 // how far the phase is, of 0 for one that is not counted

	mu      sync.Mutex
	state   string
	phase   string
	ended   time.Time
	unknown string
	failure string

	unparsableKeys, staleKeys, missingKeys examples
}

func newJob(id uint64, q Request, from string, cancel context.CancelCauseFunc) *job {
	return &job{Request: q, id: id, from: from, began: time.Now(), cancel: cancel, over: make(chan struct{}), state: "running", phase: "beginning"}
}

// stop has the job end, because of why, and tells whether it was under way.
func (j *job) stop(why error) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.state != "running" {
		return false
	}
	j.cancel(why)
	return true
}

// enter begins a phase of of steps, 0 for not known.
func (j *job) enter(phase string, of uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.phase = phase
	j.at.Store(0)
	j.of.Store(of)
}

// end notes how the job has ended; why is nil unless it was stopped.
func (j *job) end(err, why error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended, j.phase = time.Now(), ""
	j.of.Store(0)
	var unknown *store.UnknownError
	switch {
	case why != nil:
		j.state, j.failure = "stopped", ""
	case err == nil:
		j.state = "done"
		return
	case errors.As(err, &unknown):
		j.state, j.unknown = "failed", clip(unknown.What, mostText)
		fallthrough
	default:
		j.state, j.failure = "failed", clip(err.Error(), mostText)
	}
}

func (j *job) figures() observe.SyncJob {
	j.mu.Lock()
	defer j.mu.Unlock()
	phase := j.phase
	if of := j.of.Load(); of > 0 {
		phase = fmt.Sprintf("%s, %d of %d", phase, j.at.Load(), of)
	}
	size := j.size.Load()
	return observe.SyncJob{
		ID: j.id, Prefix: j.Prefix, Store: j.from, Mode: j.Mode.String(), DryRun: j.DryRun,
		State: j.state, Phase: phase, Began: j.began, Ended: j.ended,
		Size: size, Visited: min(j.visited.Load(), size), Scanned: j.scanned.Load(), Found: j.found.Load(),
		Unparsable: j.unparsable.Load(), OutOfRange: j.outOfRange.Load(), Added: j.added.Load(),
		Stale: j.stale.Load(), Missing: j.missing.Load(), Changing: j.changing.Load(),
		Repaired: j.repaired.Load(), Left: j.left.Load(),
		Unknown: j.unknown, Error: j.failure,
		UnparsableKeys: j.unparsableKeys.all(), StaleKeys: j.staleKeys.all(), MissingKeys: j.missingKeys.all(),
	}
}

const (
	mostExamples = 10
	mostKey      = 128 // bytes of an example
	mostText     = 512 // bytes of an error
)

// examples are a few keys, copied.
type examples struct {
	mu   sync.Mutex
	keys []string
}

func (e *examples) add(key string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.keys) < mostExamples {
		e.keys = append(e.keys, clip(key, mostKey))
	}
}

func (e *examples) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.keys...)
}

// clip returns a copy of the first n bytes of s.
func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.Clone(s)
}
