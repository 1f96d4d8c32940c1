package web

import (
	"encoding/json"
	"sync"
	"time"
)

const (
	// tick is how often a stream tells, and streamedAge how old that may be: a little
	// less, so that no tick is without news.
	tick        = time.Second
	streamedAge = tick * 9 / 10
	// askedAge is how old an answer may be that somebody asks for.
	askedAge = 100 * time.Millisecond
	// viewLife is how long a view is kept that nobody asks for, and mostViews how many
	// there are.
	viewLife  = 10 * time.Second
	mostViews = 1024
)

// view is what all see who ask the same.
type view struct {
	query query

	mu   sync.Mutex
	at   time.Time
	text []byte
	err  error
	map_ picture

	used time.Time // under the lock of views
}

// json returns the object as it was at most so long ago.
func (v *view) json(s *Server, age time.Duration) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.at.IsZero() || time.Since(v.at) > age {
		v.text = nil
		var object any
		if object, v.err = v.query.object(s, v); v.err == nil {
			v.text, v.err = json.Marshal(object)
		}
		v.at = time.Now()
	}
	return v.text, v.err
}

// views are those that somebody has asked for lately.
type views struct {
	mu    sync.Mutex
	of    map[query]*view
	swept time.Time
}

// get returns the view of a query.
func (vs *views) get(q query) *view {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	now := time.Now()
	if now.Sub(vs.swept) > tick || len(vs.of) >= mostViews {
		vs.sweep(now)
	}
	v := vs.of[q]
	if v == nil {
		v = &view{query: q}
		if vs.of == nil {
			vs.of = make(map[query]*view)
		}
		vs.of[q] = v
	}
	v.used = now
	return v
}

// sweep forgets what nobody asks for any more, and some more if there is too much.
func (vs *views) sweep(now time.Time) {
	vs.swept = now
	for q, v := range vs.of {
		if now.Sub(v.used) > viewLife || len(vs.of) >= mostViews {
			delete(vs.of, q)
		}
	}
}
