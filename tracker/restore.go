package tracker

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/journal"
)

// Restored takes the trackers that a log tells of, for a registry that nobody uses
// yet. It is for one goroutine.
type Restored struct {
	registry *Registry
	trackers map[uint64]*restored
}

// Restore returns what a log is read into. Nothing of it is in the registry before
// [Restored.Keep].
func (r *Registry) Restore() *Restored {
	return &Restored{registry: r, trackers: make(map[uint64]*restored)}
}

// restored is one tracker of them.
type restored struct {
	t       *Tracker
	loader  *bitmap.Loader
	doubted uint64                 // claims in flight that exist (Past)
	made    bool                   // else it was being made when the log ended, and nobody has heard of it
	leases  map[string]*kept       // by token; nil for none
	cursors map[string]*keptCursor // by name; nil for none
}

var errTooLarge = errors.New("an ID is beyond the bound of its tracker")

// Create implements [journal.Target].
func (r *Restored) Create(id uint64, meta []byte) (journal.Loader, error) {
	t, made, err := fromMeta(meta, r.registry.budget)
	if err != nil {
		return nil, err
	}
	in := &restored{t: t, loader: t.bits.Loader(), made: made}
	r.trackers[id] = in
	return in, nil
}

// Drop implements [journal.Target].
func (r *Restored) Drop(id uint64) error {
	if in := r.trackers[id]; in != nil {
		in.t.discard()
		delete(r.trackers, id)
	}
	return nil
}

// Past says that it is a state of the past, of which [Registry.Skip] skips what was handed out since: claims that
// are in flight in it may have been confirmed since, so they exist. It returns how many they are.
func (r *Restored) Past() (doubted uint64) {
	for _, in := range r.trackers {
		in.doubted = in.doubt(0, in.t.words())
		doubted += in.doubted
	}
	return doubted
}

// Keep puts the trackers into the registry, which from then on has its changes in
// log. What was kept comes back though the budget may be smaller now: only what
// needs more memory is refused then.
func (r *Restored) Keep(log *journal.Log) error {
	for id, in := range r.trackers {
		if !in.made {
			in.t.discard()
			delete(r.trackers, id)
			continue
		}
		in.loader.Done()
		in.t.object.Adopt(id)
		if _, err := r.registry.insert(in.t, true); err != nil {
			return fmt.Errorf("%q: %w", in.t.Prefix(), err)
		}
	}
	r.registry.log = log // before a lease ends
	for _, in := range r.trackers {
		if in.doubted > 0 {
			log.Record((*journaled)(in.t), func(dst []byte) []byte { return appendDoubted(dst, 0, in.t.words()) })
		}
		err := in.keep(r.registry)
		if err == nil {
			err = in.keepCursors(r.registry)
		}
		if err != nil {
			return fmt.Errorf("%q: %w", in.t.Prefix(), err)
		}
	}
	r.trackers = nil
	return nil
}

// Entries are the trackers as a log writes them down. Each that the log has been told
// of before Entries is called is among them, if it has not left.
//
// It may meet one twice, and as being made when it no longer is: what makes it what it
// is now is said in the log, behind the position that a base goes with.
func (r *Registry) Entries() journal.Objects {
	return func(yield func(journal.Entry) bool) {
		var meta, stats []byte
		entry := func(t *Tracker, prefix string) bool {
			meta, stats = t.appendMetaAs(meta[:0], prefix), t.appendStats(stats[:0])
			return yield(journal.Entry{Tracked: (*journaled)(t), Meta: meta, Stats: stats, Notes: r.notes(t)})
		}
		making := r.beginEntries()
		defer r.endEntries()
		for _, t := range making {
			if !entry(t, "") {
				return
			}
		}
		for t := range r.Each() {
			if !entry(t, t.Prefix()) {
				return
			}
		}
		for _, t := range r.endEntries() {
			if !entry(t, t.Prefix()) {
				return
			}
		}
	}
}

// notes are what a log has to know of t beside its words; nil for nothing.
func (r *Registry) notes(t *Tracker) iter.Seq[journal.Note] {
	if t.extras.Load() == nil {
		return nil
	}
	return func(yield func(journal.Note) bool) { _ = t.leaseNotes(yield) && r.cursorNotes(t, yield) }
}

// words is how many words the tracker's IDs may be in.
func (t *Tracker) words() uint64 { return (t.end()-1)>>6 + 1 }

// within tells whether a word may have IDs of the tracker.
func (in *restored) within(wi, n uint64) error {
	if n > 0 && wi+n > in.t.words() {
		return errTooLarge
	}
	return nil
}

// Put implements [journal.Loader].
func (in *restored) Put(wi, v uint64) error {
	if v != 0 {
		if err := in.within(wi, 1); err != nil {
			return err
		}
	}
	in.loader.Put(wi, v)
	return nil
}

// PutAll implements [journal.Loader].
func (in *restored) PutAll(wi uint64, words []byte) error {
	if err := in.within(wi, uint64(len(words))/8); err != nil {
		return err
	}
	in.loader.PutAll(wi, words)
	return nil
}

// Fill implements [journal.Loader].
func (in *restored) Fill(wi, n, v uint64) error {
	if v != 0 {
		if err := in.within(wi, n); err != nil {
			return err
		}
	}
	in.loader.Fill(wi, n, v)
	return nil
}

// Clear implements [journal.Loader].
func (in *restored) Clear() error {
	in.loader.Clear()
	in.leases = nil
	return nil
}

// Quarantine implements [journal.Loader].
func (in *restored) Quarantine(dst []byte, wi, n uint64) (note []byte, free uint64, err error) {
	if err := in.within(wi, n); err != nil {
		return dst, 0, err
	}
	for i := range n {
		free += uint64(64 - bits.OnesCount64(in.t.bits.Word(wi+i)))
	}
	in.loader.Fill(wi, n, ^uint64(0))
	if doubted := in.doubt(wi, n); doubted > 0 {
		dst, free = appendDoubted(dst, wi, n), free+doubted
	}
	return dst, free, nil
}

// Describe implements [journal.Loader].
func (in *restored) Describe(meta []byte) error {
	t, made, err := fromMeta(meta, nil)
	if err == nil {
		in.made = in.made || made
		in.t.name, in.t.prefixLen, in.t.maxID, in.t.width, in.t.created = t.name, t.prefixLen, t.maxID, t.width, t.created
	}
	return err
}

// Stats implements [journal.Loader].
func (in *restored) Stats(stats []byte) error { return in.t.setStats(stats) }
