package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	lookEvery = time.Second     // at who has the keys
	slotsRest = 3 * time.Second // after which slots that moved have arrived
)

// watch is a call of Watch.
type watch struct {
	servers   *servers
	patterns  []string
	configure bool
	to        Watcher
	fail      context.CancelCauseFunc

	mu    sync.Mutex
	lines map[string]*line // by the ID of the primary
	away  int              // primaries that cannot be asked, and that no line is for

	last  topology
	moved time.Time // when slots had another owner than before, zero if that was told
}

// Watch implements [Store]. Each primary is listened to on a connection of its own. Who the primaries
// are is asked again and again. A store that cannot be reached when it begins is an error, later it is waited for.
func (s *servers) Watch(ctx context.Context, prefixes []string, configure bool, to Watcher) error {
	ctx, fail := context.WithCancelCause(ctx)
	w := &watch{servers: s, configure: configure, to: to, fail: fail, lines: map[string]*line{}}
	for _, prefix := range outermost(prefixes) {
		w.patterns = append(w.patterns, "__keyspace@"+strconv.Itoa(s.db)+"__:"+literally.Replace(prefix)+"*")
	}
	var lines sync.WaitGroup
	defer lines.Wait()
	defer fail(nil)
	for {
		t, err := s.topology(ctx)
		switch {
		case err == nil:
			w.arrange(ctx, &lines, t)
		case !passes(err) || len(w.lines) == 0:
			return err
		}
		if pause(ctx, lookEvery) != nil {
			return context.Cause(ctx)
		}
	}
}

// outermost returns those of prefixes that begin with no other one: a server tells an event once for each pattern
// that it matches.
func outermost(prefixes []string) (outer []string) {
	for _, prefix := range slices.Sorted(slices.Values(prefixes)) {
		if last := len(outer) - 1; last < 0 || !strings.HasPrefix(prefix, outer[last]) {
			outer = append(outer, prefix)
		}
	}
	return outer
}

// literally writes what stands for itself in a pattern.
var literally = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `^`, `\^`, `-`, `\-`)

// arrange has those listened to that are primaries now, and no others.
func (w *watch) arrange(ctx context.Context, lines *sync.WaitGroup, t topology) {
	is := map[string]bool{}
	started := false
	var over []*line
	w.mu.Lock()
	for _, n := range t.primaries {
		is[n.id] = true
		l := w.lines[n.id]
		if l != nil && l.addr == n.addr {
			continue
		}
		if l != nil {
			over = append(over, l)
		}
		ctx, end := context.WithCancel(ctx)
		l = &line{watch: w, addr: n.addr, end: end, began: time.Now()}
		w.lines[n.id] = l
		started = true
		lines.Go(func() { l.keep(ctx) })
	}
	w.away = 0
	for _, lost := range t.lost {
		if !w.covers(lost.addr) {
			w.away++
		}
	}
	for id, l := range w.lines {
		// Who only cannot be asked may be well: his line knows better.
		if !is[id] && !t.misses(l.addr) {
			over = append(over, l)
			delete(w.lines, id)
		}
	}
	w.mu.Unlock()
	for _, l := range over {
		l.end()
	}
	w.report()
	w.compare(t, started)
}

func (w *watch) covers(addr string) bool {
	for _, l := range w.lines {
		if l.addr == addr {
			return true
		}
	}
	return false
}

// misses tells whether the server at addr is among those that could not be asked.
func (t *topology) misses(addr string) bool {
	for _, l := range t.lost {
		if l.addr == addr {
			return true
		}
	}
	return false
}

// compare finds what nobody tells an event of. A slot that moves key by key is told of; one that changes its owner at
// once is not.
func (w *watch) compare(t topology, started bool) {
	now := time.Now()
	for _, n := range t.primaries {
		before, ok := w.last.find(n.id)
		if !ok || before.runID != n.runID {
			continue // there is another gap for that
		}
		if n.own != before.own && !started {
			w.moved = now
		}
	}
	if !w.moved.IsZero() && now.Sub(w.moved) > slotsRest {
		w.moved = time.Time{}
		w.to.Gap("slots have moved")
	}
	w.last = t
}

// report says how many are heard.
func (w *watch) report() {
	w.mu.Lock()
	primaries, heard, lag := len(w.lines)+w.away, 0, time.Duration(0)
	for _, l := range w.lines {
		if l.heard {
			heard++
		}
		lag = max(lag, l.lag)
	}
	w.mu.Unlock()
	w.to.Heard(primaries, heard, lag)
}
