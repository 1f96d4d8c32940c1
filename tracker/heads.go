package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// heads are sets by the word with IDs that each comes to next, a heap: of thousands only
// those are looked at that have IDs in the word at hand.
type heads []*source

// advance has each come to its first word from at on. Those that have no more leave.
func (h *heads) advance(at uint64) {
	for len(*h) > 0 && (*h)[0].head < at {
		s := (*h)[0]
		if s.head = s.next(at); s.head >= bitmap.Words {
			last := len(*h) - 1
			(*h)[0] = (*h)[last]
			*h = (*h)[:last]
		}
		h.down()
	}
}

// down brings the first to its place.
func (h heads) down() {
	for i := 0; ; {
		least := 2*i + 1
		if least >= len(h) {
			return
		}
		if right := least + 1; right < len(h) && h[right].head < h[least].head {
			least = right
		}
		if h[i].head <= h[least].head {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

// next is the first word that one of them comes to; bitmap.Words if there is none.
func (h heads) next() uint64 {
	if len(h) == 0 {
		return bitmap.Words
	}
	return h[0].head
}

// gathered are the bits of a word in several sets.
type gathered struct{ any, several, odd uint64 }

// gather adds the word at of those that have come to it, but for one. They stand at the
// top; i is 0.
func (h heads) gather(i int, at uint64, but *source, to *gathered) {
	for ; i < len(h) && h[i].head == at; i = 2*i + 2 {
		if s := h[i]; s != but {
			word := s.word(at)
			to.several |= to.any & word
			to.any |= word
			to.odd ^= word
		}
		h.gather(2*i+1, at, but, to)
	}
}

// full returns the last word from at on of which one of them has all IDs, if one has those of at,
// to which they have come; i is 0.
func (h heads) full(i int, at uint64) (last uint64) {
	last = at
	for ; i < len(h) && h[i].head == at; i = 2*i + 2 {
		if next := h[i].nextLacking(at); next > last {
			last = next - 1
		}
		last = max(last, h.full(2*i+1, at))
	}
	return last
}
