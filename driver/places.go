package driver

import "sync/atomic"

// places hands out the places of a phase's sequence to its workers, each once, in blocks.
type places struct {
	next    atomic.Uint64
	all     uint64 // 0: without end
	workers uint64
	over    atomic.Bool // the phase has ended, whatever is left
}

// placesBlock is how many places a worker takes at a time: few, as those that it has not come to when a phase ends
// are missing from the mix.
const placesBlock = 64

// take returns places from to to-1, none at the end. Near the end there are fewer: else the last would be left to
// one worker, and in an open loop come at the rate of that one alone.
func (p *places) take() (from, to uint64) {
	for {
		from = p.next.Load()
		n := uint64(placesBlock)
		if p.all > 0 {
			left := p.all - from
			if left == 0 {
				return from, from
			}
			n = min(n, max(1, left/(2*p.workers)))
		}
		if p.next.CompareAndSwap(from, from+n) {
			return from, from + n
		}
	}
}
