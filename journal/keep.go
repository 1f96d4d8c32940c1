package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// background is what runs beside, from Start to Close: the syncer, who forces
// the log to the disk; the keeper, who sees to its room and tries again what has
// failed; and who writes bases when one is wanted.
type background struct {
	toSync chan struct{} // asks the syncer
	toKeep chan struct{} // asks the keeper
	toBase chan struct{}
	ticks  atomic.Uint64 // of the syncer: seconds, more or less
	ending context.Context
	stop   context.CancelFunc
	closed chan struct{} // nobody waits any more
	work   sync.WaitGroup
}

const (
	// mendEvery is when what has failed is tried again.
	mendEvery = 100 * time.Millisecond
	// A base that has failed is tried again after baseAgain, at first: each time it
	// takes twice as long, up to baseLate.
	baseAgain = 200 * time.Millisecond
	baseLate  = 30 * time.Second
	// So many files of the log are worth a base: each start adds one.
	manyFiles = 32
)

// Start has the log work by itself: until then nothing is synced but on demand,
// and no base is written. The trackers that recovery told of can be found by
// then, and what a restore asks for has been done.
func (l *Log) Start() {
	l.finishRestore()
	l.work.Go(l.runSyncer)
	l.work.Go(l.runKeeper)
	l.work.Go(l.runBases)
	l.wake()
}

// hurry has the log synced soon, and wake has the keeper look.
func (l *Log) hurry() { ask(l.toSync) }
func (l *Log) wake()  { ask(l.toKeep) }

func ask(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it has been asked
	}
}

func (l *Log) runSyncer() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-l.ending.Done():
			return
		case <-tick.C:
			l.ticks.Add(1)
			l.wake()
			l.lookForName()
			if l.Policy() == No || l.synced.Load() == l.written.Load() {
				continue
			}
		case <-l.toSync: // somebody waits, whatever the policy
		}
		if l.sync() == nil { // else it has been said
			l.tell()
		}
	}
}

func (l *Log) runKeeper() {
	again := time.NewTimer(mendEvery)
	defer again.Stop()
	failing := false
	for {
		select {
		case <-l.ending.Done():
			return
		case <-l.toKeep:
		case <-again.C:
		}
		failing = l.keep(failing)
		if l.wantsBase() {
			ask(l.toBase)
		}
		if failing {
			again.Reset(mendEvery)
		}
	}
}

// keep sees to room, and tries again what has failed, but for a base. If
// something has, or had when it looked before, it tells those who wait. It returns
// whether something still does.
func (l *Log) keep(before bool) (still bool) {
	failing := l.Refusing() != nil
	if failing && l.has(noFile) {
		select {
		case <-l.walking:
			l.firstFile()
			l.stopWalking()
			l.beginScheduled()
		default: // there is no base without a file: it is given back at once
		}
	}
	l.makeRoom()
	if failing {
		_ = l.write(l.appended.Load())
	}
	still = l.Refusing() != nil
	if before || failing || still {
		l.tell()
	}
	return still
}

func (l *Log) runBases() {
	wait := baseAgain
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-l.ending.Done():
			return
		case <-l.toBase:
		}
		for l.wantsBase() {
			if err := l.writeWanted(); err == nil {
				wait = baseAgain
				l.wake()
				l.tell()
				continue
			}
			pause.Reset(wait)
			wait = min(wait*2, baseLate)
			select {
			case <-l.ending.Done():
				return
			case <-pause.C:
			}
		}
	}
}

// wantsBase tells whether a base is to be written: what is on the disk is not
// known, or the log has grown.
func (l *Log) wantsBase() bool {
	if l.Refusing() != nil {
		return l.has(notSynced)
	}
	if l.borrowed.Load() {
		return true
	}
	percent, grown := l.percent.Load(), l.grown()
	if percent <= 0 {
		return false
	}
	return l.kept.Load() > manyFiles || grown > l.least.Load() && float64(grown) > float64(l.size.Load())*float64(percent)/100
}

// grown is how many bytes the log has beside the base.
func (l *Log) grown() int64 { return int64(l.written.Load() - l.begins.Load()) }

func (l *Log) writeWanted() error {
	rate := &l.rate
	if l.has(notSynced) { // all wait for it
		rate = nil
		l.ran.Lock()
		if l.backup.Active {
			l.cancel(ErrNotSynced)
		}
		l.ran.Unlock()
	}
	return l.run(l.ending, &l.rewrite, func(ctx context.Context) (int64, error) { return l.writeBase(ctx, rate) })
}

// Close ends what runs beside and marks the log as whole: the next start knows
// that nothing is missing. While that fails it is tried again, until ctx ends.
// There are no batches under way any more.
func (l *Log) Close(ctx context.Context) error {
	if l == nil {
		return nil
	}
	if l.ending.Err() != nil {
		return ErrClosed
	}
	l.stop()
	if err := l.quiet(ctx); err != nil {
		return err
	}
	err := l.finish(ctx)
	_ = l.fail(isClosed, nil)
	l.turn.Lock()
	for _, f := range append(l.old, l.file) {
		if f != nil {
			_ = f.Close()
		}
	}
	l.old, l.file = nil, nil
	l.turn.Unlock()
	close(l.closed)
	l.tell()
	_ = l.lock.Close()
	return err
}

// leastQuiet is how long a disk may take that answers, whatever the context says.
const leastQuiet = time.Second

// quiet waits until nothing runs beside any more. If that takes too long, a disk does
// not answer: then nothing is closed, and the process ends as if it were killed.
func (l *Log) quiet(ctx context.Context) error {
	done := make(chan struct{})
	go func() { // it ends with what it waits for
		l.work.Wait()
		<-l.walking // for good
		close(done)
	}()
	least := time.NewTimer(leastQuiet)
	defer least.Stop()
	select {
	case <-done:
		return nil
	case <-least.C:
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the disk does not answer: %w", ctx.Err())
	}
}

// finish has all of the log on the disk, and a mark behind it.
func (l *Log) finish(ctx context.Context) error {
	for {
		if l.has(noFile) {
			l.firstFile()
		}
		l.keep(false)
		if l.has(notSynced) {
			_, _ = l.writeBase(ctx, nil)
		}
		err := l.Refusing()
		if err == nil || errors.Is(err, ErrNoRoom) { // there is enough for this
			l.mu.Lock()
			l.control(opClean)
			l.mu.Unlock()
			if err = l.write(l.appended.Load()); err == nil {
				err = l.sync()
			}
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(mendEvery):
		}
	}
}
