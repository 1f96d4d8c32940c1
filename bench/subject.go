package main

import "regexp"

// subject is one thing that is measured: one operation of one competitor.
type subject struct {
	// setup makes the state. It runs just before the subject's group, for the
	// states of all groups together would not fit into memory.
	setup func() (work, error)

	work    work
	n       int       // operations per round
	samples []float64 // ns per unit, one per round
}

// work is the state of a subject, ready to be timed.
type work struct {
	// loop does n operations in a tight loop of its own, on concrete types so
	// that the compiler can inline, and returns how many units succeeded. It is
	// called through a pointer, once per portion, so nothing in it is
	// optimized away.
	loop func(n int) uint64
	// reset brings the state back, untimed; nil where the operations leave it
	// as it was.
	reset func()
	room  int // operations that fit between two resets; 0 is any number
	units int // what one operation counts for, such as the IDs of a batch; 0 is 1
	// exact says that every operation must succeed in all its units: then a
	// loop that did something else than it says is an error and no figure.
	exact bool
}

func (w *work) unitsPerOp() int { return max(w.units, 1) }

func measured(setup func() (work, error)) *subject { return &subject{setup: setup} }

// ready is measured for a setup that cannot fail.
func ready(setup func() work) *subject {
	return measured(func() (work, error) { return setup(), nil })
}

// row is one line of a table.
type row struct {
	name string
	seed string // the seed's target
	goal string // the goal
	// factor scales ns per unit to what the row is in; 0 is 1. Rows may share
	// subjects, which are measured once.
	factor float64
	cells  [cellCount]*subject
}

// The cells of a plain table.
const (
	ours = iota
	inBitset
	inRoaring
	inSyncMap
	cellCount
)

// The cells of a flat table: the same operation on a small and on a large set.
const (
	oursSmall = iota
	oursLarge
	bitsetSmall
	bitsetLarge
)

// group is a table: what is measured interleaved.
type group struct {
	name  string
	notes []string
	flat  bool
	rows  []row
}

// keep drops the rows that match does not want.
func (g *group) keep(match *regexp.Regexp) {
	var kept []row
	for _, r := range g.rows {
		if match.MatchString(g.name + "/" + r.name) {
			kept = append(kept, r)
		}
	}
	g.rows = kept
}

// subjects returns what the rows need, each once, in the order of the rows.
func (g *group) subjects() []*subject {
	var all []*subject
	seen := make(map[*subject]bool)
	for _, r := range g.rows {
		for _, s := range r.cells {
			if s != nil && !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}
