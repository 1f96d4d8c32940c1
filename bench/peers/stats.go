//go:build linux

package main

import "slices"

// spread is the median of several figures with the smallest and the largest.
type spread struct{ min, median, max float64 }

func spreadOf(figures []float64) spread {
	if len(figures) == 0 {
		return spread{}
	}
	v := slices.Sorted(slices.Values(figures))
	k := len(v)
	return spread{v[0], (v[(k-1)/2] + v[k/2]) / 2, v[k-1]}
}

// ratios divides pair by pair: figures of measurements that were neighbours.
func ratios(ours, theirs []float64) []float64 {
	var all []float64
	for i := range min(len(ours), len(theirs)) {
		if theirs[i] > 0 {
			all = append(all, ours[i]/theirs[i])
		}
	}
	return all
}

// each returns a figure of every result.
func each(results []result, figure func(result) float64) []float64 {
	var all []float64
	for _, r := range results {
		all = append(all, figure(r))
	}
	return all
}

// goal is what a figure should be. The zero goal asks for nothing.
type goal struct {
	bound  float64
	atMost bool
}

func atLeast(bound float64) goal { return goal{bound: bound} }
func atMost(bound float64) goal  { return goal{bound: bound, atMost: true} }

func (g goal) met(figure float64) bool {
	if g.atMost {
		return figure <= g.bound
	}
	return figure >= g.bound
}
