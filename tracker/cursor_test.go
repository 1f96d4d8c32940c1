package tracker

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// worker is somebody who works with one cursor.
type worker struct {
	*Caller
	t    *testing.T
	name string
}

// patient never goes.
type patient struct{}

func (patient) Gone() bool { return false }

func work(t *testing.T, r *Registry, name, prefix string, p Pass) worker {
	t.Helper()
	w := worker{r.Caller(nil), t, name}
	if err := w.At(prefix).OpenCursor(name, p); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w worker) page(n int, o *LeaseTerms) Page {
	w.t.Helper()
	page, err := w.NextCursor(nil, w.name, n, o, patient{})
	if err != nil {
		w.t.Fatal(err)
	}
	return page
}

// next is the IDs of a page without a lease.
func (w worker) next(n int) []uint64 { w.t.Helper(); return listed(w.page(n, nil).Runs) }

// lend is a page with one.
func (w worker) lend(n int, ttl time.Duration) (string, []uint64) {
	w.t.Helper()
	page := w.page(n, &LeaseTerms{TTL: ttl})
	return page.Token, listed(page.Runs)
}

func (w worker) wants(what string, got []uint64, want ...uint64) {
	w.t.Helper()
	if !slices.Equal(got, want) {
		w.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// turn is how a call for an ID ends, which nothing is to be handed out to.
func (w worker) ends(want Turn) {
	w.t.Helper()
	if page := w.page(1, nil); page.Turn != want || len(page.Runs) > 0 {
		w.t.Errorf("turn %v %v, want %v", page.Turn, page.Runs, want)
	}
}

func (w worker) info() CursorInfo {
	w.t.Helper()
	i, err := w.CursorInfo(w.name)
	if err != nil {
		w.t.Fatal(err)
	}
	return i
}

func listed(runs []Run) (ids []uint64) {
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			ids = append(ids, id)
		}
	}
	return ids
}

func within(n uint64) *Registry {
	r, _ := NewRegistry(Config{MaxID: n}, nil)
	return r
}

// However many work with it, and whatever they ask for at a time, a cursor hands out in the order of the
// pass all that matches, each once, and each page without a gap.
func TestCursor_OrderIsThatOfThePass(t *testing.T) {
	for _, n := range []uint64{1, 100, 1000, 99991, 65536} {
		r := within(n + 50)
		tr, _ := r.GetOrCreate("p")
		except, _ := r.GetOrCreate("e")
		only, _ := r.GetOrCreate("o")
		for id := range n + 50 {
			if id%3 != 1 {
				tr.Add(id)
			}
			if id%5 == 0 {
				except.Add(id)
			}
			if id%7 < 4 {
				only.Add(id)
			}
		}
		for i, p := range []Pass{
			{Filter: Set}, {Filter: Set, Random: true, Seed: 3}, {Filter: Unset, Random: true}, {Filter: All, Random: true, Seed: 9}, {Filter: All},
			{Filter: Unset}, {Filter: Set, Random: true, Except: "e", Only: "o"}, {Filter: Unset, Except: "e"}, {Filter: All, Only: "o"},
		} {
			p.Range = Range{20, n + 20}
			var want []uint64
			order := NewPermutation(n, p.Seed)
			at := make(map[uint64]int)
			for k := range n {
				id := k + 20
				if p.Random {
					id = order.At(k) + 20
				}
				if (p.Filter == All || (id%3 != 1) == (p.Filter == Set)) && (p.Except == "" || id%5 != 0) && (p.Only == "" || id%7 < 4) {
					at[id] = len(want)
					want = append(want, id)
				}
			}
			for _, workers := range []int{1, 8} {
				for _, size := range []int{1, 7, 256, 1 << 16} {
					if n > 1000 && size < 256 {
						continue
					}
					name := fmt.Sprint(n, i, workers, size)
					work(t, r, name, "p", p)
					var mu sync.Mutex
					var all sync.WaitGroup
					pages := make(map[int]int) // where it begins, how long it is
					for k := range workers {
						all.Go(func() {
							w := worker{r.Caller(nil), t, name}
							var o *LeaseTerms
							if k%2 == 0 {
								o = &LeaseTerms{TTL: time.Hour}
							}
							for {
								page := w.page(size, o)
								if page.Turn == NotYet {
									time.Sleep(time.Millisecond)
									continue
								}
								if page.Turn == AtEnd {
									return
								}
								ids := listed(page.Runs)
								first := at[ids[0]]
								if first+len(ids) > len(want) || !slices.Equal(ids, want[first:first+len(ids)]) {
									t.Errorf("%s: a page is not in order", name)
									return
								}
								mu.Lock()
								pages[first] = len(ids)
								mu.Unlock()
								if page.Token != "" {
									if settled, err := w.Confirm(page.Token, nil); err != nil || settled != uint64(len(ids)) {
										t.Error(settled, err)
									}
								}
							}
						})
					}
					all.Wait()
					next := 0
					for next < len(want) && pages[next] > 0 {
						next += pages[next]
					}
					if total := 0; next != len(want) {
						t.Errorf("%s: %d of %d IDs", name, next, len(want))
					} else {
						for _, k := range pages {
							total += k
						}
						if total != len(want) {
							t.Errorf("%s: %d IDs handed out of %d", name, total, len(want))
						}
					}
				}
			}
		}
	}
}

