package store

import (
	"context"
	"time"

	"github.com/redis/rueidis"
)

// askedAtOnce is how many keys are asked for in one go.
const askedAtOnce = 4096

// Exists implements [Store]. In a Cluster the library finds the server of each key, wherever it is
// on its way to. Elsewhere the primary is asked for anew each time: one that has become a
// replica would answer, too, but not say what is.
func (s *servers) Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	for len(keys) > 0 {
		some := keys[:min(askedAtOnce, len(keys))]
		keys = keys[len(some):]
		var err error
		if dst, err = s.exists(ctx, some, dst); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (s *servers) exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	begin := len(dst)
	for deadline := time.Now().Add(s.wait); ; {
		t, err := s.reachable(ctx)
		if err != nil {
			return dst, err
		}
		dst, err = s.existsIn(ctx, t, keys, dst[:begin])
		if err == nil || !passes(err) || ctx.Err() != nil || t.cluster || time.Now().After(deadline) {
			return dst, err
		}
		if err := pause(ctx, retryPause); err != nil {
			return dst, err
		}
	}
}

func (s *servers) existsIn(ctx context.Context, t topology, keys []string, dst []bool) ([]bool, error) {
	var c rueidis.Client
	var err error
	where := s.String()
	if t.cluster {
		c, err = s.router(append(t.addresses(), s.addrs...))
	} else {
		where = t.primaries[0].addr
		c, err = s.client(ctx, where)
	}
	if err != nil {
		return dst, err
	}
	within, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	asked := make(rueidis.Commands, len(keys))
	slot := make([]uint16, len(keys))
	for i, key := range keys {
		asked[i] = c.B().Exists().Key(key).Build()
		slot[i] = asked[i].Slot()
	}
	var owed slots
	var cause error
	for i, r := range c.DoMulti(within, asked...) {
		n, err := r.AsInt64()
		if err != nil {
			cause = explain(where, err)
			switch {
			case t.cluster && passes(cause):
				owed.add(int(slot[i]), int(slot[i]))
			case t.cluster:
				return dst, cause
			default:
				s.drop(where, c)
				return dst, cause
			}
		}
		dst = append(dst, n > 0)
	}
	if cause != nil {
		if ctx.Err() != nil {
			return dst, context.Cause(ctx)
		}
		return dst, s.unknown(t, owed, func(node) error { return cause })
	}
	return dst, nil
}

// Size implements [Store]. It waits for nobody.
func (s *servers) Size(ctx context.Context) (uint64, error) {
	t, err := s.topology(ctx)
	if err != nil {
		return 0, err
	}
	var sum uint64
	for _, n := range t.primaries {
		c, err := s.client(ctx, n.addr)
		if err != nil {
			return sum, err
		}
		size, err := c.Do(ctx, c.B().Dbsize().Build()).AsUint64()
		if err != nil {
			return sum, explain(n.addr, err)
		}
		sum += size
	}
	return sum, nil
}
