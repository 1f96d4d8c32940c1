package tracker

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// What a map says is what CountRange says of each cell, and its cells are all of
// the range, once.
func TestMap_IsTheCountOfEachCell(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		config := Config{MaxID: rnd.Uint64N(2) * (1 + rnd.Uint64N(1<<22))}
		tr, err := New("p:", config)
		if err != nil {
			t.Fatal(err)
		}
		for range rnd.IntN(40) {
			from := rnd.Uint64N(1 << (1 + rnd.IntN(23)))
			if _, err := tr.AddRange(Range{from, from + rnd.Uint64N(1<<rnd.IntN(18))}); err != nil {
				t.Fatal(err)
			}
			tr.RemoveRange(Range{from + 3, from + rnd.Uint64N(100)})
		}
		r, cells := Everything, 1+rnd.IntN(300)
		if rnd.IntN(2) == 0 {
			r = Range{rnd.Uint64N(1 << 22), rnd.Uint64N(1 << (1 + rnd.IntN(48)))}
		}
		m := tr.Map(r, cells)
		if len(m.Counts) != cells || m.Total() != tr.CountRange(r) {
			t.Fatalf("%v of %+v: %d cells with %d IDs, want %d with %d", r, config, len(m.Counts), m.Total(), cells, tr.CountRange(r))
		}
		inTurns := tr.BlankMap(make([]uint64, cells), r)
		for piece := range tr.Pieces(r) {
			tr.CountInto(inTurns, piece)
		}
		if !slices.Equal(inTurns.Counts, m.Counts) {
			t.Fatalf("%v of %+v in turns: %v, want %v", r, config, inTurns.Counts, m.Counts)
		}
		next := m.Range.Min
		for i, n := range m.Counts {
			in := m.Within(i)
			if want := tr.CountRange(in); n != want {
				t.Fatalf("%v of %+v: cell %d, %v: %d, want %d", r, config, i, in, n, want)
			}
			if in.Len() > 0 {
				if in.Min != next || in.Len() != m.Cell && in.Max != m.Range.Max {
					t.Fatalf("%v of %+v: cell %d of %d is %v", r, config, i, m.Cell, in)
				}
				next = in.Max
			}
		}
		if next != m.Range.Max {
			t.Fatalf("%v of %+v: the last cell ends at %d, want %d", r, config, next, m.Range.Max)
		}
	}
}

func TestExtent_IsWhatThereIs(t *testing.T) {
	made := func(maxID uint64, ids ...uint64) *Tracker {
		tr, err := New("p:", Config{MaxID: maxID})
		if err != nil {
			t.Fatal(err)
		}
		tr.AddAll(ids)
		return tr
	}
	for name, c := range map[string]struct {
		tracker *Tracker
		cells   int
		want    Map
	}{
		"bounded":           {made(10, 0, 9), 5, Map{Range{0, 10}, 2, []uint64{1, 0, 0, 0, 1}, nil}},
		"a short last cell": {made(9, 0, 8), 5, Map{Range{0, 9}, 2, []uint64{1, 0, 0, 0, 1}, nil}},
		"fewer IDs":         {made(3, 0, 2), 5, Map{Range{0, 3}, 1, []uint64{1, 0, 1, 0, 0}, nil}},
		"cells behind":      {made(6, 0, 5), 4, Map{Range{0, 6}, 2, []uint64{1, 0, 1, 0}, nil}},
		"unbounded":         {made(0, 1, 99), 4, Map{Range{0, 100}, 25, []uint64{1, 0, 0, 1}, nil}},
		"of few":            {made(0, 1), 4, Map{Range{0, 4}, 1, []uint64{0, 1, 0, 0}, nil}},
		"of none":           {made(0), 4, Map{Range{0, 4}, 1, []uint64{0, 0, 0, 0}, nil}},
		"of the largest":    {made(0, MaxID), 2, Map{Everything, Limit / 2, []uint64{0, 1}, nil}},
	} {
		got := c.tracker.Map(c.tracker.Extent(c.cells), c.cells)
		if got.Range != c.want.Range || got.Cell != c.want.Cell || !slices.Equal(got.Counts, c.want.Counts) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestExtent_WithoutIDs(t *testing.T) {
	tr, err := New("p:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	if got := tr.Extent(0); got != (Range{}) {
		t.Errorf("without IDs: %v", got)
	}
	tr.Add(0)
	if got := tr.Extent(0); got != (Range{0, 1}) {
		t.Errorf("of the first: %v", got)
	}
}

func TestMap_OfARange(t *testing.T) {
	bounded, err := New("p:", Config{MaxID: 100})
	if err != nil {
		t.Fatal(err)
	}
	unbounded, err := New("p:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range []*Tracker{bounded, unbounded} {
		tr.AddAll([]uint64{1, 99})
	}
	for name, c := range map[string]struct {
		tracker *Tracker
		r       Range
		want    Map
	}{
		"unbounded":        {unbounded, Range{0, 1 << 40}, Map{Range{0, 1 << 40}, 1 << 39, []uint64{2, 0}, nil}},
		"all there can be": {unbounded, Everything, Map{Everything, Limit / 2, []uint64{2, 0}, nil}},
		"up to the bound":  {bounded, Range{50, 200}, Map{Range{50, 100}, 25, []uint64{0, 1}, nil}},
		"behind the bound": {bounded, Range{150, 200}, Map{Range{150, 150}, 1, []uint64{0, 0}, nil}},
		"backwards":        {bounded, Range{50, 20}, Map{Range{50, 50}, 1, []uint64{0, 0}, nil}},
	} {
		got := c.tracker.Map(c.r, 2)
		if got.Range != c.want.Range || got.Cell != c.want.Cell || !slices.Equal(got.Counts, c.want.Counts) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// A far ID is no reason to go through all that lies before it.
func TestPieces_AreWhereIDsAre(t *testing.T) {
	tr, err := New("p:", Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.AddRange(Range{1 << 30, 1<<30 + 2*pieceLength + 5}); err != nil {
		t.Fatal(err)
	}
	tr.AddAll([]uint64{3, 3 + pieceLength, MaxID})
	var got []Range
	for piece := range tr.Pieces(Everything) {
		got = append(got, piece)
	}
	want := []Range{
		{3, 3 + pieceLength}, {3 + pieceLength, 3 + 2*pieceLength},
		{1 << 30, 1<<30 + pieceLength}, {1<<30 + pieceLength, 1<<30 + 2*pieceLength}, {1<<30 + 2*pieceLength, 1<<30 + 3*pieceLength},
		{MaxID, Limit},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
