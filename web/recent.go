package web

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// recent has the figures as they were a moment ago: to read them costs what there are
// commands and connections, and many may ask.
type recent struct {
	read func() *observe.Figures
	turn turn // of who reads
	last atomic.Pointer[reading]
}

type reading struct {
	at time.Time
	is *observe.Figures
}

// get returns figures no older than that, which nobody changes.
func (r *recent) get(age time.Duration) *observe.Figures {
	if is := r.noOlder(age); is != nil {
		return is
	}
	r.turn <- struct{}{} // nobody has it for long
	defer r.turn.give()
	if is := r.noOlder(age); is != nil {
		return is
	}
	began := time.Now()
	is := r.read()
	r.last.Store(&reading{began, is})
	return is
}

func (r *recent) noOlder(age time.Duration) *observe.Figures {
	if last := r.last.Load(); last != nil && time.Since(last.at) <= age {
		return last.is
	}
	return nil
}
