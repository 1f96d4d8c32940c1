package tracker

import (
	"container/heap"
	"runtime"
	"slices"
	"sync"
	"time"
)

// reaper takes out of the table what has ended without its holder's doing. It
// is one timer, set while something is held: no goroutine waits.
type reaper struct {
	to      Recorder // told of ends that no Caller makes, nil for nobody
	timer   *time.Timer
	working bool    // a sweep runs, and will set the timer
	lapsing []*hold // what it has taken out of the table, and is giving back; in the slice that it works with
	closed  bool
	rested  sync.Cond // working has become false
}

// reapSlice is how many steps a sweep makes before others may have the table.
const reapSlice = 64

// arm sets the timer to when there is something to be reaped next.
func (s *holds) arm() {
	r := &s.reaper
	if r.working || r.closed {
		return
	}
	var at int64
	switch {
	case len(s.ended) > 0: // at once
	case len(s.heap) > 0:
		at = s.heap[0].due
	default:
		return
	}
	wait := max(time.Duration(at-s.now()), 0)
	if r.timer == nil {
		r.timer = time.AfterFunc(wait, s.sweep)
	} else {
		r.timer.Reset(wait)
	}
}

// sweep reaps all there is, slice by slice.
func (s *holds) sweep() {
	r := &s.reaper
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.working || r.closed {
		return
	}
	r.working = true
	ended := make([]*hold, 0, reapSlice)
	for more := true; more && !r.closed; {
		ended, more = s.reap(ended[:0])
		r.lapsing = ended
		to := r.to
		s.mu.Unlock()
		for _, h := range ended {
			l, is := h.kind.(leased)
			if is {
				l.lapse(h)
			}
			if to != nil && !h.groups[ofTracker].over() && (!is || l.shows()) {
				to.Changed(h.tracker)
			}
		}
		runtime.Gosched() // who waits for the table goes first
		s.mu.Lock()
		for i, h := range ended {
			if s.byToken[h.token] == h { // not before it has lapsed: who asks for it has its end said in the log
				delete(s.byToken, h.token)
			}
			ended[i] = nil // or it would stay in memory
		}
		r.lapsing = nil
	}
	r.working = false
	s.arm()
	r.rested.Broadcast()
}

// reap takes out of the table what has ended, in a bounded number of steps, and
// appends it to ended. more says that the steps were not enough.
func (s *holds) reap(ended []*hold) (_ []*hold, more bool) {
	now := s.now()
	for range reapSlice {
		var h *hold
		if last := len(s.ended) - 1; last >= 0 {
			g := s.ended[last]
			if len(g.members) == 0 {
				s.ended[last] = nil
				s.ended = s.ended[:last]
				continue
			}
			h = g.members[len(g.members)-1]
		} else if len(s.heap) > 0 && s.heap[0].due <= now {
			h = s.heap[0]
			if !h.late() { // used meanwhile
				h.due = h.deadline.Load()
				heap.Fix(&s.heap, 0)
				continue
			}
		} else {
			return ended, false
		}
		if _, is := h.kind.(leased); is {
			s.takeOut(h)
		} else {
			s.remove(h)
		}
		ended = append(ended, h)
	}
	return ended, true
}

// lapsing are the holds that are out of the table, and have not been given back for sure.
func (s *holds) lapsing() []*hold {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.reaper.lapsing)
}

// Notify makes to hear of the changes that no [Caller] makes: of what is held
// and ends by time or with its Caller, Changed of its tracker, once for each, on
// a goroutine of the registry's and soon after the end. It may be nil.
func (r *Registry) Notify(to Recorder) {
	s := &r.holds
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reaper.to = to
}

// Close ends what the registry does in the background, and returns when it has:
// no Recorder of Notify is called any more. It must not be called by one.
// Trackers stay as they are and may be used; what is held ends as before, but
// keeps its memory. It may be called again.
func (r *Registry) Close() {
	s := &r.holds
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reaper.closed = true
	if s.reaper.timer != nil {
		s.reaper.timer.Stop()
	}
	for s.reaper.working {
		s.reaper.rested.Wait()
	}
}
