package driver

import (
	"context"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/workload"
)

// Options are what a workload is run with.
type Options struct {
	Store store.Store
	// IDs makes a connection to the tracker.
	IDs     func(ctx context.Context) (*remote.Client, error)
	Barrier int    // a phase begins when so many drivers are there; 0: at once
	Run     string // which drivers belong together
	// SyncFrom is where the tracker finds the store, for phases that compare the two: "" as it is set there.
	SyncFrom string
	Tell     func(Progress) // often; it is short, and keeps nothing of what it is given
}

// Progress is how far a phase is.
type Progress struct {
	Phase         *workload.Phase
	Index, Phases int
	State         string        // waiting for 2 of 3 drivers, warming up, running, settling
	Elapsed       time.Duration // since its beginning
	Part          float64       // of it that is done, 0 to 1; below 0: not known
	Left          time.Duration // 0: not known
	Last          load.Stats    // of the last second or so
	LastTook      time.Duration // that Last is of
	Total         load.Stats    // without the warm-up
	Took          time.Duration // that Total is of
	Sync          *remote.SyncJob
}
