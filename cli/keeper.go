package cli

import (
	"context"
	"fmt"
	"sync"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// keeper has the log of a server, from the time when what was kept has been read to
// its end, and what CONFIG SET changes about it.
type keeper struct {
	super *supervisor // is told how the log is

	mu     sync.Mutex
	wanted persistence
	log    *journal.Log // nil: not yet, or nothing is kept

	// What runs beside the log ends before it.
	ending  context.Context
	stop    context.CancelFunc
	helpers sync.WaitGroup
}

func newKeeper(wanted persistence) *keeper {
	k := &keeper{wanted: wanted}
	k.ending, k.stop = context.WithCancel(context.Background())
	return k
}

// settings are those that hold now.
func (k *keeper) settings() persistence {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.wanted
}

// change changes settings.
func (k *keeper) change(set func(*persistence)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	set(&k.wanted)
	k.apply()
}

// take has the log be the keeper's.
func (k *keeper) take(log *journal.Log) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.log = log
	k.apply() // they may have been changed since it was opened
}

// apply has the log do what the settings say. The mutex is held.
func (k *keeper) apply() {
	if k.log != nil {
		k.log.SetPolicy(k.wanted.policy)
		k.log.SetGrowth(k.wanted.growth)
	}
}

// close ends the log in good order, once nobody changes anything any more. What
// does not work is tried again until ctx ends.
func (k *keeper) close(ctx context.Context) error {
	k.stop()
	k.helpers.Wait()
	k.mu.Lock()
	log := k.log
	k.mu.Unlock()
	if err := log.Close(ctx); err != nil {
		return fmt.Errorf("the log in %s was not ended in good order: %w", k.wanted.dir, err)
	}
	return nil
}

// tellWhere adds to a line of the log where the data are kept, and how safely.
func (k *keeper) tellWhere(line *zerolog.Event) *zerolog.Event {
	wanted := k.settings()
	if !wanted.appendOnly {
		return line.Bool("memory_only", true)
	}
	return line.Str("dir", wanted.dir).Str("appendfsync", policies[wanted.policy])
}
