package web

import (
	"fmt"
	"net/url"
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
	prefix := values.Get("prefix")
	if prefix == "" || len(prefix) > tracker.MaxPrefixLen {
		return nil, badQuery{"prefix", fmt.Sprintf("1 to %d bytes, escaped as id is", tracker.MaxPrefixLen)}
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
	Min    uint64    `json:"min"`
	Max    uint64    `json:"max"`
	Cell   uint64    `json:"cell"`
	Count  uint64    `json:"count"`
	Cells  []uint64  `json:"cells"`
}

// picture is a map as it was when it was drawn.
type picture struct {
	at       time.Time
	took     time.Duration
	min, max uint64
	cell     uint64
	cells    []uint64
}

func (q mapQuery) object(s *Server, v *view) (any, error) {
	if s.loading() {
		return nil, notReady(s.unready(time.Second))
	}
	t := s.options.Registry.Get(q.prefix)
	if t == nil {
		return nil, errNoPrefix
	}
	p := &v.map_
	p.draw(t, q)
	o := &mapObject{Now: now(), Prefix: nameOf(q.prefix), ID: idOf(q.prefix), Row: rowOf(t), Min: p.min, Max: p.max, Cell: p.cell, Cells: p.cells}
	for _, n := range p.cells {
		o.Count += n
	}
	return o, nil
}

func (p *picture) draw(t *tracker.Tracker, q mapQuery) {
	p.min, p.max = q.min, q.max
	if bound := t.Config().MaxID; bound > 0 && (p.max == 0 || p.max > bound) {
		p.max = bound
	} else if p.max == 0 {
		p.max = max(t.Capacity(), uint64(q.cells))
	}
	p.max = max(p.max, p.min)
	p.cell = max((p.max-p.min+uint64(q.cells)-1)/uint64(q.cells), 1)
	p.cells = p.cells[:0]
	for from := p.min; from < p.max; from += p.cell {
		p.cells = append(p.cells, t.CountRange(tracker.Range{Min: from, Max: min(from+p.cell, p.max)}))
	}
	p.at = time.Now()
}
