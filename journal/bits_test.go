package journal

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"sync"
	"sync/atomic"
)

const (
	bitsChunk  = 64                       // words
	bitsChunks = 1 << 20 / 64 / bitsChunk // a million IDs
	bitsLimit  = bitsChunks * bitsChunk * 64
)

// bitSet is a bitmap in miniature: lock-free, in chunks, cleared by a swap.
type bitSet struct {
	root atomic.Pointer[bitRoot]
}

type bitRoot [bitsChunks]atomic.Pointer[[bitsChunk]atomic.Uint64]

func newBits() *bitSet {
	b := new(bitSet)
	b.clearAll()
	return b
}

func (b *bitSet) clearAll() { b.root.Store(new(bitRoot)) }

func (b *bitSet) ClearAll() uint64 { b.clearAll(); return 0 }

func (b *bitSet) Word(wi uint64) uint64 {
	if w := b.root.Load().word(wi, false); w != nil {
		return w.Load()
	}
	return 0
}

func (b *bitSet) Spans(wi, n uint64, visit func(wi uint64, words []atomic.Uint64) bool) {
	root := b.root.Load()
	for end := min(wi+n, bitsLimit/64); wi < end; {
		next := min(end, wi/bitsChunk*bitsChunk+bitsChunk)
		if c := root[wi/bitsChunk].Load(); c != nil && !visit(wi, c[wi%bitsChunk:][:next-wi]) {
			return
		}
		wi = next
	}
}

func (r *bitRoot) word(wi uint64, grow bool) *atomic.Uint64 {
	p := &r[wi/bitsChunk]
	c := p.Load()
	if c == nil {
		if !grow {
			return nil
		}
		p.CompareAndSwap(nil, new([bitsChunk]atomic.Uint64))
		c = p.Load()
	}
	return &c[wi%bitsChunk]
}

func (b *bitSet) test(id uint64) bool { return b.Word(id>>6)>>(id&63)&1 != 0 }

// change sets or clears the bits of mask and returns those that were not so.
func (b *bitSet) change(wi, mask uint64, set bool) (done uint64) {
	w := b.root.Load().word(wi, true)
	for {
		old := w.Load()
		to := old &^ mask
		if set {
			to = old | mask
		}
		if w.CompareAndSwap(old, to) {
			return old ^ to
		}
	}
}

func (b *bitSet) set(id uint64) bool   { return b.change(id>>6, 1<<(id&63), true) != 0 }
func (b *bitSet) unset(id uint64) bool { return b.change(id>>6, 1<<(id&63), false) != 0 }

func (b *bitSet) changeRange(lo, hi uint64, set bool) {
	for lo < hi {
		n := min(hi-lo, 64-lo&63)
		b.change(lo>>6, full>>(64-n)<<(lo&63), set)
		lo += n
	}
}

// claim takes up to n free IDs of [lo, hi), each of which it tells.
func (b *bitSet) claim(lo, hi uint64, n int, got func(id uint64)) {
	for wi := lo >> 6; wi<<6 < hi && n > 0; wi++ {
		for n > 0 {
			free := ^b.Word(wi)
			if wi == lo>>6 {
				free &= full << (lo & 63)
			}
			if wi == hi>>6 {
				free &= 1<<(hi&63) - 1
			}
			if free == 0 {
				break
			}
			id := wi<<6 + uint64(bits.TrailingZeros64(free))
			if b.set(id) {
				got(id)
				n--
			}
		}
	}
}

func (b *bitSet) count() (n int) {
	for wi := uint64(0); wi < bitsLimit/64; wi++ {
		if b.root.Load()[wi/bitsChunk].Load() == nil {
			wi += bitsChunk - 1
			continue
		}
		n += bits.OnesCount64(b.Word(wi))
	}
	return n
}

// equal tells the first word that differs.
func (b *bitSet) equal(c *bitSet) (wi uint64, ok bool) {
	for wi := uint64(0); wi < bitsLimit/64; wi++ {
		if wi%bitsChunk == 0 && b.root.Load()[wi/bitsChunk].Load() == nil && c.root.Load()[wi/bitsChunk].Load() == nil {
			wi += bitsChunk - 1
			continue
		}
		if b.Word(wi) != c.Word(wi) {
			return wi, false
		}
	}
	return 0, true
}

