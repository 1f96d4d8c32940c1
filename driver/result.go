package driver

import (
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
)

// Result is what was seen of a phase.
type Result struct {
	Phase   string
	Ops     []string // names, in the order of Stats.Kinds
	Began   time.Time
	Took    time.Duration // what Stats is of
	Drivers int           // that have seen it
	Clients int
	Rate    float64 // that was asked for, 0: as many as there can be
	Stats   load.Stats
	// Cut is how many samples may be missing from the exact mix: workers had taken their places when they ended.
	Cut      uint64
	CPU      time.Duration // of this process
	Asked    Asked         // what was asked of the tracker
	Sync     *remote.SyncJob
	Expect   []Verdict
	Warnings []string // such as: the store cannot do the rate asked for
}

// Asked is what the tracker was asked for and how long that took.
type Asked struct {
	Commands uint64 `json:"commands"`
	IDs      uint64 `json:"ids"`
	Expired  uint64 `json:"expired"` // leases of drivers that are gone, handed out again
}

// Verdict is whether an expectation was met.
type Verdict struct {
	Expectation string
	Figure      float64
	Met         bool
}

// Failed tells whether something is not as it must be: an expectation, values that were compared, or the store, of which
// nothing was put right.
func (r *Result) Failed() bool {
	for _, v := range r.Expect {
		if !v.Met {
			return true
		}
	}
	if outcomes(&r.Stats, load.Wrong) > 0 {
		return true
	}
	job := r.Sync
	switch {
	case job == nil || job.Mode == "load":
		return false
	case job.Mode == "repair" && !job.DryRun:
		return job.Left > 0
	}
	return job.Stale+job.Missing > 0
}
