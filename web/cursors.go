package web

import (
	"context"
	"net/url"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// cursorsQuery is some of the shared cursors of a prefix, or of all for "".
type cursorsQuery struct {
	prefix string
	limit  uint64
}

const mostCursors = 200

func readCursors(values url.Values) (query, error) {
	q := cursorsQuery{}
	var err error
	if values.Get("prefix") != "" {
		if q.prefix, err = prefixOf(values); err != nil {
			return nil, err
		}
	}
	q.limit, err = number(values, "limit", 0, mostCursors, 50)
	return q, err
}

func (cursorsQuery) event() string { return "cursors" }

type cursorsObject struct {
	Now     float64        `json:"now"`
	Open    int            `json:"open"`
	Cursors []cursorObject `json:"cursors"`
}

type cursorObject struct {
	Name        string  `json:"name"`
	Prefix      string  `json:"prefix"`
	ID          string  `json:"id"`
	Filter      string  `json:"filter"`
	Min         uint64  `json:"min"`
	Max         uint64  `json:"max"`
	Random      bool    `json:"random"`
	Limit       uint64  `json:"limit"`
	Loop        bool    `json:"loop"`
	Except      string  `json:"except"`
	Only        string  `json:"only"`
	Position    uint64  `json:"position"`
	Progress    float64 `json:"progress"`
	Issued      uint64  `json:"issued"`
	Outstanding uint64  `json:"outstanding"`
	Returned    uint64  `json:"returned"`
	Loops       uint64  `json:"loops"`
}

func (q cursorsQuery) object(_ context.Context, s *Server, _ *view) (any, error) {
	var of *tracker.Tracker
	err := s.loaded()
	if q.prefix != "" {
		of, err = s.tracker(q.prefix)
	}
	if err != nil {
		return nil, err
	}
	registry := s.options.Registry
	object := &cursorsObject{now(), registry.CountCursors(of), []cursorObject{}}
	for _, c := range registry.CursorInfos(of, int(q.limit)) {
		p, prefix := &c.Pass, c.Tracker.Prefix()
		object.Cursors = append(object.Cursors, cursorObject{
			nameOf(c.Name), nameOf(prefix), idOf(prefix), p.Filter.String(), p.Range.Min, p.Range.Max, p.Random, p.Limit, p.Loop, nameOf(p.Except), nameOf(p.Only),
			c.Position, c.Progress(), c.Issued, c.Outstanding, c.Returned, c.Loops,
		})
	}
	return object, nil
}
