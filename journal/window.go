package journal

// A claim in [EverySec] is answered before it is on the disk. So that a cut of
// the power does not have its IDs handed out again, the log says ahead of use
// where claims may come: in windows, of which all IDs that are free after a cut
// are skipped. A claim whose words no window in force contains waits for the
// disk; so whether nobody gets an ID twice does not depend on how clever the
// windows are, but only on [Log.covered] telling the truth.

const (
	maxSlots    = 16      // windows of a tracker: so many places it is claimed from
	firstWindow = 64      // words: 4,096 IDs
	maxWindow   = 1 << 18 // words: 16 M IDs
	// A cut may cost a tracker this part of its IDs, in all windows together.
	windowShare = 16
	// A window that is used up again in less than so many seconds is to be longer.
	quickTicks = 2
)

// span is the words from from to to-1.
type span struct{ from, to uint64 }

func (s span) len() uint64 {
	if s.to < s.from {
		return 0
	}
	return s.to - s.from
}

func (s span) contains(t span) bool { return s.from <= t.from && t.to <= s.to }
func (s span) and(t span) span      { return span{max(s.from, t.from), min(s.to, t.to)} }

// window is one place where claims come.
type window struct {
	now   span   // in force, whatever a cut leaves of the log
	next  span   // what was said last
	since uint64 // next alone is in force once the log is on the disk up to here; 0 if it is
	cost  uint64 // words of the longer one
	size  uint64 // words to reserve ahead
	mark  uint64 // where the claim was that moved it last
	tick  uint64 // and when
	used  uint64 // the log's position at the last claim
}

// unsaid is since until the block is closed that next is said in.
const unsaid = maxPosition

// settle lets go of what was in force before, once next is on the disk.
func (w *window) settle(synced uint64) {
	if w.since != 0 && synced >= w.since {
		w.now, w.since, w.cost = w.next, 0, w.next.len()
	}
}

// windowSet is the windows of a tracker. It is in a list of all that have any.
type windowSet struct {
	of         *Object
	bound      uint64 // words from here on are in no window
	slots      []*window
	carried    uint64 // the position from which on they have been said again
	prev, next *windowSet
}

// covered tells whether a claim of the words from wi to end-1 may be answered
// before it is on the disk, and moves windows ahead of the claims. The claim has
// been appended to the block at hand; the mutex is held.
func (l *Log) covered(t Tracked, o *Object, wi, end uint64) bool {
	switch l.Policy() {
	case No:
		return true // nothing is promised
	case Always:
		return false // whatever the policy is when it is committed
	}
	claim := span{wi, end}
	if o.windows != nil {
		synced := l.synced.Load()
		for i, w := range o.windows.slots {
			w.settle(synced)
			if wi < w.next.from || wi > w.next.to {
				continue
			}
			ok := w.now.contains(claim)
			w.used = l.end + 1
			if w.since == 0 && w.next.to < o.windows.bound && end+w.next.len()/2 >= w.next.to {
				l.moveWindow(o, i, claim)
			}
			return ok
		}
	}
	l.openWindow(t, o, claim)
	return false
}

// openWindow begins a window behind claim, in the slot that was not used for
// longest if all are taken.
func (l *Log) openWindow(t Tracked, o *Object, claim span) {
	ws := o.windows
	if ws == nil {
		bound := boundOf(t)
		if bound < windowShare {
			return // it would have no words
		}
		ws = &windowSet{of: o, bound: bound, carried: l.end}
		o.windows = ws
		l.windowed.add(ws)
	}
	slot := len(ws.slots)
	if slot == maxSlots {
		slot = 0
		for i, w := range ws.slots {
			if w.used < ws.slots[slot].used {
				slot = i
			}
		}
	} else {
		ws.slots = append(ws.slots, new(window))
	}
	w := ws.slots[slot]
	// What was in force in the slot is so no more: nothing relies on it, and it costs
	// until the new one is on the disk.
	*w = window{now: span{claim.from, claim.from}, cost: w.cost, size: firstWindow, mark: claim.from, tick: l.ticks.Load(), used: l.end + 1}
	l.reserve(o, slot, claim.from, claim)
}

