package modelcheck

// search visits every state that can be reached from the initial ones, nearest
// first, and stops at the first one that wrong says something about.
type search[S comparable] struct {
	next  func(s S, visit func(S, step)) // the states one step away
	wrong func(s S) string               // "" for a state as it should be

	states []S
	parent []int32 // index of the state it was first reached from, -1 for none
	known  map[S]struct{}
}

// run returns what is wrong, "" if nothing is, and the way there.
func (x *search[S]) run(initial []S) (fault string, schedule []step) {
	x.known = make(map[S]struct{})
	for _, s := range initial {
		x.add(s, -1)
	}
	for at := 0; at < len(x.states); at++ {
		if fault = x.wrong(x.states[at]); fault != "" {
			return fault, x.wayTo(int32(at))
		}
		x.next(x.states[at], func(s S, _ step) { x.add(s, int32(at)) })
	}
	return "", nil
}

func (x *search[S]) add(s S, parent int32) {
	if _, old := x.known[s]; old {
		return
	}
	x.known[s] = struct{}{}
	x.states = append(x.states, s)
	x.parent = append(x.parent, parent)
}

// wayTo asks each state on the way again which step led to the one after it:
// to keep all steps would take more memory than the states do.
func (x *search[S]) wayTo(at int32) []step {
	from := x.parent[at]
	if from < 0 {
		return nil
	}
	way := x.wayTo(from)
	var taken step
	x.next(x.states[from], func(s S, by step) {
		if s == x.states[at] {
			taken = by
		}
	})
	return append(way, taken)
}
