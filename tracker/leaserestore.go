package tracker

import (
	"slices"
	"time"
)

// kept is a lease as the log tells of it.
type kept struct {
	of    LeaseKind
	terms LeaseTerms // TTL is what was left when it was said last
	age   time.Duration
	runs  []Run
}

// Note implements [journal.Loader]. It does what the note says to the words, whether or not the lease
// is known: a base may have been written when it had ended already.
func (in *restored) Note(p []byte) error {
	r := noteReader{p: p}
	switch r.byte() {
	case noteGrant:
		in.granted(&r)
	case noteSettled:
		in.settled(&r)
	case noteRenewed:
		if l, left := in.leases[r.string()], r.uint(); l != nil {
			l.terms.TTL = time.Duration(left) * time.Millisecond
		}
	case noteCursor:
		in.cursorNoted(&r)
	case noteDoubted:
		if from, n := r.uint(), r.uint(); !r.bad && in.within(from, n) == nil {
			in.doubt(from, n)
		}
	default:
		r.bad = true
	}
	if r.bad || len(r.p) > 0 {
		return errMeta
	}
	return nil
}

func (in *restored) granted(r *noteReader) {
	flags, token := r.byte(), r.string()
	left, age, client, name, runs := r.uint(), r.uint(), r.uint(), r.string(), r.runs(in.t.end())
	if r.bad {
		return
	}
	l := in.leases[token]
	if l == nil {
		l = new(kept)
		if in.leases == nil {
			in.leases = make(map[string]*kept)
		}
		in.leases[token] = l
	}
	l.of = ClaimLease
	if flags&flagTake != 0 {
		l.of = TakeLease
	}
	l.age = time.Duration(age) * time.Millisecond
	l.terms = LeaseTerms{TTL: time.Duration(left) * time.Millisecond, OnClose: flags&flagOnClose != 0, Client: client, Name: name}
	l.runs = joined(append(l.runs, runs...))
	in.change(runs, true)
}

func (in *restored) settled(r *noteReader) {
	flags, token, runs := r.byte(), r.string(), r.runs(in.t.end())
	if r.bad {
		return
	}
	in.change(runs, flags&flagGone == 0)
	if token != "" {
		in.settle(token, runs)
		return
	}
	for token := range in.leases { // the tracker was reset
		in.settle(token, runs)
	}
}

// settle takes runs from the lease of token, if there is one.
func (in *restored) settle(token string, runs []Run) (settled uint64) {
	l := in.leases[token]
	if l == nil {
		return 0
	}
	var common []Run
	if common, l.runs = split(l.runs, runs); len(l.runs) == 0 {
		delete(in.leases, token)
	}
	return Total(common)
}

// doubt takes the claims in flight among n words from wi on for confirmed, and returns
// how many there are.
func (in *restored) doubt(wi, n uint64) (doubted uint64) {
	area := []Run{{Start: wi << 6, Len: n << 6}}
	for token, l := range in.leases {
		if l.of == ClaimLease {
			doubted += in.settle(token, area)
		}
	}
	return doubted
}

// change makes IDs exist, or not.
func (in *restored) change(runs []Run, exist bool) {
	for wi, mask := range words(runs) {
		if word := in.t.bits.Word(wi); exist {
			in.loader.Put(wi, word|mask)
		} else {
			in.loader.Put(wi, word&^mask)
		}
	}
}

// keep gives the tracker, which is in its registry, its leases back: each has what it had left
// when that was said last. Those that were to end with their Callers end at once.
func (in *restored) keep(reg *Registry) error {
	if len(in.leases) == 0 {
		return nil
	}
	t := in.t
	f := t.fly(reg)
	gone := new(group)
	for token, k := range in.leases {
		l := &lease{of: k.of, terms: k.terms, flight: f, born: reg.holds.now() - int64(k.age)}
		h := &hold{kind: l, tracker: t, token: token, ttl: k.terms.TTL}
		l.runs, l.left = slices.Clip(k.runs), Total(k.runs)
		l.payFor(t, len(l.runs))
		f.opened(1)
		for _, r := range l.runs {
			f.bits.SetRange(r.Start, r.Start+r.Len)
		}
		var owner *group
		if k.terms.OnClose {
			owner = gone
		}
		if err := reg.holds.open(h, owner, func() bool { return true }); err != nil {
			return err
		}
	}
	in.leases = nil
	reg.holds.endAll(gone)
	return nil
}
