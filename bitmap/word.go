package bitmap

import "math/bits"

// Pure arithmetic on single words; nothing here touches shared memory.

// Clip has those bits of the word wi whose IDs lie in [from, max).
func Clip(wi, from, max uint64) uint64 { return clip(wi, from, max) }

// Lowest keeps the n lowest set bits of w.
func Lowest(w uint64, n int) uint64 { return lowest(w, n) }

const full = ^uint64(0)

// maskFrom has the bits of a word at and above position id mod 64.
func maskFrom(id uint64) uint64 { return full << (id & 63) }

// clip masks the word at index wi down to the IDs in [from, max).
func clip(wi, from, max uint64) uint64 {
	base := wi << 6
	m := full
	if from > base {
		if from-base >= wordIDs {
			return 0
		}
		m = full << (from - base)
	}
	if max < base+wordIDs {
		if max <= base {
			return 0
		}
		m &= full >> (base + wordIDs - max)
	}
	return m
}

// lowest keeps the n lowest set bits of w.
func lowest(w uint64, n int) uint64 {
	if n >= bits.OnesCount64(w) {
		return w
	}
	var kept uint64
	for ; n > 0; n-- {
		b := w & -w
		kept |= b
		w ^= b
	}
	return kept
}

// crosses tells whether a word's change from old to new leaves or reaches one
// of the two states that summaries record: empty (0) and full (all ones).
func crosses(old, new uint64) bool { return old+1 <= 1 || new+1 <= 1 }
