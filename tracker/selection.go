package tracker

// Selection is which IDs of a tracker somebody wants: by their state, and by a
// mask. All that reads IDs of one state reads them through a Selection, which
// alone knows that an ID in flight has none: it is in none, whatever the filter but Held.
// Without a mask and without anything in flight it is the bitmap that answers.
//
// Otherwise a Selection has several conditions, each about one bitmap. It goes
// through them all at once, a word of 64 IDs at a time, and passes over what the
// summaries of any of them know to have nothing (see walk). It promises, however
// the bitmaps change meanwhile:
//
//   - an ID that is wanted all through a call is not passed over by it;
//   - an ID that its state rules out all through a call, or one of the prefixes of
//     the mask, is not returned by it. (Each of them is looked at once: where two
//     change at the same time it may be returned without both having agreed to it
//     at one moment.)
//
// It is for one goroutine and one operation, and not to be kept.
type Selection struct {
	tracker *Tracker
	filter  Filter
	mask    *masking // not nil
	walked  int      // looks at words in this turn
	turn    int      // looks in a turn, 0 for all that there are
	stopped bool     // at the end of a turn, or because its client has gone
	at      uint64   // where the last walk ended
}

// Select returns the selection of the IDs of t in a state of filter that m does not pass
// over.
func (t *Tracker) Select(filter Filter, m Mask) Selection {
	return Selection{tracker: t, filter: filter, mask: m.masking()}
}

// InTurns has each call of s end in a while, so that whoever waits for others, or lets
// them have their turn, does so between two calls: no walk does.
func (s *Selection) InTurns() { s.turn = 16 * fewWords }

// Hurry is InTurns for who has no time, as on a loop: such a turn does not take long.
func (s *Selection) Hurry() { s.turn = fewWords }

// Stopped tells whether the last call was not a whole one. It is gone on with At.
func (s *Selection) Stopped() bool { return s.stopped }

// At returns the ID at which the last call that has stopped did so.
func (s *Selection) At() uint64 { return s.at }

// word has the bits of those IDs of the word wi that are wanted. The state of an ID
// is looked at first and the mask last, right before it returns: who hands out by it
// does so at once.
func (s *Selection) word(wi uint64) uint64 {
	return s.tracker.inState(s.filter, wi) & s.mask.word(wi)
}

// inState has the bits of those IDs of the word wi that are in a state of filter.
func (t *Tracker) inState(filter Filter, wi uint64) uint64 {
	switch filter {
	case Set:
		return t.existing(wi)
	case Unset:
		return ^t.bits.Word(wi)
	case Held:
		return t.bits.Word(wi)
	}
	if f := t.flight(); f != nil {
		return ^f.bits.Word(wi)
	}
	return ^uint64(0)
}

// grounded tells whether nothing that s looks at has a flight.
func (s *Selection) grounded() bool {
	return (s.filter >= Unset || s.tracker.flight() == nil) &&
		(s.mask.except == nil || s.mask.except.flight() == nil) &&
		(s.mask.only == nil || s.mask.only.flight() == nil)
}

// next returns the first word that has wanted IDs of [from, max): its index, and the
// bits of these IDs. Whoever asks again and again has a walk.
func (s *Selection) next(from, max uint64) (wi, word uint64, ok bool) {
	w := s.walk()
	return w.next(s, from, max)
}

// goesOn tells whether a walk has another look.
func (s *Selection) goesOn() bool {
	s.walked++
	s.stopped = s.stopped || s.turn > 0 && s.walked > s.turn
	return !s.stopped
}

// begin begins another turn.
func (s *Selection) begin() {
	if s.turn > 0 {
		s.walked, s.stopped = 0, false
	}
}

// asks tells whether somebody still waits for what s is for. It may wait, so nobody asks
// while he holds a lock.
func (s *Selection) asks() bool {
	s.stopped = s.stopped || s.mask.client != nil && s.mask.client.Gone()
	return !s.stopped
}
