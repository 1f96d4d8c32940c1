package integration_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// op is what a worker asks for at a time: a command, or several within MULTI. When it has been answered,
// apply compares the replies with what the worker knows, and knows more. If no answer comes, because the
// server was killed, doubt notes what may be different now.
type op struct {
	commands [][]string
	apply    func(replies []reply) (ids uint64, err error)
	doubt    func()
}

// killWorker is one client of the server that is killed: what it knows outlives its connections.
type killWorker struct {
	*killed
	at     int // 0 to 7
	random *rand.Rand
	owned  []*ownedPrefix
	token  string // of a delete iterator
	acks   uint64
	ids    uint64
}

// dialKilled connects over the transports by turns: a loop's and a goroutine's.
func (k *killed) dialKilled(at int) (*client, error) {
	network, addr := "tcp", k.addr
	if at%2 == 1 {
		network, addr = "unix", k.socket
	}
	conn, err := net.DialTimeout(network, addr, patience)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), out: bufio.NewWriterSize(conn, 64<<10)}, nil
}

// work sends pipelines until it is told to end or the server is killed. An error is a wrong reply.
func (w *killWorker) work() error {
	c, err := w.dialKilled(w.at)
	if err != nil {
		return w.ended("connect")
	}
	defer c.close()
	w.token = ""
	for alive := true; alive && !w.ending.Load(); {
		w.world.RLock()
		alive, err = w.round(c)
		empty := w.anyEmpty()
		w.world.RUnlock()
		if alive && err == nil && empty {
			w.world.Lock()
			if alive, err = w.renewPools(c); err == nil && !alive {
				err = w.ended("a new pool")
			}
			w.world.Unlock()
		}
		if err != nil {
			return fmt.Errorf("worker %d: %w", w.at, err)
		}
	}
	return nil
}

// round is one pipeline of 1 to 128 ops.
func (w *killWorker) round(c *client) (alive bool, err error) {
	ops := make([]op, 1<<w.random.IntN(8))
	for i := range ops {
		ops[i] = w.pick()
		for _, command := range ops[i].commands {
			c.send(command...)
		}
	}
	for i := range ops {
		replies := make([]reply, len(ops[i].commands))
		for j := range replies {
			if replies[j], err = c.receive(); err != nil {
				for _, o := range ops[i:] {
					if o.doubt != nil {
						o.doubt()
					}
				}
				return false, w.ended(ops[i].commands)
			}
		}
		ids, err := ops[i].apply(replies)
		if err != nil {
			return false, fmt.Errorf("%.200q: %w", ops[i].commands, err)
		}
		w.acks++
		w.ids += ids
	}
	return true, nil
}

func (w *killWorker) pick() op {
	switch n := w.random.IntN(100); {
	case n < 20:
		return w.claims.claim(w)
	case n < 30:
		return w.queue.take(w)
	case n < 33:
		return w.transaction()
	}
	return w.own().pick(w.random)
}

// own is one of the worker's prefixes, seldom one with long ranges.
func (w *killWorker) own() *ownedPrefix {
	if w.random.IntN(50) == 0 {
		return w.owned[2]
	}
	return w.owned[w.random.IntN(2)]
}

// transaction is some ops on prefixes of the worker's own within MULTI.
func (w *killWorker) transaction() op {
	all := make([]op, 1+w.random.IntN(5))
	commands := [][]string{{"MULTI"}}
	for i := range all {
		all[i] = w.own().pick(w.random)
		commands = append(commands, all[i].commands...)
	}
	return op{
		commands: append(commands, []string{"EXEC"}),
		apply: func(replies []reply) (ids uint64, err error) {
			results := replies[len(replies)-1].items
			if len(results) != len(all) {
				return 0, fmt.Errorf("EXEC replied %.200q", replies[len(replies)-1].raw)
			}
			for i, o := range all {
				n, err := o.apply(results[i : i+1])
				if err != nil {
					return 0, fmt.Errorf("%.100q within MULTI: %w", o.commands, err)
				}
				ids += n
			}
			return ids, nil
		},
		doubt: func() {
			for _, o := range all {
				if o.doubt != nil {
					o.doubt()
				}
			}
		},
	}
}

// wantInt is the check of a reply that is a number.
func wantInt(r reply, want uint64) error {
	if r.kind != ':' || r.text != strconv.FormatUint(want, 10) {
		return fmt.Errorf("replied %.100q, want %d", r.text, want)
	}
	return nil
}

// runsOf reads pairs of start and length.
func runsOf(items []reply) (runs [][2]uint64, err error) {
	for _, item := range items {
		if len(item.items) != 2 {
			return nil, fmt.Errorf("%q is no run", item.text)
		}
		var run [2]uint64
		for i := range run {
			if run[i], err = strconv.ParseUint(item.items[i].text, 10, 64); err != nil {
				return nil, err
			}
		}
		runs = append(runs, run)
	}
	return runs, nil
}
