//go:build linux

package main

import "slices"

// anotherBuild is what rows and tables call the program of -against.
const anotherBuild = "another build"

// A change should not cost more than this part of a figure.
const sameWithin = 0.03

// besideAnotherBuild returns the work of rows, each kind once, with both sides
// alike: the rival speaks our commands. The goal is that nothing got worse.
func besideAnotherBuild(rows []*row) []*row {
	var all []*row
	for _, r := range rows {
		if slices.ContainsFunc(all, func(kept *row) bool { return kept.work == r.work }) {
			continue // the same work, there against another rival
		}
		all = append(all, &row{
			work: r.work, ours: r.ours, against: anotherBuild, theirs: r.ours, ids: r.ids, halfPeak: r.halfPeak,
			throughput: atLeast(1 - sameWithin), cpu: atMost(1 + sameWithin),
		})
	}
	for _, r := range all {
		if r.halfPeak {
			r.throughput = goal{} // the load sets the rate
		}
	}
	return all
}
