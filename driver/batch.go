package driver

import (
	"sync/atomic"
	"time"
)

// batchMost is how many IDs a batch has at most.
const batchMost = 4096

// batch is IDs that a worker has for itself, and that are settled together. Who has it may do with it what he likes:
// its feed before it is taken and after it is settled, its worker between.
type batch struct {
	ids    []uint64
	next   int      // the first that is not used
	open   int      // used, without a reply
	undone []uint64 // whose operation was refused
	token  string   // of the lease, "" without
	again  bool     // a driver that is gone may have done some of it

	renewed time.Time   // the feed's: the lease lives for its time from then on at least
	lost    atomic.Bool // the feed says so while a worker has it: the lease has ended
	behind  *batch      // in a pile
}

// more tells whether there are IDs to use: when the lease has ended they may be somebody else's.
func (b *batch) more() bool { return b.next < len(b.ids) && !b.lost.Load() }

// done is how many IDs were used and not refused.
func (b *batch) done() int { return b.next - len(b.undone) }

// back appends the IDs that are given back: what was refused and what was not used.
func (b *batch) back(dst []uint64) []uint64 {
	return append(append(dst, b.undone...), b.ids[b.next:]...)
}

// did appends the IDs that were used and not refused.
func (b *batch) did(dst []uint64) []uint64 {
	if len(b.undone) == 0 {
		return append(dst, b.ids[:b.next]...)
	}
	undone := make(map[uint64]bool, len(b.undone))
	for _, id := range b.undone {
		undone[id] = true
	}
	for _, id := range b.ids[:b.next] {
		if !undone[id] {
			dst = append(dst, id)
		}
	}
	return dst
}

// reset makes it as new, but for its room.
func (b *batch) reset() {
	b.ids, b.undone = b.ids[:0], b.undone[:0]
	b.next, b.open, b.token, b.again = 0, 0, "", false
	b.lost.Store(false)
}

// pile is batches that anybody puts there and one takes away, all at once.
type pile struct{ top atomic.Pointer[batch] }

func (p *pile) put(b *batch) {
	for {
		b.behind = p.top.Load()
		if p.top.CompareAndSwap(b.behind, b) {
			return
		}
	}
}

func (p *pile) takeAll() *batch { return p.top.Swap(nil) }
