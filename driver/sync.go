package driver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

const (
	askEvery = 200 * time.Millisecond
	stopTime = 10 * time.Second
)

// sync has the tracker compare itself with the store. Of several drivers one is heard: the others follow the job that
// is under way, or, if it was over before they asked, have one of their own. Nobody writes meanwhile, so it finds the
// same.
func (p *phase) sync(ctx context.Context) error {
	id, own, err := p.startSync(ctx)
	if err != nil {
		return err
	}
	for heard := time.Now(); ; {
		job, err := p.client.SyncStatus(ctx, id)
		if passes(err) && ctx.Err() == nil && time.Since(heard) < patience {
			err = pause(ctx, askEvery)
		} else if err == nil {
			heard = time.Now()
			p.result.Sync, p.result.Took = &job, time.Since(p.result.Began)
			p.tellSync(&job)
			if !job.Running() {
				return syncEnd(&job)
			}
			err = pause(ctx, askEvery)
		}
		if err != nil && own { // else others wait for it
			stopping, end := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
			defer end()
			_, _ = p.client.StopSync(stopping, id) // it may go on: it changes nothing that is not so
		}
		if err != nil {
			return err
		}
	}
}

// startSync begins a job of its own, or finds the one that is under way.
func (p *phase) startSync(ctx context.Context) (id uint64, own bool, err error) {
	q := remote.SyncRequest{Prefix: p.work.Prefix, From: p.o.SyncFrom, Mode: p.at.Sync}
	for began := time.Now(); ; {
		id, err := p.client.StartSync(ctx, q)
		if passes(err) && ctx.Err() == nil && time.Since(began) < patience {
			if err := pause(ctx, askEvery); err != nil {
				return 0, false, err
			}
			continue // if it was begun all the same, it is found
		}
		var refused remote.Refusal
		if !errors.As(err, &refused) || refused.Code() != "BUSY" {
			return id, true, err
		}
		jobs, err := p.client.SyncJobs(ctx)
		if err != nil {
			return 0, false, err
		}
		for i := range jobs {
			if j := &jobs[i]; j.Running() && j.Prefix == q.Prefix && j.Mode == q.Mode && !j.DryRun {
				return j.ID, false, nil
			}
		}
		p.tell("waiting for another sync")
		if err := pause(ctx, askEvery); err != nil {
			return 0, false, err
		}
	}
}

func (p *phase) tellSync(job *remote.SyncJob) {
	done := max(job.Visited, job.Scanned)
	p.progress.Sync, p.progress.Elapsed, p.progress.Part = job, p.result.Took, -1
	if job.Size > 0 {
		p.progress.Part = min(1, float64(done)/float64(job.Size))
	}
	p.tell("comparing with the store")
}

// syncEnd is why a job that has ended tells nothing certain.
func syncEnd(job *remote.SyncJob) error {
	switch {
	case job.Error != "":
		return errors.New(job.Error)
	case job.State != "done":
		return fmt.Errorf("the sync has %s", job.State)
	case job.Unknown != "":
		return fmt.Errorf("the store was not reached as a whole: %s", strings.TrimSpace(job.Unknown))
	}
	return nil
}

// pause waits, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
