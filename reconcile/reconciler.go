package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// Mode is what a job does with the differences between a tracker and a store.
type Mode uint8

const (
	Load   Mode = iota // add what the store has
	Verify             // change nothing, and tell
	Repair             // make the tracker agree
)

var (
	// ErrNoStore: neither the request nor the options name a store.
	ErrNoStore = errors.New("no store is known")
	// ErrBusy: another job is at work on the prefix.
	ErrBusy = errors.New("another sync of the prefix is under way")
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
}

// Reconciler runs jobs, one at a time for a prefix. Its methods may be called from any goroutine.
type Reconciler struct {
	options Options
}

// New returns a Reconciler with no job.
func New(o Options) (*Reconciler, error) { return &Reconciler{options: o}, nil }

// Keep has what changes noted in log from now on. It comes before the first job.
func (r *Reconciler) Keep(log *journal.Log) {}

// Start begins a job and returns its number.
func (r *Reconciler) Start(q Request) (id uint64, err error) { return 0, ErrNoStore }

// Stop ends a job, with what was done, and tells whether it was under way.
func (r *Reconciler) Stop(id uint64) bool { return false }

// Wait waits for the end of a job, or of ctx.
func (r *Reconciler) Wait(ctx context.Context, id uint64) (observe.SyncJob, error) {
	return observe.SyncJob{}, nil
}

// Job returns a job, as far as it has come. ok is false for one that is not known any more.
func (r *Reconciler) Job(id uint64) (job observe.SyncJob, ok bool) { return observe.SyncJob{}, false }

// Figures returns the jobs, the newest first, and how the store is followed.
func (r *Reconciler) Figures() observe.Sync { return observe.Sync{} }

// Follow begins to follow the store of the Options for prefixes, until Close; configure lets it
// set what the store's servers tell.
func (r *Reconciler) Follow(prefixes []string, configure bool) error { return ErrNoStore }

// Close ends all jobs and waits for their ends.
func (r *Reconciler) Close() {}
