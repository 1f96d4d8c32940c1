package tracker

import (
	"math/bits"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// hand gives away wanted IDs, at most n: those of the word wi, of which word were
// wanted, or from there on. It returns how many it has given, and where to go on.
type hand func(wi, word uint64, n int) (got int, next uint64, err error)

// move changes the state of those IDs of the word wi that are in mask, and returns those
// that nobody else has changed before.
type move func(wi, mask uint64) (got uint64, err error)

// by returns a hand that appends to dst what m has changed.
//
// The mask is looked at right before that, and by m alone the state of an ID is decided. So an
// ID that goes to the caller was not passed over by the mask at some moment of the call,
// and was in the wanted state when it was handed out.
func (s *Selection) by(m move, dst *[]Run) hand {
	return func(wi, word uint64, n int) (int, uint64, error) {
		got, err := m(wi, bitmap.Lowest(word&s.mask.word(wi), n))
		*dst = bitmap.AppendWord(*dst, wi, got)
		return bits.OnesCount64(got), wi << 6, err // others may have been faster
	}
}

// handOut has m change the state of up to n IDs of r that are wanted, and appends them to
// dst. It appends fewer than n if no further ID was wanted all through the last part of the call.
// An error of m is returned if nothing was handed out.
func (s *Selection) handOut(dst []Run, r Range, n int, m move) ([]Run, error) {
	err := s.give(r, n, s.by(m, &dst))
	return dst, err
}

// give has h give away n IDs of r, or as many as there are. An error of h ends it, and is
// returned if nothing was given.
func (s *Selection) give(r Range, n int, h hand) error {
	g := s.giving(r, n)
	err := g.goOn(s, h)
	return g.end(s, n, err)
}

// giveInTurns is give for the client of the mask, who may go meanwhile and is asked in
// between.
func (s *Selection) giveInTurns(r Range, n int, h hand) error {
	s.InTurns()
	g := s.giving(r, n)
	err := g.goOn(s, h)
	for s.stopped && err == nil {
		if s.begin(); !s.asks() {
			break
		}
		err = g.goOn(s, h)
	}
	return g.end(s, n, err)
}

// giving is how far a hand-out has come. It begins where the Caller's last one was, and
// goes through what lies before that at last.
type giving struct {
	all, r   Range // all there is, and the part at hand
	from, at uint64
	left     int // of those that are wanted
	vain     int // looks before the first find
	looks    int
}

func (s *Selection) giving(r Range, n int) giving {
	from := s.begins(r)
	return giving{all: r, r: r, from: from, at: from, left: n, vain: -1}
}

// goOn goes on until there are as many as wanted, or are no more, or s stops.
func (g *giving) goOn(s *Selection, h hand) (err error) {
	for w := s.walk(); g.left > 0 && err == nil; {
		before := s.walked
		wi, word, ok := w.next(s, g.at, g.r.Max)
		g.looks += s.walked - before
		if !ok {
			if g.at = s.at; s.stopped || g.from == g.r.Min {
				break
			}
			s.cameTo(g)
			g.r, g.from, g.at, g.vain, g.looks = Range{g.all.Min, g.from}, g.all.Min, g.all.Min, -1, 0
			w = s.walk()
			continue
		}
		if g.vain < 0 {
			g.vain = g.looks
		}
		var got int
		var next uint64
		got, next, err = h(wi, word, g.left)
		g.left, g.at = g.left-got, max(g.at, next)
	}
	return err
}

// end notes how far it has come, and returns the error of a hand-out of n IDs.
func (g *giving) end(s *Selection, n int, err error) error {
	if s.cameTo(g); g.left < n {
		return nil
	}
	return err
}
