package lockcheck

import (
	"go/token"
	"maps"
	"slices"
)

// Rules are what a program excepts, each with the reason.
type Rules struct {
	// Turns are locks that may be held for long: who waits for one waits for what
	// it is there for.
	Turns map[string]string
	// Called are functions that somebody outside of the program calls with a lock
	// held, by the name that it is to have here.
	Called map[string]string
	// Foreign are methods of interfaces whose functions may be anybody's, and wait.
	Foreign map[string]string
	// Prompt are functions that do not wait, though they look like it.
	Prompt map[string]string
	// Quiet are types, with their packages, whose methods do not wait.
	Quiet []string
}

// Check returns where the program may wait while it holds a lock: place, lock
// and way to what it waits for.
func (p *Program) Check(rules Rules) []string {
	g := newGraph(p, rules)
	// What a function does depends on what it calls: until nothing is new.
	for changed, rounds := true, 0; changed && rounds < 100; rounds++ {
		changed = false
		for _, fn := range g.all {
			before := *fn
			g.walk(fn, nil)
			changed = changed || before.waits != fn.waits || !maps.Equal(before.takes, fn.takes) || !maps.Equal(before.gives, fn.gives)
		}
	}
	var found []string
	for _, fn := range g.all {
		g.walk(fn, func(pos token.Pos, what string) { found = append(found, p.where(pos)+": "+what) })
	}
	slices.Sort(found)
	return slices.Compact(found)
}
