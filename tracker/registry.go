package tracker

import (
	"github.com/prefixtracker/prefixtracker/journal"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Registry finds the tracker of a prefix. Lookups take no lock and allocate
// nothing; to create and to drop take turns. All methods are safe for
// concurrent use.
//
// Who serves others makes a [Caller] for each of them: through it operations
// make the trackers they need, keep to the budget, and tell what they changed.
// What is done through the methods of a Registry or a [Tracker] is told to
// nobody.
//
// Nothing but [Registry.Clear] and what returns all trackers does work in
// proportion to how many there are, and those hold no lock meanwhile.
type Registry struct {
	table    atomic.Pointer[table]
	defaults Config
	budget   *Budget
	none     *Tracker // empty, in place of one that is not there
	holds    holds    // what callers hold of the trackers
	cursors  group    // all shared cursors; guarded by holds.mu, and never ended
	takers   takers
	log      *journal.Log // nil for none
	onlyMade atomic.Bool  // what needs a tracker that is missing is refused

	mu       sync.Mutex // held to create, to rename and to drop
	arrivals arrivals   // guarded by mu
	size     atomic.Int64
	removals atomic.Uint64 // goes up when trackers have left, or are no longer found by their prefix: while it stands, who was in is in
}

// NewRegistry returns an empty registry. Trackers that GetOrCreate makes get
// defaults, which must pass Check; all trackers share budget, nil for none.
func NewRegistry(defaults Config, budget *Budget) (*Registry, error) {
	if budget == nil {
		budget = NewBudget(0)
	}
	// Any prefix will do: nobody sees it.
	none, err := newTracker("none", defaults, nil)
	if err != nil {
		return nil, err
	}
	r := &Registry{defaults: defaults, budget: budget, none: none}
	r.table.Store(newTable(minBuckets, maphash.MakeSeed()))
	r.holds.init(r)
	r.takers.turn = make(chan struct{}, 1)
	return r, nil
}

// Budget returns the memory budget that all trackers share.
func (r *Registry) Budget() *Budget { return r.budget }

// Get returns the tracker of prefix, or nil. It keeps no reference to prefix.
func (r *Registry) Get(prefix string) *Tracker {
	if len(prefix) > MaxPrefixLen {
		return nil // to hash what is long takes long
	}
	for {
		removals := r.removals.Load()
		tab := r.table.Load()
		t := tab.find(tab.hash(prefix), prefix)
		if t != nil || removals == r.removals.Load() {
			return t
		}
		// One may have taken the place of another behind this look's back (rename).
	}
}

// GetOrCreate returns the tracker of prefix, making it with the default
// settings when there is none. All callers that race get the same one.
func (r *Registry) GetOrCreate(prefix string) (*Tracker, error) {
	if t := r.Get(prefix); t != nil {
		return t, nil
	}
	t, _, err := r.ready(prefix, func(*Tracker) (bool, error) { return false, nil })
	return t, err
}

// CreateOnlyOnPurpose has what needs a tracker that is missing be refused with
// [ErrNotCreated] from now on: [Registry.Create] alone makes trackers, and
// [Registry.Add].
func (r *Registry) CreateOnlyOnPurpose() { r.onlyMade.Store(true) }

// ready is GetOrCreate for an operation that may be refused: secure gets what
// the operation needs from the tracker and reports whether that was memory. When
// it fails on a tracker that would be new, there is none. changed reports that
// the tracker is new or has more memory; both also beside an error.
func (r *Registry) ready(prefix string, secure func(*Tracker) (grew bool, err error)) (t *Tracker, changed bool, err error) {
	for {
		t, changed, err = r.tryReady(prefix, secure)
		if err != ErrDetached { // it has left: look again
			return t, changed, err
		}
	}
}

func (r *Registry) tryReady(prefix string, secure func(*Tracker) (grew bool, err error)) (t *Tracker, changed bool, err error) {
	if t := r.Get(prefix); t != nil {
		changed, err = secure(t)
		return t, changed, err
	}
	if r.onlyMade.Load() {
		return nil, false, ErrNotCreated
	}
	t, err = newTracker(prefix, r.defaults, r.budget)
	if err != nil {
		return nil, false, err
	}
	if _, err := secure(t); err != nil {
		t.discard()
		return nil, false, err
	}
	in, err := r.insert(t, false)
	if err == nil {
		return t, true, nil
	}
	t.discard()
	if err == ErrExists { // made by another caller meanwhile
		changed, err = secure(in)
		return in, changed, err
	}
	return nil, false, err
}

// Create makes a tracker. When the prefix is taken it returns the one that is
// there, and [ErrExists].
func (r *Registry) Create(prefix string, config Config) (*Tracker, error) {
	t, err := newTracker(prefix, config, r.budget)
	if err != nil {
		return nil, err
	}
	return r.insert(t, false)
}

// Add puts a tracker made with [New] into the registry and reports whether it
// did. When the prefix is taken it returns the one that is there. A tracker
// added so is not charged to the budget.
func (r *Registry) Add(t *Tracker) (in *Tracker, added bool) {
	t.bits.Revive()
	in, err := r.insert(t, false)
	return in, err == nil
}

// insert puts t in; forced, whatever the budget says of it.
func (r *Registry) insert(t *Tracker, forced bool) (*Tracker, error) {
	if there := r.Get(t.Prefix()); there != nil { // who changes nothing waits for nobody
		return there, ErrExists
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tab := r.table.Load()
	hash := tab.hash(t.Prefix())
	if there := tab.find(hash, t.Prefix()); there != nil {
		return there, ErrExists
	}
	if t.books != nil {
		if err := t.books.charge(t.footprint(), forced); err != nil {
			return nil, err
		}
	}
	if r.log != nil { // before anybody finds it
		r.log.Create((*journaled)(t), t.appendMeta(nil))
	}
	tab.link(hash, t)
	r.resize(tab, 1)
	return t, nil
}

// resize notes that delta trackers have come, and sees to the size of the table.
func (r *Registry) resize(tab *table, delta int64) {
	size := r.size.Add(delta)
	if next := tab.tend(uint64(size)); next != tab {
		r.table.Store(next)
	}
}

// footprint is what the budget is charged for the tracker itself.
func (t *Tracker) footprint() int64 { return t.footprintAs(t.Prefix()) }

func (t *Tracker) footprintAs(prefix string) int64 {
	return overhead + int64(len(prefix)+len(t.Tag()))
}

// Drop takes the tracker of prefix out of the registry and returns it, or nil.
// Its memory is off the budget: what is done with it from now on by itself gets no
// more of that, see [ErrDetached]. What callers hold of it ends.
func (r *Registry) Drop(prefix string) *Tracker {
	if r.Get(prefix) == nil { // who changes nothing waits for nobody
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	tab := r.table.Load()
	t := tab.unlink(tab.hash(prefix), prefix)
	if t == nil {
		return nil
	}
	r.log.Drop((*journaled)(t)) // nobody finds it any more
	r.removals.Add(1)
	r.resize(tab, -1)
	r.release(t)
	return t
}

// release takes a tracker that nobody will find again off its budget and ends
// what is held of it. The tracker has left the table before (see holds.open).
func (r *Registry) release(t *Tracker) {
	if t.books != nil {
		t.bits.Detach()
		if f := t.flight(); f != nil {
			f.bits.Detach()
		}
		t.books.free(t.footprint())
	}
	if x := t.extras.Load(); x != nil {
		r.holds.leave(x)
	}
}

// empty gives up the IDs of a tracker that has left its registry for good. Who is
// still at work on it, or waits for a client, must not keep them in memory, which
// is in no budget any more. What [Registry.Add] has put in is its maker's.
func (t *Tracker) empty() {
	if t.books != nil {
		(*journaled)(t).ClearAll()
	}
}

// discard gives back the memory of a tracker that was never in the registry.
func (t *Tracker) discard() { t.bits.ClearAll() }

// Clear drops all trackers for good, with their IDs, and returns how many there
// were.
func (r *Registry) Clear() int {
	r.mu.Lock()
	old := r.table.Load()
	r.table.Store(newTable(minBuckets, old.seed))
	r.log.Flush()
	r.arrivals.flushes.Add(1)
	r.removals.Add(1)
	n := r.size.Swap(0)
	r.mu.Unlock()
	for t := range old.all() { // nobody changes it any more
		r.release(t)
		t.empty()
	}
	return int(n)
}

// Each returns the trackers, in no order. One that is there all the while comes
// once.
func (r *Registry) Each() iter.Seq[*Tracker] { return r.table.Load().all() }

// All returns the trackers, sorted by prefix.
func (r *Registry) All() []*Tracker {
	all := make([]*Tracker, 0, r.size.Load())
	for t := range r.Each() {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *Tracker) int { return strings.Compare(a.Prefix(), b.Prefix()) })
	return all
}

// Prefixes returns the prefixes, sorted.
func (r *Registry) Prefixes() []string {
	all := r.All()
	prefixes := make([]string, len(all))
	for i, t := range all {
		prefixes[i] = t.Prefix()
	}
	return prefixes
}

// Len returns the number of trackers.
func (r *Registry) Len() int { return int(r.size.Load()) }

// IsEmpty reports whether there is no tracker.
func (r *Registry) IsEmpty() bool { return r.Len() == 0 }

// TotalCount returns the number of IDs over all trackers.
func (r *Registry) TotalCount() uint64 {
	var n uint64
	for t := range r.Each() {
		n += t.Count()
	}
	return n
}

// Defaults returns the settings that GetOrCreate gives.
func (r *Registry) Defaults() Config { return r.defaults }
