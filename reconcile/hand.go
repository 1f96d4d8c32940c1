package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// hand changes trackers: the log, if there is one, keeps what it has changed, and refuses if it
// cannot. It is for one goroutine at a time.
type hand struct {
	caller *tracker.Caller
	notes  *journal.Batch
	log    *journal.Log
	gate   journal.Gate // behind all that it has changed
	ids    []uint64     // for whoever has it
}

func (r *Reconciler) hand() *hand {
	h := &hand{caller: r.options.Registry.Caller(r.options.Recorder), log: r.log}
	h.notes = h.log.NewBatch()
	h.caller.Note(h.notes)
	return h
}

// refuses tells why nothing may be changed now.
func (h *hand) refuses() error {
	if err := h.log.Refusing(); err != nil {
		return fmt.Errorf("%w: %w", errNotKept, err)
	}
	return nil
}

// commit comes after each change, whatever became of it.
func (h *hand) commit() { h.gate = h.gate.And(h.log.Commit(h.notes)) }

// pin pins the tracker of prefix, which is made if it is not there.
func (h *hand) pin(prefix string) (*tracker.Pin, error) {
	defer h.commit()
	return h.caller.At(prefix).Pin()
}

// add adds ids to the tracker of p.
func (h *hand) add(p *tracker.Pin, ids []uint64) (added int, err error) {
	if err := h.refuses(); err != nil || len(ids) == 0 {
		return 0, err
	}
	defer h.commit()
	return p.At(h.caller).Add(ids)
}

// errNotKept is joined with why the log takes nothing.
var errNotKept = errors.New("the log takes no changes")

// keptLook is how often one that waits for the log looks whether it takes anything still.
const keptLook = 50 * time.Millisecond

// kept waits until the log has all that h has changed.
func (h *hand) kept(ctx context.Context) error {
	for !h.log.Reached(h.gate) {
		if err := h.refuses(); err != nil {
			return err
		}
		look, cancel := context.WithTimeout(ctx, keptLook)
		h.log.Wait(h.gate, look.Done())
		cancel()
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// hands are as many as work at the same time for a job.
type hands struct {
	of *Reconciler

	mu   sync.Mutex
	free []*hand
}

func (s *hands) take() *hand {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.free) - 1
	if last < 0 {
		return s.of.hand()
	}
	h := s.free[last]
	s.free = s.free[:last]
	return h
}

func (s *hands) put(h *hand) {
	h.caller.Forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, h)
}

// kept is that of all of them, when nobody works any more.
func (s *hands) kept(ctx context.Context) error {
	for _, h := range s.free {
		if err := h.kept(ctx); err != nil {
			return err
		}
	}
	return nil
}
