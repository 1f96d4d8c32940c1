package web

import (
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
)

// recent has the figures as they were a moment ago: to read them costs what there are
// commands and connections, and many may ask.
type recent struct {
	read func() *observe.Figures

	mu sync.Mutex
	at time.Time
	is *observe.Figures
}

// get returns figures no older than that, which nobody changes.
func (r *recent) get(age time.Duration) *observe.Figures {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.is == nil || time.Since(r.at) > age {
		r.is, r.at = r.read(), time.Now()
	}
	return r.is
}
