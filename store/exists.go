package store

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
)

// askedAtOnce is how many keys are asked for in one go.
const askedAtOnce = 4096

// Exists implements [Store]. Who has the keys is asked for anew each time: a primary that has become a
// replica would answer, too, but not say what is.
func (s *servers) Exists(ctx context.Context, keys []string, dst []bool) ([]bool, error) {
	for len(keys) > 0 {
		some := keys[:min(askedAtOnce, len(keys))]
		keys = keys[len(some):]
		begin := len(dst)
		dst = append(dst, make([]bool, len(some))...)
		if err := s.exists(ctx, some, dst[begin:]); err != nil {
			return dst[:begin], err
		}
	}
	return dst, nil
}

func (s *servers) exists(ctx context.Context, keys []string, there []bool) error {
	todo := make([]int, len(keys))
	for i := range todo {
		todo[i] = i
	}
	for deadline := time.Now().Add(s.wait); ; {
		t, err := s.reachable(ctx)
		if err != nil {
			return err
		}
		r := &existsRound{servers: s, topology: &t, keys: keys, there: there}
		r.run(ctx, todo)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case len(r.left) == 0:
			return nil
		case r.err != nil && !passes(r.err):
			return r.err
		case time.Now().After(deadline):
			if !t.cluster {
				return r.err
			}
			var owed slots
			for _, i := range r.left {
				slot := int(keyslot.Of(keys[i]))
				owed.add(slot, slot)
			}
			return s.unknown(t, owed, func(node) error { return r.err })
		}
		if len(r.left) == len(todo) { // else it gets on, with who has them now
			if err := pause(ctx, retryPause); err != nil {
				return err
			}
		}
		todo = r.left
	}
}

// existsRound asks those who have keys by one topology. What these send elsewhere is left, but for what
// the topology says of keys on their way: a new one tells more than where one of them points to.
type existsRound struct {
	servers  *servers
	topology *topology
	keys     []string
	there    []bool

	mu   sync.Mutex
	left []int
	sent map[string][]int // to whom keys' servers send for them, by address
	err  error            // why one is left, one that is no matter of time if there is such
}

func (r *existsRound) run(ctx context.Context, todo []int) {
	ctx, cancel := context.WithTimeout(ctx, r.servers.wait)
	defer cancel()
	owners := map[string][]int{}
	for _, i := range todo {
		if n := r.owner(i); n != nil {
			owners[n.addr] = append(owners[n.addr], i)
		} else {
			r.leave(errMoving, i)
		}
	}
	r.sent = map[string][]int{}
	r.askAll(ctx, owners, false)
	sent := r.sent
	r.askAll(ctx, sent, true)
}

func (r *existsRound) owner(i int) *node {
	if !r.topology.cluster {
		return &r.topology.primaries[0]
	}
	slot := int(keyslot.Of(r.keys[i]))
	for at := range r.topology.primaries {
		if n := &r.topology.primaries[at]; n.own.has(slot) {
			return n
		}
	}
	return nil
}

// target returns where the keys of a slot are on their way to.
func (r *existsRound) target(slot int) (addr string) {
	for _, from := range r.topology.primaries {
		for id, some := range from.bound {
			if to, ok := r.topology.find(id); ok && from.own.has(slot) && some.has(slot) {
				return to.addr
			}
		}
	}
	return ""
}

func (r *existsRound) askAll(ctx context.Context, by map[string][]int, asking bool) {
	var all sync.WaitGroup
	for addr, which := range by {
		all.Go(func() {
			if err := r.ask(ctx, addr, which, asking); err != nil {
				r.leave(err, which...)
			}
		})
	}
	all.Wait()
}

// ask asks one server. Its error is for all that it was asked for.
func (r *existsRound) ask(ctx context.Context, addr string, which []int, asking bool) error {
	c, err := r.servers.take(ctx, addr)
	if err != nil {
		return err
	}
	defer r.servers.give(c)
	answers, err := c.pipeline(ctx, func() error {
		for _, i := range which {
			if asking {
				if err := c.redis.Send("ASKING"); err != nil {
					return err
				}
			}
			if err := c.redis.Send("EXISTS", r.keys[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return explain(addr, err)
	}
	for at, i := range which {
		answer := answers[at]
		if asking {
			answer = answers[2*at+1]
		}
		switch answer := answer.(type) {
		case int64:
			r.there[i] = answer > 0
		case redis.Error:
			r.refused(addr, i, asking, answer)
		default:
			r.leave(permanent{fmt.Errorf("%s answers EXISTS with what is no number", addr)}, i)
		}
	}
	return nil
}

// refused takes a server's answer that it does not say whether a key is there.
func (r *existsRound) refused(addr string, i int, asking bool, said redis.Error) {
	if !asking && strings.HasPrefix(string(said), "ASK ") {
		if to := r.target(int(keyslot.Of(r.keys[i]))); to != "" && to != addr {
			r.mu.Lock()
			r.sent[to] = append(r.sent[to], i)
			r.mu.Unlock()
			return
		}
	}
	r.leave(explain(addr, said), i)
}

// leave notes keys that nothing is known of.
func (r *existsRound) leave(err error, which ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left = append(r.left, which...)
	if r.err == nil || passes(r.err) && !passes(err) {
		r.err = err
	}
}

// Size implements [Store]. It waits for nobody.
func (s *servers) Size(ctx context.Context) (uint64, error) {
	t, err := s.topology(ctx)
	if err != nil {
		return 0, err
	}
	var sum uint64
	for _, n := range t.primaries {
		c, err := s.take(ctx, n.addr)
		if err != nil {
			return sum, err
		}
		size, err := redis.Uint64(c.do(ctx, "DBSIZE"))
		s.give(c)
		if err != nil {
			return sum, explain(n.addr, err)
		}
		sum += size
	}
	return sum, nil
}
