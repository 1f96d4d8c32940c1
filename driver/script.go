package driver

import (
	"github.com/prefixtracker/prefixtracker/load"
	"github.com/prefixtracker/prefixtracker/workload"
)

// script has one worker send the operations of a phase: what the places say that it has taken, with IDs of the
// operations' feeds.
type script struct {
	places   *places
	from, to uint64 // those that it has
	sequence *workload.Sequence
	ops      []operation
	streams  []stream // by operation and class
	owed     int      // by all of them
	mayOwe   int      // until all wait
	vain     int      // how often in a row there was nothing to send
	endless  bool     // the phase ends with its IDs, whatever lasts beside
	// untilEmpty ends it with the first operation that has no more.
	untilEmpty bool
	mixed      bool // what is claimed waits for what is taken, and the other way round
	spread     bool // over servers: requests go to that of their slot
	verify     bool

	slots []*held
	free  []uint32
}

// A request's mark: its batch's slot, its index in the batch, whether it may have been done before, and its class.
const (
	markClass uint32 = 1 << 0
	markAgain uint32 = 1 << 1
	markIndex        = 2
	markSlot         = markIndex + 12
)

// Exactly as many indices as a batch may have.
var _ [1 << (markSlot - markIndex)]struct{} = [batchMost]struct{}{}

// classes of an operation: IDs that exist, and those that do not.
const classes = 2

// mostVain is how often in a row a worker asks for IDs of one kind and gets none, which takes some milliseconds, until
// it gives back those of others, and has these go before at further places.
const mostVain = 50

// mostOwed is how many places others go before, for want of IDs, until all of a worker waits. When that is in vain it may
// be so many more: what is waited for may come of what the others do, such as a free ID of a delete.
const mostOwed = 64

// newScript returns that of one worker.
func newScript(p *places, sequence *workload.Sequence, ops []operation) *script {
	s := &script{places: p, sequence: sequence, ops: ops, streams: make([]stream, classes*len(ops)), mayOwe: mostOwed}
	for i := range s.streams {
		st := &s.streams[i]
		st.op, st.class = uint16(i/classes), uint32(i%classes)
		hit := 1.0
		if c := ops[st.op].Choose; c.Way == workload.Sample {
			hit = c.Hit
		}
		st.absent = st.class == 0 && hit == 0 || st.class == 1 && hit == 1
		st.ended = st.absent
	}
	return s
}

func (s *script) Fill(dst []byte, reqs []load.Request) ([]byte, int, load.State) {
	dst, n, state := s.fill(dst, reqs)
	if n > 0 {
		s.vain = 0
	} else if state == load.Later {
		s.vain++
		if s.mixed {
			s.yield()
		}
	}
	// Two workers may wait for what the other one has. Who has no more places needs none of what he has.
	if state == load.Ended || s.from == s.to && s.owed > 0 || s.vain == mostVain {
		s.putBack()
		s.vain = 0
		if s.owed >= s.mayOwe {
			s.dryUp()
			s.mayOwe = s.owed + mostOwed
		}
	}
	if s.owed == 0 {
		s.mayOwe = mostOwed
	}
	return dst, n, state
}

func (s *script) fill(dst []byte, reqs []load.Request) ([]byte, int, load.State) {
	if s.places.over.Load() {
		return dst, 0, load.Ended
	}
	s.look()
	n := 0
	if s.owed > 0 {
		dst, n = s.fillOwed(dst, reqs)
	}
	for n < len(reqs) {
		if s.owed >= s.mayOwe {
			return dst, n, load.Later
		}
		if s.from == s.to {
			if s.from, s.to = s.places.take(); s.from == s.to {
				return dst, n, s.atEnd()
			}
		}
		op, hit := s.sequence.At(s.from)
		s.from++
		st := &s.streams[classes*op]
		if !hit && s.ops[op].Choose.Way == workload.Sample {
			st = &s.streams[classes*op+1]
		}
		switch s.ready(st) {
		case load.More:
			dst = s.give(dst, &reqs[n], st)
			n++
		case load.Later:
			s.ops[op].delayed++
			st.owed++
			s.owed++
		default:
			s.ops[op].dropped++
			if !s.goesOn() {
				return dst, n, load.Ended
			}
		}
	}
	return dst, n, load.More
}

// fillOwed gives what others have gone before.
func (s *script) fillOwed(dst []byte, reqs []load.Request) ([]byte, int) {
	n := 0
	for i := range s.streams {
		st := &s.streams[i]
		for st.owed > 0 && n < len(reqs) {
			state := s.ready(st)
			if state == load.Later {
				break
			}
			st.owed--
			s.owed--
			if state == load.More {
				dst = s.give(dst, &reqs[n], st)
				n++
			} else {
				s.ops[st.op].dropped++
			}
		}
	}
	return dst, n
}

// atEnd tells, when there are no more places, whether something is left to be done.
func (s *script) atEnd() load.State {
	if s.owed > 0 && s.goesOn() {
		return load.Later
	}
	return load.Ended
}

// goesOn tells whether the phase does, now that an operation has no more IDs.
func (s *script) goesOn() bool {
	some := false
	for i := range s.streams {
		st := &s.streams[i]
		switch {
		case st.absent, s.endless && s.ops[st.op].lasts():
		case st.ended && s.untilEmpty:
			s.places.over.Store(true)
			return false
		case !st.ended:
			some = true
		}
	}
	return some
}

// settles tells whether what it does is done for good, so that it may have been done before.
func (o *operation) settles() bool {
	return o.Choose.Way == workload.Claim || o.Choose.Way == workload.Take
}

// lasts tells whether there are IDs for an operation without end.
func (o *operation) lasts() bool { return o.Choose.Way == workload.Sample || o.Choose.Loop }

func (s *script) give(dst []byte, r *load.Request, st *stream) []byte {
	b, w := st.batch, s.ops[st.op].writer
	st.dry = false
	r.Kind, r.ID = st.op, b.ids[b.next]
	r.Mark = st.slot<<markSlot | uint32(b.next)<<markIndex | st.class
	if b.again && s.ops[st.op].settles() {
		r.Mark |= markAgain // one that is gone may have done it, and nobody has heard so
	}
	b.next++
	b.open++
	if b.next == len(b.ids) {
		s.slots[st.slot].left = true
		st.batch = nil
	}
	before := len(dst)
	dst = w.Append(dst, r.ID)
	if s.spread {
		r.Slot, r.Size = w.Slot(r.ID), uint32(len(dst)-before)
	}
	return dst
}

func (s *script) Again(dst []byte, r *load.Request) []byte {
	return s.ops[r.Kind].writer.Append(dst, r.ID)
}

// Lost has what writes and deletes sent again until it is known to be done, as it does no harm twice; so do other commands
// that are known to do none. What these reply then is what counts: a key that a store has lost is a miss.
func (s *script) Lost(r *load.Request) (again bool) {
	switch o := &s.ops[r.Kind]; {
	case o.settles():
		r.Mark |= markAgain
		return true
	case o.Command.Repeatable():
		return true
	}
	s.answered(r, true)
	return false
}

func (s *script) Describe(r *load.Request) string { return s.ops[r.Kind].writer.Text(r.ID) }
