package reconcile

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
)

const (
	mostAtOnce = 8  // jobs
	mostKnown  = 32 // jobs, with those that have ended
)

var errStopped = errors.New("stopped")

// jobs are those that are under way, and the last ones that were.
type jobs struct {
	mu      sync.Mutex
	last    uint64          // number of the newest
	known   []*job          // the oldest first
	running map[string]*job // by prefix
	closed  bool
	all     sync.WaitGroup
}

func (s *jobs) init() { s.running = make(map[string]*job) }

// Start begins a job and returns its number.
func (r *Reconciler) Start(q Request) (id uint64, err error) {
	if len(q.Prefix) == 0 || len(q.Prefix) > tracker.MaxPrefixLen {
		return 0, tracker.ErrInvalidPrefix
	}
	q.Prefix = strings.Clone(q.Prefix)
	if q.Settle == 0 {
		q.Settle = r.options.Settle
	}
	from, done, err := r.storeFor(q.Store)
	if err != nil {
		return 0, err
	}
	q.Store = "" // it may have a password in it
	j, ctx, err := r.jobs.begin(q, from.String())
	if err != nil {
		done()
		return 0, err
	}
	go func() {
		defer r.jobs.all.Done()
		defer done()
		if f := r.options.Begun; f != nil {
			f(j.figures())
		}
		err := r.run(ctx, j, from)
		r.jobs.end(j, ctx, err)
		if f := r.follower.Load(); f != nil {
			f.loaded(j.figures())
		}
		if f := r.options.Ended; f != nil {
			f(j.figures())
		}
		close(j.over)
	}()
	return j.id, nil
}

// storeFor returns the store of a URL, and what to call when it is needed no more.
func (r *Reconciler) storeFor(url string) (s store.Store, done func(), err error) {
	if url == "" {
		if r.store == nil {
			return nil, nil, ErrNoStore
		}
		return r.store, func() {}, nil
	}
	if s, err = store.Open(url); err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

func (s *jobs) begin(q Request, from string) (*job, context.Context, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil, nil, ErrClosed
	case s.running[q.Prefix] != nil:
		return nil, nil, ErrBusy
	case len(s.running) >= mostAtOnce:
		return nil, nil, ErrMany
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	s.last++
	j := newJob(s.last, q, from, cancel)
	s.running[q.Prefix] = j
	s.known = append(s.known, j)
	if len(s.known) > mostKnown {
		i := slices.IndexFunc(s.known, func(j *job) bool { return s.running[j.Prefix] != j }) // there are more than run
		s.known = slices.Delete(s.known, i, i+1)
	}
	s.all.Add(1)
	return j, ctx, nil
}

// end has j ended, for who looks at it and for who wants to begin another one.
func (s *jobs) end(j *job, ctx context.Context, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j.end(err, context.Cause(ctx))
	j.cancel(nil)
	delete(s.running, j.Prefix)
}

// find returns the job of that number, nil if it is not known.
func (s *jobs) find(id uint64) *job {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.known {
		if j.id == id {
			return j
		}
	}
	return nil
}

// Stop ends a job, with what was done, and tells whether it was under way. It does not wait for
// the end.
func (r *Reconciler) Stop(id uint64) bool {
	j := r.jobs.find(id)
	return j != nil && j.stop(errStopped)
}

// Wait waits for the end of a job, or of ctx. A job that is not known has ended.
func (r *Reconciler) Wait(ctx context.Context, id uint64) (observe.SyncJob, error) {
	j := r.jobs.find(id)
	if j == nil {
		return observe.SyncJob{}, nil
	}
	select {
	case <-j.over:
		return j.figures(), nil
	case <-ctx.Done():
		return j.figures(), ctx.Err()
	}
}

// Job returns a job, as far as it has come. ok is false for one that is not known any more.
func (r *Reconciler) Job(id uint64) (job observe.SyncJob, ok bool) {
	j := r.jobs.find(id)
	if j == nil {
		return observe.SyncJob{}, false
	}
	return j.figures(), true
}

func (s *jobs) figures() []observe.SyncJob {
	s.mu.Lock()
	known := slices.Clone(s.known)
	s.mu.Unlock()
	all := make([]observe.SyncJob, 0, len(known))
	for _, j := range slices.Backward(known) {
		all = append(all, j.figures())
	}
	return all
}

// over tells whether no job begins any more.
func (s *jobs) over() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// close ends all jobs, waits for their ends, and lets none begin.
func (s *jobs) close() {
	s.mu.Lock()
	s.closed = true
	for _, j := range s.running {
		j.stop(ErrClosed)
	}
	s.mu.Unlock()
	s.all.Wait()
}
