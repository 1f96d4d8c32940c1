package bitmap

import (
	"math/rand/v2"
	"testing"
)

// Against a count over single IDs, on layouts from dense to a word here and there.
func TestReaches_IsTheCountOverWords(t *testing.T) {
	for range 200 {
		b := New()
		span := uint64(1) << (7 + rand.IntN(14))
		for range rand.IntN(300) {
			b.Set(rand.Uint64N(span))
		}
		if rand.IntN(2) == 0 {
			from := rand.Uint64N(span)
			b.SetRange(from, from+rand.Uint64N(span))
		}
		from, max := rand.Uint64N(span), rand.Uint64N(span+1)
		words := 1 + rand.IntN(40)
		for _, set := range []bool{true, false} {
			// The IDs in the first words that have any.
			inWords, all, used, last := 0, 0, 0, ^uint64(0)
			for id := from; id < max; id++ {
				if b.Test(id) != set {
					continue
				}
				all++
				if id>>6 != last {
					last = id >> 6
					used++
				}
				if used <= words {
					inWords++
				}
			}
			for _, n := range []int{0, 1, words, inWords, inWords + 1, inWords + 100, 1 << 30} {
				got := b.ReachesSet(from, max, n, words)
				if !set {
					got = b.ReachesClear(from, max, n, words)
				}
				// Words of which the walk sees none left end it within the last of them.
				want := n <= inWords || n <= words || used < words
				if got != want && !(used == words && n > all) {
					t.Fatalf("set %t, [%d, %d), %d IDs in %d words: %t; %d lie in them, %d in all %d", set, from, max, n, words, got, inWords, all, used)
				}
			}
		}
	}
}

func TestDrawCost_IsThatOfTheCheaperWay(t *testing.T) {
	dense, sparse, far := New(), New(), New()
	dense.SetRange(0, 64*chunkIDs)
	sparse.SetRange(0, 64*chunkIDs)
	sparse.ClearRange(100, 64*chunkIDs)
	for i := range uint64(2000) {
		far.Set((i + 1) * chunkIDs)
	}
	for name, test := range map[string]struct {
		b           *Bitmap
		n           int
		distinct    bool
		least, most uint64
	}{
		"nothing there":             {New(), 5, false, 0, 0},
		"nothing wanted":            {dense, 0, false, 0, 0},
		"dense":                     {dense, 100, false, 100, 300},
		"dense, distinct":           {dense, 100, true, 100, 300},
		"few of what there was":     {sparse, 1, false, 100, 300},
		"one of many chunks":        {far, 1, false, 4000, 7000},
		"many of many chunks":       {far, 1000, false, 4000, 7000},
		"most of them, to be found": {far, 1500, true, 6000, 10000},
	} {
		if got := test.b.DrawCost(test.n, test.distinct); got < test.least || got > test.most {
			t.Errorf("%s: %d, want %d to %d", name, got, test.least, test.most)
		}
	}
}

func TestHomeless_CountsPiecesOfMemory(t *testing.T) {
	for range 300 {
		b := New()
		span := uint64(1) << (12 + rand.IntN(14))
		for range rand.IntN(4) {
			b.Set(rand.Uint64N(span))
		}
		max := rand.Uint64N(span)
		var ids []uint64
		homes := map[uint64]bool{}
		for range rand.IntN(200) {
			id := rand.Uint64N(span)
			ids = append(ids, id)
			if home, bytes := b.Lacking(id); bytes > 0 && id < max {
				homes[home] = true
			}
		}
		for n := range 70 {
			if got := b.Homeless(ids, max, n); got != (len(homes) > n) {
				t.Fatalf("%d pieces of memory lacking; more than %d: %t", len(homes), n, got)
			}
		}
	}
}
