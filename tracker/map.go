package tracker

import "github.com/prefixtracker/prefixtracker/bitmap"

// Map is how the existing IDs of a range lie: Counts[i] is how many there are of
// those from Range.Min + i*Cell on, Cell of them or as many as the range has left.
// A cell behind its end has none.
type Map struct {
	Range  Range
	Cell   uint64 // IDs in a cell, 1 or more
	Counts []uint64
	// Flight is how many are in flight, in the same way; nil where nobody wants to know.
	Flight []uint64
}

// Extent returns the range of all IDs of the tracker: up to its bound or, without
// one, up to the largest ID there is, but of so many IDs at least.
func (t *Tracker) Extent(least int) Range {
	if t.maxID != 0 {
		return Range{0, t.maxID}
	}
	end := uint64(least)
	if last, ok := t.Last(); ok {
		end = max(end, last+1)
	}
	return Range{0, end}
}

// BlankMap returns a map of r, clipped to the bound, in as many equal cells as
// counts has room for, one at least. It uses counts, and nothing is counted yet.
func (t *Tracker) BlankMap(counts []uint64, r Range) Map {
	r = t.Clip(r)
	r.Max = max(r.Max, r.Min)
	clear(counts)
	n := uint64(len(counts))
	return Map{Range: r, Cell: max(1, (r.Len()+n-1)/n), Counts: counts}
}

// Map returns the map of r in so many equal cells, as BlankMap and CountInto make
// it. While nothing changes its counts add up to CountRange of r.
func (t *Tracker) Map(r Range, cells int) Map {
	m := t.BlankMap(make([]uint64, cells), r)
	t.CountInto(m, m.Range)
	return m
}

// CountInto adds to m the existing IDs of r, and those in flight, a part of its range: who has little
// time at once counts part by part. It reads a word at most once, and none where
// all IDs are known to be there, or none.
func (t *Tracker) CountInto(m Map, r Range) {
	r.Min, r.Max = max(r.Min, m.Range.Min), min(r.Max, m.Range.Max)
	t.countCells(bitmap.Cells{Min: m.Range.Min, Size: m.Cell, Counts: m.Counts}, m.Flight, r)
}

// Total returns how many IDs were counted.
func (m Map) Total() (n uint64) {
	for _, c := range m.Counts {
		n += c
	}
	return n
}

// Within returns the IDs of cell i, none for a cell behind the end of the range.
func (m Map) Within(i int) Range {
	from := m.Range.Min + uint64(i)*m.Cell
	return Range{min(from, m.Range.Max), min(from+m.Cell, m.Range.Max)}
}
