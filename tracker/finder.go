package tracker

// Finder looks prefixes up for one caller, who mostly asks for the prefix he
// asked for last: then it compares names instead of hashing one. Its answers
// are the registry's at the moment of the call. The zero value is ready for
// use, with one registry; it is not safe for concurrent use.
//
// A Finder may keep a tracker in memory that has left the registry. Forget ends
// that.
type Finder struct {
	last     *Tracker
	removals uint64 // the registry's, from before last was found
}

// Get is [Registry.Get].
func (f *Finder) Get(r *Registry, prefix string) *Tracker {
	if t := f.last; t != nil && t.prefix == prefix && f.removals == r.removals.Load() {
		return t
	}
	return f.look(r, prefix)
}

func (f *Finder) look(r *Registry, prefix string) *Tracker {
	removals := r.removals.Load()
	t := r.Get(prefix)
	if t != nil {
		f.last, f.removals = t, removals
	}
	return t
}

// Forget lets go of what was found last.
func (f *Finder) Forget() { f.last = nil }
