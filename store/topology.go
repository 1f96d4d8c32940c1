package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

// topology is who has the keys at one moment.
type topology struct {
	cluster   bool
	primaries []node // that have slots or may get some, as they say themselves, by ID
	// Slots that no server in reach says are its own, by who should have them as others say.
	lost []lost
	// Slots some of whose keys may have come already to a node that cannot be asked.
	stranded slots
}

type lost struct {
	slots slots
	addr  string // "" if nobody knows
	err   error
}

func (t *topology) find(id string) (n node, ok bool) {
	i, ok := slices.BinarySearchFunc(t.primaries, id, func(n node, id string) int { return cmp.Compare(n.id, id) })
	if ok {
		n = t.primaries[i]
	}
	return n, ok
}

func (t *topology) addresses() []string {
	addrs := make([]string, len(t.primaries))
	for i, n := range t.primaries {
		addrs[i] = n.addr
	}
	return addrs
}

// topology asks all servers that have keys what they have. Its error says that there is nothing
// that it could tell; what only a part of a Cluster's primaries cannot be asked is lost.
func (s *servers) topology(ctx context.Context) (topology, error) {
	return s.topologyOf(ctx, replyTime)
}

// topologyOf is the topology of those that answer within a time.
func (s *servers) topologyOf(ctx context.Context, each time.Duration) (topology, error) {
	if s.master != "" {
		return s.watched(ctx, each)
	}
	s.mu.Lock()
	addrs := slices.Clone(s.addrs)
	for _, addr := range s.known {
		if !slices.Contains(addrs, addr) {
			addrs = append(addrs, addr)
		}
	}
	s.mu.Unlock()
	answers, failures := s.askAll(ctx, addrs, each)
	if len(answers) == 0 {
		return topology{}, first(failures, addrs)
	}
	for _, n := range answers {
		if n.cluster {
			continue
		}
		if len(s.addrs) > 1 {
			return topology{}, permanent{fmt.Errorf("%s belongs to no Cluster: several addresses are for those of a Cluster, or with redis+sentinel:// for those of Sentinels", n.addr)}
		}
		t, err := alone(n)
		if err != nil {
			err = permanent{err}
		}
		return t, err
	}
	t := arrange(answers, failures)
	s.mu.Lock()
	s.known = t.addresses()
	s.mu.Unlock()
	return t, nil
}

// reachable is the topology as soon as there is one. A store that has never answered is not waited
// for: its URL may be wrong.
func (s *servers) reachable(ctx context.Context) (topology, error) {
	for deadline := time.Now().Add(s.wait); ; {
		t, err := s.topology(ctx)
		if err == nil {
			s.met.Store(true)
			return t, nil
		}
		if !s.met.Load() || !passes(err) || ctx.Err() != nil || time.Now().After(deadline) {
			return t, err
		}
		if err := pause(ctx, retryPause); err != nil {
			return t, err
		}
	}
}

// alone is the topology of a server outside of any Cluster.
func alone(n node) (topology, error) {
	if !n.primary {
		return topology{}, &replicaError{n.addr, n.of}
	}
	return topology{primaries: []node{n}}, nil
}

type replicaError struct{ addr, of string }

func (e *replicaError) Error() string {
	return fmt.Sprintf("%s is a replica of %s: the keys of a store are those of its primary", e.addr, e.of)
}

// askAll asks the servers at addrs and all primaries that they know of, each for so long.
func (s *servers) askAll(ctx context.Context, addrs []string, each time.Duration) (answers map[string]node, failures map[string]error) {
	answers, failures = map[string]node{}, map[string]error{}
	asked := map[string]bool{}
	for len(addrs) > 0 {
		var mu sync.Mutex
		var wg sync.WaitGroup
		var next []string
		for _, addr := range addrs {
			asked[addr] = true
		}
		for _, addr := range addrs {
			wg.Go(func() {
				within, cancel := context.WithTimeout(ctx, each)
				defer cancel()
				n, err := s.ask(within, addr)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					failures[addr] = err
					return
				}
				answers[n.id] = n
				asked[n.addr] = true
				for _, o := range n.others {
					if o.primary && !o.failed && o.addr != "" {
						next = append(next, o.addr)
					}
				}
			})
		}
		wg.Wait()
		addrs = nil
		for _, addr := range next {
			if !asked[addr] && !slices.Contains(addrs, addr) {
				addrs = append(addrs, addr)
			}
		}
	}
	return answers, failures
}

