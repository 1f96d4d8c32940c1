package web

import (
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// survey walks over all prefixes, for all who want to know what can be known so alone:
// which are the largest, how many match, how many IDs there are.
type survey struct {
	registry *tracker.Registry

	mu       sync.Mutex // held by who walks
	rankings map[ranking]*ranked
	totals   totals
}

// ranked is what is known of a ranking.
type ranked struct {
	found
	at, used time.Time
}

// totals are those over all prefixes.
type totals struct {
	at          time.Time
	took        time.Duration
	prefixes    int
	ids, memory uint64
}

func newSurvey(registry *tracker.Registry) *survey {
	return &survey{registry: registry, rankings: make(map[ranking]*ranked)}
}

// rank returns what was found when last somebody looked, which is not long ago.
func (s *survey) rank(r ranking) ranked {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.rankings[r]
	if k == nil {
		k = new(ranked)
		s.rankings[r] = k
	}
	k.used = time.Now()
	if k.at.IsZero() || s.due() {
		s.walk()
	}
	return *k
}

// sum returns the totals.
func (s *survey) sum() totals {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.due() {
		s.walk()
	}
	return s.totals
}

func (s *survey) due() bool {
	return time.Since(s.totals.at) >= max(streamedAge, share*s.totals.took)
}

// share is how small a part of a processor's time is for what walks over much: one of so
// many.
const share = 50

// walk looks at all prefixes, for all rankings.
func (s *survey) walk() {
	began := time.Now()
	searches := make(map[*ranked]*search)
	for r, k := range s.rankings {
		if began.Sub(k.used) > viewLife {
			delete(s.rankings, r)
		} else {
			searches[k] = r.search()
		}
	}
	sum := totals{}
	for t := range s.registry.Each() {
		stats := t.Stats()
		sum.prefixes++
		sum.ids += stats.Count
		sum.memory += stats.Memory
		for _, search := range searches {
			search.offer(t, &stats)
		}
	}
	sum.at = time.Now()
	sum.took = sum.at.Sub(began)
	for k, search := range searches {
		k.found, k.at = search.found(), sum.at
	}
	s.totals = sum
}

// totals are those of all prefixes; none while they are loading.
func (s *Server) totals() totals {
	if s.loading() {
		return totals{}
	}
	return s.survey.sum()
}
