package workload

import "slices"

// Place is what a field belongs to.
type Place string

const (
	OfWorkload Place = "workload"
	OfPhase    Place = "phase"
	OfOp       Place = "operation"
)

// one is one of them, for people.
func (p Place) one() string {
	if p == OfOp {
		return "an " + string(p)
	}
	return "a " + string(p)
}

// Field is a field of a file, for documents and flags.
type Field struct {
	Of      Place
	Name    string
	Value   string // what it takes: N, TIME, claim|take
	Default string // what it is without being said
	Usage   string
	Top     bool // of a phase: it may stand at the top of a file, for all phases that do not say it
	Flag    bool // a setting may have it: see [Setting]
	Many    bool // it may come several times, or as a list
}

// field is a Field of a T, with how its text is read and written. One that is read from more than a text has no set.
type field[T any] struct {
	Field
	set func(*T, string) error
	get func(*T) string // "" if it need not be written
}

// Fields are all there are, in the order in which they are explained.
func Fields() (all []Field) {
	return slices.Concat(about(OfWorkload, workloadFields()), about(OfPhase, phaseFields()), about(OfOp, opFields()))
}

func about[T any](of Place, fields []field[T]) (all []Field) {
	for _, f := range fields {
		f.Of = of
		all = append(all, f.Field)
	}
	return all
}

func find[T any](fields []field[T], name string) *field[T] {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}

// setDefaults gives all fields their defaults.
func setDefaults[T any](to *T, fields []field[T]) {
	for _, f := range fields {
		if f.set != nil && f.Default != "" {
			if err := f.set(to, f.Default); err != nil {
				panic(f.Name + ": " + err.Error()) // of our own list: its test has seen it
			}
		}
	}
}
