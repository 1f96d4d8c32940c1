package commands

import (
	"iter"
	"slices"
)

// sortedRuns puts strings in order as they come: each run of them by itself, and
// all together as they are read. However many there are, nothing here is long at
// work, and no list grows beyond a run by being copied: the collector stops the
// whole program for as long as pointers are moved, for ten million a second.
type sortedRuns struct {
	runs [][]string // sorted, but for the last
	n    int
}

// runLength is how many are sorted at a time: some milliseconds.
const runLength = 1 << 14

// add takes in another one.
func (r *sortedRuns) add(s string) {
	last := len(r.runs) - 1
	if last < 0 || len(r.runs[last]) == runLength {
		r.endRun()
		r.runs = append(r.runs, nil)
		last++
	}
	r.runs[last] = append(r.runs[last], s)
	r.n++
}

func (r *sortedRuns) endRun() {
	if last := len(r.runs) - 1; last >= 0 {
		slices.Sort(r.runs[last])
	}
}

// all returns everything in order. To be called once.
func (r *sortedRuns) all() iter.Seq[string] {
	r.endRun()
	heap := r.runs // by their first strings
	down := func(i int) {
		for {
			least := i
			for child := 2*i + 1; child <= 2*i+2 && child < len(heap); child++ {
				if heap[child][0] < heap[least][0] {
					least = child
				}
			}
			if least == i {
				return
			}
			heap[i], heap[least] = heap[least], heap[i]
			i = least
		}
	}
	for i := len(heap)/2 - 1; i >= 0; i-- {
		down(i)
	}
	return func(yield func(string) bool) {
		for len(heap) > 0 && yield(heap[0][0]) {
			if heap[0] = heap[0][1:]; len(heap[0]) == 0 {
				last := len(heap) - 1
				heap[0], heap = heap[last], heap[:last]
			}
			down(0)
		}
	}
}
