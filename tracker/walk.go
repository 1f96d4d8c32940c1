package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// walk goes through the words of a selection, ascending, led by all of its conditions. It
// does not know the selection: that would be on the heap then.
type walk struct {
	conditions [5]condition
	n          int
}

func (w *walk) add(c condition) { w.conditions[w.n], w.n = c, w.n+1 }

// walk returns a walk with all conditions of s. A flight that begins later is not among
// them: they only say where to look.
func (s *Selection) walk() (w walk) {
	if s.mask.only != nil {
		w.exists(s.mask.only)
	}
	switch s.filter {
	case Set:
		w.exists(s.tracker)
	case Held:
		w.add(condition{of: &s.tracker.bits, set: true, finger: s.tracker.bits.SetFinger()})
	case Unset:
		w.add(condition{of: &s.tracker.bits, finger: s.tracker.bits.ClearFinger()})
	default:
		w.grounded(s.tracker)
	}
	if t := s.mask.except; t != nil {
		w.add(condition{of: &t.bits, finger: t.bits.ClearFinger(), lack: t})
	}
	return w
}

// exists adds that an ID exists under t.
func (w *walk) exists(t *Tracker) {
	w.add(condition{of: &t.bits, set: true, finger: t.bits.SetFinger()})
	w.grounded(t)
}

// grounded adds that an ID is not in flight under t.
func (w *walk) grounded(t *Tracker) {
	if f := t.flight(); f != nil {
		w.add(condition{of: &f.bits, finger: f.bits.ClearFinger()})
	}
}

// next returns the first word that has wanted IDs of [from, max): its index, and the
// bits of these IDs. It passes over no ID that has been wanted since the walk began: such
// a one is so by each condition, so none passes over its word; there they meet, and each
// has its bit.
func (w *walk) next(s *Selection, from, max uint64) (wi, word uint64, ok bool) {
	max = min(max, bitmap.Limit)
	// So many conditions have been found to have something in the word of at, and
	// word has what all of them have.
	at, agreed := from, 0
	for at < max && s.goesOn() {
		if agreed == w.n {
			if w.n == 0 || !s.grounded() {
				word = s.word(at >> 6)
			}
			if word &= bitmap.Clip(at>>6, from, max); word != 0 {
				return at >> 6, word, true
			}
			at, agreed = (at>>6+1)<<6, 0
			continue
		}
		next, bits, some := w.conditions[agreed].next(at, max)
		switch {
		case !some:
			at = max
		case next != at>>6 || agreed == 0: // the others are asked from there on
			w.conditions[0], w.conditions[agreed] = w.conditions[agreed], w.conditions[0]
			if next != at>>6 {
				at = next << 6
			}
			agreed, word = 1, bits
		default:
			if word &= bits; word == 0 {
				at, agreed = (at>>6+1)<<6, 0
			} else {
				agreed++
			}
		}
	}
	s.at = min(at, max)
	return 0, 0, false
}
