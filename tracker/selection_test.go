package tracker

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A small world for selections: IDs in each kind of home that bitmaps have, and as
// many neighbours as make whole words and groups.
var worldIDs = func() (ids []uint64) {
	for _, start := range []uint64{0, 4096 - 128, 1<<18 - 4096, 1<<24 - 192, 1<<30 - 64, 1<<36 + 5} {
		n := uint64(384)
		if start == 1<<18-4096 {
			n = 4096 + 256
		}
		for id := start; id < start+n; id++ {
			ids = append(ids, id)
		}
	}
	return ids
}()

const worldEnd = 1<<36 + 1000

// lay puts IDs under a tracker, in one of the ways that IDs lie.
func lay(t *testing.T, rnd *rand.Rand, aloft bool) *Tracker {
	t.Helper()
	tr, err := New("p", Config{MaxID: worldEnd})
	if err != nil {
		t.Fatal(err)
	}
	way, bit := rnd.IntN(7), rnd.Uint64()%2
	dense := rnd.Float64()
	for i, id := range worldIDs {
		var there bool
		switch way {
		case 0: // nothing
		case 1:
			there = true
		case 2: // every other ID
			there = id%2 == bit
		case 3: // every other word
			there = id/64%2 == bit
		case 4: // few
			there = i%701 == int(bit)
		case 5: // all but few
			there = i%701 != int(bit)
		default:
			there = rnd.Float64() < dense
		}
		if there {
			tr.Add(id)
		}
	}
	if aloft {
		f := new(flight)
		tr.extra().flight.Store(f)
		way, dense := rnd.IntN(4), rnd.Float64()
		for _, id := range worldIDs {
			if tr.bits.Test(id) && (way == 0 || way == 1 && id/64%2 == 0 || way > 1 && rnd.Float64() < dense) {
				f.bits.Set(id)
			}
		}
	}
	return tr
}

// exists, free and so on say it without a Selection.
func (t *Tracker) aloftNaive(id uint64) bool { f := t.flight(); return f != nil && f.bits.Test(id) }
func (t *Tracker) existsNaive(id uint64) bool {
	return t.bits.Test(id) && !t.aloftNaive(id)
}

func (s *Selection) naive(id uint64) bool {
	t := s.tracker
	switch {
	case s.filter == Held && !t.bits.Test(id), s.filter == Set && !t.existsNaive(id), s.filter == Unset && t.bits.Test(id), s.filter == All && t.aloftNaive(id):
		return false
	case s.mask.except != nil && s.mask.except.existsNaive(id), s.mask.only != nil && !s.mask.only.existsNaive(id):
		return false
	}
	return true
}

func randomSelection(t *testing.T, rnd *rand.Rand) Selection {
	tr := lay(t, rnd, rnd.IntN(2) == 0)
	m := new(masking)
	of := func() *Tracker {
		switch rnd.IntN(4) {
		case 0:
			return nil
		case 1:
			return tr
		default:
			return lay(t, rnd, rnd.IntN(2) == 0)
		}
	}
	m.except, m.only = of(), of()
	return tr.Select([...]Filter{All, Set, Unset, Held}[rnd.IntN(4)], Mask{m})
}

func randomRange(rnd *rand.Rand) Range {
	pick := func() uint64 { return worldIDs[rnd.IntN(len(worldIDs))] }
	a, b := pick(), pick()
	if rnd.IntN(3) == 0 {
		a = 0
	}
	if rnd.IntN(3) == 0 {
		b = worldEnd
	}
	return Range{min(a, b), max(a, b)}
}

// naiveIDs are the wanted IDs of the world in r: those outside of it are all alike.
func naiveIDs(s Selection, r Range) (ids []uint64) {
	for _, id := range worldIDs {
		if id >= r.Min && id < r.Max && s.naive(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s Selection) String() string {
	name := func(t *Tracker) string {
		switch t {
		case nil:
			return "-"
		case s.tracker:
			return "itself"
		}
		return fmt.Sprintf("another(flight %v)", t.flight() != nil)
	}
	return fmt.Sprintf("filter %d flight %v except %s only %s", s.filter, s.tracker.flight() != nil, name(s.mask.except), name(s.mask.only))
}

func expand(runs []Run) (ids []uint64) {
	for _, r := range runs {
		for id := r.Start; id < r.Start+r.Len; id++ {
			ids = append(ids, id)
		}
	}
	return ids
}

// Whatever lies under the prefixes and is in flight under them, a selection reads what
// a look at each ID finds.
func TestSelection_ReadsWhatALookAtEachIDFinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		s, r := randomSelection(t, rnd), randomRange(rnd)
		want := naiveIDs(s, r)
		nowhere := s
		free := nowhere.naive(1 << 35) // where no bitmap has memory
		if free {
			r.Max = min(r.Max, 1<<18+64)
			want = naiveIDs(s, r)
		}
		for _, id := range worldIDs[:500] {
			if s.Has(id) != s.naive(id) {
				t.Fatalf("%v: has(%d) = %v", s, id, !s.naive(id))
			}
		}
		if free {
			n := uint64(0)
			for id := r.Min; id < r.Max; id++ {
				if s.naive(id) {
					n++
				}
			}
			if got := s.Count(r); got != n {
				t.Fatalf("%v: count(%v) = %d, want %d", s, r, got, n)
			}
			continue
		}
		if got := s.Count(r); got != uint64(len(want)) {
			t.Fatalf("%v: count(%v) = %d, want %d", s, r, got, len(want))
		}
		first, ok := s.first(r.Min, r.Max)
		if ok != (len(want) > 0) || ok && first != want[0] {
			t.Fatalf("%v: first(%v) = %d, %v, want %v", s, r, first, ok, want[:min(1, len(want))])
		}
		var runs []Run
		for from := r.Min; from < r.Max; {
			runs, from = s.append(runs, from, r.Max, 1+rnd.IntN(200))
		}
		if got := expand(runs); !slices.Equal(got, want) {
			t.Fatalf("%v: append(%v) has %d IDs, want %d", s, r, len(got), len(want))
		}
	}
}
