package cli

import (
	"sync/atomic"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/rs/zerolog"
)

// tellRefusals tells the program's log when changes begin to be refused, since the
// log of the data cannot take them, and when they are taken again: a line a second
// at most, and the last one is what is so.
func (k *keeper) tellRefusals(kept *journal.Log, log zerolog.Logger) {
	var said atomic.Bool // that they are refused
	asked := make(chan struct{}, 1)
	kept.OnReach(func() {
		if (kept.Refusing() != nil) != said.Load() {
			select {
			case asked <- struct{}{}:
			default: // somebody has
			}
		}
	})
	k.helpers.Go(func() {
		look, pause := asked, (<-chan time.Time)(nil)
		for {
			select {
			case <-k.ending.Done():
				return
			case <-look:
			case <-pause:
			}
			why := kept.Refusing()
			changed := (why != nil) != said.Swap(why != nil)
			if changed {
				k.super.refusing(why)
			}
			switch {
			case changed && why != nil:
				log.Error().Err(why).Msg("changes are refused: the log cannot take them")
			case changed:
				log.Info().Msg("changes are taken again")
			}
			if look, pause = asked, nil; changed || why != nil {
				look, pause = nil, time.After(time.Second) // that they are taken again may be said to nobody
			}
		}
	})
}
