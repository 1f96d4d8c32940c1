package tracker

import "math/bits"

// Loops serve many clients in turn, so nothing that one of them asks for may take
// a loop long. These methods tell beforehand whether an operation would, however
// the IDs lie: about a millisecond is theirs. The answer is that of the moment.

const (
	// fewWords is how many words are looked at in that time, each in a place of
	// its own.
	fewWords = 1024
	// fewDraws is how many are tried at random, or passed in a row.
	fewDraws = 8192
	// fewHomes is how many pieces of memory are allocated. To make them zero takes
	// little of that time; but who allocates while the collector is at work has to
	// do a part of that, up to twenty times as many bytes where prefixes are many.
	fewHomes = 8
	// fewWrites is how many IDs are written, whole words of them, perhaps into as
	// many new pieces, and fewReads how many are counted.
	fewWrites = fewHomes << 18
	fewReads  = 16 << 20
	// fewTrackers is how many are asked one by one, and fewBuckets how many places
	// of the registry are looked at for them.
	fewTrackers = 4096
	fewBuckets  = 1 << 18
	// fewPositions is how many positions of a permutation are tried.
	fewPositions = 4096
)

// LongCount tells whether CountRange or CountFree of r takes long. The count of
// all IDs that there can be is kept.
func (t *Tracker) LongCount(r Range) bool {
	return !t.isAll(t.Clip(r)) && t.LongMap(r)
}

// LongMap tells whether Map of r takes long, beside what its cells take.
func (t *Tracker) LongMap(r Range) bool { return min(r.Len(), t.Capacity()) > fewReads }

// isAll tells whether r, which is clipped, has all IDs that there can be.
func (t *Tracker) isAll(r Range) bool { return r.Min == 0 && r.Max == t.end() }

// LongAdd tells whether AddRange of r takes long.
func (t *Tracker) LongAdd(r Range) bool { return t.Clip(r).Len() > fewWrites }

// LongRemove tells whether RemoveRange of r takes long.
func (t *Tracker) LongRemove(r Range) bool { return min(t.Clip(r).Len(), t.Capacity()) > fewWrites }

// LongAllocation tells whether to get memory for ids takes long.
func (t *Tracker) LongAllocation(ids []uint64) bool { return t.bits.Homeless(ids, t.end(), fewHomes) }

// LongWalk tells whether n IDs of r that match filter lie so far apart that to
// scan them, to claim or to take them takes long. from is where in r it begins.
func (t *Tracker) LongWalk(filter Filter, r Range, from uint64, n int) bool {
	s := t.Select(filter, Mask{})
	return s.LongWalk(r, from, n)
}

// LongWalk is [Tracker.LongWalk] for the IDs that s wants.
func (s *Selection) LongWalk(r Range, from uint64, n int) bool {
	r = s.tracker.Clip(r)
	from = max(r.Min, from)
	if s.Plain() {
		switch s.filter {
		case Set:
			return !s.tracker.bits.ReachesSet(from, r.Max, n, fewWords)
		case Unset:
			return !s.tracker.bits.ReachesClear(from, r.Max, n, fewWords)
		default:
			return false
		}
	}
	try := s.hurried()
	try.pass(Range{from, r.Max}, n)
	return try.stopped
}

// LongHandOut tells whether to hand out n IDs of r that s wants takes long.
func (s *Selection) LongHandOut(r Range, n int) bool {
	if s.mask.isZero() {
		return s.LongWalk(r, 0, n)
	}
	r = s.tracker.Clip(r)
	from := s.begins(r)
	try := s.hurried()
	if n = try.pass(Range{from, r.Max}, n); n > 0 && !try.stopped {
		try.pass(Range{r.Min, from}, n)
	}
	return try.stopped
}

// pass walks over up to n IDs of r and returns how many of n are left.
func (s *Selection) pass(r Range, n int) (left int) {
	w := s.walk()
	for n > 0 {
		wi, word, ok := w.next(s, r.Min, r.Max)
		if !ok {
			break
		}
		n -= bits.OnesCount64(word)
		r.Min = (wi + 1) << 6
	}
	return n
}

// hurried is s for what does not take long.
func (s *Selection) hurried() Selection {
	return Selection{tracker: s.tracker, filter: s.filter, mask: s.mask, turn: fewWords}
}

// LongRandomScan is [Tracker.LongRandomScan] for the IDs that s wants.
func (s *Selection) LongRandomScan(r Range, n int) bool {
	if s.Plain() {
		return s.tracker.LongRandomScan(s.filter, r, n)
	}
	return min(s.tracker.Clip(r).Len(), visitsPerPage) > fewPositions
}

// LongDraw tells whether to draw n IDs at random takes long; with distinct, n
// different ones.
func (t *Tracker) LongDraw(n int, distinct bool) bool {
	cost := t.bits.DrawCost(n, distinct)
	if t.flight() != nil { // what is drawn may be in flight; where most is, all are counted
		in, exist := t.bits.Count(), t.Count()
		cost *= min(in/max(exist, 1)+1, 16)
		if in/16 > exist {
			cost += in / 16
		}
	}
	return cost > fewDraws
}

// LongRandomScan tells whether a page of n IDs of ScanRandom takes long.
func (t *Tracker) LongRandomScan(filter Filter, r Range, n int) bool {
	tries, all := uint64(max(n, 1)), t.Clip(r).Len()
	if all == 0 {
		return false
	}
	switch matching := min(t.Count(), all); filter {
	case Set:
		tries *= all / max(matching, 1)
	case Unset:
		tries *= all / max(all-matching, 1)
	}
	return min(tries, all) > fewPositions
}

// LongAddKeys tells whether AddKeys of keys takes long.
func (c *Caller) LongAddKeys(keys []string) bool {
	if len(keys) <= fewHomes {
		return false
	}
	var last struct {
		tracker *Tracker
		home    uint64
	}
	homes := 0 // one after the other: that some come again is not looked for
	for _, key := range keys {
		t, id, ok := c.registry.ParseKey(key)
		if !ok || id >= t.end() {
			continue
		}
		if home, bytes := t.bits.Lacking(id); bytes > 0 && (homes == 0 || t != last.tracker || home != last.home) {
			last.tracker, last.home = t, home
			homes++
		}
	}
	return homes > fewHomes
}

// LongDelete tells whether NextDelete of n IDs takes long.
func (c *Caller) LongDelete(token string, n int) bool {
	if n <= fewWords {
		return false
	}
	h := c.registry.holds.look(token, deleting{})
	return h != nil && h.tracker.LongWalk(Set, h.rng, 0, n)
}

// LongTotal tells whether TotalCount takes long.
func (r *Registry) LongTotal() bool {
	return r.Len() > fewTrackers || r.table.Load().buckets() > fewBuckets
}
