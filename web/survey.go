package web

import (
	"context"
	"maps"
	"runtime"
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// survey walks over all prefixes, for all who want to know what can be known so alone:
// which are the largest, how many match, how many IDs there are.
type survey struct {
	registry *tracker.Registry
	pace     *pace

	mu    sync.Mutex
	known map[ranking]*ranked
	at    time.Time // when somebody has walked for all of them
	took  time.Duration
}

// ranked is what is known of a ranking.
type ranked struct {
	found
	all  total // over all prefixes
	at   time.Time
	used time.Time
}

// total is what prefixes come to.
type total struct {
	prefixes       int
	ids, memory    uint64
	leased, leases uint64
}

func (t *total) add(stats *tracker.Stats) {
	*t = t.with(total{1, stats.Count, stats.Memory, stats.Leased, stats.Leases})
}

// with is both together.
func (t total) with(other total) total {
	return total{t.prefixes + other.prefixes, t.ids + other.ids, t.memory + other.memory, t.leased + other.leased, t.leases + other.leases}
}

// without is what is left without part.
func (t total) without(part total) total {
	return total{t.prefixes - part.prefixes, t.ids - part.ids, t.memory - part.memory, t.leased - part.leased, t.leases - part.leases}
}

func newSurvey(registry *tracker.Registry, pace *pace) *survey {
	return &survey{registry: registry, pace: pace, known: make(map[ranking]*ranked)}
}

// everything is the ranking of who wants to know the totals alone. It is not forgotten: so
// only the very first who looks at a server waits for it.
var everything = ranking{by: byCount}

// rank returns what was found when last somebody walked, which is not long ago.
func (s *survey) rank(ctx context.Context, r ranking) (ranked, error) {
	for { // what another's walk has forgotten meanwhile is found out anew
		known, at, took := s.ask(r)
		if known != nil {
			s.pace.again(at, took, s.walkAgain)
		} else if err := s.pace.first(ctx, func() { s.walk([]ranking{r}) }); err != nil {
			return ranked{}, err
		}
		if known, _, _ = s.ask(r); known != nil {
			return *known, nil
		}
	}
}

// ask returns what is known of a ranking, nil for nothing, and when somebody walked last
// for all that are known, and how long that took. Who asks wants it to be known.
func (s *survey) ask(r ranking) (known *ranked, at time.Time, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.known[r]; k != nil {
		k.used = time.Now()
		copied := *k
		known = &copied
	}
	return known, s.at, s.took
}

// walkAgain walks for all who follow, as often as it takes to have little in memory at a
// time.
func (s *survey) walkAgain() {
	began := time.Now()
	var some []ranking
	deep := 0
	for _, r := range s.wanted() {
		if deep > 0 && deep+r.depth() > deepest {
			s.walk(some)
			some, deep = some[:0], 0
		}
		some, deep = append(some, r), deep+r.depth()
	}
	s.walk(some)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.at = time.Now()
	s.took = s.at.Sub(began)
}

// deepest is how many of the first of all orders together are looked for in one walk.
const deepest = 2 * lastRow

// wanted are the rankings that somebody has looked at lately. The others are forgotten.
func (s *survey) wanted() []ranking {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	maps.DeleteFunc(s.known, func(r ranking, k *ranked) bool { return r != everything && now.Sub(k.used) > viewLife })
	wanted := make([]ranking, 0, len(s.known))
	for r := range s.known {
		wanted = append(wanted, r)
	}
	return wanted
}

// breath is how many prefixes are looked at before others get the processor.
const breath = 1024

// walk looks at all prefixes, for some rankings. It holds no lock meanwhile.
func (s *survey) walk(rankings []ranking) {
	searches := make([]*search, len(rankings))
	for i, r := range rankings {
		searches[i] = r.search()
	}
	var all total
	for t := range s.registry.Each() {
		stats := t.Stats()
		all.add(&stats)
		for _, search := range searches {
			search.offer(t, &stats)
		}
		if all.prefixes%breath == 0 {
			runtime.Gosched()
		}
	}
	results := make([]found, len(searches))
	for i, search := range searches {
		results[i] = search.found()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for i, r := range rankings {
		k := s.known[r]
		if k == nil {
			s.makeRoom()
			k = &ranked{used: now}
			s.known[r] = k
		}
		k.found, k.all, k.at = results[i], all, now
	}
}

// makeRoom forgets some ranking if there are too many. s.mu is held.
func (s *survey) makeRoom() {
	for r := range s.known {
		if len(s.known) < mostRankings {
			return
		}
		if r != everything {
			delete(s.known, r)
		}
	}
}

const mostRankings = 1024
