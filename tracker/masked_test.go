package tracker

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// registryOf has the trackers under the names.
func registryOf(t *testing.T, names ...string) (*Registry, *Caller) {
	t.Helper()
	reg, err := NewRegistry(Config{Width: DefaultWidth}, NewBudget(0))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, err := reg.Create(name, Config{MaxID: worldEnd}); err != nil {
			t.Fatal(err)
		}
	}
	return reg, reg.Caller(nil)
}

// Hand-outs under masks give what a look at each ID finds, each once, lowest first.
func TestHandOut_UnderMasksIsWhatALookAtEachIDFinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 300 {
		reg, c := registryOf(t, "a:", "b:", "c:")
		for _, name := range []string{"a:", "b:", "c:"} {
			from := lay(t, rnd, rnd.IntN(2) == 0)
			to := reg.Get(name)
			for _, id := range worldIDs {
				if from.bits.Test(id) {
					to.bits.Set(id)
				}
			}
			if f := from.flight(); f != nil {
				to.extra().flight.Store(f)
			}
		}
		pick := func() string { return []string{"", "a:", "b:", "c:"}[rnd.IntN(4)] }
		except, only := pick(), pick()
		m, err := c.Mask(except, only)
		if err != nil {
			t.Fatal(err)
		}
		a, claim := reg.Get("a:"), rnd.IntN(2) == 0
		filter := Set
		if claim {
			filter = Unset
		}
		r := randomRange(rnd)
		r.Max = min(r.Max, 1<<18+64)
		var want []uint64
		s := a.Select(filter, m)
		for id := r.Min; id < r.Max && (len(want) < 5000 || id < 1<<18-4096); id++ {
			if s.naive(id) {
				if want = append(want, id); len(want) == 5000 {
					break
				}
			}
		}
		var got []uint64
		selfMasked := except == "a:" || only == "a:"
		for len(got) < len(want) {
			n := min(1+rnd.IntN(300), len(want)-len(got))
			var runs []Run
			if claim {
				if runs, err = c.At("a:").ClaimNextMasked(nil, r, m, n); err != nil {
					t.Fatal(err)
				}
			} else {
				runs = c.At("a:").TakeNextMasked(nil, r, m, n)
			}
			if len(runs) == 0 {
				break
			}
			got = append(got, expand(runs)...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("claim %v except %q only %q (itself %v) of %v: %d IDs, want %d", claim, except, only, selfMasked, r, len(got), len(want))
		}
		for _, id := range got {
			if a.bits.Test(id) != claim {
				t.Fatalf("%d has not been handed out", id)
			}
		}
	}
}

// A mask must be there, and what it passes over altogether makes no prefix.
func TestMask_MustBeThere(t *testing.T) {
	reg, c := registryOf(t, "b:")
	for _, names := range [][2]string{{"x:", ""}, {"", "x:"}, {"b:", "x:"}} {
		if _, err := c.Mask(names[0], names[1]); !errors.Is(err, ErrNoPrefix) || !errors.Is(err, ErrNoMask) {
			t.Errorf("%v: %v", names, err)
		}
	}
	only, err := c.Mask("", "b:")
	if err != nil {
		t.Fatal(err)
	}
	if runs, err := c.At("new:").ClaimNextMasked(nil, Everything, only, 5); len(runs) != 0 || err != nil || reg.Get("new:") != nil {
		t.Errorf("%v, %v, made %v", runs, err, reg.Get("new:") != nil)
	}
	reg.Get("b:").Add(1 << 30)
	if runs, err := c.At("new:").ClaimNextMasked(nil, Everything, only, 5); !slices.Equal(runs, []Run{{Start: 1 << 30, Len: 1}}) || err != nil {
		t.Errorf("%v, %v", runs, err)
	}
	if n := reg.Get("new:").Stats().Claims; n != 1 {
		t.Errorf("%d claims counted", n)
	}
}

// What is behind a place, and has come back meanwhile, is found before the end is said, and
// soon after.
func TestHandOut_FindsWhatHasComeBackBehindItsPlace(t *testing.T) {
	reg, c := registryOf(t, "a:", "b:")
	const n = 1 << 20
	a, b := reg.Get("a:"), reg.Get("b:")
	for wi := uint64(0); wi < n/64; wi++ {
		if _, err := b.bits.ClaimWord(wi, 0x5555555555555555); err != nil {
			t.Fatal(err)
		}
	}
	r := Range{0, n}
	claim := func(n int) []uint64 {
		m, _ := c.Mask("b:", "")
		runs, err := c.At("a:").ClaimNextMasked(nil, r, m, n)
		if err != nil {
			t.Fatal(err)
		}
		return expand(runs)
	}
	claim(n / 4) // far beyond fewWords words
	claim(1)
	if c.place.credit <= 0 {
		t.Fatal("no work is saved")
	}
	a.Remove(1)
	found := 0
	for range n / 64 { // as many as a walk has words
		if id := claim(1)[0]; id == 1 {
			found++
			break
		}
	}
	if found == 0 {
		t.Fatal("what has come back is not found while there is anything else")
	}
	for c.place.credit <= 0 {
		claim(1)
	}
	a.Remove(3)
	rest := claim(n)
	if !slices.Contains(rest, 3) || uint64(a.Count()) != n/2 {
		t.Fatalf("%d claimed of %d", a.Count(), n/2)
	}
	if got := claim(1); len(got) != 0 {
		t.Fatalf("%v is left", got)
	}
}

