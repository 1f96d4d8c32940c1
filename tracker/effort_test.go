package tracker

import "testing"

// How long an operation takes depends on how IDs lie, not on how many are asked
// for: what is long is told before, and no more than that.
func TestLong_DependsOnTheLayout(t *testing.T) {
	make := func(maxID uint64, fill func(t *Tracker)) *Tracker {
		tr, err := New("p:", Config{MaxID: maxID})
		if err != nil {
			t.Fatal(err)
		}
		fill(tr)
		return tr
	}
	const wide = 1 << 26
	dense := make(wide, func(t *Tracker) { _, _ = t.AddRange(Range{0, wide}) })
	sparse := make(0, func(t *Tracker) { // one ID in each word
		for i := range uint64(1 << 16) {
			t.Add(i * 64)
		}
	})
	far := make(0, func(t *Tracker) { // each in memory of its own
		for i := range uint64(6000) {
			t.Add(i << 18)
		}
	})
	empty := make(0, func(*Tracker) {})
	apart := func(n int) (ids []uint64) {
		for i := range uint64(n) {
			ids = append(ids, (i+7000)<<18)
		}
		return ids
	}
	for _, c := range []struct {
		what       string
		long, want bool
	}{
		{"all of a bounded one counted", dense.LongCount(Everything), false},
		{"up to its bound", dense.LongCount(Range{0, wide}), false},
		{"all but the first", dense.LongCount(Range{1, wide}), true},
		{"a part", dense.LongCount(Range{1, 1 << 20}), false},
		{"all of an unbounded one", far.LongCount(Everything), false},
		{"all but the first, of 6,000 pieces", far.LongCount(Range{1, Limit}), true},
		{"all of a bounded one mapped", dense.LongMap(Everything), true},
		{"a part mapped", dense.LongMap(Range{1, 1 << 20}), false},

		{"many dense IDs", dense.LongWalk(Set, Everything, 0, 1<<16), false},
		{"many dense IDs in the middle", dense.LongWalk(Set, Everything, 12345, 1<<15), false},
		{"none of many", dense.LongWalk(Unset, Everything, 0, 1<<16), false},
		{"a thousand, one a word", sparse.LongWalk(Set, Everything, 0, 1000), false},
		{"five thousand, one a word", sparse.LongWalk(Set, Everything, 0, 5000), true},
		{"as many, but there are few", sparse.LongWalk(Set, Everything, 65000*64, 5000), false},
		{"free ones between them", sparse.LongWalk(Unset, Everything, 0, 1<<15), false},
		{"no filter", far.LongWalk(All, Everything, 0, 1<<16), false},
		{"a thousand, far apart", far.LongWalk(Set, Everything, 0, 1000), false},
		{"two thousand, far apart", far.LongWalk(Set, Everything, 0, 2000), true},

		{"one dense draw", dense.LongDraw(1, true), false},
		{"some dense draws", dense.LongDraw(100, true), false},
		{"one draw of 6,000 pieces", far.LongDraw(1, true), true},
		{"a draw of none", empty.LongDraw(1, true), false},

		{"random page of dense IDs", dense.LongRandomScan(Set, Everything, 1000), false},
		{"random page of few IDs", far.LongRandomScan(Set, Everything, 1), true},
		{"random page of free IDs", far.LongRandomScan(Unset, Everything, 1000), false},
		{"random page of all IDs", far.LongRandomScan(All, Everything, 1000), false},
		{"random page of no IDs", far.LongRandomScan(Set, Range{5, 5}, 1000), false},

		{"a small range added", empty.LongAdd(Range{0, 1 << 20}), false},
		{"a large one", empty.LongAdd(Range{0, 1 << 24}), true},
		{"removed where there is nothing", empty.LongRemove(Everything), false},
		{"removed where there is much", dense.LongRemove(Everything), true},

		{"IDs of one piece", empty.LongAllocation([]uint64{1, 2, 3}), false},
		{"of a few", empty.LongAllocation(apart(8)), false},
		{"of a hundred", empty.LongAllocation(apart(100)), true},
		{"beyond the bound", dense.LongAllocation(apart(1000)), false},
		{"of a thousand that are there", far.LongAllocation(func() (ids []uint64) {
			for i := range uint64(1000) {
				ids = append(ids, i<<18)
			}
			return ids
		}()), false},
	} {
		if c.long != c.want {
			t.Errorf("%s: long is %t", c.what, c.long)
		}
	}
}
