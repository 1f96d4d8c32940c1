package journal

import (
	"errors"
	"fmt"
)

// Target takes the trackers that a log tells of. What it keeps of the bytes it
// is given it copies. An error ends the recovery.
//
// While a log is read a tracker may be there together with one that is to take
// its place: who is told apart by more than an ID looks at those that are left
// in the end.
type Target interface {
	Create(id uint64, meta []byte) (Loader, error)
	Drop(id uint64) error
}

// Loader takes the words of one tracker, by one goroutine. Word indexes are
// below 2^42; what is too large for the tracker is an error.
type Loader interface {
	Put(wi, v uint64) error
	PutAll(wi uint64, words []byte) error // 8 bytes each, the lowest first
	Fill(wi, n, v uint64) error           // v is all ones or zero
	Clear() error
	// Quarantine sets all IDs of n words from wi on, and returns how many of them were
	// not known to be handed out. What it says beside is appended to dst, and logged as a note in the
	// same block.
	Quarantine(dst []byte, wi, n uint64) (note []byte, doubted uint64, err error)
	// Note takes what was said by [Log.Record], or is in a base as [Entry.Notes]. A base may know
	// of what is said behind it: a note that is said again, or comes to a state that is
	// newer, must lead to the same in the end.
	Note(p []byte) error
	Describe(meta []byte) error
	Stats(stats []byte) error
}

var errMalformed = errors.New("malformed record")

// replay applies the records of blocks.
type replay struct {
	target   Target
	trackers map[uint64]*loaded
	nextID   uint64 // IDs below may be of trackers that are gone
	based    bool   // a base is being read
	ended    bool   // and was read to its end
	need     uint64 // up to where the log has to come then
	clean    bool
	restored bool
	windows  int // how many are in force
	records  uint64
}

// loaded is a tracker that is there.
type loaded struct {
	Loader
	based   bool // a base has it: the log may make it again
	windows *[maxSlots]span
}

func newReplay(t Target) *replay {
	return &replay{target: t, trackers: make(map[uint64]*loaded), nextID: 1}
}

// block applies a payload. The error says at which byte of it, and is damage
// unless it is the target's.
func (r *replay) block(p []byte) (at int, err error) {
	d := decoder{p: p}
	var to *loaded
	selected := false
	r.clean = false
	for len(d.p) > 0 {
		at = len(p) - len(d.p)
		head := d.uint()
		kind, x := head&7, head>>3
		r.records++
		switch {
		case d.bad:
		case kind == kControl:
			err = r.control(x, &d)
		case kind == kSelect:
			if to = r.trackers[x]; to == nil && (x >= r.nextID || x == 0) {
				return at, fmt.Errorf("%w: %w: tracker %d was never made", ErrDamaged, errMalformed, x)
			}
			selected = true
		case !selected:
			d.fail()
		default:
			err = r.words(kind, x, to, &d)
		}
		if d.bad {
			return at, fmt.Errorf("%w: %w", ErrDamaged, errMalformed)
		}
		if err != nil {
			return at, err
		}
	}
	return 0, nil
}

// words applies a record of words; to is nil if they are of a tracker that is
// gone.
func (r *replay) words(kind, wi uint64, to *loaded, d *decoder) error {
	n, v := uint64(1), uint64(0)
	var all []byte
	switch kind {
	case kLiteral:
		v = d.literal()
	case kSparse:
		v = d.masked()
	case kDense:
		v = ^d.masked()
	case kFull, kZero:
		n = d.uint()
		if kind == kFull {
			v = full
		}
	case kLiterals:
		if n = d.uint(); n > uint64(len(d.p))/8 {
			d.fail()
		} else {
			all = d.bytes(8 * n)
		}
	}
	if n == 0 || wi >= maxWords || n > maxWords-wi {
		d.fail()
	}
	switch {
	case d.bad || to == nil:
		return nil
	case all != nil:
		return to.PutAll(wi, all)
	case n == 1:
		return to.Put(wi, v)
	}
	return to.Fill(wi, n, v)
}

// control applies what is no state of a word.
func (r *replay) control(op uint64, d *decoder) error {
	switch op {
	case opCreate:
		if id, meta := d.uint(), d.bytes(d.uint()); !d.bad {
			return r.create(id, meta, d)
		}
	case opDrop:
		if id := d.uint(); !d.bad {
			return r.drop(id)
		}
	case opFlush:
		if below := d.uint(); !d.bad {
			for id := range r.trackers {
				if id < below {
					if err := r.drop(id); err != nil {
						return err
					}
				}
			}
		}
	case opClear:
		if t := r.trackers[d.uint()]; t != nil && !d.bad {
			return t.Clear()
		}
	case opDescribe, opStats, opNote:
		id, p := d.uint(), d.bytes(d.uint())
		if t := r.trackers[id]; t != nil && !d.bad {
			switch op {
			case opStats:
				return t.Stats(p)
			case opNote:
				return t.Note(p)
			}
			return t.Describe(p)
		}
	case opReserve:
		r.reserve(d)
	case opUnreserve:
		r.unreserve()
	case opClean:
		r.clean = len(d.p) == 0
		r.unreserve()
	case opRestored:
		r.restored = true
	case opEnd:
		need, _, next := d.uint(), d.uint(), d.uint()
		if !r.based || r.ended || len(d.p) > 0 || need >= maxPosition || next < r.nextID {
			d.fail()
		}
		r.need, r.nextID, r.ended = need, max(next, r.nextID), true
	default:
		d.fail()
	}
	return nil
}

func (r *replay) create(id uint64, meta []byte, d *decoder) error {
	if t := r.trackers[id]; t != nil {
		if !t.based {
			d.fail() // it was made twice
		}
		t.based = r.based // who goes through all may meet one twice
		return nil
	}
	if id == 0 || id >= maxPosition || len(meta) > MaxMeta {
		d.fail()
		return nil
	}
	to, err := r.target.Create(id, meta)
	if err != nil {
		return err
	}
	r.trackers[id] = &loaded{Loader: to, based: r.based}
	r.nextID = max(r.nextID, id+1)
	return nil
}

func (r *replay) drop(id uint64) error {
	t := r.trackers[id]
	if t == nil {
		return nil
	}
	t.eachWindow(func(span) { r.windows-- })
	delete(r.trackers, id)
	return r.target.Drop(id)
}

func (r *replay) reserve(d *decoder) {
	id, slot, from, n := d.uint(), d.uint(), d.uint(), d.uint()
	if d.bad || slot >= maxSlots || n == 0 || from >= maxWords || n > maxWords-from {
		d.fail()
		return
	}
	t := r.trackers[id]
	if t == nil {
		return
	}
	if t.windows == nil {
		t.windows = new([maxSlots]span)
	}
	if t.windows[slot].len() == 0 {
		r.windows++
	}
	t.windows[slot] = span{from, from + n}
}

func (r *replay) unreserve() {
	if r.windows > 0 {
		for _, t := range r.trackers {
			t.windows = nil
		}
	}
	r.windows = 0
}

func (t *loaded) eachWindow(do func(span)) {
	if t.windows != nil {
		for _, w := range t.windows {
			if w.len() > 0 {
				do(w)
			}
		}
	}
}
