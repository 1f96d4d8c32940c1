package tracker

import "math/rand/v2"

// Draws is which IDs somebody wants drawn.
type Draws struct {
	N        int
	Hit      float64 // the part of them that exist, 0 to 1
	Law      Law
	Scramble bool // the ranks of the law are scrambled over the range, always in the same way
	Distinct bool // no ID comes twice
	Seeded   bool // the draws are those of Seed: the same while the IDs are the same
	Seed     uint64
	Range    Range // what the law is about, if Ranged; else all IDs, see [Handle.Draw]
	Ranged   bool
	Mask     Mask

	// Quick draws give up with ErrLong when they turn out to take long.
	Quick bool
	// Client may go, and the draws end early; nil never does.
	Client Client
}

// Drawn is an ID that was drawn, and whether it exists.
type Drawn uint64

// ID returns the ID.
func (d Drawn) ID() uint64 { return uint64(d >> 1) }

// Exists tells whether it existed when it was drawn.
func (d Drawn) Exists() bool { return d&1 != 0 }

// Drawer keeps from draw to draw what the next may need, and how many of each class a
// client has had. It is for one goroutine; its zero value is ready.
type Drawer struct {
	src    generator
	shares shares

	whole      stairs // of all ranks, for law and ranks
	law        Law
	ranks      uint64
	left       stairs // of it, for draws without repetition
	counted    stairs
	seen       map[uint64]struct{}
	scrambling placing
}

// Draw appends IDs to dst as d says. Of N draws, those of the same Drawer, prefix and
// Hit before counted in, round(Hit*N) exist and the others do not: which of them is
// left to chance; Seeded draws count for themselves. Among those that exist, and among those that do not, each is drawn
// with the probability that the law gives it there; where the law gives it to none of
// them, all are alike. There are fewer than N only if a class has no ID (that has not
// been drawn, for Distinct).
//
// The range ends with the bound, or without one, for draws of existing IDs alone, with
// the largest ID that exists.
func (h Handle) Draw(dst []Drawn, d *Draws, by *Drawer) ([]Drawn, error) {
	t := h.found()
	if t == nil {
		t = h.caller.registry.none
	}
	part := &share{ratio: d.Hit}
	if !d.Seeded && d.Hit > 0 && d.Hit < 1 {
		part = by.shares.of(h.prefix, d.Hit)
	}
	hits := part.hitsOf(d.N)
	r, err := t.drawnFrom(d)
	if err != nil {
		return dst, err
	}
	by.src = generatorOf(d.Seed)
	if !d.Seeded {
		by.src = generatorOf(rand.Uint64())
	}
	drawn, counted := dst, uint64(0)
	if r.Len() > 0 {
		by.place(t, d, r)
		for _, class := range [2]struct {
			filter Filter
			n      int
		}{{Set, hits}, {Unset, d.N - hits}} {
			c := drawing{Drawer: by, Draws: d, tracker: t, of: t.Select(class.filter, d.Mask.For(d.Client)), r: r, n: class.n}
			if drawn, err = c.draw(drawn); err != nil {
				return dst, err
			}
			counted += c.fallen
		}
	}
	if hits > 0 && hits < d.N { // who draws of one class has them in the order of the draws
		shuffle(&by.src, drawn[len(dst):])
	}
	part.had(d.N, hits)
	if counted > 0 {
		t.extra().fallbacks.Add(counted)
		h.caller.tell(t, true)
	}
	return drawn, nil
}

// drawnFrom returns the range of draws.
func (t *Tracker) drawnFrom(d *Draws) (Range, error) {
	if d.Ranged {
		return t.Clip(d.Range), nil
	}
	r, err := t.Bounded()
	if err != nil && d.Hit == 1 {
		last, some := t.Last()
		if !some {
			return Range{}, nil
		}
		return Range{0, last + 1}, nil
	}
	return r, err
}

// place says which ID of r has which rank.
func (by *Drawer) place(t *Tracker, d *Draws, r Range) {
	p := &by.scrambling
	if n := r.Len(); d.Scramble && (!p.scrambled || p.order.n != n) {
		p.order = NewPermutation(n, 0)
	}
	p.first, p.turned, p.scrambled = r.Min, 0, d.Scramble
	if d.Law.kind == latest {
		if last, ok := t.last(r); ok {
			p.turned = last - r.Min + 1
		}
	}
}
