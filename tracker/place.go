package tracker

import "unsafe"

// place is where a Caller's hand-outs under a mask have come to. What the mask passes over
// stays where it is, so each hand-out would walk over all of it anew, and one after the
// other would cost the square of what there is. So those of a Caller go on where the last
// one was, until they have saved as much work as a walk from the beginning takes:
// then one begins there, and finds what has come back meanwhile. Little work is not
// saved: then the lowest IDs come first.
type place struct {
	tracker, except, only uintptr // to compare with, no more
	filter                Filter
	min                   uint64 // of the range
	at                    uint64 // from min to here nothing was wanted
	credit                int    // looks that may yet be saved
}

// of is the place of s and a range that begins at min, where nothing is known yet.
func (s *Selection) placeAt(min uint64) place {
	id := func(t *Tracker) uintptr { return uintptr(unsafe.Pointer(t)) }
	return place{tracker: id(s.tracker), except: id(s.mask.except), only: id(s.mask.only), filter: s.filter, min: min, at: min}
}

// begins returns where a hand-out of r begins.
func (s *Selection) begins(r Range) uint64 {
	p := s.mask.place
	if p == nil || p.credit <= 0 || p.at >= r.Max {
		return r.Min
	}
	here := s.placeAt(r.Min)
	here.at, here.credit = p.at, p.credit
	if *p != here {
		return r.Min
	}
	return p.at
}

// cameTo notes how far a hand-out has come.
func (s *Selection) cameTo(g *giving) {
	p := s.mask.place
	switch {
	case p == nil:
	case g.from > g.r.Min:
		p.at, p.credit = g.at, p.credit-g.looks
	case max(g.vain, 0) > fewWords:
		*p = s.placeAt(g.r.Min)
		p.at, p.credit = g.at, g.vain
	default:
		p.credit = 0
	}
}
