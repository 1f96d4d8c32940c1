package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

// syncer has a server sync, and shows how that goes.
type syncer struct {
	server *remote.Client
	runID  string // other after another start of the server
	out    io.Writer
	json   bool
	beside bool // of something else, which people have asked for
	gone   bool // nothing more is to be begun
}

const (
	answerTime = 10 * time.Second
	askEvery   = 200 * time.Millisecond
	jsonEvery  = time.Second
	// lostFor is how long a server that is cut off is looked for.
	lostFor = time.Minute
)

var (
	errStopped      = errors.New("stopped by a signal: what was done by then stays done")
	errStartedAnew  = errors.New("the server was started again meanwhile, which has ended the sync")
	errNothingKnown = errors.New("the store was not reached as a whole")
)

// sync syncs a prefix, says what there is to say, and returns the exit code.
func (s *syncer) sync(ctx context.Context, q remote.SyncRequest) int {
	job, err := s.run(ctx, q)
	if err == nil {
		s.tellEnd(&job)
		err = whyNot(ctx, &job)
	}
	s.gone = s.gone || ctx.Err() != nil
	if err != nil {
		complain(os.Stderr, fmt.Errorf("sync of %q: %w", q.Prefix, err))
		return syncFailed
	}
	if differs(&job) {
		return syncDiffers
	}
	return 0
}

// whyNot says why a job that has ended tells nothing certain.
func whyNot(ctx context.Context, job *remote.SyncJob) error {
	switch {
	case job.State == "stopped" && ctx.Err() != nil:
		return errStopped
	case job.Error != "":
		return errors.New(visible(job.Error))
	case job.State != "done":
		return errors.New("the sync has " + visible(job.State))
	case job.Unknown != "":
		return fmt.Errorf("%w: %s", errNothingKnown, visible(job.Unknown))
	}
	return nil
}

// differs tells whether something is wrong that the job has not made right.
func differs(job *remote.SyncJob) bool {
	switch {
	case job.Mode == "load":
		return false
	case job.Mode == "repair" && !job.DryRun:
		return job.Left > 0
	}
	return job.Stale+job.Missing > 0
}

// run begins a job and waits for its end.
func (s *syncer) run(ctx context.Context, q remote.SyncRequest) (job remote.SyncJob, err error) {
	if ctx.Err() != nil {
		return job, errStopped
	}
	// Not ended by a signal: what it has begun must be known, to be stopped.
	asking, end := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer end()
	id, err := s.server.StartSync(asking, q)
	var refused remote.Refusal
	if isLost(err) && !errors.As(err, &refused) {
		s.gone = true
		return job, fmt.Errorf("%w; whether it has begun PT.SYNC STATUS tells", err)
	}
	if err != nil {
		return job, err
	}
	show := s.newShow()
	defer show.end()
	var lost time.Time // zero: it is not
	for ctx.Err() == nil {
		job, err = s.ask(ctx, id)
		switch {
		case err == nil && !job.Running():
			return job, nil
		case ctx.Err() != nil:
		case err == nil:
			if !lost.IsZero() {
				show.say("connected again")
			}
			lost = time.Time{}
			show.job(&job)
		case !isLost(err):
			s.gone = true
			return job, err
		case lost.IsZero():
			lost = time.Now()
			show.say(fmt.Sprintf("%v; the sync goes on in the server, if that runs: trying again for %v", err, lostFor))
		case time.Since(lost) > lostFor:
			return job, s.goesOn(err, id)
		}
		untilNext(ctx)
	}
	show.say("stopping")
	return s.stop(context.WithoutCancel(ctx), id)
}

// stop stops a job and waits for its end.
func (s *syncer) stop(ctx context.Context, id uint64) (job remote.SyncJob, err error) {
	asking, end := context.WithTimeout(ctx, answerTime)
	defer end()
	for _, err = s.server.StopSync(asking, id); err == nil; untilNext(ctx) {
		if job, err = s.ask(ctx, id); err == nil && !job.Running() {
			return job, nil
		}
	}
	if isLost(err) {
		err = s.goesOn(err, id)
	}
	return job, err
}

// goesOn gives a job up that the server does not.
func (s *syncer) goesOn(err error, id uint64) error {
	s.gone = true
	return fmt.Errorf("%w; it goes on in the server: PT.SYNC STATUS %d tells how, PT.SYNC STOP %d ends it", err, id, id)
}

// untilNext waits until it is time to ask again, or for ctx.
func untilNext(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(askEvery):
	}
}

// ask returns a job of this start of the server: another has one of that number, too.
func (s *syncer) ask(ctx context.Context, id uint64) (remote.SyncJob, error) {
	ctx, end := context.WithTimeout(ctx, answerTime)
	defer end()
	job, err := s.server.SyncStatus(ctx, id)
	if refused := remote.Refusal(""); err != nil && !errors.As(err, &refused) {
		return job, err
	}
	// Asked behind it, this is the start that the job is of.
	runID, known := s.server.RunID(ctx)
	switch {
	case known != nil:
		return job, known
	case runID != s.runID:
		return job, errStartedAnew
	}
	return job, err
}

func (s *syncer) askRunID(ctx context.Context) (string, error) {
	ctx, end := context.WithTimeout(ctx, answerTime)
	defer end()
	return s.server.RunID(ctx)
}

// isLost tells whether it is worth to ask again.
func isLost(err error) bool {
	var refused remote.Refusal
	return errors.Is(err, remote.ErrLost) || errors.Is(err, context.DeadlineExceeded) ||
		errors.As(err, &refused) && refused.Code() == "LOADING"
}

// tellEnd says what has come of a job.
func (s *syncer) tellEnd(job *remote.SyncJob) {
	if s.json {
		tellJSON(s.out, job)
		return
	}
	tellSynced(s.out, job)
}
