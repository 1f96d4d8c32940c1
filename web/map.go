package web

import (
	"context"
	"net/url"
	"runtime"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// mapQuery is where the IDs of a prefix lie.
type mapQuery struct {
	prefix   string
	cells    int
	min, max uint64 // a max of 0 is the end
}

const mostCells = 4096

func readMap(values url.Values) (query, error) {
	prefix, err := prefixOf(values)
	if err != nil {
		return nil, err
	}
	cells, err := number(values, "cells", 1, mostCells, 256)
	if err != nil {
		return nil, err
	}
	first, err := number(values, "min", 0, tracker.Limit, 0)
	if err != nil {
		return nil, err
	}
	end, err := number(values, "max", 0, tracker.Limit, 0)
	if err != nil {
		return nil, err
	}
	if end > 0 && end <= first {
		return nil, badQuery{"max", "larger than min"}
	}
	return mapQuery{prefix, int(cells), first, end}, nil
}

func (mapQuery) event() string { return "map" }

type mapObject struct {
	Now    float64   `json:"now"`
	Prefix string    `json:"prefix"`
	ID     string    `json:"id"`
	Row    rowObject `json:"row"`
	Extent uint64    `json:"extent"` // behind all IDs: the bound, or the largest one
	Min    uint64    `json:"min"`
	Max    uint64    `json:"max"`
	Cell   uint64    `json:"cell"`
	Count  uint64    `json:"count"`
	Cells  []uint64  `json:"cells"`
	Flight []uint64  `json:"flight,omitempty"` // if any of them are in flight
}

// picture is a map as it was when it was drawn.
type picture struct {
	tracker.Map
	at   time.Time
	took time.Duration
}

func (q mapQuery) object(ctx context.Context, s *Server, v *view) (any, error) {
	t, err := s.tracker(q.prefix)
	if err != nil {
		if err == errNoPrefix {
			v.picture = picture{}
		}
		return nil, err
	}
	p := &v.picture
	if p.at.IsZero() {
		if err := s.pace.first(ctx, func() { p.draw(t, q) }); err != nil {
			return nil, err
		}
	} else {
		s.pace.again(p.at, p.took, func() { p.draw(t, q) })
	}
	cells := (p.Range.Len() + p.Cell - 1) / p.Cell // the others lie behind the end
	object := &mapObject{
		Now: now(), Prefix: nameOf(q.prefix), ID: idOf(q.prefix), Row: rowOf(t), Extent: t.Extent(0).Max,
		Min: p.Range.Min, Max: p.Range.Max, Cell: p.Cell, Count: p.Total(), Cells: p.Counts[:cells],
	}
	if slices.Max(p.Flight) > 0 {
		object.Flight = p.Flight[:cells]
	}
	return object, nil
}

func (p *picture) draw(t *tracker.Tracker, q mapQuery) {
	began := time.Now()
	r := tracker.Range{Min: q.min, Max: q.max}
	if q.max == 0 {
		r.Max = t.Extent(q.cells).Max
	}
	p.Map = t.BlankMap(make([]uint64, q.cells), r)
	p.Flight = make([]uint64, q.cells)
	for piece := range t.Pieces(p.Range) {
		t.CountInto(p.Map, piece)
		runtime.Gosched() // others get the processor
	}
	p.at = time.Now()
	p.took = p.at.Sub(began)
}
