package web

import (
	"github.com/prefixtracker/prefixtracker/tracker"
)

// prefixFigures are those of a prefix that has metrics of its own.
type prefixFigures struct {
	name  string // of which all is UTF-8
	bound uint64 // 0 is none
	tracker.Stats
}

// sums are those of all prefixes, and of those that have no metrics of their own.
type sums struct{ all, others total }

// prefixSums walks over all prefixes, unless that was done a moment ago, and reads those
// with the most IDs anew.
func (s *Server) prefixSums() (*sums, []prefixFigures) {
	r := s.survey.rank(ranking{by: byCount, limit: s.options.Prefixes})
	list := make([]prefixFigures, 0, len(r.prefixes))
	for _, prefix := range r.prefixes {
		if t := s.options.Registry.Get(prefix); t != nil {
			list = append(list, prefixFigures{nameOf(prefix), t.Config().MaxID, t.Stats()})
		}
	}
	return &sums{all: r.all, others: r.all.without(r.total)}, list
}

func prefixMetrics() []metric {
	per := func(name string, kind valueKind, help string, read func(p *prefixFigures) float64) metric {
		return metric{name: name, kind: kind, labels: []string{"prefix"}, help: help,
			prefixes: func(p *prefixFigures, emit emit) { emit(read(p), p.name) }}
	}
	bounded := func(name, help string, read func(p *prefixFigures) uint64) metric {
		return metric{name: name, kind: gauge, labels: []string{"prefix"}, help: help, prefixes: func(p *prefixFigures, emit emit) {
			if p.bound > 0 {
				emit(float64(read(p)), p.name)
			}
		}}
	}
	return []metric{
		per("prefix_ids", gauge, "IDs of the prefix that exist.", func(p *prefixFigures) float64 { return float64(p.Count) }),
		bounded("prefix_free_ids", "IDs of the prefix that are free, if it has a bound.", func(p *prefixFigures) uint64 { return p.bound - min(p.Count, p.bound) }),
		bounded("prefix_bound_ids", "IDs that the prefix can have, if it has a bound.", func(p *prefixFigures) uint64 { return p.bound }),
		per("prefix_claims_total", counter, "IDs of the prefix that were claimed.", func(p *prefixFigures) float64 { return float64(p.Claims) }),
		per("prefix_conflicts_total", counter, "Claims of IDs of the prefix that existed.", func(p *prefixFigures) float64 { return float64(p.Conflicts) }),
		per("prefix_out_of_range_total", counter, "IDs at or over the bound that were asked for.", func(p *prefixFigures) float64 { return float64(p.OutOfRange) }),
		per("prefix_memory_bytes", gauge, "Memory that the prefix takes.", func(p *prefixFigures) float64 { return float64(p.Memory) }),
		{name: "other_prefixes", kind: gauge, help: "Prefixes that have no metrics of their own.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.prefixes)) }},
		{name: "other_prefixes_ids", kind: gauge, help: "IDs of these that exist.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.ids)) }},
		{name: "other_prefixes_memory_bytes", kind: gauge, help: "Memory that these take.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.memory)) }},
	}
}
