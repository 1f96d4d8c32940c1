package web

import (
	"context"
	"sync/atomic"
	"time"
)

// pace has what walks over much — all prefixes, the words of billions of IDs — take
// little of the machine: one walks at a time, and what is walked over again and again
// for those who follow takes a fiftieth of a processor, all of it together. For each of
// n walks that is a fiftieth of that share, however long the others take.
//
// Who asks for something new is not made to wait for that, but for those who walk before
// him, and as long as they did: whatever is asked for takes half of a processor at most.
type pace struct {
	turn   turn         // of who walks
	rested time.Time    // until when nobody new does; of who has the turn
	walks  atomic.Int64 // that are done again and again
}

// share is how small a part of a processor's time is for them: one of so many.
const share = 50

func newPace() *pace {
	p := &pace{turn: newTurn()}
	p.walks.Store(1)
	return p
}

// again walks once more if it is time, which depends on when that ended last, and on how
// long it took.
func (p *pace) again(last time.Time, took time.Duration, walk func()) {
	if time.Since(last) < max(streamedAge, share*took*time.Duration(p.walks.Load())) {
		return
	}
	if p.turn.try() { // else somebody walks: another time
		p.do(walk)
	}
}

// first walks for somebody who has nothing yet, until whose end it may wait.
func (p *pace) first(ctx context.Context, walk func()) error {
	if err := p.turn.take(ctx); err != nil {
		return err
	}
	rest := time.NewTimer(time.Until(p.rested))
	defer rest.Stop()
	select {
	case <-rest.C:
	case <-ctx.Done():
		p.turn.give()
		return ctx.Err()
	}
	p.do(walk)
	return nil
}

// do walks, in the turn that the caller has.
func (p *pace) do(walk func()) {
	defer p.turn.give()
	began := time.Now()
	walk()
	ended := time.Now()
	p.rested = ended.Add(ended.Sub(began))
}
