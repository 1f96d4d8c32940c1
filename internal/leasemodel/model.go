package leasemodel

import (
	"fmt"
	"hash/maphash"
	"slices"

	"github.com/anishathalye/porcupine"
)

// set is all the states that something may be in, each once.
type set[T comparable] []T

func (s set[T]) with(v T) set[T] {
	if slices.Contains(s, v) {
		return s
	}
	return append(s, v)
}

// stepper is a state with its sequential specification.
type stepper[T comparable] interface {
	comparable
	step(o Op) (next T, legal bool)
	alone(dst set[T]) set[T]
}

var seed = maphash.MakeSeed()

// modelOf is the model of something that is in the zero state at first.
func modelOf[T stepper[T]]() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return set[T]{*new(T)} },
		Step: func(state, input, _ any) (bool, any) {
			op := input.(Op)
			if op.Kind.reads() {
				return stepRead(state.(set[T]), op)
			}
			var all set[T]
			for _, s := range state.(set[T]) {
				next, legal := s.step(op)
				if legal {
					all = next.alone(all)
				}
				if op.Maybe {
					all = s.alone(all)
				}
			}
			return len(all) > 0, all
		},
		Equal: func(a, b any) bool {
			x, y := a.(set[T]), b.(set[T])
			return len(x) == len(y) && !slices.ContainsFunc(x, func(v T) bool { return !slices.Contains(y, v) })
		},
		Hash: func(state any) (sum uint64) {
			for _, v := range state.(set[T]) {
				sum += maphash.Comparable(seed, v)
			}
			return sum
		},
		DescribeOperation: func(input, _ any) string { return input.(Op).String() },
		DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
	}
}

// stepRead leaves the states that agree with what was said. Mostly all do.
func stepRead[T stepper[T]](state set[T], op Op) (bool, any) {
	differs := func(s T) bool {
		_, legal := s.step(op)
		return !legal
	}
	if !slices.ContainsFunc(state, differs) {
		return true, state
	}
	var left set[T]
	for _, s := range state {
		if !differs(s) {
			left = s.alone(left)
		}
	}
	return len(left) > 0, left
}

var (
	idModel    = modelOf[ident]()
	leaseModel = modelOf[lease]()
)
