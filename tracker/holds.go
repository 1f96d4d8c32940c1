package tracker

import (
	"container/heap"
	"crypto/rand"
	"iter"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// holds is the table of all that callers hold by a token. Nothing in it costs
// more than its one hold: a token is found in a map, the next deadline at the
// top of a heap, and what ends together is marked with one store (group) and
// taken out in the background (reap.go).
//
// mu is held for a few steps at a time, never over an operation on IDs and
// never over a Recorder.
type holds struct {
	registry *Registry
	epoch    time.Time // with a monotonic reading: changes of the wall clock end nothing

	leases  atomic.Int64  // that have not been refunded, of all trackers
	expired atomic.Uint64 // leases that have ended by time

	mu      sync.Mutex
	byToken map[string]*hold
	heap    deadlines
	ended   []*group // with members to be taken out
	reaper  reaper
}

func (s *holds) init(r *Registry) {
	s.registry = r
	s.epoch = time.Now()
	s.byToken = make(map[string]*hold)
	s.reaper.rested.L = &s.mu
}

// now is the time since the table was made, in nanoseconds.
func (s *holds) now() int64 { return int64(time.Since(s.epoch)) }

// after is the time that lies d ahead, or the end of time.
func (s *holds) after(d time.Duration) int64 {
	now := s.now()
	return now + min(int64(d), math.MaxInt64-now)
}

// open puts h into the table, for owner unless that is nil. registered tells,
// with the table locked, whether the tracker is in the registry. A tracker that
// leaves does so first and then looks for extras, so one of the two sees the
// other, and nothing is held of a tracker that has left.
//
// Errors are [ErrCallerClosed], [ErrNoPrefix], and those of the kind; h has no
// part in the table then.
func (s *holds) open(h *hold, owner *group, registered func() bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if owner.over() {
		return ErrCallerClosed
	}
	x := h.tracker.extra()
	if !registered() {
		return ErrNoPrefix
	}
	if x.held == nil {
		x.held = new(group)
	}
	if h.table = s; h.token == "" {
		h.token = rand.Text()
	}
	h.due = s.after(h.ttl)
	h.deadline.Store(h.due)
	h.groups = [sides]*group{ofTracker: x.held, ofOwner: owner}
	if err := h.kind.enter(h); err != nil {
		return err
	}
	for side, g := range h.groups {
		if g != nil {
			g.add(side, h)
		}
	}
	s.byToken[h.token] = h
	heap.Push(&s.heap, h)
	if h.at == 0 {
		s.arm()
	}
	return nil
}

// use returns the hold of token for its holder and begins its time to live
// anew; nil for one that has ended or is of another kind.
func (s *holds) use(token string, k kind) *hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.find(token, k)
	if h == nil || !h.renew() { // the heap learns of it when the old deadline comes
		return nil
	}
	return h
}

// look returns the hold of token, which may have ended; nil for none of that
// kind.
func (s *holds) look(token string, k kind) *hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(token, k)
}

// close ends the hold of token and returns it; nil for one that has ended or is
// of another kind.
func (s *holds) close(token string, k kind) *hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.find(token, k)
	if h == nil || h.over() {
		return nil
	}
	s.remove(h)
	return h
}

// leased returns the hold of token if it is one of IDs that are to be settled, which may have
// ended; nil if not.
func (s *holds) leased(token string) (*hold, leased) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.byToken[token]
	if h == nil {
		return nil, nil
	}
	l, is := h.kind.(leased)
	if !is {
		return nil, nil
	}
	return h, l
}

// drop ends h and takes it out of the table; false says that it had left that already.
func (s *holds) drop(h *hold) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.out {
		return false
	}
	s.remove(h)
	return true
}

// renewTo gives h ttl from now on, and reports false when it has ended.
func (s *holds) renewTo(h *hold, ttl time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.ttl = ttl; !h.renew() {
		return false
	}
	if due := h.deadline.Load(); due < h.due { // the heap has to know of an earlier end
		h.due = due
		heap.Fix(&s.heap, h.at)
		s.arm()
	}
	return true
}

func (s *holds) find(token string, k kind) *hold {
	if h := s.byToken[token]; h != nil && h.kind == k {
		return h
	}
	return nil
}

// remove ends h and takes it out of the table.
func (s *holds) remove(h *hold) {
	s.takeOut(h)
	delete(s.byToken, h.token)
}

// takeOut is remove, but h is still found by its token.
func (s *holds) takeOut(h *hold) {
	h.end()
	h.out = true
	heap.Remove(&s.heap, h.at)
	for side, g := range h.groups {
		if g != nil {
			g.remove(side, h)
		}
	}
}

// leave ends all that is held of the tracker of x, which has left the registry.
func (s *holds) leave(x *extras) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.held != nil {
		s.end(x.held)
		x.held = nil
	}
}

// endLeases ends the leases of f's tracker, which has been cleared. The lease lock is held.
func (s *holds) endLeases(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.held != nil {
		s.end(f.held)
		f.held = nil
	}
}

// endAll ends the members of g, and all that would join it.
func (s *holds) endAll(g *group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.end(g)
}

func (s *holds) end(g *group) {
	if g.ended.Swap(true) || len(g.members) == 0 {
		return
	}
	s.ended = append(s.ended, g)
	s.arm()
}

// members goes through the members of a group, which is asked for with the table locked; nil is
// none. One that is there all the while comes at least once, perhaps twice: when one leaves, the last one
// of its group gets its place, so who goes downwards passes over none.
func (s *holds) members(of func() *group) iter.Seq[*hold] {
	return func(yield func(*hold) bool) {
		var some [64]*hold
		for at := math.MaxInt; at > 0; {
			n := 0
			s.mu.Lock()
			if g := of(); g != nil {
				at = min(at, len(g.members))
				n = copy(some[:], g.members[max(at-len(some), 0):at])
			}
			s.mu.Unlock()
			if at -= n; n == 0 {
				return
			}
			for _, h := range slices.Backward(some[:n]) {
				if !yield(h) {
					return
				}
			}
		}
	}
}

// deadlines is a heap of holds by due.
type deadlines []*hold

func (d deadlines) Len() int           { return len(d) }
func (d deadlines) Less(i, j int) bool { return d[i].due < d[j].due }
func (d deadlines) Swap(i, j int) {
	d[i], d[j] = d[j], d[i]
	d[i].at, d[j].at = i, j
}

func (d *deadlines) Push(x any) {
	h := x.(*hold)
	h.at = len(*d)
	*d = append(*d, h)
}

func (d *deadlines) Pop() any {
	old := *d
	last := len(old) - 1
	h := old[last]
	old[last] = nil
	*d = old[:last]
	return h
}
