package tracker

import (
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/prefixtracker/prefixtracker/bitmap"
	"github.com/prefixtracker/prefixtracker/journal"
)

// Limits of a tracker's settings.
const (
	MaxPrefixLen  = 512
	MaxTagLen     = 128
	MaxWidth      = 32
	DefaultWidth  = 12
	MaxPartitions = 1 << 16
)

// Config is what a tracker is created with.
type Config struct {
	// MaxID is the exclusive bound of IDs, 1 to [bitmap.Limit]; 0 is
	// unbounded.
	MaxID uint64
	// Width is the zero padding of IDs in keys, 0 to [MaxWidth]; 0 is none.
	Width int
	// Tag is the cluster tag in keys, "" for none, otherwise 1 to [MaxTagLen]
	// bytes without braces.
	Tag string
}

// Check returns the first thing wrong with c, or nil.
func (c Config) Check() error {
	switch {
	case c.MaxID > bitmap.Limit:
		return ErrInvalidMaxID
	case c.Width < 0 || c.Width > MaxWidth:
		return ErrInvalidWidth
	case len(c.Tag) > MaxTagLen || strings.ContainsAny(c.Tag, "{}"):
		return ErrInvalidTag
	}
	return nil
}

// Tracker is the set of IDs that exist under one prefix. All methods are safe
// for concurrent use.
//
// There may be millions: its fields are packed into 128 bytes.
type Tracker struct {
	name  string // the prefix that it was made with, and the tag behind it
	maxID uint64 // 0 is unbounded
	bits  bitmap.Bitmap
	books *Budget // nil for a tracker of no registry

	claims     atomic.Uint64
	conflicts  atomic.Uint64
	outOfRange atomic.Uint64
	takes      atomic.Uint64
	extras     atomic.Pointer[extras] // nil until needed
	object     journal.Object
	created    uint32 // Unix time in seconds
	prefixLen  uint16
	width      uint8
}

// rootBytes is the root of a bitmap, which comes and goes where nobody asks for
// it. So that none of this shows, every tracker is counted with one.
const rootBytes = 96

// overhead is what the budget is charged for a tracker without IDs: the
// tracker, its entry in the registry and its bitmap's root.
const overhead = int64(unsafe.Sizeof(Tracker{})+unsafe.Sizeof(entry{})) + rootBytes

// New returns an empty tracker that belongs to no registry, on the Go heap.
func New(prefix string, config Config) (*Tracker, error) {
	return newTracker(prefix, config, nil)
}

func newTracker(prefix string, config Config, books *Budget) (*Tracker, error) {
	if len(prefix) == 0 || len(prefix) > MaxPrefixLen {
		return nil, ErrInvalidPrefix
	}
	if err := config.Check(); err != nil {
		return nil, err
	}
	t := &Tracker{
		name:      strings.Clone(prefix + config.Tag),
		maxID:     config.MaxID,
		created:   uint32(time.Now().Unix()),
		books:     books,
		prefixLen: uint16(len(prefix)),
		width:     uint8(config.Width),
	}
	if books != nil {
		t.bits.Init((*backing)(books))
	}
	return t, nil
}

// Prefix returns the prefix: by and by another one if somebody renames the tracker.
func (t *Tracker) Prefix() string {
	if x := t.extras.Load(); x != nil {
		return t.renamed(x)
	}
	return t.name[:t.prefixLen]
}

// Tag returns the cluster tag, "" for none.
func (t *Tracker) Tag() string { return t.name[t.prefixLen:] }

// Config returns what the tracker was created with.
func (t *Tracker) Config() Config { return Config{MaxID: t.maxID, Width: int(t.width), Tag: t.Tag()} }

// Created returns when the tracker was made, to the second.
func (t *Tracker) Created() time.Time { return time.Unix(int64(t.created), 0) }

// end is the first ID that the tracker cannot hold.
func (t *Tracker) end() uint64 {
	if t.maxID == 0 {
		return bitmap.Limit
	}
	return t.maxID
}

// within reports whether the tracker can hold id, and counts it if not.
func (t *Tracker) within(id uint64) bool {
	if id < t.end() {
		return true
	}
	t.outOfRange.Add(1)
	return false
}

// Holds reports whether id lies within the bound.
func (t *Tracker) Holds(id uint64) bool { return id < t.end() }

// Add marks id as existing and reports whether it was not before. An ID at or
// over the bound is not added. Add takes the memory it needs whatever the
// registry's budget says; [Tracker.Reserve] asks.
func (t *Tracker) Add(id uint64) bool { return t.within(id) && t.bits.TestAndSet(id) }

// Remove marks id as not existing and reports whether it was before.
func (t *Tracker) Remove(id uint64) bool { return t.within(id) && t.takeID(id) }

// AddAll is Add for each of ids and returns how many it added.
func (t *Tracker) AddAll(ids []uint64) (added int) {
	added, _ = t.addAll(ids)
	return added
}

func (t *Tracker) addAll(ids []uint64) (added, outside int) {
	end := t.end()
	for _, id := range ids {
		if id >= end {
			outside++
		} else if t.bits.TestAndSet(id) {
			added++
		}
	}
	t.countOutside(outside)
	return added, outside
}

