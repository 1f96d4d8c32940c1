package reconcile

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Mode is what a job does with the differences between a tracker and a store.
type Mode uint8

const (
	Load   Mode = iota // add what the store has
	Verify             // change nothing, and tell
	Repair             // make the tracker agree
)

// String returns the mode as people write it.
func (m Mode) String() string {
	return [...]string{Load: "load", Verify: "verify", Repair: "repair"}[m]
}

var (
	// ErrNoStore: neither the request nor the options name a store.
	ErrNoStore = errors.New("no store is known")
	// ErrBusy: another job is at work on the prefix.
	ErrBusy = errors.New("another sync of the prefix is under way")
	// ErrMany: as many jobs are at work as there may be.
	ErrMany = errors.New("too many syncs are under way")
	// ErrClosed: the Reconciler has been closed.
	ErrClosed = errors.New("stopping")
)

// Options are what a Reconciler works with.
type Options struct {
	Registry *tracker.Registry
	Recorder tracker.Recorder // told what changes, nil for nobody
	Store    string           // URL of the store of requests that name none, "" for none
	Settle   time.Duration    // between two looks

	// They are told of each job that begins and ends, and of each time that events of the
	// store may have been missed; nil for nobody. They are called from any goroutine.
	Begun, Ended func(observe.SyncJob)
	Gap          func(why string)
}

// Request is what a job is to do.
type Request struct {
	Store  string // URL, "" for that of the Options
	Prefix string
	Mode   Mode
	DryRun bool          // tell only what would be changed
	Settle time.Duration // 0 for that of the Options

	// aloft, if not nil, is told of IDs in flight in which tracker and store may differ. It is called
	// from several goroutines, and keeps nothing of ids.
	aloft func(ids []uint64)
}

// Reconciler runs jobs, one at a time for a prefix. Its methods may be called from any goroutine.
type Reconciler struct {
	options Options
	store   store.Store // of the options, nil for none
	log     *journal.Log
	jobs    jobs

	follower atomic.Pointer[follower] // nil while nothing is followed
}

// New returns a Reconciler with no job. An error is that of the store's URL.
func New(o Options) (*Reconciler, error) {
	r := &Reconciler{options: o}
	if o.Store != "" {
		var err error
		if r.store, err = store.Open(o.Store); err != nil {
			return nil, err
		}
	}
	r.jobs.init()
	return r, nil
}

// Keep has what changes noted in log from now on. It comes before the first job.
func (r *Reconciler) Keep(log *journal.Log) { r.log = log }

// Figures returns the jobs, the newest first, and how the store is followed.
func (r *Reconciler) Figures() observe.Sync {
	s := observe.Sync{Jobs: r.jobs.figures()}
	if r.store != nil {
		s.Store = r.store.String()
	}
	if f := r.follower.Load(); f != nil {
		s.Follow = f.figures()
	}
	return s
}

// Close ends all jobs and waits for their ends.
func (r *Reconciler) Close() {
	r.jobs.close()
	if f := r.follower.Load(); f != nil { // one that comes later sees that the jobs are over
		f.close()
	}
	if r.store != nil {
		r.store.Close()
	}
}
