package cli

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/reconcile"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// syncing makes prefixes agree with the store beside the server: for clients, when the
// server starts, and from then on.
type syncing struct {
	*reconcile.Reconciler
	settings syncSettings
	log      zerolog.Logger

	waiting   atomic.Pointer[wait] // nil when the server need not wait for the store any more
	following atomic.Bool
	stop      context.CancelFunc
	helpers   sync.WaitGroup
}

func newSyncing(settings syncSettings, log zerolog.Logger) *syncing {
	s := &syncing{settings: settings, log: log, stop: func() {}}
	if settings.onStart {
		s.waiting.Store(new(wait))
	}
	return s
}

// open makes what does the work. It connects to nothing.
func (s *syncing) open(registry *tracker.Registry, changes tracker.Recorder) (err error) {
	s.Reconciler, err = reconcile.New(reconcile.Options{
		Registry: registry,
		Recorder: changes,
		Store:    s.settings.store,
		Settle:   s.settings.settle,
		Begun:    s.tellBegun,
		Ended:    s.tellEnded,
		Gap:      s.tellGap,
	})
	return err
}

// begin does what the settings ask for, from now to close.
func (s *syncing) begin(ctx context.Context) {
	ctx, s.stop = context.WithCancel(ctx)
	s.helpers.Go(func() {
		if s.settings.onStart && !s.loadAll(ctx) {
			return
		}
		s.waiting.Store(nil)
		if !s.settings.follow {
			return
		}
		if err := s.Follow(s.settings.prefixes, s.settings.configure); err != nil {
			s.log.Error().Err(err).Msg("the store is not followed")
		}
	})
}

// close ends all that goes on.
func (s *syncing) close() {
	s.stop()
	s.Reconciler.Close()
	s.helpers.Wait()
}

// loadAll loads each prefix, however often that must be tried. ok is false when ctx has
// ended before.
func (s *syncing) loadAll(ctx context.Context) (ok bool) {
	for _, prefix := range s.settings.prefixes {
		if !s.load(ctx, prefix) {
			return false
		}
	}
	return true
}

// The time between two trials is doubled from the one to the other.
const (
	firstPause = time.Second
	lastPause  = 30 * time.Second
)

// load loads one prefix.
func (s *syncing) load(ctx context.Context, prefix string) (ok bool) {
	now := &wait{prefix: prefix}
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := s.tryLoad(ctx, now)
		switch {
		case ctx.Err() != nil:
			return false
		case err == nil:
			return true
		}
		now = &wait{prefix: prefix, trouble: err.Error()}
		s.waiting.Store(now)
		s.log.Warn().Str("prefix", prefix).Err(err).Str("again_in", pause.String()).Msg("not loaded from the store yet")
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// tryLoad runs a job, and tells why the server is to wait for another one. A job that
// somebody has stopped has not failed: he has the server go on without.
func (s *syncing) tryLoad(ctx context.Context, before *wait) error {
	id, err := s.Start(reconcile.Request{Prefix: before.prefix, Mode: reconcile.Load})
	if err != nil {
		return err
	}
	now := *before
	now.job = id
	s.waiting.Store(&now)
	job, err := s.Wait(ctx, id)
	if why := cmp.Or(job.Error, job.Unknown); err == nil && why != "" {
		err = errors.New(why)
	}
	return err
}
