package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/gomodule/redigo/redis"
)

// node is what a server says of itself at one moment.
type node struct {
	id      string // what it is called wherever it listens: its ID in a Cluster, else its address
	addr    string
	runID   string // of its process
	cluster bool
	primary bool
	of      string // the primary of a replica

	// In a Cluster; elsewhere own is all slots.
	epoch   uint64
	own     slots
	leaving slots            // slots that are on their way to other nodes
	bound   map[string]slots // these, by the ID of the node that they go to
	coming  slots            // slots that are on their way to here
	// Keys that have been moved by its process, counted by the server: those that left and those that came.
	left, came uint64
	others     []otherNode
}

// otherNode is what a node says of another one.
type otherNode struct {
	id, addr string
	primary  bool
	failed   bool // so all say, not only this node
	epoch    uint64
	own      slots
}

// ask asks a server what it is. An idle connection may have ended unseen: a second try has a new one. One that
// hangs would hang again.
func (s *servers) ask(ctx context.Context, addr string) (n node, err error) {
	for range 2 {
		var c *conn
		if c, err = s.take(ctx, addr); err != nil {
			return n, err
		}
		n, err = s.askOver(ctx, c, addr)
		s.give(c)
		if err == nil || !passes(err) || ctx.Err() != nil {
			return n, err
		}
		if errors.Is(err, context.DeadlineExceeded) {
			break
		}
	}
	return n, err
}

func (s *servers) askOver(ctx context.Context, c *conn, addr string) (n node, err error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	n.addr = addr
	answers, err := c.pipeline(ctx, func() (err error) {
		for _, section := range []string{"server", "replication", "commandstats"} {
			err = cmp.Or(err, c.redis.Send("INFO", section))
		}
		return err
	})
	if err != nil {
		return n, explain(addr, err)
	}
	info := map[string]string{}
	for i := range answers {
		text, err := redis.String(answers[i], nil)
		if err != nil {
			return n, explain(addr, err)
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":"); ok {
				info[name] = value
			}
		}
	}
	if n.runID = info["run_id"]; n.runID == "" {
		return n, permanent{fmt.Errorf("%s tells no run_id in INFO: it is no Redis server", addr)}
	}
	// It has the names of prefixes only, so with it as a store all IDs would be stale.
	if info["server_name"] == "prefixtracker" {
		return n, permanent{fmt.Errorf("%s is a Prefix Tracker: what is asked for is the store that has the keys", addr)}
	}
	mode := cmp.Or(info["redis_mode"], info["server_mode"]) // the latter is Valkey's
	if mode == "sentinel" {
		return n, permanent{fmt.Errorf("%s is a Sentinel: the URL of what it watches is redis+sentinel://%s/name", addr, addr)}
	}
	n.cluster = mode == "cluster"
	n.primary = info["role"] == "master"
	if !n.primary {
		n.of = net.JoinHostPort(info["master_host"], info["master_port"])
	}
	n.left, n.came = calls(info["cmdstat_migrate"]), calls(info["cmdstat_restore-asking"])
	if !n.cluster {
		n.id, n.own = addr, allSlots
		return n, nil
	}
	nodes, err := redis.String(c.do(ctx, "CLUSTER", "NODES"))
	if err != nil {
		return n, explain(addr, err)
	}
	if err := n.readNodes(nodes, s.tls); err != nil {
		return n, fmt.Errorf("%s: CLUSTER NODES: %w", addr, err)
	}
	return n, nil
}

// calls reads how often a command was called from its line of INFO.
func calls(stat string) uint64 {
	for field := range strings.SplitSeq(stat, ",") {
		if value, ok := strings.CutPrefix(field, "calls="); ok {
			n, _ := strconv.ParseUint(value, 10, 64)
			return n
		}
	}
	return 0
}

// readNodes reads the lines of CLUSTER NODES: id, address, flags, primary, two times, epoch,
// link, slots.
func (n *node) readNodes(text string, named bool) error {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 8 {
			return fmt.Errorf("a line of %d words", len(fields))
		}
		flags := strings.Split(fields[2], ",")
		var self, primary, failed bool
		for _, flag := range flags {
			switch flag {
			case "myself":
				self = true
			case "master":
				primary = true
			case "fail":
				failed = true
			}
		}
		epoch, err := strconv.ParseUint(fields[6], 10, 64)
		if err != nil {
			return errors.New("an epoch that is no number")
		}
		own, bound, coming, err := readSlots(fields[8:])
		if err != nil {
			return err
		}
		addr := nodeAddress(fields[1], named)
		if self {
			n.id, n.epoch, n.own, n.bound, n.coming, n.primary = fields[0], epoch, own, bound, coming, primary
			for _, some := range bound {
				n.leaving = n.leaving.or(some)
			}
			if addr != "" {
				n.addr = addr
			}
			continue
		}
		n.others = append(n.others, otherNode{id: fields[0], addr: addr, primary: primary, failed: failed, epoch: epoch, own: own})
	}
	if n.id == "" {
		return errors.New("no line of itself")
	}
	return nil
}

// nodeAddress reads ip:port@busport[,hostname]. A certificate is made out to a name, if there is one.
// "" means that the node does not know its address.
func nodeAddress(field string, named bool) string {
	field, more, _ := strings.Cut(field, ",")
	addr, _, _ := strings.Cut(field, "@")
	i := strings.LastIndexByte(addr, ':')
	if i < 0 {
		return ""
	}
	host, port := addr[:i], addr[i+1:]
	if name, _, _ := strings.Cut(more, ","); named && name != "" && !strings.Contains(name, "=") {
		host = name
	}
	if host == "" || port == "0" {
		return ""
	}
	return net.JoinHostPort(host, port)
}

// readSlots reads 0-5460, 5462, and of those on their way [5461->-id] and [5461-<-id].
func readSlots(words []string) (own slots, bound map[string]slots, coming slots, err error) {
	number := func(s string) int {
		n, e := strconv.ParseUint(s, 10, 16)
		if e != nil || n > 16383 {
			err = errors.New("a slot that is none")
			return 0
		}
		return int(n)
	}
	for _, word := range words {
		if moving, ok := strings.CutPrefix(word, "["); ok {
			if slot, id, ok := strings.Cut(moving, "->-"); ok {
				if bound == nil {
					bound = map[string]slots{}
				}
				id = strings.TrimSuffix(id, "]")
				some := bound[id]
				some.add(number(slot), number(slot))
				bound[id] = some
			} else if slot, _, ok := strings.Cut(moving, "-<-"); ok {
				coming.add(number(slot), number(slot))
			}
			continue
		}
		first, last, ok := strings.Cut(word, "-")
		if !ok {
			last = first
		}
		own.add(number(first), number(last))
	}
	return own, bound, coming, err
}