// moveWindow is for a window that is half used up: what lies ahead grows while
// it is used up fast. It begins where it was moved before: claims may be
// appended in another order than they were made in.
func (l *Log) moveWindow(o *Object, slot int, claim span) {
	w := o.windows.slots[slot]
	now := l.ticks.Load()
	if now-w.tick < quickTicks {
		w.size = min(w.size*2, maxWindow)
	}
	from := max(w.next.from, w.mark)
	w.tick, w.mark = now, claim.from
	l.reserve(o, slot, from, claim)
}

// reserve says that claims may come in the slot from the word from on, and up to
// size words behind claim, as far as the bound and the share of a cut allow.
func (l *Log) reserve(o *Object, slot int, from uint64, claim span) {
	w := o.windows.slots[slot]
	allowed := min(o.windows.bound/windowShare, maxWindow)
	for i, other := range o.windows.slots {
		if i != slot {
			allowed -= min(allowed, other.cost)
		}
	}
	next := span{from, min(o.windows.bound, max(w.next.to, claim.to+w.size))}
	if next.len() > allowed {
		next.from = max(from, claim.from)
	}
	if next.len() > allowed && claim.to > claim.from {
		next.from = claim.to - 1 // its last word may have IDs left
	}
	next.to = min(next.to, next.from+allowed)
	if next.len() == 0 || next == w.next {
		return
	}
	w.next, w.now, w.since = next, w.now.and(next), unsaid
	w.cost = max(w.cost, next.len())
	l.sayWindow(o, slot)
	l.block.windows = append(l.block.windows, w)
	l.hurry()
}

// sayWindow appends the reservation to the block at hand.
func (l *Log) sayWindow(o *Object, slot int) {
	w := o.windows.slots[slot]
	l.buf = appendControl(l.buf, opReserve, o.id, uint64(slot), w.next.from, w.next.len())
	l.reserved.Add(1)
}

// carryWindows says the windows again that are in force, for the file that
// begins at from: a base that goes with it replaces all that was said before.
// Those that have not been used since the file before began end with it.
func (l *Log) carryWindows(from, before uint64) {
	for more := true; more; {
		l.mu.Lock()
		l.beginBlock()
		for range carryAtOnce {
			ws := l.windowed.first
			if ws == nil || ws.carried >= from {
				more = false
				break
			}
			l.windowed.remove(ws)
			kept := ws.slots[:0]
			for _, w := range ws.slots {
				if w.used > before && w.next.len() > 0 { // else it never came to be
					kept = append(kept, w)
				}
			}
			clear(ws.slots[len(kept):])
			ws.slots = kept
			if len(kept) == 0 {
				ws.of.windows = nil
				continue
			}
			ws.carried = from
			l.windowed.add(ws)
			for slot := range kept {
				l.sayWindow(ws.of, slot)
			}
		}
		l.closeBlock()
		l.mu.Unlock()
	}
}

// carryAtOnce is how many trackers' windows are said in one hold of the mutex.
const carryAtOnce = 256

// windowList is the trackers that have windows, those that were carried last at
// its end.
type windowList struct {
	first, last *windowSet
}

func (l *windowList) add(w *windowSet) {
	w.prev, w.next = l.last, nil
	if l.last != nil {
		l.last.next = w
	} else {
		l.first = w
	}
	l.last = w
}

func (l *windowList) remove(w *windowSet) {
	if w == nil {
		return
	}
	if w.prev != nil {
		w.prev.next = w.next
	} else {
		l.first = w.next
	}
	if w.next != nil {
		w.next.prev = w.prev
	} else {
		l.last = w.prev
	}
	w.prev, w.next = nil, nil
}
