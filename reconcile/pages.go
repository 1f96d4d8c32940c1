package reconcile

import (
	"context"
	"sync"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// abreast is how many pages are under way at the same time: while one waits for the store, others are
// made.
const abreast = 4

// inPages gives do the IDs of s, n at a time, from several goroutines at once, and returns when all have ended.
// do may take IDs out of s, and keeps nothing of ids. The first error ends it.
func (w *work) inPages(ctx context.Context, s *tracker.Scratch, n int, do func(ctx context.Context, ids []uint64) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	free := make(chan []uint64, abreast) // pages that nobody works at
	for range abreast {
		free <- nil
	}
	var all sync.WaitGroup
	var runs []tracker.Run
	for cursor, more := uint64(0), true; more && ctx.Err() == nil; {
		sel := s.Select(tracker.Mask{})
		var err error
		if runs, cursor, err = sel.Scan(runs[:0], tracker.Everything, cursor, n); err != nil {
			cancel(err)
		}
		more = cursor != 0
		ids := appendIDs((<-free)[:0], runs)
		all.Go(func() {
			defer func() { free <- ids }()
			if err := do(ctx, ids); err != nil {
				cancel(err)
			}
			w.at.Add(uint64(len(ids)))
		})
	}
	all.Wait()
	return context.Cause(ctx)
}