func TestCursor_WhatIsNotConfirmedGoesFirst(t *testing.T) {
	for _, random := range []bool{false, true} {
		r := within(10)
		r.GetOrCreate("p")
		w := work(t, r, "c", "p", Pass{Filter: Unset, Range: Range{0, 10}, Random: random})
		id := func(at ...uint64) (ids []uint64) {
			order := NewPermutation(10, 0)
			for _, k := range at {
				if random {
					k = order.At(k)
				}
				ids = append(ids, k)
			}
			return ids
		}
		a, ids := w.lend(4, time.Hour)
		w.wants("a", ids, id(0, 1, 2, 3)...)
		b, ids := w.lend(2, time.Hour)
		w.wants("b", ids, id(4, 5)...)
		w.wants("plain", w.next(1), id(6)...)
		if n, err := w.Confirm(a, id(2, 9, 4)); n != 1 || err != nil {
			t.Error(n, err)
		}
		if n, err := w.Release(b, id(5)); n != 1 || err != nil {
			t.Error(n, err)
		}
		if n, err := w.Release(a, nil); n != 3 || err != nil {
			t.Error(n, err)
		}
		for _, settle := range []func(string, []uint64) (uint64, error){w.Confirm, w.Release} {
			if _, err := settle(a, nil); err != ErrNoLease {
				t.Error(err)
			}
		}
		if i := w.info(); i.Issued != 3 || i.Outstanding != 1 || i.Returned != 4 || i.Position != 7 {
			t.Errorf("%+v", i)
		}
		w.wants("again", w.next(2), id(0, 1)...)
		w.wants("again", w.next(2), id(3)...)
		w.wants("again", w.next(9), id(5)...)
		w.wants("and on", w.next(9), id(7, 8, 9)...)
		w.ends(NotYet)
		if n, err := w.Confirm(b, nil); n != 1 || err != nil {
			t.Error(n, err)
		}
		w.ends(AtEnd)
		if i := w.info(); i.Issued != 10 || i.Outstanding != 0 || i.Returned != 0 || i.Remaining(0) != 0 {
			t.Errorf("%+v", i)
		}
		if s := r.cursor("c"); len(s.pages) != 0 || s.paid != 0 {
			t.Error(len(s.pages), s.paid)
		}
	}
}

func TestCursor_LeasesEndByTimeAndWithTheirCaller(t *testing.T) {
	r := within(6)
	defer r.Close()
	r.GetOrCreate("p")
	w := work(t, r, "c", "p", Pass{Filter: All, Range: Range{0, 6}})
	short, ids := w.lend(2, time.Millisecond)
	w.wants("short", ids, 0, 1)
	other := worker{r.Caller(nil), t, "c"}
	page := other.page(2, &LeaseTerms{TTL: time.Hour, OnClose: true})
	renewed, _ := w.lend(1, 20*time.Millisecond)
	if err := w.Renew(renewed, time.Hour); err != nil {
		t.Fatal(err)
	}
	other.Close()
	for w.info().Returned < 4 {
		time.Sleep(time.Millisecond)
	}
	if _, expired := r.CountLeases(); expired != 1 || r.Get("p").Stats().Expired != 1 { // the other one was not over by time
		t.Error(expired, r.Get("p").Stats().Expired)
	}
	for _, token := range []string{short, page.Token} {
		if _, err := w.Confirm(token, nil); err != ErrNoLease {
			t.Error(err)
		}
		if err := w.Renew(token, time.Hour); err != ErrNoLease {
			t.Error(err)
		}
	}
	if _, err := other.NextCursor(nil, "c", 1, &LeaseTerms{TTL: time.Hour, OnClose: true}, nil); err != ErrCallerClosed {
		t.Error(err)
	}
	w.wants("again", w.next(9), 0, 1)
	w.wants("again", w.next(9), 2, 3)
	w.wants("on", w.next(9), 5)
	time.Sleep(30 * time.Millisecond)
	if n, err := w.Confirm(renewed, []uint64{4}); n != 1 || err != nil {
		t.Error(n, err)
	}
	w.ends(AtEnd)
}

