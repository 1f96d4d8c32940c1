package main

import (
	"github.com/prefixtracker/prefixtracker/tracker"
)

const batch = 256

// claims is the group of what hands out free IDs, to one goroutine and to two.
func claims() group {
	rows := []row{{name: "write next, alone", seed: "< 100", goal: "≤ 14",
		cells: [cellCount]*subject{writeAlone(), bitsetClaim(false)}}}
	rows = append(rows, atOnce("write next", "≤ 30", writeTogether(), bitsetClaim(true))...)
	rows = append(rows, row{name: "ClaimNext, alone", goal: "≤ 14", cells: [cellCount]*subject{claimNext(false)}})
	rows = append(rows, atOnce("ClaimNext", "", claimNext(true), nil)...)
	rows = append(rows, row{name: "seed's algorithm, alone", cells: [cellCount]*subject{seedClaim(false)}})
	rows = append(rows, atOnce("seed's algorithm", "", seedClaim(true), nil)...)
	rows = append(rows, row{name: "batches of 256, alone, per ID", goal: "≤ 1", cells: [cellCount]*subject{batches(false)}})
	rows = append(rows, atOnce("batches of 256, per ID", "", batches(true), nil)...)
	return group{
		name: "Claims",
		notes: []string{
			"Ranges of 16 M free IDs in secured memory. The bitset claims with NextClear from a remembered place, and Set.",
			"With two goroutines there are two figures of one measurement. **All together**: time of the run / IDs claimed " +
				"by both, the inverse of the throughput, what testing.B's RunParallel reports. **Each**: time of the run × 2 / IDs " +
				"claimed by both, what a goroutine waits for an ID. The goal is meant for each.",
		},
		rows: rows,
	}
}

// atOnce are the two rows of a claim by two goroutines.
func atOnce(name, goal string, own, locked *subject) []row {
	cells := [cellCount]*subject{ours: own, inBitset: locked}
	return []row{
		{name: name + ", 2 goroutines, all together", cells: cells},
		{name: name + ", 2 goroutines, each", goal: goal, cells: cells, factor: 2},
	}
}

// shared is loop, in two goroutines if two.
func shared(two bool, loop func(n int) uint64) func(n int) uint64 {
	if !two {
		return loop
	}
	return func(n int) uint64 { return together(n, loop) }
}

func writeAlone() *subject    { return write(false) }
func writeTogether() *subject { return write(true) }

// write claims with an iterator per goroutine.
func write(two bool) *subject {
	return measured(func() (work, error) {
		t, err := tracker.New("bench", tracker.Config{MaxID: ids16M})
		if err != nil {
			return work{}, err
		}
		if err := t.Reserve(tracker.Range{Max: ids16M}); err != nil {
			return work{}, err
		}
		loop := func(n int) uint64 {
			w, err := t.Iter().UnsetOnly().Write()
			if err != nil {
				return 0 // none of n: time reports it
			}
			return loopWrite(w, n)
		}
		return work{loop: shared(two, loop), reset: func() { t.Reset() }, room: ids16M, exact: true}, nil
	})
}

func claimNext(two bool) *subject {
	return ready(func() work {
		b := secured()
		loop := func(n int) uint64 { return loopClaimNext(b, n, ids16M) }
		return work{loop: shared(two, loop), reset: func() { b.Reset() }, room: ids16M, exact: true}
	})
}

func seedClaim(two bool) *subject {
	return ready(func() work {
		s := newSeedSet(ids16M)
		return work{loop: shared(two, s.loopClaim), reset: s.reset, room: ids16M, exact: true}
	})
}

func bitsetClaim(two bool) *subject {
	return ready(func() work {
		b := newBitset(ids16M)
		return work{loop: shared(two, b.loopClaim), reset: b.reset, room: ids16M, exact: true}
	})
}

func batches(two bool) *subject {
	return ready(func() work {
		b := secured()
		loop := func(n int) uint64 { return loopAppendClaim(b, n, ids16M, batch) }
		return work{loop: shared(two, loop), reset: func() { b.Reset() }, room: ids16M / batch, units: batch, exact: true}
	})
}
