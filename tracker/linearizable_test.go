package tracker

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

// player is one goroutine of a history of a tracker, with a Caller of its own.
type player struct {
	*scene
	*leasemodel.Recorder
	random *rand.Rand
	caller *Caller
	bound  []*leasemodel.Lease // that end with the Caller
}

// scene is what the players share.
type scene struct {
	registry *Registry
	epoch    time.Time
	mu       sync.Mutex
	leases   []*leasemodel.Lease
}

func (s *scene) now() int64 { return int64(time.Since(s.epoch)) }

func (s *scene) known(random *rand.Rand) *leasemodel.Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.leases)
	if n == 0 {
		return nil
	}
	return s.leases[n-1-random.IntN(min(n, 4))]
}

const playedPrefix = "a:"

func (p *player) close() {
	at := p.now()
	p.caller.Close()
	for _, l := range p.bound {
		p.Doomed(at, l, "Close")
	}
	p.bound = nil
}

func (p *player) some() uint64 { return p.Lo + p.random.Uint64N(p.Hi-p.Lo) }

func (p *player) within() Range {
	lo := p.some()
	return Range{lo, min(p.Hi, lo+1+p.random.Uint64N(6))}
}

// handedOut logs what a call for up to n IDs of r got without a lease, or with one that has begun.
func (p *player) handedOut(s leasemodel.Span, taking bool, runs []Run, n int, r Range, lease string, ttl time.Duration, onClose bool) {
	k, other := leasemodel.Add, leasemodel.Free
	if taking {
		k, other = leasemodel.Remove, leasemodel.Exists
	}
	var ids []uint64
	for _, run := range runs {
		for i := range run.Len {
			ids = append(ids, run.Start+i)
		}
	}
	if len(ids) < n {
		p.Others(s, other, ids, r.Min, r.Max, "hand-out")
	}
	if lease == "" {
		for _, id := range ids {
			p.ID(s, k, id, leasemodel.Yes, "hand-out")
		}
		return
	}
	l := p.Granted(s, taking, lease, ids, ttl, "lease")
	if onClose {
		p.bound = append(p.bound, l)
	}
	p.mu.Lock()
	p.leases = append(p.leases, l)
	p.mu.Unlock()
}

// act performs and logs one random operation.
func (p *player) act(t *testing.T) {
	h := p.caller.At(playedPrefix)
	id, r, n := p.some(), p.within(), 1+p.random.IntN(4)
	terms := LeaseTerms{TTL: time.Hour, OnClose: p.random.IntN(4) == 0}
	if p.random.IntN(3) == 0 {
		terms.TTL = time.Duration(1+p.random.IntN(100)) * time.Microsecond
	}
	l := p.known(p.random)
	call := p.now()
	ret := func() leasemodel.Span { return leasemodel.Span{Call: call, Return: p.now()} }
	switch k := p.random.IntN(40); {
	case k < 3:
		is := h.Exists(id)
		p.ID(ret(), leasemodel.Exists, id, leasemodel.Said(is), "Exists")
	case k < 5:
		p.scan(h, r, ret)
	case k < 7:
		n, err := h.Add([]uint64{id})
		p.ID(ret(), leasemodel.Add, id, leasemodel.Said(n == 1), "Add")
		p.must(t, err)
	case k < 10:
		n := h.Remove([]uint64{id})
		p.ID(ret(), leasemodel.Remove, id, leasemodel.Said(n == 1), "Remove")
	case k < 12:
		got, err := h.ClaimNext(nil, r, n)
		p.handedOut(ret(), false, got, n, r, "", 0, false)
		p.must(t, err)
	case k < 14:
		got := h.TakeNext(nil, r, n)
		p.handedOut(ret(), true, got, n, r, "", 0, false)
	case k < 15:
		n := h.RemoveRange(r)
		p.removedRange(ret(), r, n)
	case k < 21:
		token, got, err := h.ClaimLease(nil, r, Mask{}, n, terms)
		p.handedOut(ret(), false, got, n, r, token, terms.TTL, terms.OnClose)
		p.must(t, err)
	case k < 26:
		token, got, err := h.TakeLease(nil, r, Mask{}, n, terms)
		p.handedOut(ret(), true, got, n, r, token, terms.TTL, terms.OnClose)
		p.must(t, err)
	case k == 39:
		retain := p.random.IntN(4) == 0
		if retain {
			h.Reset()
		} else {
			h.Clear()
		}
		s := ret()
		p.Cleared(s, false, "Clear")
		if retain { // in two steps: who adds an ID between them may lose it
			p.Lost(s, leasemodel.Remove, p.Lo, p.Hi, "Reset")
		}
	case k == 38 && p.random.IntN(3) == 0:
		p.close()
		p.caller = p.registry.Caller(nil)
	case l == nil:
	case k < 31:
		p.settle(t, l, leasemodel.Confirm, p.part(l))
	case k < 35:
		p.settle(t, l, leasemodel.Release, p.part(l))
	case k < 37:
		switch err := p.caller.Renew(l.Token, terms.TTL); err {
		case nil:
			p.Renewed(ret(), l, terms.TTL, false, "Renew")
		case ErrNoLease:
			p.Ended(ret(), l, "Renew")
		default:
			p.must(t, err)
		}
	default:
		outstanding := map[string]int{}
		for _, l := range p.registry.Get(playedPrefix).Leases(nil, 1000) {
			outstanding[l.Token] += int(l.Outstanding)
		}
		p.Leases(ret(), outstanding)
	}
}

