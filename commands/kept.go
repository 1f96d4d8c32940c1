package commands

import (
	"context"
	"errors"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/journal"
)

// kept returns the log that all changes are in; an error where they are in memory
// only.
func (c *session) kept() (*journal.Log, error) {
	log := c.Log()
	if log == nil {
		return nil, errNotKept
	}
	return log, nil
}

// ending is the time for which something is waited for on behalf of the client. It
// is off its loop.
type ending struct {
	context.Context
	over <-chan struct{}
}

func (c *session) ending() context.Context { return ending{context.Background(), c.Ending()} }

// Done implements [context.Context].
func (e ending) Done() <-chan struct{} { return e.over }

// Err implements [context.Context].
func (e ending) Err() error {
	select {
	case <-e.over:
		return context.Canceled
	default:
		return nil
	}
}

// backUp writes the backup, for a client who waits for it.
func (c *session) backUp(log *journal.Log) (err error) {
	c.Rest(func() { err = log.Backup(c.ending(), c.config.Backup) })
	return err
}

// backUpFirst is backUp where nothing else matters any more: a rewrite or a backup
// under way ends for it.
func (c *session) backUpFirst(log *journal.Log) (err error) {
	const again = 10 * time.Millisecond
	ctx := c.ending()
	c.Rest(func() {
		for {
			if err = log.Backup(ctx, c.config.Backup); !errors.Is(err, journal.ErrRewriting) {
				return
			}
			log.Interrupt()
			select {
			case <-ctx.Done():
				return
			case <-time.After(again):
			}
		}
	})
	return err
}

// errNotBegun is the error for what log cannot write at the moment, and why.
func errNotBegun(log *journal.Log, what string, err error) engine.Error {
	switch {
	case !errors.Is(err, journal.ErrRewriting):
		return engine.Error("ERR " + what + ": " + err.Error())
	case log.Status().Backup.Active:
		return errSaving
	default:
		return errRewritingInstead
	}
}
