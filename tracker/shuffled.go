package tracker

import (
	"iter"
	"math/rand/v2"
	"slices"
)

// Shuffled visits the IDs that matched when it was made, in random order. It
// holds them all, 8 bytes each: for a few matching IDs in a large range, where
// [Random] would walk the range.
type Shuffled struct {
	ids  []uint64
	next int
}

// Shuffled collects the matching IDs and shuffles them (Fisher-Yates). The
// same IDs and seed give the same order.
func (b Builder) Shuffled(seed uint64) (*Shuffled, error) {
	s, err := b.Sequential()
	if err != nil {
		return nil, err
	}
	ids := slices.Collect(s.All())
	rnd := rand.New(rand.NewPCG(seed, 0))
	rnd.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return &Shuffled{ids: ids}, nil
}

// Next implements [Iterator].
func (s *Shuffled) Next() (id uint64, ok bool) {
	if s.next == len(s.ids) {
		return 0, false
	}
	s.next++
	return s.ids[s.next-1], true
}

// Remaining implements [Iterator].
func (s *Shuffled) Remaining() uint64 { return uint64(len(s.ids) - s.next) }

// Exhausted implements [Iterator].
func (s *Shuffled) Exhausted() bool { return s.next == len(s.ids) }

// All implements [Iterator].
func (s *Shuffled) All() iter.Seq[uint64] { return seq(s.Next) }