func (p *player) must(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}

// part is one of the IDs of l, or nil for all.
func (p *player) part(l *leasemodel.Lease) []uint64 {
	if p.random.IntN(2) == 0 {
		return nil
	}
	return []uint64{l.IDs()[p.random.IntN(len(l.IDs()))]}
}

func (p *player) settle(t *testing.T, l *leasemodel.Lease, k leasemodel.Kind, ids []uint64) {
	call := p.now()
	settle := p.caller.Confirm
	if k == leasemodel.Release {
		settle = p.caller.Release
	}
	n, err := settle(l.Token, ids)
	s := leasemodel.Span{Call: call, Return: p.now()}
	switch err {
	case nil:
		p.Settled(s, l, k, ids, int(n), "settle")
	case ErrNoLease:
		p.Ended(s, l, "settle")
	default:
		t.Error(err)
	}
}

func (p *player) scan(h Handle, r Range, ret func() leasemodel.Span) {
	runs, next, _ := h.Read().Scan(nil, Set, r, 0, 100)
	if next != 0 {
		return
	}
	s := ret()
	var ids []uint64
	for _, run := range runs {
		for i := range run.Len {
			ids = append(ids, run.Start+i)
			p.ID(s, leasemodel.Exists, run.Start+i, leasemodel.Yes, "Scan")
		}
	}
	p.Others(s, leasemodel.Exists, ids, r.Min, r.Max, "Scan")
}

func (p *player) removedRange(s leasemodel.Span, r Range, n uint64) {
	said := leasemodel.Unsaid
	if n == 0 || n == r.Max-r.Min {
		said = leasemodel.Said(n > 0)
	}
	for id := r.Min; id < r.Max; id++ {
		p.ID(s, leasemodel.Remove, id, said, "RemoveRange")
	}
}

// play runs a history from a tracker without leases to one in which all have ended.
func play(t *testing.T, players, steps int, seed uint64) error {
	r, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s := &scene{registry: r, epoch: time.Now()}
	history := &leasemodel.History{Universe: leasemodel.Universe{Lo: 60, Hi: 68}}
	// Some IDs are taken at first, as a lease is: the first one may come beside anything.
	before := player{scene: s, Recorder: history.Recorder(), caller: r.Caller(nil), random: rand.New(rand.NewPCG(seed, 0))}
	if _, err := before.caller.At(playedPrefix).Add([]uint64{61, 62, 63, 64}); err != nil {
		t.Fatal(err)
	}
	for id := uint64(61); id < 65; id++ {
		before.ID(leasemodel.Span{}, leasemodel.Add, id, leasemodel.Yes, "before")
	}
	var wg sync.WaitGroup
	for w := range players {
		p := &player{scene: s, Recorder: history.Recorder(), caller: r.Caller(nil), random: rand.New(rand.NewPCG(seed, uint64(w+1)))}
		wg.Go(func() {
			for range steps {
				p.act(t)
				if p.random.IntN(8) == 0 {
					runtime.Gosched()
				}
			}
			p.close()
		})
	}
	wg.Wait()
	before.end(t)
	if t.Failed() {
		return nil
	}
	_, err = history.Check(t.Name())
	return err
}

// end releases what is left, and waits for what ends by itself. Then no ID is in flight.
func (p *player) end(t *testing.T) {
	h := p.caller.At(playedPrefix)
	for _, l := range p.leases {
		p.settle(t, l, leasemodel.Release, nil)
	}
	for tr := h.found(); tr.flight() != nil && tr.Stats().Leased > 0; {
		runtime.Gosched()
	}
	for id := p.Lo; id < p.Hi; id++ {
		s := leasemodel.Span{Call: p.now()}
		is := h.Exists(id)
		s.Return = p.now()
		p.ID(s, leasemodel.Exists, id, leasemodel.Said(is), "at the end")
		p.ID(s, leasemodel.Free, id, leasemodel.Said(!is), "at the end")
	}
	if n := h.Read().Count(); n != h.Read().CountRange(Everything) {
		t.Errorf("Count is %d, CountRange %d", n, h.Read().CountRange(Everything))
	}
}

// All that many Callers are told while leases begin, the first one included, are settled by
// whomever, end by time and with their Callers, beside all that reads and changes IDs, can be put in one order.
func TestLeasesConcurrent_Linearize(t *testing.T) {
	t.Parallel()
	seeds := uint64(200)
	if testing.Short() {
		seeds = 60
	}
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprintf("callers=%d", n), func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				if err := play(t, n, 160/n, seed); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}