// What came back and no longer matches is passed over.
func TestCursor_PassesOverWhatNoLongerMatches(t *testing.T) {
	r := within(6)
	c := r.Caller(nil)
	c.At("p").AddRange(Range{0, 6})
	w := work(t, r, "c", "p", Pass{Filter: Set, Range: Range{0, 6}})
	token, _ := w.lend(4, time.Hour)
	w.Release(token, nil)
	c.At("p").Remove([]uint64{1, 3, 4})
	w.wants("again", w.next(2), 0, 2)
	w.wants("on", w.next(2), 5)
	w.ends(AtEnd)
	if s := r.cursor("c"); len(s.pages) != 0 || s.returned != 0 || s.paid != 0 {
		t.Error(len(s.pages), s.returned, s.paid)
	}
}

// An ID in flight is in no state: a cursor passes over it.
func TestCursor_PassesOverWhatIsInFlight(t *testing.T) {
	r := within(6)
	c := r.Caller(nil)
	lend(t, c, "p", ClaimLease, 2, LeaseTerms{})
	for _, filter := range []Filter{Set, Unset, All} {
		w := work(t, r, fmt.Sprint(filter), "p", Pass{Filter: filter, Range: Range{0, 6}})
		want := []uint64{2, 3, 4, 5}
		if filter == Set {
			want = nil
		}
		w.wants("in flight", w.next(9), want...)
	}
}

func TestCursor_LimitIsABudgetForAll(t *testing.T) {
	r := within(100)
	r.GetOrCreate("p")
	w := work(t, r, "c", "p", Pass{Filter: Unset, Range: Range{0, 100}, Limit: 10, Loop: true})
	w.wants("plain", w.next(3), 0, 1, 2)
	token, ids := w.lend(100, time.Hour)
	w.wants("lent", ids, 3, 4, 5, 6, 7, 8, 9)
	w.ends(NotYet)
	w.Confirm(token, []uint64{4, 5})
	w.ends(NotYet)
	if i := w.info(); i.Remaining(90) != 0 {
		t.Error(i)
	}
	w.Release(token, nil) // what comes back gives back what it used
	if i := w.info(); i.Issued != 5 || i.Remaining(90) != 5 {
		t.Error(i)
	}
	w.wants("again", w.next(2), 3, 6)
	w.wants("again", w.next(100), 7, 8, 9)
	w.ends(AtEnd)
}

func TestCursor_Loops(t *testing.T) {
	r := within(100)
	c := r.Caller(nil)
	w := worker{c, t, "c"}
	if err := c.At("p").OpenCursor("c", Pass{}); err != ErrNoPrefix {
		t.Error(err)
	}
	c.At("p").Reserve(100)
	w = work(t, r, "c", "p", Pass{Filter: Set, Range: Range{10, 100}, Loop: true, Random: true})
	w.ends(AtEnd) // it does not look for ever
	w.ends(AtEnd)
	c.At("p").Add([]uint64{5, 20, 30})
	first := w.next(1)
	second := w.next(9)
	if both := slices.Sorted(slices.Values(append(first, second...))); !slices.Equal(both, []uint64{20, 30}) {
		t.Error(both)
	}
	w.wants("and again", w.next(9), first[0], second[0])
	token, ids := w.lend(1, time.Hour)
	w.wants("lent", ids, first[0])
	w.wants("lent", w.next(9), second[0])
	w.ends(NotYet) // nobody gets what another one has
	w.Confirm(token, nil)
	w.wants("third", w.next(9), first[0], second[0])
	if i := w.info(); i.Loops != 3 || i.Issued != 8 {
		t.Errorf("%+v", i)
	}
	c.At("p").Remove([]uint64{20, 30})
	w.ends(AtEnd)
	w.ends(AtEnd)
	// In the middle of the range it begins again to see what lies before.
	c.At("p").Add([]uint64{10})
	w = work(t, r, "d", "p", Pass{Filter: Set, Range: Range{10, 100}, Loop: true})
	if err := c.SeekCursor("d", 50); err != nil {
		t.Error(err)
	}
	w.wants("from the middle", w.next(1), 10)
}

