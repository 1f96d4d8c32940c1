package tracker

import (
	"hash/maphash"
	"iter"
	"sync/atomic"
)

// table is a hash table of chains. Readers walk it through atomic pointers, with
// no lock; who changes it holds the registry's.
//
// A table that is too small or too large is replaced in steps, a few buckets with
// each change: a bucket's trackers are linked into the next table, with entries of
// its own, and then the bucket says that they have moved. Who reads goes on there.
// So no single change pays for all trackers, and a reader who is in a chain that
// moves finds in it what was there when he came.
type table struct {
	mask     uint64
	segments [][]atomic.Pointer[entry] // made as they are needed, but for the first
	seed     maphash.Seed
	next     *table // set before a bucket has moved
	moved    uint64 // so many buckets have
}

type entry struct {
	tracker *Tracker
	next    atomic.Pointer[entry]
}

// gone is the chain of a bucket that has moved. It stays empty.
var gone = new(entry)

const (
	minBuckets     = 64
	segmentBuckets = 4096
	// maxChain is how many trackers a bucket holds on average before the table
	// grows: at two a lookup is as fast as at one, and the table half as large.
	maxChain = 2
	// minShare is the part of a table's buckets that trackers must be, or it
	// shrinks.
	minShare = 4
	// moveStep is how many buckets move with each change: enough to be done
	// before the next table is too small or too large.
	moveStep = 16
)

func newTable(buckets uint64, seed maphash.Seed) *table {
	t := &table{mask: buckets - 1, seed: seed}
	t.segments = make([][]atomic.Pointer[entry], (buckets+segmentBuckets-1)/segmentBuckets)
	t.segments[0] = make([]atomic.Pointer[entry], min(buckets, segmentBuckets))
	return t
}

func (t *table) buckets() uint64 { return t.mask + 1 }

func (t *table) bucket(i uint64) *atomic.Pointer[entry] {
	return &t.segments[i/segmentBuckets][i%segmentBuckets]
}

// hash is a prefix's place in the table, of which it takes as many bits as it
// has.
func (t *table) hash(prefix string) uint64 { return maphash.String(t.seed, prefix) }

// chain returns the bucket of hash, where it is now.
func (t *table) chain(hash uint64) (b *atomic.Pointer[entry], first *entry) {
	for {
		b = t.bucket(hash & t.mask)
		if first = b.Load(); first != gone {
			return b, first
		}
		t = t.next
	}
}

func (t *table) find(hash uint64, prefix string) *Tracker {
	_, e := t.chain(hash)
	for ; e != nil; e = e.next.Load() {
		if e.tracker.Prefix() == prefix {
			return e.tracker
		}
	}
	return nil
}

// link publishes the tracker: complete before the one store that makes it
// reachable. It is the first of its bucket.
func (t *table) link(hash uint64, tr *Tracker) *entry {
	b, first := t.chain(hash)
	e := &entry{tracker: tr}
	e.next.Store(first)
	b.Store(e)
	return e
}

// unlink takes the tracker of prefix out and returns it, nil for none.
func (t *table) unlink(hash uint64, prefix string) *Tracker {
	at, e := t.chain(hash)
	for ; e != nil; at, e = &e.next, e.next.Load() {
		if e.tracker.Prefix() == prefix {
			at.Store(e.next.Load())
			return e.tracker
		}
	}
	return nil
}

// cut takes the tracker out of the bucket of hash, in which it has an entry beside
// keep.
func (t *table) cut(hash uint64, tr *Tracker, keep *entry) {
	at, e := t.chain(hash)
	for ; e != nil; at, e = &e.next, e.next.Load() {
		if e.tracker == tr && e != keep {
			at.Store(e.next.Load())
			return
		}
	}
}

// tend returns the table to go on with when it holds size trackers: itself, or
// the next one, once all buckets have moved there.
func (t *table) tend(size uint64) *table {
	n := t.buckets()
	switch {
	case t.next != nil:
	case size > maxChain*n:
		t.next = newTable(2*n, t.seed)
	case n > minBuckets && size*minShare < n:
		t.next = newTable(n/2, t.seed)
	default:
		return t
	}
	for range moveStep {
		t.move(t.moved)
		if t.moved++; t.moved == n {
			return t.next
		}
	}
	return t
}

// move makes the next table that of the trackers of bucket i.
func (t *table) move(i uint64) {
	n := t.next
	for j := i & n.mask; j <= n.mask; j += t.buckets() {
		if s := &n.segments[j/segmentBuckets]; *s == nil {
			*s = make([]atomic.Pointer[entry], segmentBuckets)
		}
	}
	b := t.bucket(i)
	for e := b.Load(); e != nil; e = e.next.Load() {
		n.link(t.hash(e.tracker.Prefix()), e.tracker)
	}
	b.Store(gone)
}

// in returns the trackers of bucket i, wherever they are now.
func (t *table) in(i uint64) iter.Seq[*Tracker] {
	return func(yield func(*Tracker) bool) { t.visit(i, yield) }
}

func (t *table) visit(i uint64, yield func(*Tracker) bool) bool {
	e := t.bucket(i).Load()
	if e != gone {
		for ; e != nil; e = e.next.Load() {
			if !yield(e.tracker) {
				return false
			}
		}
		return true
	}
	n := t.next
	if n.mask < t.mask { // others have moved into the same bucket
		return n.visit(i&n.mask, func(tr *Tracker) bool { return t.hash(tr.Prefix())&t.mask != i || yield(tr) })
	}
	for j := i; j <= n.mask; j += t.buckets() {
		if !n.visit(j, yield) {
			return false
		}
	}
	return true
}

// all returns the trackers. One that is there all the while comes once.
func (t *table) all() iter.Seq[*Tracker] {
	return func(yield func(*Tracker) bool) {
		for i := range t.buckets() {
			if !t.visit(i, yield) {
				return
			}
		}
	}
}