// tracked is a tracker of the tests: its metadata is its name.
type tracked struct {
	name  string
	stats string
	notes []string
	o     Object
	maxID uint64
	b     *bitSet
}

func (t *tracked) Word(wi uint64) uint64 { return t.b.Word(wi) }
func (t *tracked) Spans(wi, n uint64, visit func(uint64, []atomic.Uint64) bool) {
	t.b.Spans(wi, n, visit)
}
func (t *tracked) ClearAll() uint64 { return t.b.ClearAll() }
func (t *tracked) MaxID() uint64    { return t.maxID }
func (t *tracked) Object() *Object  { return &t.o }

var errTooLarge = errors.New("beyond the bitmap")

func (t *tracked) Put(wi, v uint64) error { return t.Fill(wi, 1, v) }

func (t *tracked) PutAll(wi uint64, p []byte) error {
	for ; len(p) > 0; wi++ {
		if err := t.Put(wi, binary.LittleEndian.Uint64(p)); err != nil {
			return err
		}
		p = p[8:]
	}
	return nil
}

func (t *tracked) Fill(wi, n, v uint64) error {
	if wi+n > bitsLimit/64 {
		if v != 0 {
			return errTooLarge
		}
		n = max(bitsLimit/64, wi) - wi
	}
	for end := wi + n; wi < end; wi++ {
		if w := t.b.root.Load().word(wi, v != 0); w != nil {
			w.Store(v)
		}
	}
	return nil
}

func (t *tracked) Clear() error { t.b.clearAll(); return nil }

func (t *tracked) Quarantine(dst []byte, wi, n uint64) (note []byte, free uint64, err error) {
	if wi+n > bitsLimit/64 {
		return dst, 0, errTooLarge
	}
	for end := wi + n; wi < end; wi++ {
		free += uint64(bits.OnesCount64(t.b.change(wi, full, true)))
	}
	return dst, free, nil
}

func (t *tracked) Note(p []byte) error { t.notes = append(t.notes, string(p)); return nil }

func (t *tracked) Describe(meta []byte) error { t.name = string(meta); return nil }
func (t *tracked) Stats(stats []byte) error   { t.stats = string(stats); return nil }

// registry is all trackers of a test, by their IDs.
type registry struct {
	mu  sync.Mutex
	all map[uint64]*tracked
}

func newRegistry() *registry { return &registry{all: make(map[uint64]*tracked)} }

func (r *registry) Create(id uint64, meta []byte) (Loader, error) {
	t := &tracked{name: string(meta), maxID: bitsLimit, b: newBits()}
	t.o.Adopt(id)
	r.all[id] = t
	return t, nil
}

func (r *registry) Drop(id uint64) error { delete(r.all, id); return nil }

func (r *registry) objects(yield func(Entry) bool) {
	r.mu.Lock()
	all := make([]*tracked, 0, len(r.all))
	for _, t := range r.all {
		all = append(all, t)
	}
	r.mu.Unlock()
	for _, t := range all {
		if !yield(Entry{Tracked: t, Meta: []byte(t.name), Stats: []byte(t.stats)}) {
			return
		}
	}
}

// find returns the tracker of the name, or nil.
func (r *registry) find(name string) *tracked {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.all {
		if t.name == name {
			return t
		}
	}
	return nil
}

// get makes it if there is none.
func (r *registry) get(l *Log, name string) *tracked {
	if t := r.find(name); t != nil {
		return t
	}
	t := &tracked{name: name, maxID: bitsLimit, b: newBits()}
	r.mu.Lock()
	defer r.mu.Unlock()
	l.Create(t, []byte(name))
	r.all[t.o.ID()] = t
	return t
}

func (r *registry) drop(l *Log, name string) {
	if t := r.find(name); t != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.all, t.o.ID())
		l.Drop(t)
	}
}

// boot is the ID of a machine's n-th start.
func boot(n int) (id [16]byte) {
	id[0] = 'b'
	binary.LittleEndian.PutUint64(id[8:], uint64(n))
	return id
}

// testOptions are those of a directory with small files.
func testOptions(fs FS, r *registry, p Policy) Options {
	return Options{FS: fs, Target: r, Objects: r.objects, BootID: boot(0), Policy: p, Backup: "dump.pt", step: 4096, hold: 300}
}
