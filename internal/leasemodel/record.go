package leasemodel

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anishathalye/porcupine"
)

// Span is when something was called and when it returned, on one clock for all.
type Span struct{ Call, Return int64 }

// Lease is a lease as those know it who use it.
type Lease struct {
	Token  string // empty while nobody has been told
	number uint32
	taking bool
	ids    []uint64
	span   Span // of the call that began it
}

// IDs are all that the lease has had.
func (l *Lease) IDs() []uint64 { return l.ids }

// Universe is the IDs of a history: 64 at most.
type Universe struct{ Lo, Hi uint64 }

// bits has a bit for each of ids.
func (u Universe) bits(ids []uint64) (b uint64) {
	for _, id := range ids {
		b |= 1 << (id - u.Lo)
	}
	return b
}

// History is what all were told about the IDs of a universe, which were free at
// first, and about the leases of them.
type History struct {
	Universe
	leases, terms atomic.Uint32

	mu        sync.Mutex
	recorders []*Recorder
	all       []*Lease
	clears    []clearing
	lists     []listing
	crashes   []int64
}

type clearing struct {
	span  Span
	maybe bool
}

type listing struct {
	span   Span
	leases map[string]int
}

// Recorder is the part of one client in a history. It is for one goroutine.
type Recorder struct {
	*History
	client int
	ops    []porcupine.Operation
}

// Recorder returns the part of another client.
func (h *History) Recorder() *Recorder {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := &Recorder{History: h, client: len(h.recorders)}
	h.recorders = append(h.recorders, r)
	return r
}

func (r *Recorder) log(s Span, op Op) {
	if s.Return < s.Call {
		panic("leasemodel: what has returned before it was called is in no order")
	}
	r.ops = append(r.ops, porcupine.Operation{ClientId: r.client, Input: op, Call: s.Call, Return: s.Return})
}

// ID logs what was done to, or said about, one ID, without a lease.
func (r *Recorder) ID(s Span, k Kind, id uint64, said Answer, by string) {
	r.log(s, Op{Kind: k, Of: Subject{ID: id}, Said: said, By: by})
}

// Lost logs for the IDs of [lo, hi) that they may have been changed, at any
// moment: no reply came. s ends when the server had, as Crashed says.
func (r *Recorder) Lost(s Span, k Kind, lo, hi uint64, by string) {
	for id := lo; id < hi; id++ {
		r.log(s, Op{Kind: k, Of: Subject{ID: id}, Maybe: true, By: by})
	}
}

// Others logs for the IDs of [lo, hi) without ids what they were said not to be:
// not free all through the call, or not there.
func (r *Recorder) Others(s Span, k Kind, ids []uint64, lo, hi uint64, by string) {
	but := r.bits(ids)
	for id := lo; id < hi; id++ {
		if but>>(id-r.Lo)&1 == 0 {
			r.log(s, Op{Kind: k, Of: Subject{ID: id}, Said: No, By: by})
		}
	}
}

// Granted logs the begin of a lease on ids, which then has a number.
func (r *Recorder) Granted(s Span, taking bool, token string, ids []uint64, ttl time.Duration, by string) *Lease {
	l := &Lease{Token: token, number: r.leases.Add(1), taking: taking, ids: ids, span: s}
	k, term := Claim, r.terms.Add(1)
	if taking {
		k = Take
	}
	r.onIDs(s, l, ids, Op{Kind: k, Term: term, Maybe: token == "", By: by})
	if token != "" {
		r.onLease(s, l, Op{Kind: k, Term: term, IDs: r.bits(ids), By: by})
	}
	r.due(s, l, ttl, term)
	r.mu.Lock()
	r.all = append(r.all, l)
	r.mu.Unlock()
	return l
}

// onIDs and onLease log op as one of l.
func (r *Recorder) onIDs(s Span, l *Lease, ids []uint64, op Op) {
	op.Lease = l.number
	for _, op.Of.ID = range ids {
		r.log(s, op)
	}
}

func (r *Recorder) onLease(s Span, l *Lease, op Op) {
	op.Of = Subject{Lease: true, ID: uint64(l.number)}
	r.log(s, op)
}

func (r *Recorder) onAll(s Span, l *Lease, op Op) {
	r.onIDs(s, l, l.ids, op)
	if l.Token != "" {
		r.onLease(s, l, op)
	}
}

// due logs that the term that began in s may be over after ttl: not before, for
// the clock of the lease began in s. It was there when that had returned.
func (r *Recorder) due(s Span, l *Lease, ttl time.Duration, term uint32) {
	at := s.Call + int64(ttl)
	r.onAll(Span{at, max(at, s.Return)}, l, Op{Kind: Due, Term: term, By: ttl.String()})
}

