package driver

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/remote"
)

const (
	// So long does what is asked ahead last, beside what each worker has.
	aheadTime = 50 * time.Millisecond
	// More batches are not kept ready, beside one for each worker and one.
	aheadMost = 16
	// A tracker that has nothing to give is asked again after a pause, which grows.
	shortPause, longPause = time.Millisecond, 100 * time.Millisecond
	// Where others of the phase make them, IDs come soon.
	soonPause = 4 * time.Millisecond
	// So is a store that refuses all; it is not asked for longer than the lease is.
	longRefused = time.Second
)

// source is what a feed does its own way.
type source interface {
	// fetch appends up to n IDs of a class to a batch. Without any, over tells that there will never be any.
	fetch(b *batch, n, class int) (over bool, err error)
	// settle tells the tracker what has become of a batch, and returns how many IDs were done in vain or by
	// somebody else, too: the lease had ended.
	settle(b *batch) (lost uint64, err error)
	// mend puts right what can be put right of it, perhaps not all at once.
	mend() (changed uint64, more bool, err error)
	close() error
}

// feeder is a feed: a goroutine of its own asks a source for IDs and settles what has come back. The workers
// only put and take pointers.
type feeder struct {
	feedOptions
	client  *remote.Client
	source  source
	classes []int // that are asked for

	ready [2]chan *batch
	short [2]atomic.Bool   // a worker has found none
	taken [2]atomic.Uint64 // IDs
	back  pile
	bell  chan struct{} // there is something to do
	ended atomic.Bool   // nothing is put into ready any more

	asked, ids, expired, lost atomic.Uint64

	begun  chan struct{} // closed when it was asked for the first time
	quit   chan struct{} // closed by close
	gone   chan struct{} // closed by the goroutine at its end
	ctx    context.Context
	giveUp context.CancelFunc

	// The goroutine's own.
	held    []*batch // with a lease, that not settled are, by when they were renewed
	free    []*batch
	scratch []uint64
	pace    [2]pace
	unused  [2]uint64     // IDs in flight that workers have given back
	pause   time.Duration // after nothing was there
	idle    [2]time.Time  // nothing is asked for before
	refused time.Time     // since when the store refuses all
	mendAt  time.Time     // the next time, zero for never
	failed  error
}

func (f *feeder) take(class int) (*batch, load.State) {
	ended := f.ended.Load() // before the look: what is put there last is seen
	select {
	case b := <-f.ready[class]:
		f.taken[class].Add(uint64(len(b.ids)))
		f.ring()
		return b, load.More
	default:
	}
	if ended {
		return nil, load.Ended
	}
	if f.short[class].CompareAndSwap(false, true) {
		f.ring()
	}
	return nil, load.Later
}

func (f *feeder) over() bool { return f.ended.Load() }

func (f *feeder) settle(b *batch) {
	f.back.put(b)
	f.ring()
}

func (f *feeder) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

func (f *feeder) told() (Asked, map[string]uint64) {
	faults := map[string]uint64{}
	if lost := f.lost.Load(); lost > 0 {
		faults["lease lost"] = lost
	}
	return Asked{Commands: f.asked.Load(), IDs: f.ids.Load(), Expired: f.expired.Load()}, faults
}

func (f *feeder) close(ctx context.Context) error {
	stop := context.AfterFunc(ctx, f.giveUp)
	defer stop()
	close(f.quit)
	<-f.gone
	f.giveUp()
	return f.failed
}

// run is the goroutine. It ends after close.
func (f *feeder) run() {
	defer close(f.gone)
	defer f.client.Close()
	alarm := time.NewTimer(0)
	defer alarm.Stop()
	f.fetchAll()
	close(f.begun)
	for {
		f.settleAll()
		f.renewAll()
		f.mend()
		next, more := f.fetchAll()
		if !f.mendAt.IsZero() {
			next = earlier(next, f.mendAt)
		}
		if len(f.held) > 0 {
			next = earlier(next, f.held[0].renewed.Add(f.lease/3))
		}
		switch {
		case more:
			select {
			case <-f.quit:
				f.end()
				return
			default:
				continue
			}
		case f.failed != nil || next.IsZero():
			alarm.Stop()
		default:
			alarm.Reset(time.Until(next))
		}
		select {
		case <-f.bell:
		case <-alarm.C:
		case <-f.quit:
			f.end()
			return
		}
	}
}

// end settles all that is there.
func (f *feeder) end() {
	for _, ready := range f.ready {
		for len(ready) > 0 {
			f.back.put(<-ready)
		}
	}
	f.settleAll()
	for f.mend(); f.failed == nil && !f.mendAt.IsZero(); f.mend() {
		select {
		case <-time.After(time.Until(f.mendAt)):
		case <-f.ctx.Done():
			f.fails(errUnsure)
		}
	}
	if f.failed == nil {
		f.failed = f.source.close()
	}
}

var errUnsure = errors.New("a lease has ended before its IDs were confirmed, and others have them still")

// fetchAll has one more batch of each class ready that lacks one. more tells whether there may be another one to be
// fetched at once; else next is when, zero if not before somebody takes one.
func (f *feeder) fetchAll() (next time.Time, more bool) {
	for _, class := range f.classes {
		now := time.Now()
		pace := &f.pace[class]
		pace.measure(now, f.taken[class].Load()-f.unused[class], f.short[class].Swap(false), f.workers)
		switch {
		case f.failed != nil || f.ended.Load() || len(f.ready[class]) >= pace.ahead(f.workers):
			continue
		case now.Before(f.idle[class]):
			next = earlier(next, f.idle[class])
			continue
		}
		b := f.fresh()
		b.renewed = now
		over, err := f.source.fetch(b, pace.size, class)
		pace.full = len(b.ids) >= pace.size
		switch {
		case err != nil:
			f.fails(err)
		case len(b.ids) > 0:
			f.pause = 0
			f.ids.Add(uint64(len(b.ids)))
			if b.token != "" {
				f.held = append(f.held, b)
			}
			f.ready[class] <- b
			more = true
			continue
		case over:
			f.ended.Store(true)
		default:
			f.pause = min(max(2*f.pause, shortPause), longPause)
			if !f.alone {
				f.pause = min(f.pause, soonPause)
			}
			f.idle[class] = time.Now().Add(f.pause)
			next = earlier(next, f.idle[class])
		}
		f.free = append(f.free, b)
	}
	return next, more
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// fresh is a batch without IDs.
func (f *feeder) fresh() *batch {
	if last := len(f.free) - 1; last >= 0 {
		b := f.free[last]
		f.free = f.free[:last]
		b.reset()
		return b
	}
	return new(batch)
}

// ask asks until there is an answer, for as long as a lease is. repeated tells whether something was asked before and the
// answer was lost.
func (f *feeder) ask(once func(ctx context.Context) error) (repeated bool, err error) {
	began := time.Now()
	for pause := shortPause; ; pause = min(2*pause, longPause) {
		f.asked.Add(1)
		err = once(f.ctx)
		if !passes(err) || f.ctx.Err() != nil || time.Since(began) > f.lease {
			return repeated, err
		}
		repeated = repeated || errors.Is(err, remote.ErrLost)
		select {
		case <-time.After(pause):
		case <-f.ctx.Done():
			return repeated, err
		}
	}
}

// passes tells whether the reason of an error may pass.
func passes(err error) bool {
	var refusal remote.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code() == "LOADING" || refusal.Code() == "MISCONF"
	}
	return errors.Is(err, remote.ErrLost)
}

func (f *feeder) fails(err error) {
	if f.failed == nil {
		f.failed = err
		f.ended.Store(true)
		f.fail(err)
	}
}
