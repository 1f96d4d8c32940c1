package driver

import (
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// operation is one of a phase's operations, for one worker.
type operation struct {
	*workload.Op
	writer   *workload.Writer
	feed     feed
	verified uint64 // replies that were compared
	dropped  uint64 // places of it that nothing could be done at: no ID was left
	delayed  uint64 // places that others went before, as there was no ID
}

// stream is the IDs of one class of an operation that a worker has ahead.
type stream struct {
	op    uint16
	class uint32
	batch *batch // none, or one that has more
	slot  uint32 // of batch
	owed  int    // places that others have gone before
	dry   bool   // all have waited for it in vain, since it last gave something
	ended bool
	// absent is a class that is never asked for.
	absent bool
}

// held is a batch of which IDs are on their way, or to be used.
type held struct {
	batch *batch
	op    uint16
	left  bool                   // nothing more is given of it
	heard [batchMost / 64]uint64 // whose reply has come, by index in the batch
}

// ready sees to it that a stream has an ID, or tells why it has none.
func (s *script) ready(st *stream) load.State {
	switch {
	case st.batch != nil:
		return load.More
	case st.ended:
		return load.Ended
	}
	b, state := s.ops[st.op].feed.take(int(st.class))
	switch {
	case b != nil:
		st.batch, st.slot = b, s.hold(b, st.op)
		return load.More
	case state == load.Ended:
		st.ended = true
	}
	return state
}

// yield has the tracker told what was done so far: it is what those who go the other way wait for.
func (s *script) yield() {
	for i := range s.streams {
		if st := &s.streams[i]; st.batch != nil && st.batch.next > 0 && s.ops[st.op].settles() {
			s.drop(st)
		}
	}
}

// hold gives a batch a slot.
func (s *script) hold(b *batch, op uint16) (slot uint32) {
	if n := len(s.free); n > 0 {
		slot, s.free = s.free[n-1], s.free[:n-1]
		*s.slots[slot] = held{batch: b, op: op}
		return slot
	}
	s.slots = append(s.slots, &held{batch: b, op: op})
	return uint32(len(s.slots) - 1)
}

// answered notes that the reply to a request is known, or never will be. Its batch is settled with the last.
func (s *script) answered(r *load.Request, undone bool) {
	slot, index := r.Mark>>markSlot, r.Mark>>markIndex%batchMost
	h := s.slots[slot]
	h.heard[index/64] |= 1 << (index % 64)
	b := h.batch
	b.open--
	if undone {
		b.undone = append(b.undone, r.ID)
	}
	if b.open == 0 && h.left {
		s.settle(slot)
	}
}

// look gives up batches whose lease is lost: others may have their IDs by now.
func (s *script) look() {
	for i := range s.streams {
		st := &s.streams[i]
		if st.batch != nil && !st.batch.more() {
			s.drop(st)
		}
	}
}

// putBack gives back all IDs that are not used, as none will be: the places of another worker may wait for them.
func (s *script) putBack() {
	for i := range s.streams {
		if st := &s.streams[i]; st.batch != nil {
			s.drop(st)
		}
	}
}

// drop uses no more of a stream's batch.
func (s *script) drop(st *stream) {
	h := s.slots[st.slot]
	h.left, st.batch = true, nil
	if h.batch.open == 0 {
		s.settle(st.slot)
	}
}

func (s *script) settle(slot uint32) {
	h := s.slots[slot]
	s.ops[h.op].feed.settle(h.batch)
	h.batch = nil
	s.free = append(s.free, slot)
}

// cut is by how many the samples of any operation may differ from the exact mix, as the phase was cut off: their places were
// taken, and nothing was done at them. Of samples in a row, wherever they begin, less than two are too many or too few. Those of
// a stream that had nothing to give would not have come.
func (s *script) cut() (n uint64) {
	for i := range s.streams {
		if st := &s.streams[i]; !st.dry {
			n += uint64(st.owed)
		}
	}
	if s.from < s.to {
		n += 2
	}
	return n
}

// dryUp notes whom all have waited for in vain.
func (s *script) dryUp() {
	for i := range s.streams {
		st := &s.streams[i]
		st.dry = st.dry || st.owed > 0
	}
}

// leave settles all that the script has, when it is called no more. Of a request without a reply nobody knows
// whether it has been done: it counts as not done, for then somebody does it again, and writes or deletes what is as
// it would be anyway.
func (s *script) leave() {
	for slot, h := range s.slots {
		b := h.batch
		if b == nil {
			continue
		}
		for i, id := range b.ids[:b.next] {
			if h.heard[i/64]>>(i%64)&1 == 0 {
				b.undone = append(b.undone, id)
			}
		}
		b.open = 0
		s.settle(uint32(slot))
	}
}
