package web

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

const (
	// tick is how often a stream tells, and streamedAge how old that may be: a little
	// less, so that no tick is without news.
	tick        = time.Second
	streamedAge = tick * 9 / 10
	// askedAge is how old figures may be that somebody asks for.
	askedAge = 100 * time.Millisecond
	// viewLife is how long a view is kept that nobody asks for.
	viewLife = 10 * time.Second
	// viewsOfConnection is how many there are for each connection that there may be.
	viewsOfConnection = 6
)

// view is what all see who ask the same.
type view struct {
	query query
	turn  turn // of who reads it

	// Of who has the turn:
	picture picture // of a map
	at      time.Time
	text    []byte // for those who follow
	err     error

	used time.Time // under the lock of views
}

// read returns the object as JSON, for one who asks.
func (v *view) read(ctx context.Context, s *Server) ([]byte, error) {
	if err := v.turn.take(ctx); err != nil {
		return nil, err
	}
	defer v.turn.give()
	object, err := v.query.object(ctx, s, v)
	if err != nil {
		return nil, err
	}
	return json.Marshal(object)
}

// follow returns it as it was a moment ago, the same for all who follow.
func (v *view) follow(ctx context.Context, s *Server) ([]byte, error) {
	if err := v.turn.take(ctx); err != nil {
		return nil, err
	}
	defer v.turn.give()
	if !v.at.IsZero() && time.Since(v.at) < streamedAge {
		return v.text, v.err
	}
	object, err := v.query.object(ctx, s, v)
	if ctx.Err() != nil { // who has asked has gone: that says nothing to others
		return nil, ctx.Err()
	}
	v.text = nil
	if err == nil {
		v.text, err = json.Marshal(object)
	}
	v.err, v.at = err, time.Now()
	return v.text, v.err
}

// views are those that somebody has asked for lately.
type views struct {
	pace  *pace
	most  int
	mu    sync.Mutex
	of    map[query]*view
	swept time.Time
}

// get returns the view of a query.
func (vs *views) get(q query) *view {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	now := time.Now()
	if now.Sub(vs.swept) > tick || len(vs.of) >= vs.most {
		vs.sweep(now)
	}
	v := vs.of[q]
	if v == nil {
		v = &view{query: q, turn: newTurn()}
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
	walks := int64(1) // over all prefixes
	for q, v := range vs.of {
		if now.Sub(v.used) > viewLife || len(vs.of) >= vs.most {
			delete(vs.of, q)
		} else if _, ok := q.(mapQuery); ok {
			walks++
		}
	}
	vs.pace.walks.Store(walks)
}