// addSecured is addAll with the memory secured.
func (t *Tracker) addSecured(s bitmap.Secured, ids []uint64, notes *journal.Batch) (added, outside int) {
	end := t.end()
	for _, id := range ids {
		if id >= end {
			outside++
			continue
		}
		is := s.TestAndSet(id)
		if is {
			added++
		}
		t.noted(notes, id, is)
	}
	t.countOutside(outside)
	return added, outside
}

// RemoveAll is Remove for each of ids and returns how many it removed.
func (t *Tracker) RemoveAll(ids []uint64) (removed int) {
	removed, _ = t.removeAll(ids, nil)
	return removed
}

func (t *Tracker) removeAll(ids []uint64, notes *journal.Batch) (removed, outside int) {
	end := t.end()
	for _, id := range ids {
		if id >= end {
			outside++
			continue
		}
		is := t.takeID(id)
		if is {
			removed++
		}
		t.noted(notes, id, is)
	}
	t.countOutside(outside)
	return removed, outside
}

// countOutside counts n IDs at or over the bound.
func (t *Tracker) countOutside(n int) {
	if n > 0 {
		t.outOfRange.Add(uint64(n))
	}
}

// Exists reports whether id exists.
func (t *Tracker) Exists(id uint64) bool { return t.within(id) && t.exists(id) }

// AddRange marks the IDs of r, clipped to the bound, as existing and returns
// how many were not before. It is atomic per ID, not as a whole. On
// [ErrOutOfMemory] no ID has changed.
func (t *Tracker) AddRange(r Range) (uint64, error) {
	var added uint64
	for {
		s, _, err := t.secureRange(r)
		if err != nil {
			return 0, err
		}
		n, next, ended := t.setRange(s, r)
		if added += n; !ended {
			return added, nil
		}
		r.Min = next
	}
}

// setRange is AddRange with the memory secured. When the IDs have been cleared
// meanwhile, ended, the first to go on with is next.
func (t *Tracker) setRange(s bitmap.Secured, r Range) (added, next uint64, ended bool) {
	r = t.Clip(r)
	added, next = s.SetRange(r.Min, r.Max)
	return added, next, next < r.Max
}

// RemoveRange marks the IDs of r as not existing and returns how many were
// before. It is atomic per ID, not as a whole, and costs what r has memory for.
func (t *Tracker) RemoveRange(r Range) uint64 {
	r = t.Clip(r)
	return t.takeRange(r)
}

// CountRange returns how many IDs of r exist. It costs O(1) if r has all IDs
// within the bound.
func (t *Tracker) CountRange(r Range) uint64 {
	return t.countMatching(Set, t.Clip(r))
}

// CountFree returns how many IDs of r do not exist, within the bound. It costs
// what CountRange does.
func (t *Tracker) CountFree(r Range) uint64 {
	return t.countMatching(Unset, t.Clip(r))
}

// IsEmpty reports whether no ID exists.
func (t *Tracker) IsEmpty() bool { return t.Count() == 0 }

// Capacity returns how many IDs the allocated memory covers.
func (t *Tracker) Capacity() uint64 { return t.bits.Capacity() }

// Clear removes all IDs, gives their memory back and returns how many there
// were. It is safe beside any other operation.
func (t *Tracker) Clear() uint64 { return t.takeAll(nil) }

// Reset removes all IDs, keeps their memory and returns how many it removed.
// Beside other operations each ID is removed at some moment of the call.
func (t *Tracker) Reset() uint64 {
	taken, _ := t.reset(nil)
	return taken
}

// Stats is a tracker's state as numbers.
type Stats struct {
	Count      uint64 // IDs that exist
	Capacity   uint64 // IDs that the allocated memory covers
	Memory     uint64 // bytes, all structures included
	Claims     uint64 // IDs claimed by Claim and ClaimNext
	Takes      uint64 // IDs taken by TakeNext, Pop and delete iterators
	Conflicts  uint64 // Claims of an ID that existed
	OutOfRange uint64 // IDs asked for at or over the bound
	Leased     uint64 // IDs in flight
	Leases     uint64 // leases that are open
	Expired    uint64 // leases that have ended by time, since the process began
	Fallbacks  uint64 // IDs that Draw had to count their class for
}

// Free returns how many IDs are free of those below a bound: all that neither exist nor are in flight.
func (s *Stats) Free(bound uint64) uint64 { return bound - min(s.Count+s.Leased, bound) }

// Stats returns the tracker's numbers, each true at some moment of the call, and the IDs that
// exist and those in flight at the same.
func (t *Tracker) Stats() Stats {
	existing, flying := t.counts()
	s := Stats{
		Count:      existing,
		Leased:     flying,
		Capacity:   t.bits.Capacity(),
		Memory:     max(t.bits.Memory(), rootBytes) + uint64(unsafe.Sizeof(*t)) + uint64(len(t.Prefix())+len(t.Tag())),
		Claims:     t.claims.Load(),
		Takes:      t.takes.Load(),
		Conflicts:  t.conflicts.Load(),
		OutOfRange: t.outOfRange.Load(),
	}
	if x := t.extras.Load(); x != nil {
		s.Fallbacks, s.Expired = x.fallbacks.Load(), x.expired.Load()
	}
	if f := t.flight(); f != nil {
		s.Leases = uint64(f.open.Load())
		s.Memory += f.bits.Memory() + uint64(f.paid.Load())
	}
	return s
}