func TestCursor_Seek(t *testing.T) {
	r := within(10)
	r.GetOrCreate("p")
	w := work(t, r, "c", "p", Pass{Filter: All, Range: Range{0, 10}, Limit: 12})
	a, _ := w.lend(4, time.Hour)
	b, _ := w.lend(2, time.Hour)
	w.Release(b, nil)
	if err := w.SeekCursor("c", 11); err != ErrInvalidPosition {
		t.Error(err)
	}
	if err := w.SeekCursor("c", 3); err != nil {
		t.Error(err)
	}
	if _, err := w.Confirm(a, nil); err != ErrNoLease {
		t.Error(err)
	}
	if i := w.info(); i.Position != 3 || i.Issued != 0 || i.Outstanding != 0 || i.Returned != 0 {
		t.Errorf("%+v", i)
	}
	w.wants("from there", w.next(99), 3, 4, 5, 6, 7, 8, 9)
	w.ends(AtEnd)
	w.SeekCursor("c", 0)
	w.wants("from the beginning", w.next(99), 0, 1, 2, 3, 4)
	w.SeekCursor("c", 10)
	w.ends(AtEnd)
	if err := w.SeekCursor("d", 0); err != ErrNoCursor {
		t.Error(err)
	}
}

// What a cursor keeps is on the books, and goes when it ends, by whatever way; leases end with it.
func TestCursor_EndsWithItsPrefix(t *testing.T) {
	for _, end := range []string{"close", "drop", "clear"} {
		books := NewBudget(0)
		r, _ := NewRegistry(Config{MaxID: 1000}, books)
		c := r.Caller(nil)
		r.GetOrCreate("other")
		before := books.Used()
		c.At("p").Reserve(1)
		plain := books.Used()
		var tokens []string
		for k := range 3 {
			w := work(t, r, fmt.Sprint(k), "p", Pass{Filter: All, Range: Range{0, 1000}, Random: true})
			for range 3 {
				token, _ := w.lend(10, time.Hour)
				tokens = append(tokens, token)
			}
			w.Release(tokens[len(tokens)-1], nil)
		}
		if used := books.Used(); used < plain+3*cursorBytes+9*(pageOverhead+runBytes) {
			t.Errorf("%d bytes, %d before", used, plain)
		}
		after := plain
		switch end {
		case "close":
			for k := range 3 {
				if !c.CloseCursor(fmt.Sprint(k)) || c.CloseCursor(fmt.Sprint(k)) {
					t.Error("not closed once")
				}
			}
		case "drop":
			c.Drop("p")
			after = before
		case "clear":
			c.Clear()
			after = 0
		}
		for _, token := range tokens {
			if _, err := c.Confirm(token, nil); err != ErrNoLease {
				t.Error(end, err)
			}
		}
		if _, err := c.NextCursor(nil, "1", 1, nil, nil); err != ErrNoCursor {
			t.Error(end, err)
		}
		for kept := 1; kept > 0; time.Sleep(time.Millisecond) {
			r.holds.mu.Lock()
			kept = len(r.holds.byToken)
			r.holds.mu.Unlock()
		}
		if got := books.Used(); got != after {
			t.Errorf("%s: %d bytes, want %d", end, got, after)
		}
		for range r.Cursors() {
			t.Error("a cursor is listed")
		}
		// The names are free.
		c.At("p").Reserve(1)
		w := work(t, r, "1", "p", Pass{Filter: All, Range: Range{0, 5}})
		w.wants("anew", w.next(9), 0, 1, 2, 3, 4)
		r.Close()
	}
}

