package commands

import (
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/reconcile"
)

// Syncing makes prefixes agree with stores: see [reconcile.Reconciler]. None of its
// methods waits for a store.
type Syncing interface {
	Start(q reconcile.Request) (id uint64, err error)
	Stop(id uint64) bool
	Job(id uint64) (job observe.SyncJob, ok bool)
	Figures() observe.Sync
}

// syncNumber is what a job has counted, in the name that clients read.
type syncNumber struct {
	name string
	n    uint64
}

func syncNumbers(j *observe.SyncJob) []syncNumber {
	return []syncNumber{
		{"size", j.Size}, {"visited", j.Visited}, {"scanned", j.Scanned}, {"found", j.Found}, {"unparsable", j.Unparsable}, {"out_of_range", j.OutOfRange},
		{"added", j.Added}, {"stale", j.Stale}, {"missing", j.Missing}, {"changing", j.Changing}, {"repaired", j.Repaired}, {"left", j.Left},
	}
}

// jobElapsed is how long a job has taken, so far.
func jobElapsed(j *observe.SyncJob) time.Duration {
	if j.Ended.IsZero() {
		return time.Since(j.Began)
	}
	return j.Ended.Sub(j.Began)
}
