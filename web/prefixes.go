package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// prefixesQuery is a part of the prefixes in some order.
type prefixesQuery struct{ ranking }

const (
	mostRows = 200    // at a time
	lastRow  = 10_000 // of an order: what is behind is to be searched for
)

func readPrefixes(values url.Values) (query, error) {
	limit, err := number(values, "limit", 0, mostRows, 50)
	if err != nil {
		return nil, err
	}
	offset, err := number(values, "offset", 0, lastRow-limit, 0)
	if err != nil {
		return nil, badQuery{"offset", fmt.Sprintf("a number such that offset and limit are %d at most together", lastRow)}
	}
	by := order(values.Get("sort"))
	if by == "" {
		by = byCount
	}
	if !slices.Contains(orders, by) {
		return nil, badQuery{"sort", "count, name, memory, claims or full"}
	}
	match := values.Get("match")
	if len(match) > tracker.MaxPrefixLen {
		return nil, badQuery{"match", fmt.Sprintf("%d bytes at most", tracker.MaxPrefixLen)}
	}
	return prefixesQuery{ranking{match, by, int(offset), int(limit)}}, nil
}

func (prefixesQuery) event() string { return "prefixes" }

type prefixesObject struct {
	Now      float64     `json:"now"`
	Total    int         `json:"total"`
	Matched  int         `json:"matched"`
	Offset   int         `json:"offset"`
	Surveyed float64     `json:"surveyed_ago_seconds"`
	Prefixes []rowObject `json:"prefixes"`
}

type rowObject struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	MaxID      *uint64 `json:"max_id"`
	Width      int     `json:"width"`
	Tag        string  `json:"tag"`
	Count      uint64  `json:"count"`
	Free       *uint64 `json:"free"`
	Capacity   uint64  `json:"capacity"`
	Memory     uint64  `json:"memory_bytes"`
	Claims     uint64  `json:"claims"`
	Takes      uint64  `json:"takes"`
	Conflicts  uint64  `json:"conflicts"`
	OutOfRange uint64  `json:"out_of_range"`
	Leased     uint64  `json:"leased"`
	Leases     uint64  `json:"leases"`
	Expired    uint64  `json:"leases_expired"`
	CreatedAt  int64   `json:"created_at"`
	Deleter    bool    `json:"deleter"`
}

func (q prefixesQuery) object(ctx context.Context, s *Server, _ *view) (any, error) {
	if s.options.Loading() {
		return &prefixesObject{Now: now(), Offset: q.offset, Prefixes: []rowObject{}}, nil
	}
	found, err := s.survey.rank(ctx, q.ranking)
	if err != nil {
		return nil, err
	}
	rows := make([]rowObject, 0, len(found.names))
	for _, prefix := range found.names {
		if t := s.options.Registry.Get(prefix); t != nil {
			rows = append(rows, rowOf(t))
		}
	}
	return &prefixesObject{now(), s.options.Registry.Len(), found.matched, q.offset, millis(time.Since(found.at).Seconds()), rows}, nil
}

func rowOf(t *tracker.Tracker) rowObject {
	config, stats := t.Config(), t.Stats()
	row := rowObject{
		ID: idOf(t.Prefix()), Name: nameOf(t.Prefix()), Width: config.Width, Tag: nameOf(config.Tag), Count: stats.Count, Capacity: stats.Capacity,
		Memory: stats.Memory, Claims: stats.Claims, Takes: stats.Takes, Conflicts: stats.Conflicts, OutOfRange: stats.OutOfRange,
		Leased: stats.Leased, Leases: stats.Leases, Expired: stats.Expired, CreatedAt: t.Created().Unix(), Deleter: t.Deleting(),
	}
	if config.MaxID > 0 {
		free := stats.Free(config.MaxID)
		row.MaxID, row.Free = &config.MaxID, &free
	}
	return row
}
