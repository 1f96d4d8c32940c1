package journal

import "sync/atomic"

// Words is a bitmap as the log sees it: words of 64 IDs, of which those that
// have no memory are zero. Its methods are called with the log's mutex held, and
// must not wait.
type Words interface {
	Word(wi uint64) uint64
	// Spans visits the words that have memory among the n from wi on, in order,
	// until visit returns false.
	Spans(wi, n uint64, visit func(wi uint64, words []atomic.Uint64) bool)
	// ClearAll takes all IDs at once, and returns how many: a change is to the words
	// from before, or to those from after.
	ClearAll() uint64
}

// maxWords is how many words a bitmap may have: IDs are below 2^48.
const maxWords = 1 << 42

// Tracked is a tracker as the log sees it.
type Tracked interface {
	Words
	// MaxID is below which ID claims may come; 0 for all there can be.
	MaxID() uint64
	// Object is the same all the tracker's life.
	Object() *Object
}

// Object is what the log keeps of a tracker. It is part of one, of which there may
// be millions, and not copied. The zero Object is of none: what is noted about it
// is not logged.
type Object struct {
	// Given by the log, under its mutex, before anybody can find the tracker.
	id uint64
	// Guarded by the log's mutex.
	windows *windowSet // nil mostly; dropped when the tracker is no more
}

// dropped marks an Object whose tracker is no more.
var dropped = new(windowSet)

// boundOf is the first word of t that no window has: a last word that is not
// whole is in none.
func boundOf(t Tracked) uint64 {
	maxID := t.MaxID()
	if maxID == 0 || maxID>>6 > maxWords {
		return maxWords
	}
	return maxID >> 6
}

// Adopt makes o that of the tracker that a [Target] was told of as id.
func (o *Object) Adopt(id uint64) { o.id = id }

// ID is what the log calls the tracker: never another one, before or after.
func (o *Object) ID() uint64 { return o.id }