// A place is that of one mask and one range.
func TestHandOut_HasAPlaceForEachMask(t *testing.T) {
	reg, c := registryOf(t, "a:", "b:", "c:")
	const n = 1 << 20
	for wi := uint64(0); wi < n/64; wi++ {
		if _, err := reg.Get("b:").bits.ClaimWord(wi, 0x5555555555555555); err != nil {
			t.Fatal(err)
		}
	}
	claim := func(except string, r Range, n int) []uint64 {
		m, _ := c.Mask(except, "")
		runs, err := c.At("a:").ClaimNextMasked(nil, r, m, n)
		if err != nil {
			t.Fatal(err)
		}
		return expand(runs)
	}
	place := func() {
		for c.place.credit <= 0 {
			claim("b:", Range{64, n}, 2000)
			claim("b:", Range{64, n}, 1)
		}
	}
	claim("b:", Range{64, n}, n/4)
	place()
	if got := claim("b:", Range{0, n}, 1); got[0] != 1 {
		t.Errorf("another range: %v", got)
	}
	place()
	if got := claim("c:", Range{64, n}, 1); got[0] != 64 {
		t.Errorf("another mask: %v", got)
	}
}

// Claims and takes under masks, beside those without and beside writers of the mask: no ID
// goes to two, and none that is protected all the time to anybody who asks for the mask.
func TestHandOut_UnderMasksBesideOthers(t *testing.T) {
	const n = 1 << 16
	reg, _ := registryOf(t, "a:", "b:")
	b := reg.Get("b:")
	for id := uint64(0); id < n; id += 3 { // protected from the beginning to the end
		b.Add(id)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	owner := make(map[uint64]int)
	r := Range{0, n}
	for w := range 6 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			c := reg.Caller(nil)
			rnd := rand.New(rand.NewPCG(9, uint64(w)))
			var mine []uint64
			for {
				m, err := c.Mask("b:", "")
				if err != nil {
					t.Error(err)
					return
				}
				var runs []Run
				if w%2 == 0 {
					runs, err = c.At("a:").ClaimNextMasked(nil, r, m, 1+rnd.IntN(100))
				} else {
					runs, err = c.At("a:").ClaimNext(nil, Range{n / 2, n}, 1+rnd.IntN(100))
				}
				if err != nil {
					t.Error(err)
					return
				}
				if len(runs) == 0 {
					break
				}
				mine = append(mine, expand(runs)...)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, id := range mine {
				if before, twice := owner[id]; twice {
					t.Errorf("%d went to %d and to %d", id, before, w)
				}
				if owner[id] = w; w%2 == 0 && id%3 == 0 {
					t.Errorf("%d is protected and was handed out", id)
				}
			}
		}()
	}
	wait.Add(1)
	go func() { // what is not protected all the time
		defer wait.Done()
		rnd := rand.New(rand.NewPCG(10, 0))
		for range n {
			if id := rnd.Uint64N(n); id%3 != 0 {
				if !b.Add(id) {
					b.Remove(id)
				}
			}
		}
		for id := range uint64(n) {
			if id%3 != 0 {
				b.Remove(id)
			}
		}
	}()
	wait.Wait()
	c := reg.Caller(nil)
	m, _ := c.Mask("b:", "")
	last, _ := c.At("a:").ClaimNextMasked(nil, r, m, n)
	for _, id := range expand(last) {
		if _, twice := owner[id]; twice {
			t.Errorf("%d was handed out again", id)
		}
		owner[id] = 0
	}
	for id := range uint64(n) {
		if _, gone := owner[id]; !gone && (id%3 != 0 || id >= n/2) {
			t.Fatalf("%d was never handed out", id)
		}
	}
	// The other way round: all but the protected ones are taken.
	wait = sync.WaitGroup{}
	var taken [4][]uint64
	for w := range taken {
		wait.Add(1)
		go func() {
			defer wait.Done()
			c := reg.Caller(nil)
			for {
				m, _ := c.Mask("b:", "")
				runs := c.At("a:").TakeNextMasked(nil, r, m, 77)
				if len(runs) == 0 {
					return
				}
				taken[w] = append(taken[w], expand(runs)...)
			}
		}()
	}
	wait.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(taken[:]...)))
	if len(slices.Compact(slices.Clone(all))) != len(all) {
		t.Error("an ID was taken twice")
	}
	for id := range uint64(n) {
		if reg.Get("a:").Exists(id) != (id%3 == 0 && id >= n/2) {
			t.Fatalf("%d exists: %v", id, reg.Get("a:").Exists(id))
		}
	}
}
