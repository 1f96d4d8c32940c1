package tracker

import (
	"context"
	"fmt"

	"github.com/prefixtracker/prefixtracker/journal"
)

// Skip marks the first n free IDs of each tracker as existing, fewer where there
// are fewer, as if they had been handed out, and returns how many that are in all.
// What is changed is noted in b. It is for a state of the past: what was handed out
// since is free in it. Once ctx ends it goes on with nothing more, and returns that.
func (r *Registry) Skip(ctx context.Context, n uint64, b *journal.Batch) (skipped uint64, err error) {
	const piece = 1 << 20
	b.Open()
	var runs []Run
	for t := range r.Each() {
		for left := n; left > 0; {
			if err := ctx.Err(); err != nil {
				return skipped, err
			}
			var got uint64
			runs, got, err = t.claimNext(runs[:0], Everything, int(min(left, piece)))
			t.notedRuns(b, runs, false)
			b.Append()
			skipped += got
			if err != nil {
				return skipped, fmt.Errorf("%q: %w", t.Prefix(), err)
			}
			if got == 0 {
				break
			}
			left -= got
		}
	}
	return skipped, nil
}
