package cli

// source is one that settings are given by.
type source interface {
	// given returns what it says of a row, if it does, and how that place is
	// called before people.
	given(r *row) (value, by string, ok bool)
}

// defaults say what the rows say.
type defaults struct{}

func (defaults) given(r *row) (value, by string, ok bool) {
	return r.byDefault, byDefault, r.byDefault != ""
}

// byDefault is who says what nobody has said.
const byDefault = "default"

// variables looks them up in the environment. One that is empty says nothing: that
// is how an environment's templates leave one out.
type variables func(name string) (value string, ok bool)

func (lookup variables) given(r *row) (value, by string, ok bool) {
	value, _ = lookup(r.variable())
	return value, r.variable(), value != ""
}

// The last of the flags of that name counts.
func (s flagSet) given(r *row) (value, by string, ok bool) {
	for _, f := range s {
		if f.row.flag == r.flag && f.set {
			return f.value, "--" + r.flag, true
		}
	}
	return "", "", false
}
