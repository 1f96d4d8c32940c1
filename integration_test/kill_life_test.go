package integration_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// killed is a server that is killed again and again, and what its clients were told over all its lives.
type killed struct {
	policy  string
	dir     string
	random  *rand.Rand
	workers []*killWorker
	claims  *pool
	queue   *pool

	addr, socket string
	starting     time.Duration // what the last start took
	ending       atomic.Bool   // of this life, in peace
	dying        atomic.Bool   // it is being killed
	// world is held by workers while they have something under way, and by whoever changes it for all.
	world        sync.RWMutex
	mayBeFlushed bool

	kills, lives           int
	lost, leaked, inFlight uint64
	amidRewrites           int
	amidStarts             int
}

func newKilled(t *testing.T, policy string, seed uint64) *killed {
	k := &killed{
		policy: policy, dir: t.TempDir(), random: rand.New(rand.NewPCG(seed, 0)), socket: t.TempDir() + "/s",
		claims: &pool{kind: "claims", n: 1 << 25}, queue: &pool{kind: "queue", n: 1 << 18, takes: true},
	}
	for i := range 8 {
		w := &killWorker{killed: k, at: i, random: rand.New(rand.NewPCG(seed, uint64(i+1)))}
		w.owned = []*ownedPrefix{
			newOwnedPrefix(fmt.Sprintf("few%d:", i), 1, 1<<8),
			newOwnedPrefix(fmt.Sprintf("many%d:", i), 1, 1<<16),
			newOwnedPrefix(fmt.Sprintf("long%d:", i), 1<<14, 1<<12),
		}
		k.workers = append(k.workers, w)
	}
	return k
}

func (k *killed) pools() []*pool { return []*pool{k.claims, k.queue} }

func (k *killed) anyEmpty() bool {
	for _, p := range k.pools() {
		p.mu.Lock()
		empty := p.empty
		p.mu.Unlock()
		if empty {
			return true
		}
	}
	return false
}

// renewPools is for whoever holds the world.
func (k *killed) renewPools(c *client) (alive bool, err error) {
	for _, p := range k.pools() {
		if alive, err = p.renew(c); err != nil || !alive {
			return alive, err
		}
	}
	return true, nil
}

// flushed is known: there is nothing any more.
func (k *killed) flushed() {
	for _, w := range k.workers {
		for _, p := range w.owned {
			p.gone()
		}
	}
	for _, p := range k.pools() {
		p.name, p.empty, p.inFlight = "", false, 0
	}
}

// start starts the server, now and then more than once: it is killed at its start, too.
func (k *killed) start(t *testing.T) *mortal {
	flags := []string{"--addr", "127.0.0.1:0", "--unix-socket", k.socket, "--loops", "2", "--max-count", everything,
		"--dir", k.dir, "--appendfsync", k.policy, "--auto-aof-rewrite-min-size", "1mb"}
	for k.random.IntN(5) == 0 && k.starting > 0 {
		p := startProcess(t, exec.Command(binary, flags...))
		time.Sleep(time.Duration(k.random.Int64N(int64(k.starting))))
		k.amidStarts++
		k.kills++
		p.kill(t)
	}
	began := time.Now()
	m := startMortal(t, flags...)
	k.starting = time.Since(began)
	k.addr = m.addr
	return m
}

// life is one start of the server, a look at what it has, work, and its end.
func (k *killed) life(t *testing.T, length time.Duration) error {
	m := k.start(t)
	k.lives++
	c, err := k.dialKilled(0)
	if err != nil {
		return err
	}
	defer c.close()
	if err := k.verify(c); err != nil {
		return fmt.Errorf("after the start: %w", err)
	}
	if alive, err := k.renewPools(c); err != nil || !alive {
		return fmt.Errorf("after the start, alive: %t, %w", alive, err)
	}
	k.ending.Store(false)
	k.dying.Store(false)
	var all sync.WaitGroup
	wrong := make([]error, len(k.workers)+1)
	for i, w := range k.workers {
		all.Go(func() { wrong[i] = w.work() })
	}
	rewriting := make(chan struct{}, 1)
	operator := rand.New(rand.NewPCG(k.random.Uint64(), 0))
	all.Go(func() { wrong[len(k.workers)] = k.operate(c, operator, rewriting) })
	inPeace := k.random.IntN(20) == 0
	moment := time.Duration(k.random.Int64N(15e6))
	select {
	case <-time.After(length/2 + time.Duration(k.random.Int64N(int64(length)))):
	case <-rewriting:
		if !inPeace {
			k.amidRewrites++
		}
		time.Sleep(moment)
	}
	if inPeace {
		err = k.endInPeace(t, m, c, &all)
	} else {
		k.kills++
		k.dying.Store(true)
		m.kill(t)
	}
	all.Wait()
	return errors.Join(append(wrong, err)...)
}

// endInPeace compares what there is before and after an end by a signal: nothing is in flight.
func (k *killed) endInPeace(t *testing.T, m *mortal, c *client, workers *sync.WaitGroup) error {
	k.ending.Store(true)
	workers.Wait()
	if err := k.verify(c); err != nil {
		return fmt.Errorf("in the same life: %w", err)
	}
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if code := m.waitExit(t); code != 0 {
		return fmt.Errorf("it exited with %d:\n%s", code, m.log.String())
	}
	m.mustBeSane(t)
	return nil
}

// operate has bases and backups written, and now and then empties all.
func (k *killed) operate(c *client, random *rand.Rand, rewriting chan<- struct{}) error {
	for !k.ending.Load() {
		time.Sleep(time.Duration(random.Int64N(150e6)))
		command, want := "BGREWRITEAOF", "Background append only file rewriting " // started, or already in progress
		switch n := random.IntN(100); {
		case n < 4:
			command, want = []string{"FLUSHALL", "FLUSHDB"}[n%2], "OK"
		case n < 30:
			command, want = "BGSAVE", "Background sav|Another child process is active"
		case n < 40:
			command, want = "WAITAOF 1 0 0", ""
		}
		r, alive, err := k.operation(c, command)
		if err != nil {
			return err
		}
		if !alive {
			return k.ended(command)
		}
		if !slices.ContainsFunc(strings.Split(want, "|"), func(begin string) bool { return strings.HasPrefix(strings.TrimPrefix(r.text, "ERR "), begin) }) {
			return fmt.Errorf("%s replied %q", command, r.text)
		}
		if command == "BGREWRITEAOF" && random.IntN(3) == 0 {
			select {
			case rewriting <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// ended is an error unless the server is being killed: then connections end.
func (k *killed) ended(what any) error {
	if k.dying.Load() {
		return nil
	}
	return fmt.Errorf("%.100q: the connection has ended, or there is no reply, and nobody has killed the server", what)
}

func (k *killed) operation(c *client, command string) (r reply, alive bool, err error) {
	if !strings.HasPrefix(command, "FLUSH") {
		r, err = c.do(words(command)...)
		return r, err == nil, nil
	}
	k.world.Lock()
	defer k.world.Unlock()
	k.mayBeFlushed = true
	if r, err = c.do(command); err != nil {
		return r, false, nil
	}
	k.mayBeFlushed = false
	k.flushed()
	alive, err = k.renewPools(c)
	return r, alive, err
}
