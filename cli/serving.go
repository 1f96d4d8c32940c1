package cli

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// serving is a server at work on its listeners.
type serving struct {
	server    *resp.Server
	listeners []listener
	watching  *watching
	served    chan error // one for each listener, when it has ended
	waiting   int        // for so many of them
	failure   error      // the first of theirs
}

// startServing opens the listeners and serves them. It fails if there is not
// everything that serving needs.
func startServing(server *resp.Server, open func() ([]listener, error)) (*serving, error) {
	s := &serving{server: server}
	err := server.Start()
	if err == nil {
		s.listeners, err = open()
	}
	if err != nil {
		s.cutOff()
		return nil, err
	}
	s.served = make(chan error, len(s.listeners))
	s.waiting = len(s.listeners)
	for _, l := range s.listeners {
		go func() { s.served <- l.serve(l.Listener) }()
	}
	return s, nil
}

// cutOff ends it at once.
func (s *serving) cutOff() {
	ended, end := context.WithCancel(context.Background())
	end()
	_ = s.stop(ended) // that they were cut off
	s.watching.stop(ended)
}

// stop has the commands in flight finish, until ctx ends.
func (s *serving) stop(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	for s.waiting > 0 {
		s.hasEnded(<-s.served)
	}
	return err
}

// hasEnded notes how a listener has ended.
func (s *serving) hasEnded(err error) {
	s.waiting--
	if s.failure == nil {
		s.failure = err
	}
}

// serveUntil serves until ctx ends, or a listener fails, and then lets the
// commands in flight finish and the log end in good order, for patience at most.
func (s *serving) serveUntil(ctx context.Context, k *keeper, beside *syncing, super *supervisor, patience time.Duration, log zerolog.Logger) error {
	select {
	case err := <-s.served:
		s.hasEnded(err)
	case <-ctx.Done():
	}
	if why := context.Cause(ctx); errors.Is(why, errNoBackup) {
		log.Warn().Err(why).Msg("stopping without a backup")
	}
	super.stopping(patience)
	s.watching.stopping()
	log.Info().Msg("stopping: commands in flight finish first")
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.stop(grace); err != nil {
		log.Warn().Err(err).Msg("connections were cut off")
	}
	beside.close() // what it changes is in the log
	err := k.close(grace)
	s.watching.stop(grace) // last: until then it says what goes on
	log.Info().Msg("stopped")
	return cmp.Or(s.failure, err)
}
