package tracker

import (
	"sync/atomic"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// Securing memory before the first bit moves: all that an operation may need is
// taken from the budget at once, before any of it is allocated, and what it did
// not need is given back. So of operations that race for the last room each gets
// all it needs or nothing, and one that is refused leaves the tracker and the
// budget as they were.
//
// What is secured is a generation of the tracker's bits. The operation works on
// that one alone: a Clear or a drop meanwhile cannot make it take memory again.
//
// All report whether the tracker's memory grew, also beside an error. A tracker
// that has left its registry refuses with [ErrDetached].

// Reserve allocates the memory that adding the IDs of r, clipped to the bound,
// would need. On [ErrOutOfMemory] the budget has no room for it.
func (t *Tracker) Reserve(r Range) error {
	_, _, err := t.secureRange(r)
	return err
}

func (t *Tracker) secureRange(r Range) (s bitmap.Secured, grew bool, err error) {
	r = t.Clip(r)
	lacking := t.bits.LackingRange(r.Min, r.Max)
	if lacking == 0 {
		return t.bits.SecureRange(r.Min, r.Max, nil)
	}
	p, err := t.books.prepay(int64(lacking))
	if err != nil {
		return s, false, err
	}
	defer p.end()
	return t.bits.SecureRange(r.Min, r.Max, p.source())
}

// secure allocates the memory that adding ids would need. After it has
// succeeded, no Add of them takes more.
func (t *Tracker) secure(ids []uint64) (s bitmap.Secured, grew bool, err error) {
	if s, ok := t.bits.Secured(ids, t.end()); ok { // nearly always
		return s, false, nil
	}
	p, err := t.books.prepay(t.lackingFor(ids))
	if err != nil {
		return s, false, err
	}
	defer p.end()
	return t.bits.Secure(ids, t.end(), p.source())
}

// secureFirst allocates the memory of the first ID that ClaimNext would hand
// out of r if the tracker has no memory yet.
func (t *Tracker) secureFirst(r Range) (grew bool, err error) {
	if r = t.Clip(r); r.Len() == 0 || t.bits.Capacity() > 0 {
		return false, nil
	}
	_, grew, err = t.secure([]uint64{r.Min})
	return grew, err
}

// lackingFor returns an upper bound of the bytes that ids need beyond what is
// allocated: structures that two new chunks would share count for each.
func (t *Tracker) lackingFor(ids []uint64) int64 {
	if t.books == nil {
		return 0
	}
	var bytes int64
	homes := make(map[uint64]struct{})
	for _, id := range ids {
		if id >= t.end() {
			continue
		}
		home, n := t.bits.Lacking(id)
		if _, counted := homes[home]; n > 0 && !counted {
			homes[home] = struct{}{}
			bytes += n
		}
	}
	return bytes
}

// prepaid is what an operation has taken from a budget and not yet allocated. As
// the [bitmap.Backing] of that operation it pays with it.
type prepaid struct {
	books *Budget
	left  int64
}

// prepay takes n bytes, or returns [ErrOutOfMemory]. The caller calls end.
func (b *Budget) prepay(n int64) (*prepaid, error) {
	if b == nil {
		return nil, nil
	}
	if err := b.charge(n, false); err != nil {
		return nil, err
	}
	b.collect(n)
	return &prepaid{b, n}, nil
}

// source is p for a bitmap, nil without a budget.
func (p *prepaid) source() bitmap.Backing {
	if p == nil {
		return nil
	}
	return p
}

// end gives back what is left.
func (p *prepaid) end() {
	if p != nil {
		p.books.release(p.left)
	}
}

// Alloc implements [bitmap.Backing].
func (p *prepaid) Alloc(n, overhead int, force bool) ([]atomic.Uint64, error) {
	bytes := int64(n*8 + overhead)
	// A Clear that came between has made more lacking than was counted.
	if more := bytes - p.left; more > 0 {
		if err := p.books.charge(more, force); err != nil {
			return nil, err
		}
		p.left += more
	}
	p.left -= bytes
	return make([]atomic.Uint64, n), nil
}

// Free implements [bitmap.Backing]. Who only allocates frees nothing.
func (p *prepaid) Free(int64) {}
