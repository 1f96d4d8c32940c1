package store

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// mostRounds bounds how often what keeps moving is listed again.
const mostRounds = 100

var (
	errMoving = errors.New("keys kept moving")
	errAway   = errors.New("keys are on their way to a server that cannot be asked")
)

// Scan implements [Store].
//
// All primaries are listed, at the same time. A key that is not given by that was on its way: it left a
// server before the list came to it, and came to another one after the list had passed its place. So, if keys have left
// a server meanwhile, those to which keys have come are listed again, when all lists have come to their end: a key
// that this does not give, either, has left one of these while it was listed. When none of those listed has
// lost any, all have been given: it does not take that nothing moves, only that nothing moves on.
//
// What a server says before and after tells which have lost and got keys: its slots, which of them are on
// their way, and how many keys it has moved by MIGRATE and got by RESTORE-ASKING, by its own counts. A slot
// that comes and goes between two looks shows in these. A server that another process or another
// server has taken the place of has lost all, and its successor has got all.
func (s *servers) Scan(ctx context.Context, prefix string, page func(keys []string) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	hands := min(runtime.GOMAXPROCS(0), 4)
	pages := make(chan []string, hands)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			for keys := range pages {
				if ctx.Err() != nil {
					continue
				}
				if err := page(keys); err != nil {
					stop(err)
				}
			}
		})
	}
	err := s.rounds(ctx, escaped(prefix), pages)
	close(pages)
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// rounds lists until all has been given, or what is missing stays out of reach.
func (s *servers) rounds(ctx context.Context, pattern string, pages chan<- []string) error {
	before, err := s.reachable(ctx)
	if err != nil {
		return err
	}
	todo := before.primaries
	owed := allSlots // whose keys no list has come to the end of
	for _, n := range todo {
		owed = owed.without(n.own)
	}
	since := time.Now()
	for rounds := 0; ; {
		if len(todo) > 0 {
			rounds++
		}
		failed := s.scanAll(ctx, todo, pattern, pages)
		if len(failed) < len(todo) {
			since = time.Now()
		}
		for _, n := range todo {
			err := failed[n.id]
			if err != nil && !passes(err) {
				return err
			}
		}
		after, err := s.topology(ctx)
		if err != nil && passes(err) && pause(ctx, retryPause) == nil { // for connections that were just cut all would be listed again
			after, err = s.topology(ctx)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil { // nobody answers
			if !passes(err) {
				return err
			}
			after = topology{cluster: before.cluster, lost: []lost{{slots: allSlots, err: err}}}
		}
		var next []node
		next, owed = again(&before, &after, todo, failed, owed)
		if len(next) == 0 && owed.empty() && after.stranded.empty() {
			return nil
		}
		if rounds == mostRounds || time.Since(since) > s.wait {
			owed = owed.or(after.stranded)
			for _, n := range next {
				owed = owed.or(n.own)
			}
			return s.unknown(after, owed, func(n node) error {
				if away := n.own.and(after.stranded); failed[n.id] == nil && !away.empty() {
					return errAway
				}
				return cmp.Or(failed[n.id], errMoving)
			})
		}
		if len(next) == 0 {
			if err := pause(ctx, retryPause); err != nil {
				return err
			}
		}
		before, todo = after, next
	}
}

// again returns which nodes are to be listed next, and whose keys stay owed because nobody in
// reach has them.
func again(before, after *topology, listed []node, failed map[string]error, owed slots) (next []node, still slots) {
	moved := !owed.empty() || !before.stranded.empty()
	for _, was := range listed {
		now, ok := after.find(was.id)
		moved = moved || !ok || failed[was.id] != nil || hasLost(was, now)
	}
	for _, was := range before.primaries {
		// Who cannot be asked after its list may have got keys meanwhile.
		if _, ok := after.find(was.id); !ok || failed[was.id] != nil {
			owed = owed.or(was.own)
		}
	}
	for _, now := range after.primaries {
		was, ok := before.find(now.id)
		mine := now.own.and(owed)
		if !mine.empty() || moved && (!ok || hasGot(was, now)) {
			next = append(next, now)
			owed = owed.without(mine)
		}
	}
	return next, owed
}

// hasLost tells whether keys may have left a node between two looks at it.
func hasLost(was, now node) bool {
	gone := was.own.without(now.own)
	return was.runID != now.runID || was.left != now.left || !was.leaving.empty() || !now.leaving.empty() || !gone.empty()
}

// hasGot tells whether keys may have come to a node from another between two looks at it.
func hasGot(was, now node) bool {
	new := now.own.without(was.own)
	return was.runID != now.runID || was.came != now.came || !was.coming.empty() || !now.coming.empty() || !new.empty()
}

// scanAll lists nodes, all at a time, and returns the errors of those that could not be listed to the end.
func (s *servers) scanAll(ctx context.Context, nodes []node, pattern string, pages chan<- []string) map[string]error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	failed := map[string]error{}
	for _, n := range nodes {
		wg.Go(func() {
			if err := s.scanNode(ctx, n, pattern, pages); err != nil {
				mu.Lock()
				failed[n.id] = err
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return failed
}