// arrange finds who has each slot. Of two that say so, the one with the higher epoch has it, as in the
// Cluster itself: the other one has not heard of it yet. Of those that did not answer, others
// tell what they have.
func arrange(answers map[string]node, failures map[string]error) topology {
	type claim struct {
		epoch uint64
		id    string
	}
	var claims [16384]claim
	silent := map[string]otherNode{}
	claimAll := func(own *slots, id string, epoch uint64, answered bool) {
		for i := range claims {
			if c := &claims[i]; own.has(i) && (c.id == "" || epoch > c.epoch || epoch == c.epoch && answered) {
				*c = claim{epoch, id}
			}
		}
	}
	for _, n := range answers {
		for _, o := range n.others {
			if _, ok := answers[o.id]; !ok && o.primary {
				claimAll(&o.own, o.id, o.epoch, false)
				silent[o.id] = o
			}
		}
	}
	for _, n := range answers {
		if n.primary {
			claimAll(&n.own, n.id, n.epoch, true)
		}
	}
	t := topology{cluster: true}
	owned := map[string]*slots{}
	for i, c := range claims {
		if owned[c.id] == nil {
			owned[c.id] = new(slots)
		}
		owned[c.id].add(i, i)
	}
	for id, n := range answers {
		own := owned[id]
		// One without slots may have keys that are coming; one that has lost all that it says it has
		// is a primary no more and has not heard of it.
		if n.primary && (own != nil || n.own.empty()) {
			for to, some := range n.bound {
				if answers[to].id == "" {
					t.stranded = t.stranded.or(some)
				}
			}
			n.own, n.others = slots{}, nil
			if own != nil {
				n.own = *own
			}
			t.primaries = append(t.primaries, n)
		}
		delete(owned, id)
	}
	for id, own := range owned {
		l := lost{slots: *own, addr: silent[id].addr, err: errors.New("served by nobody")}
		if err := failures[l.addr]; err != nil {
			l.err = err
		} else if silent[id].failed {
			l.err = errors.New("failed, as the others say")
		}
		t.lost = append(t.lost, l)
	}
	slices.SortFunc(t.primaries, func(a, b node) int { return cmp.Compare(a.id, b.id) })
	return t
}

// watched asks Sentinels for the primary.
func (s *servers) watched(ctx context.Context, each time.Duration) (topology, error) {
	failures := map[string]error{}
	for _, addr := range s.addrs {
		within, cancel := context.WithTimeout(ctx, each)
		primary, err := s.askSentinel(within, addr)
		cancel()
		if err != nil {
			failures[addr] = err
			continue
		}
		n, err := s.ask(ctx, primary)
		if err != nil {
			return topology{}, err
		}
		// After a failover an old primary may be back before the Sentinels tell it what it is.
		return alone(n)
	}
	return topology{}, first(failures, s.addrs)
}

func (s *servers) askSentinel(ctx context.Context, addr string) (primary string, err error) {
	c, err := s.connect(ctx, addr, login{user: s.sentinelUser, password: s.sentinelPassword})
	if err != nil {
		return "", fmt.Errorf("Sentinel %w", err)
	}
	defer c.end()
	words, err := redis.Strings(c.do(ctx, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", s.master))
	switch {
	case errors.Is(err, redis.ErrNil):
		return "", permanent{fmt.Errorf("Sentinel %s knows no primary of the name %q", addr, s.master)}
	case err != nil:
		return "", fmt.Errorf("Sentinel %w", explain(addr, err))
	case len(words) != 2:
		return "", permanent{fmt.Errorf("Sentinel %s tells no address", addr)}
	}
	return net.JoinHostPort(words[0], words[1]), nil
}

// first returns the error of the first address that has one, one that is no matter of time if there is such.
func first(failures map[string]error, addrs []string) error {
	var err error
	for _, addr := range addrs {
		if e := failures[addr]; e != nil && (err == nil || !passes(err) && passes(e)) {
			err = e
		}
	}
	return err
}

// pause waits a moment between two looks.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
