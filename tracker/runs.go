package tracker

import (
	"iter"
	"slices"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Lists of runs that are ascending, none of which is empty or touches another, are
// sets of IDs: what follows works on them, and returns such ones.

func byStart(a, b Run) int {
	if a.Start < b.Start {
		return -1
	}
	return 1
}

// joined makes runs, which may lie in any order and overlap, such a list. It works in
// place.
func joined(runs []Run) []Run {
	if !slices.IsSortedFunc(runs, byStart) {
		slices.SortFunc(runs, byStart)
	}
	out := runs[:0]
	for _, r := range runs {
		if k := len(out) - 1; k >= 0 && r.Start <= out[k].Start+out[k].Len {
			out[k].Len = max(out[k].Len, r.Start+r.Len-out[k].Start)
		} else if r.Len > 0 {
			out = append(out, r)
		}
	}
	return out
}

// RunsOf returns ids, in any order, as an ascending list of runs, none of which touches another.
func RunsOf(ids []uint64) []Run {
	runs := make([]Run, len(ids))
	for i, id := range ids {
		runs[i] = Run{Start: id, Len: 1}
	}
	return joined(runs)
}

// split returns what a has in common with b, and what it has not.
func split(a, b []Run) (common, rest []Run) {
	for _, r := range a {
		end := r.Start + r.Len
		i, _ := slices.BinarySearchFunc(b, r.Start, func(x Run, at uint64) int {
			if x.Start+x.Len <= at {
				return -1
			}
			return 1
		})
		at := r.Start
		for ; i < len(b) && b[i].Start < end; i++ {
			from, to := max(at, b[i].Start), min(end, b[i].Start+b[i].Len)
			if from > at {
				rest = append(rest, Run{Start: at, Len: from - at})
			}
			common = append(common, Run{Start: from, Len: to - from})
			at = to
		}
		if at < end {
			rest = append(rest, Run{Start: at, Len: end - at})
		}
	}
	return common, rest
}

// first cuts the first n IDs off a list.
func first(runs []Run, n uint64) (head, rest []Run) {
	for i, r := range runs {
		if r.Len >= n {
			head = append(slices.Clone(runs[:i]), Run{Start: r.Start, Len: n})
			rest = runs[i:]
			if r.Len == n {
				return head, rest[1:]
			}
			rest[0] = Run{Start: r.Start + n, Len: r.Len - n}
			return head, rest
		}
		n -= r.Len
	}
	return runs, nil
}

// words goes through the words that have IDs of runs, with the bits of these. A word
// of several runs comes several times.
func words(runs []Run) iter.Seq2[uint64, uint64] {
	return func(yield func(wi, mask uint64) bool) {
		for _, r := range runs {
			end := r.Start + r.Len
			for wi := r.Start >> 6; wi<<6 < end; wi++ {
				if !yield(wi, bitmap.Clip(wi, r.Start, end)) {
					return
				}
			}
		}
	}
}
