package tracker

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// scanRuns is a whole pass by runs, which stops now and then, and the number of its pages.
func scanRuns(t *testing.T, s *Selection, r Range, n int) (all []Run, pages int) {
	t.Helper()
	cursor := uint64(0)
	for {
		pages++
		page, next, err := s.ScanRuns(nil, r, cursor, n)
		for turns := 0; err == nil && s.Stopped() && next != 0; turns++ {
			if turns > 1_000_000 {
				t.Fatalf("%v: a page of %v from %d on never ends", s, r, cursor)
			}
			page, next, err = s.ScanRuns(page, r, next, n)
		}
		if err != nil {
			t.Fatal(err)
		}
		if next != 0 && len(page) != n {
			t.Fatalf("%v: a page of %v from %d on has %d runs, want %d", s, r, cursor, len(page), n)
		}
		all = append(all, page...)
		if cursor = next; cursor == 0 {
			return all, pages
		}
	}
}

// By runs, in pages of any size and with turns of any length, a pass lists the runs that a
// look at each ID finds: each once, each whole.
func TestSelection_ScanRunsListsWhatALookAtEachIDFinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 600 {
		s, r := randomSelection(t, rnd), randomRange(rnd)
		if s.turn = rnd.IntN(3) * (1 + rnd.IntN(300)); s.turn > 0 {
			s.turn += len(walk{}.conditions) // or it would get nowhere
		}
		var want []uint64
		if nowhere := s; nowhere.naive(1 << 35) { // where no bitmap has memory all are wanted
			r.Max = min(r.Max, 1<<18+64)
			for id := r.Min; id < r.Max; id++ {
				if s.naive(id) {
					want = append(want, id)
				}
			}
		} else {
			want = naiveIDs(s, r)
		}
		runs := RunsOf(want)
		n := []int{1, 2, 3, 31, 64, 1000, 1 << 20}[rnd.IntN(7)]
		got, pages := scanRuns(t, &s, r, n)
		if !slices.Equal(got, runs) {
			t.Fatalf("%v: %v in pages of %d, turns of %d: %d runs, want %d", s, r, n, s.turn, len(got), len(runs))
		}
		if most := len(runs)/n + 1; pages > most {
			t.Fatalf("%v: %v in pages of %d: %d pages for %d runs", s, r, n, pages, len(runs))
		}
	}
}

// A run costs what it is, and not what it has: the rest of the ID space is one of a few looks,
// also beside a mask that has a little of it.
func TestSelection_ScanRunsJumps(t *testing.T) {
	of := func(ids ...uint64) *Tracker {
		tr, err := New("p", Config{})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			tr.Add(id)
		}
		return tr
	}
	dense := of()
	dense.AddRange(Range{0, 1 << 26})
	few := of(5, 1<<20, 1<<40)
	for _, test := range []struct {
		of     *Tracker
		filter Filter
		mask   masking
		want   []Range
	}{
		{dense, Set, masking{}, []Range{{0, 1 << 26}}},
		{dense, Unset, masking{}, []Range{{1 << 26, Limit}}},
		{dense, All, masking{}, []Range{{0, Limit}}},
		{few, Unset, masking{}, []Range{{0, 5}, {6, 1 << 20}, {1<<20 + 1, 1 << 40}, {1<<40 + 1, Limit}}},
		{dense, All, masking{except: few}, []Range{{0, 5}, {6, 1 << 20}, {1<<20 + 1, 1 << 40}, {1<<40 + 1, Limit}}},
		{dense, Set, masking{except: few}, []Range{{0, 5}, {6, 1 << 20}, {1<<20 + 1, 1 << 26}}},
		{dense, All, masking{only: dense}, []Range{{0, 1 << 26}}},
		{few, Unset, masking{only: dense, except: few}, []Range{{0, 5}, {6, 1 << 20}, {1<<20 + 1, 1 << 26}}},
	} {
		var want []Run
		for _, r := range test.want {
			want = append(want, Run{Start: r.Min, Len: r.Len()})
		}
		s := test.of.Select(test.filter, Mask{&test.mask})
		s.Hurry()
		got, next, err := s.ScanRuns(nil, Everything, 0, 1000)
		if err != nil || s.Stopped() || next != 0 || !slices.Equal(got, want) {
			t.Errorf("%v: %v, next %d, stopped %v, %v; want %v", s, got, next, s.Stopped(), err, want)
		}
	}
}

// Nobody looks for what comes behind the last run of a page.
func TestSelection_ScanRunsEndsWithThePage(t *testing.T) {
	reg, _ := registryOf(t, "odd", "even")
	for id := uint64(0); id < 1<<20; id += 2 {
		reg.Get("odd").Add(id + 1)
		reg.Get("even").Add(id)
	}
	reg.Get("even").Add(7)
	s := reg.Get("odd").Select(Set, Mask{&masking{only: reg.Get("even")}})
	s.Hurry()
	if got, next, err := s.ScanRuns(nil, Everything, 0, 1); err != nil || s.Stopped() || next != 8 || !slices.Equal(got, []Run{{Start: 7, Len: 1}}) {
		t.Fatalf("%v, next %d, stopped %v, %v", got, next, s.Stopped(), err)
	}
}

// Every other word exists, and those between come into flight and fall out of it all at once:
// no run reaches over what exists at no time.
func TestSelection_ScanRunsBesideWhatComesAndGoesInFlight(t *testing.T) {
	const words = 64
	reg, c := registryOf(t, "a:")
	a := reg.Get("a:")
	for wi := uint64(0); wi < words; wi += 2 {
		a.AddRange(Range{wi << 6, wi<<6 + 64})
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for i := uint64(1); ; i += 2 {
			select {
			case <-stop:
				return
			default:
			}
			wi := i % words
			token, _, err := c.At("a:").ClaimLease(nil, Range{wi << 6, wi<<6 + 64}, Mask{}, 64, LeaseTerms{TTL: time.Hour})
			if err == nil {
				_, err = c.Release(token, nil)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for _, mask := range []masking{{}, {only: a}} {
		for range 20_000 {
			filter := Set
			if mask.only != nil {
				filter = All
			}
			s := a.Select(filter, Mask{&mask})
			runs, _, err := s.ScanRuns(nil, Range{0, words << 6}, 0, words)
			if err != nil || len(runs) != words/2 {
				t.Fatalf("%v, %v", runs, err)
			}
			for _, r := range runs {
				if r.Start%128 != 0 || r.Len != 64 {
					t.Fatalf("%v", runs)
				}
			}
		}
	}
	close(stop)
	<-ended
}