// A name is free as soon as its prefix has gone, whoever has looked.
func TestCursor_NameIsFreeAtOnce(t *testing.T) {
	r := within(10)
	c := r.Caller(nil)
	for k := range 2000 {
		c.At("p").Reserve(1)
		if err := c.At("p").OpenCursor("c", Pass{Filter: All, Range: Range{0, uint64(k%3 + 1)}}); err != nil {
			t.Fatal(k, err)
		}
		if page, err := c.NextCursor(nil, "c", 9, &LeaseTerms{TTL: time.Hour}, nil); err != nil || Total(page.Runs) != uint64(k%3+1) {
			t.Fatal(k, page, err)
		}
		if k%5 == 0 {
			c.CloseCursor("c")
		} else {
			c.Drop("p")
		}
	}
}

func TestCursor_MissingMaskIsAnError(t *testing.T) {
	r := within(10)
	c := r.Caller(nil)
	c.At("p").AddRange(Range{0, 10})
	p := Pass{Filter: Set, Range: Range{0, 10}, Except: "e"}
	if err := c.At("p").OpenCursor("c", p); !errors.Is(err, ErrNoMask) {
		t.Error(err)
	}
	c.At("e").Add([]uint64{0})
	w := work(t, r, "c", "p", p)
	w.wants("masked", w.next(1), 1)
	c.Drop("e")
	if _, err := c.NextCursor(nil, "c", 1, nil, nil); !errors.Is(err, ErrNoMask) {
		t.Error(err)
	}
	if err := c.At("p").OpenCursor("c", Pass{Filter: Set, Range: Range{0, 10}}); err != ErrCursorOther {
		t.Error(err)
	}
}

// Who has looked for IDs hands none of them out when somebody has moved the cursor meanwhile, or closed it.
func TestCursor_MovedMeanwhile(t *testing.T) {
	for _, move := range []struct {
		name string
		do   func(w worker)
		at   uint64
	}{
		{"seek", func(w worker) { w.SeekCursor("c", 5) }, 5},
		{"seek to the same", func(w worker) { w.SeekCursor("c", 2) }, 2},
		{"close", func(w worker) { w.CloseCursor("c") }, 2},
		{"drop", func(w worker) { w.Drop("p") }, 2},
	} {
		for _, back := range []bool{false, true} {
			r := within(10)
			r.GetOrCreate("p")
			w := work(t, r, "c", "p", Pass{Filter: All, Range: Range{0, 10}})
			token, _ := w.lend(2, time.Hour)
			if back {
				w.Release(token, nil)
			}
			c := r.cursor("c")
			s := search{n: 1, left: 100}
			if turn, _, err := c.begin(&s); turn != Unfinished || err != nil || (s.from != nil) != back {
				t.Fatal(turn, err)
			}
			sel := r.Get("p").Select(All, Mask{})
			c.look(&s, &sel, false)
			move.do(w)
			if turn := c.commit(&s, nil); turn != Unfinished || c.at != move.at || c.final != 0 {
				t.Error(move.name, back, turn, c.at, c.final)
			}
			if c.inVain(&s); c.at != move.at && !c.gone && move.name != "drop" {
				t.Error(move.name, back, c.at)
			}
			r.Close()
		}
	}
}

// A page may come back, before the one that somebody hands out again, while he looks.
func TestCursor_ComesBackMeanwhile(t *testing.T) {
	for _, n := range []int{1, 9} {
		r := within(6)
		r.GetOrCreate("p")
		w := work(t, r, "c", "p", Pass{Filter: All, Range: Range{0, 6}})
		a, _ := w.lend(2, time.Hour)
		b, _ := w.lend(2, time.Hour)
		w.Release(b, nil)
		c := r.cursor("c")
		s := search{n: n, left: 100}
		c.begin(&s)
		sel := r.Get("p").Select(All, Mask{})
		c.look(&s, &sel, false)
		w.Release(a, nil)
		if turn := c.commit(&s, nil); turn != Handed {
			t.Fatal(turn)
		}
		got := listed(s.ids)
		w.wants("before", w.next(9), 0, 1)
		if n == 1 {
			got = append(got, w.next(9)...)
		}
		w.wants("meanwhile", got, 2, 3)
		w.wants("on", w.next(9), 4, 5)
		if i := w.info(); i.Issued != 6 || i.Returned != 0 || c.paid != 0 {
			t.Errorf("%+v, %d bytes", i, c.paid)
		}
	}
}