// Settled logs that n of ids were confirmed or released; nil is all of the lease.
func (r *Recorder) Settled(s Span, l *Lease, k Kind, ids []uint64, n int, by string) {
	asked, said := ids, Unsaid
	if ids == nil {
		asked = l.ids
	}
	switch n {
	case len(asked):
		said = Yes
	case 0:
		said = No
	}
	r.onIDs(s, l, asked, Op{Kind: k, Said: said, By: by})
	r.onLease(s, l, Op{Kind: k, IDs: r.bits(asked), N: n, Said: Yes, By: by})
}

// LostSettle logs that ids may have been confirmed or released.
func (r *Recorder) LostSettle(s Span, l *Lease, k Kind, ids []uint64, by string) {
	if ids == nil {
		ids = l.ids
	}
	r.onIDs(s, l, ids, Op{Kind: k, Maybe: true, By: by})
	r.onLease(s, l, Op{Kind: k, IDs: r.bits(ids), Maybe: true, By: by})
}

// Ended logs that somebody was told that the lease had ended.
func (r *Recorder) Ended(s Span, l *Lease, by string) {
	r.onAll(s, l, Op{Kind: NoLease, By: by})
}

// Renewed logs a renewal, lost if no reply came.
func (r *Recorder) Renewed(s Span, l *Lease, ttl time.Duration, lost bool, by string) {
	term := r.terms.Add(1)
	r.onAll(s, l, Op{Kind: Renew, Term: term, Maybe: lost, By: by})
	r.due(s, l, ttl, term)
}

// Doomed logs that what the lease ends with was over, at some moment.
func (r *Recorder) Doomed(at int64, l *Lease, by string) {
	r.onAll(Span{at, at}, l, Op{Kind: Doom, By: by})
}

// Cleared logs that all IDs became free, with the leases there were.
func (r *Recorder) Cleared(s Span, lost bool, by string) {
	for id := r.Lo; id < r.Hi; id++ {
		r.log(s, Op{Kind: Clear, Of: Subject{ID: id}, Maybe: lost, By: by})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.clears = append(r.clears, clearing{s, lost})
}

// Leases logs what was outstanding of all leases that were there.
func (r *Recorder) Leases(s Span, outstanding map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lists = append(r.lists, listing{s, outstanding})
}

// Crashed logs that the server was killed, and had ended at that time. What is
// lost is logged before.
func (h *History) Crashed(ended int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.crashes = append(h.crashes, ended)
}

// whole is the history as porcupine takes it. What was cleared and listed is
// for each lease, also for one that a client knew of later than it was.
func (h *History) whole() (ops []porcupine.Operation) {
	last := Recorder{History: h, client: len(h.recorders)}
	for _, l := range h.all {
		if l.Token == "" {
			continue
		}
		for _, c := range h.clears {
			if l.span.Call <= c.span.Return {
				last.onLease(c.span, l, Op{Kind: Clear, Maybe: c.maybe})
			}
		}
		for _, c := range h.lists {
			if n := c.leases[l.Token]; n > 0 || l.span.Call <= c.span.Return {
				last.onLease(c.span, l, Op{Kind: Listed, N: n})
			}
		}
	}
	for _, r := range h.recorders {
		ops = append(ops, r.ops...)
	}
	return h.trusted(append(ops, last.ops...))
}

// trusted leaves out what was read while something was under way that was lost
// with the server: the contract lets a read see a change that is being
// committed, and which nobody was told of.
func (h *History) trusted(ops []porcupine.Operation) []porcupine.Operation {
	if len(h.crashes) == 0 {
		return ops
	}
	type window struct {
		of    Subject
		crash int64
	}
	since := map[window]int64{}
	for _, op := range ops {
		if in := op.Input.(Op); in.Maybe {
			w := window{in.Of, op.Return}
			if began, there := since[w]; !there || op.Call < began {
				since[w] = op.Call
			}
		}
	}
	doubtful := func(op porcupine.Operation) bool {
		return slices.ContainsFunc(h.crashes, func(crash int64) bool {
			began, there := since[window{op.Input.(Op).Of, crash}]
			return there && op.Call <= crash && op.Return >= began
		})
	}
	left := ops[:0]
	for _, op := range ops {
		if op.Input.(Op).Kind.reads() && doubtful(op) {
			continue
		}
		left = append(left, op)
	}
	return left
}
