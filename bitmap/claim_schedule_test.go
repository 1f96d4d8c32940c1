//go:build yield

package bitmap

import (
	"fmt"
	"slices"
	"testing"
)

// Property: of two that hand out IDs of one word, each at every point of the
// other, none gets an ID of the other, and the count is that of the bits: in the head, in the first chunk,
// and in another.
func TestSchedule_NobodyGetsAnIDOfTheOther(t *testing.T) {
	for name, lo := range map[string]uint64{"head": 0, "first chunk": 2 * groupIDs, "another chunk": chunkIDs} {
		t.Run(name, func(t *testing.T) { nobodyGetsAnIDOfTheOther(t, lo) })
	}
}

// nobodyGetsAnIDOfTheOther is about the word of the ID lo.
func nobodyGetsAnIDOfTheOther(t *testing.T, lo uint64) {
	hi := lo + groupIDs
	var groups []uint64 // that have skip bits
	if lo > 0 {
		groups = append(groups, lo/groupIDs)
	}
	take := func(runs []Run) (ids []uint64) {
		for _, r := range runs {
			for id := r.Start; id < r.Start+r.Len; id++ {
				ids = append(ids, id)
			}
		}
		return ids
	}
	type handOut func(b *Bitmap) []uint64
	claims := map[string]handOut{
		"ClaimNext": func(b *Bitmap) []uint64 {
			id, _ := b.ClaimNext(0, hi)
			return []uint64{id}
		},
		"ClaimNext beside the hint": func(b *Bitmap) []uint64 { // whose word is not wholly in the range
			id, ok := b.ClaimNext(lo+6, lo+wordIDs-1)
			if !ok { // the other has taken all of them
				return nil
			}
			return []uint64{id}
		},
		"AppendClaim of 1": func(b *Bitmap) []uint64 {
			runs, _ := b.AppendClaim(nil, 0, hi, 1)
			return take(runs)
		},
		"AppendClaim of 3": func(b *Bitmap) []uint64 {
			runs, _ := b.AppendClaim(nil, 0, hi, 3)
			return take(runs)
		},
		"AppendClaim of 70": func(b *Bitmap) []uint64 {
			runs, _ := b.AppendClaim(nil, 0, hi, 70)
			return take(runs)
		},
		"Claimer": func(b *Bitmap) []uint64 {
			c := b.Claimer(0, hi)
			first, _ := c.Next()
			second, _ := c.Next()
			return []uint64{first, second}
		},
		"TestAndSet": func(b *Bitmap) (ids []uint64) {
			for id := lo; id < lo+wordIDs; id += 9 {
				if b.TestAndSet(id) {
					ids = append(ids, id)
				}
			}
			return ids
		},
	}
	takes := map[string]handOut{
		"TakeNext": func(b *Bitmap) []uint64 {
			id, _ := b.TakeNext(lo, hi)
			return []uint64{id}
		},
		"AppendTake of 3":  func(b *Bitmap) []uint64 { return take(b.AppendTake(nil, lo, hi, 3)) },
		"AppendTake of 70": func(b *Bitmap) []uint64 { return take(b.AppendTake(nil, lo, hi, 70)) },
		"TestAndClear": func(b *Bitmap) (ids []uint64) {
			for id := lo; id < lo+wordIDs; id += 9 {
				if b.TestAndClear(id) {
					ids = append(ids, id)
				}
			}
			return ids
		},
	}
	for _, kind := range []struct {
		full bool
		by   map[string]handOut
	}{{false, claims}, {true, takes}} {
		for nameA, a := range kind.by {
			for nameB, b := range kind.by {
				t.Run(fmt.Sprint(nameA, " beside ", nameB), func(t *testing.T) {
					steps := 1 // of the first
					for at := 0; at < steps; at++ {
						bits := New()
						if bits.SetRange(0, lo+2*wordIDs); !kind.full {
							bits.ClearRange(lo+5, hi)
							bits.ClaimNext(0, hi) // the claim hint goes to this word
						}
						before := bits.Count()
						s := newStage(t, bits, groups...)
						var gotA, gotB []uint64
						first := s.enter(func() { gotA = a(bits) })
						second := s.enter(func() { gotB = b(bits) })
						first.run(at)
						second.end()
						s.finish()
						steps = max(steps, first.steps)
						all := slices.Concat(gotA, gotB)
						slices.Sort(all)
						want := before + uint64(len(all))
						if kind.full {
							want = before - uint64(len(all))
						}
						if set := uint64(countBits(bits, 0, hi)); len(slices.Compact(slices.Clone(all))) != len(all) || bits.Count() != want || set != want {
							t.Fatalf("the second came in after step %d: %v and %v; %d bits, Count %d, want %d", at, gotA, gotB, set, bits.Count(), want)
						}
					}
				})
			}
		}
	}
}

func countBits(b *Bitmap, min, max uint64) (n int) {
	it := b.IterSet(min, max)
	for _, ok := it.Next(); ok; _, ok = it.Next() {
		n++
	}
	return n
}
