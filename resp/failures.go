package resp

import (
	"container/list"
	"time"
)

const (
	freeFailures   = 3 // before an origin is delayed
	firstDelay     = 100 * time.Millisecond
	longestDelay   = time.Second
	forgetFailures = 10 * time.Minute
	maxOrigins     = 10_000
)

// failures are the wrong passwords that have come lately, by origin. When there
// are too many origins, the one that has been quiet for longest is forgotten.
type failures struct {
	of     map[origin]*list.Element
	recent list.List // of *failing, the last to fail first
}

type failing struct {
	from  origin
	count int
	last  time.Duration
}

// delay returns how long a password from an origin must wait at least.
func (f *failures) delay(from origin, now time.Duration) time.Duration {
	e := f.of[from]
	if e == nil {
		return 0
	}
	o := e.Value.(*failing)
	if now-o.last > forgetFailures {
		f.forget(from)
		return 0
	}
	if o.count < freeFailures {
		return 0
	}
	gap := min(firstDelay<<min(o.count-freeFailures, 10), longestDelay)
	return max(o.last+gap-now, 0)
}

// add notes a wrong password.
func (f *failures) add(from origin, now time.Duration) {
	e := f.of[from]
	if e == nil {
		if f.of == nil {
			f.of = make(map[origin]*list.Element)
		}
		if len(f.of) >= maxOrigins {
			f.forget(f.recent.Back().Value.(*failing).from)
		}
		e = f.recent.PushFront(&failing{from: from})
		f.of[from] = e
	}
	f.recent.MoveToFront(e)
	o := e.Value.(*failing)
	o.count++
	o.last = now
}

// forget drops what is known of an origin.
func (f *failures) forget(from origin) {
	if e := f.of[from]; e != nil {
		f.recent.Remove(e)
		delete(f.of, from)
	}
}
