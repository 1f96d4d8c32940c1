package web

import (
	"context"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/tracker"
	dto "github.com/prometheus/client_model/go"
)

// prefixFigures are those of a prefix that has metrics of its own.
type prefixFigures struct {
	name  string // of which all is UTF-8
	bound uint64 // 0 is none
	tracker.Stats
}

// sums are those of all prefixes, and of those that have no metrics of their own.
type sums struct{ all, others total }

// readPrefixes walks over all prefixes, unless that was done a moment ago, and reads
// those with the most IDs anew.
func (s *source) readPrefixes(from *Server) {
	r, _ := from.survey.rank(context.Background(), ranking{by: byCount, limit: from.options.Prefixes}) // a context that does not end
	s.sums = &sums{all: r.all, others: r.all.without(r.sum)}
	s.prefixes = make([]prefixFigures, 0, len(r.names))
	for _, prefix := range r.names {
		if t := from.options.Registry.Get(prefix); t != nil {
			s.prefixes = append(s.prefixes, prefixFigures{nameOf(prefix), t.Config().MaxID, t.Stats()})
		}
	}
	slices.SortFunc(s.prefixes, func(a, b prefixFigures) int { return strings.Compare(a.name, b.name) })
	s.cursors = from.options.Registry.CursorInfos(nil, from.options.Prefixes)
	s.labels = make([][]*dto.LabelPair, len(s.prefixes))
	for i := range s.prefixes {
		s.labels[i] = pairs(&metric{labels: prefixLabels}, s.prefixes[i].name)
	}
}

var prefixLabels = []string{"prefix"}

func prefixMetrics() []metric {
	per := func(name string, kind dto.MetricType, help string, read func(p *prefixFigures) uint64) metric {
		return metric{name: name, kind: kind, labels: prefixLabels, help: help,
			prefixes: func(p *prefixFigures) (float64, bool) { return float64(read(p)), true }}
	}
	bounded := func(name, help string, read func(p *prefixFigures) uint64) metric {
		return metric{name: name, kind: gauge, labels: prefixLabels, help: help,
			prefixes: func(p *prefixFigures) (float64, bool) { return float64(read(p)), p.bound > 0 }}
	}
	return []metric{
		per("prefix_ids", gauge, "IDs of the prefix that exist.", func(p *prefixFigures) uint64 { return p.Count }),
		bounded("prefix_free_ids", "IDs of the prefix that are free, if it has a bound: not existing, and not in flight.", func(p *prefixFigures) uint64 { return p.Free(p.bound) }),
		bounded("prefix_bound_ids", "IDs that the prefix can have, if it has a bound.", func(p *prefixFigures) uint64 { return p.bound }),
		per("prefix_claims_total", counter, "IDs of the prefix that were claimed.", func(p *prefixFigures) uint64 { return p.Claims }),
		per("prefix_takes_total", counter, "IDs of the prefix that were taken.", func(p *prefixFigures) uint64 { return p.Takes }),
		per("prefix_conflicts_total", counter, "Claims of IDs of the prefix that existed.", func(p *prefixFigures) uint64 { return p.Conflicts }),
		per("prefix_out_of_range_total", counter, "IDs at or over the bound that were asked for.", func(p *prefixFigures) uint64 { return p.OutOfRange }),
		per("prefix_leased_ids", gauge, "IDs of the prefix in flight: handed out with a lease and not settled.", func(p *prefixFigures) uint64 { return p.Leased }),
		per("prefix_leases", gauge, "Leases of the prefix that are open.", func(p *prefixFigures) uint64 { return p.Leases }),
		per("prefix_leases_expired_total", counter, "Leases of the prefix that have ended by time.", func(p *prefixFigures) uint64 { return p.Expired }),
		per("prefix_memory_bytes", gauge, "Memory that the prefix takes.", func(p *prefixFigures) uint64 { return p.Memory }),
		{name: "other_prefixes", kind: gauge, help: "Prefixes that have no metrics of their own.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.prefixes)) }},
		{name: "other_prefixes_ids", kind: gauge, help: "IDs of these that exist.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.ids)) }},
		{name: "other_prefixes_memory_bytes", kind: gauge, help: "Memory that these take.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.memory)) }},
		{name: "other_prefixes_leased_ids", kind: gauge, help: "IDs of these in flight.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.leased)) }},
		{name: "other_prefixes_leases", kind: gauge, help: "Leases of these that are open.",
			sums: func(s *sums, emit emit) { emit(float64(s.others.leases)) }},
	}
}
