package web

import (
	"context"
	"net/url"
)

// leasesQuery is some of the leases of a prefix.
type leasesQuery struct {
	prefix string
	limit  uint64
}

const mostLeases = 200

func readLeases(values url.Values) (query, error) {
	prefix, err := prefixOf(values)
	if err != nil {
		return nil, err
	}
	limit, err := number(values, "limit", 0, mostLeases, 50)
	return leasesQuery{prefix, limit}, err
}

func (leasesQuery) event() string { return "leases" }

type leasesObject struct {
	Now    float64       `json:"now"`
	Prefix string        `json:"prefix"`
	ID     string        `json:"id"`
	Leased uint64        `json:"leased"`
	Open   uint64        `json:"open"`
	Leases []leaseObject `json:"leases"`
}

type leaseObject struct {
	Token       string  `json:"token"`
	Kind        string  `json:"kind"`
	Outstanding uint64  `json:"outstanding"`
	TTL         float64 `json:"ttl_seconds"`
	Age         float64 `json:"age_seconds"`
	Client      uint64  `json:"client"`
	Name        string  `json:"name"`
}

func (q leasesQuery) object(_ context.Context, s *Server, _ *view) (any, error) {
	t, err := s.tracker(q.prefix)
	if err != nil {
		return nil, err
	}
	stats := t.Stats()
	object := &leasesObject{now(), nameOf(q.prefix), idOf(q.prefix), stats.Leased, stats.Leases, []leaseObject{}}
	for _, l := range t.Leases(nil, int(q.limit)) {
		object.Leases = append(object.Leases, leaseObject{l.Token, l.Kind.String(), l.Outstanding, millis(l.TTL.Seconds()), millis(l.Age.Seconds()), l.Client, nameOf(l.Name)})
	}
	return object, nil
}
