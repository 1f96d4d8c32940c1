package redistest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a running Redis Cluster.
type Cluster struct {
	Primaries []*Server // as they were at the start
	Replicas  []*Server // Replicas[i] began as the replica of Primaries[i], if there are any
}

// StartCluster starts primaries that share the slots evenly, each with a replica if replicas is true.
// A primary that is silent for two seconds has failed.
func StartCluster(t testing.TB, primaries int, replicas bool, flags ...string) *Cluster {
	t.Helper()
	c := &Cluster{}
	for i := range primaries {
		s := node(t, flags)
		s.Do(t, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(i+1))
		s.Do(t, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(16384*i/primaries), strconv.Itoa(16384*(i+1)/primaries-1))
		c.Primaries = append(c.Primaries, s)
	}
	if replicas {
		for range primaries {
			c.Replicas = append(c.Replicas, node(t, flags))
		}
	}
	c.meet(t)
	for i, s := range c.Replicas {
		id := c.ID(t, c.Primaries[i])
		Eventually(t, "a replica is taken", func() bool { _, err := s.Try(t, "CLUSTER", "REPLICATE", id); return err == nil })
		Eventually(t, "a replica is in step", func() bool {
			return field(s.Do(t, "INFO", "replication"), "master_link_status") == "up"
		})
	}
	c.AwaitOK(t)
	for _, s := range c.All() {
		Eventually(t, "all know the replicas", func() bool {
			return strings.Count(s.Do(t, "CLUSTER", "NODES"), " slave ")+strings.Count(s.Do(t, "CLUSTER", "NODES"), "myself,slave") == len(c.Replicas)
		})
	}
	return c
}

func node(t testing.TB, flags []string) *Server {
	t.Helper()
	bus := FreePort(t)
	return start(t, func(port string) []string {
		return append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir(),
			"--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-port", bus,
			"--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"}, flags...)
	})
}

// AddPrimary adds a primary without slots.
func (c *Cluster) AddPrimary(t testing.TB, flags ...string) *Server {
	t.Helper()
	s := node(t, flags)
	c.Primaries = append(c.Primaries, s)
	c.meet(t)
	c.AwaitOK(t)
	return s
}

// meet waits until all nodes know each other.
func (c *Cluster) meet(t testing.TB) {
	t.Helper()
	all := c.All()
	for _, s := range all[1:] {
		s.Do(t, "CLUSTER", "MEET", "127.0.0.1", all[0].Port, all[0].flag("--cluster-port"))
	}
	for _, s := range all {
		Eventually(t, "all nodes are known", func() bool {
			return field(s.Do(t, "CLUSTER", "INFO"), "cluster_known_nodes") == strconv.Itoa(len(all)) &&
				!strings.Contains(s.Do(t, "CLUSTER", "NODES"), "handshake")
		})
	}
}

func (s *Server) flag(name string) string {
	return s.flags[slices.Index(s.flags, name)+1]
}

// All are all servers.
func (c *Cluster) All() []*Server { return append(slices.Clone(c.Primaries), c.Replicas...) }

// URL is that of the store, by the addresses of its first primaries.
func (c *Cluster) URL() string {
	var addrs []string
	for _, s := range c.Primaries {
		addrs = append(addrs, s.Addr)
	}
	return "redis://" + strings.Join(addrs, ",")
}

// ID is what a node is called.
func (c *Cluster) ID(t testing.TB, s *Server) string {
	t.Helper()
	return s.Do(t, "CLUSTER", "MYID")
}

// AwaitOK waits until all that run say that the Cluster is well.
func (c *Cluster) AwaitOK(t testing.TB) {
	t.Helper()
	for _, s := range c.All() {
		if !s.Running() {
			continue
		}
		Eventually(t, "the Cluster is well", func() bool {
			return field(s.Do(t, "CLUSTER", "INFO"), "cluster_state") == "ok"
		})
	}
}

// AwaitPrimary waits until a replica has become a primary that has slots.
func (c *Cluster) AwaitPrimary(t testing.TB, s *Server) {
	t.Helper()
	Eventually(t, s.Addr+" is a primary", func() bool { return len(c.Slots(t, s)) > 0 })
}

// Slots are those that a node says are its own.
func (c *Cluster) Slots(t testing.TB, s *Server) (own []int) {
	t.Helper()
	for line := range strings.Lines(s.Do(t, "CLUSTER", "NODES")) {
		words := strings.Fields(line)
		if len(words) < 8 || !strings.Contains(words[2], "myself") || !strings.Contains(words[2], "master") {
			continue
		}
		for _, word := range words[8:] {
			if strings.HasPrefix(word, "[") {
				continue
			}
			first, last, ok := strings.Cut(word, "-")
			if !ok {
				last = first
			}
			a, _ := strconv.Atoi(first)
			b, _ := strconv.Atoi(last)
			for i := a; i <= b; i++ {
				own = append(own, i)
			}
		}
	}
	return own
}

// MoveSlot moves a slot with its keys from one primary to another, as redis-cli does: clients may
// use both meanwhile.
func (c *Cluster) MoveSlot(t testing.TB, slot int, from, to *Server) {
	t.Helper()
	c.BeginMove(t, slot, from, to)
	n, target := strconv.Itoa(slot), c.ID(t, to)
	for _, s := range []*Server{to, from} {
		s.Do(t, "CLUSTER", "SETSLOT", n, "NODE", target)
	}
	for _, s := range c.Primaries {
		if s != to && s != from && s.Running() {
			s.Try(t, "CLUSTER", "SETSLOT", n, "NODE", target) // it hears of it by itself, too
		}
	}
}

// BeginMove moves the keys of a slot, which stays on its way.
func (c *Cluster) BeginMove(t testing.TB, slot int, from, to *Server) {
	t.Helper()
	n := strconv.Itoa(slot)
	to.Do(t, "CLUSTER", "SETSLOT", n, "IMPORTING", c.ID(t, from))
	from.Do(t, "CLUSTER", "SETSLOT", n, "MIGRATING", c.ID(t, to))
	c.moveKeys(t, slot, from, to)
}

// moveKeys moves all keys of a slot that is on its way.
func (c *Cluster) moveKeys(t testing.TB, slot int, from, to *Server) {
	t.Helper()
	for {
		reply, err := from.Try(t, "CLUSTER", "GETKEYSINSLOT", strconv.Itoa(slot), "500")
		if err != nil {
			t.Fatal(err)
		}
		keys, err := reply.AsStrSlice()
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == 0 {
			return
		}
		from.Do(t, append([]string{"MIGRATE", "127.0.0.1", to.Port, "", "0", "60000", "KEYS"}, keys...)...)
	}
}

// Running tells whether the process has not ended.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.exited:
		return false
	default:
		return true
	}
}
