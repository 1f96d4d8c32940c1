package integration_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var measures = flag.Bool("measure", false, "measure how long a start takes, and what a rewrite costs others")

// large is a server with 1,000,000,000 IDs in one prefix.
type large struct {
	flags []string
	*mortal
}

func newLarge(t *testing.T) *large {
	if !*measures {
		t.Skip("this is measured on a quiet machine, with -measure")
	}
	l := &large{flags: []string{"--addr", "127.0.0.1:0", "--dir", t.TempDir(), "--max-memory", "4gb", "--auto-aof-rewrite-percentage", "0"}}
	l.mortal = startMortal(t, l.flags...)
	l.admin(t).mustDo(t, "PT.ADDRANGE large: 0 1000000000", integer(1_000_000_000))
	return l
}

func (l *large) admin(t *testing.T) *client {
	t.Helper()
	return connect(t, l.addr)
}

// changeAtRandom sends n commands with so many IDs each.
func (l *large) changeAtRandom(t *testing.T, n, ids int, commands ...string) {
	t.Helper()
	withConnections(t, 4, l.addr, func(worker int, c *client) error {
		random := rand.New(rand.NewPCG(uint64(ids), uint64(worker)))
		for range n / 4 / 128 {
			for i := range 128 {
				args := []string{commands[i%len(commands)], "large:"}
				for range ids {
					args = append(args, strconv.Itoa(random.IntN(1_000_000_000)))
				}
				c.send(args...)
			}
			for range 128 {
				if r, err := c.receive(); err != nil || r.kind != ':' {
					return fmt.Errorf("%q, %w", r.text, err)
				}
			}
		}
		return nil
	})
}

// rewrite writes a base and returns its size.
func (l *large) rewrite(t *testing.T) int64 {
	t.Helper()
	c := l.admin(t)
	before := infoField(t, c, "aof_rewrites")
	c.mustReply(t, "BGREWRITEAOF")
	eventually(t, "it is written", func() bool {
		time.Sleep(100 * time.Millisecond) // who asks all the time is what others notice
		return infoField(t, c, "aof_rewrites") > before && infoField(t, c, "aof_rewrite_in_progress") == 0
	})
	return infoField(t, c, "aof_base_size")
}

// restart kills the server and starts it, and prints what that takes to the first answer.
func (l *large) restart(t *testing.T, what, goal string) {
	t.Helper()
	c := l.admin(t)
	count := c.mustReply(t, "PT.COUNT", "large:").raw
	log, base := infoField(t, c, "aof_current_size"), infoField(t, c, "aof_base_size")
	var times, clock []time.Duration
	for range 3 {
		l.kill(t)
		began := time.Now()
		l.mortal = startMortal(t, l.flags...)
		l.admin(t).mustDo(t, "PT.COUNT large:", count)
		times, clock = append(times, l.cpuTime(t)), append(clock, time.Since(began).Round(time.Millisecond))
	}
	slices.Sort(times)
	t.Logf("%s: %v of a processor to the first answer (goal %s), %v by the clock; the log %s, of it the base %s",
		what, times[1], goal, clock, mib(log), mib(base))
}

// TestRestart measures a start with the largest prefixes there are (make restart).
func TestRestart(t *testing.T) {
	l := newLarge(t)
	l.restart(t, "1 G dense IDs, from the log", "0.5 s")
	l.rewrite(t)
	l.restart(t, "1 G dense IDs, from a base", "0.5 s")
	l.changeAtRandom(t, 100_000, 100, "PT.REM")
	l.rewrite(t)
	l.restart(t, "with 10 M holes, from a base", "1 s")
	l.changeAtRandom(t, 10_000_000, 1, "PT.REM")
	l.restart(t, "and a log of 10 M random changes", "2 s")
	l.kill(t)

	l = newLarge(t)
	l.rewrite(t)
	l.changeAtRandom(t, 10_000_000, 1, "PT.REM")
	l.restart(t, "1 G dense IDs and a log of 10 M random changes", "2 s")
	l.kill(t)
}

// TestRewriteBesideOthers measures what a client notices of a base that is written (make rewrite): one that
// says PING, and one that adds IDs, while others add some all the time.
func TestRewriteBesideOthers(t *testing.T) {
	l := newLarge(t)
	l.changeAtRandom(t, 100_000, 100, "PT.REM")
	n := newNeighbour(t, l.addr)
	done := make(chan struct{})
	defer close(done)
	ended := make(chan struct{})
	go func() { // ends with the test
		defer close(ended)
		c, err := dial(l.addr)
		if err != nil {
			return
		}
		defer c.close()
		for random, pause := rand.New(rand.NewPCG(1, 1)), time.NewTicker(2*time.Millisecond); ; {
			select {
			case <-done:
				return
			case <-pause.C:
			}
			for range 16 { // 8,000 in a second
				c.send("PT.ADD", "large:", strconv.Itoa(random.IntN(1_000_000_000)))
			}
			for range 16 {
				if _, err := c.receive(); err != nil {
					return
				}
			}
		}
	}()
	var with, without []time.Duration
	for range 5 {
		n.lap(t)
		began := time.Now()
		size := l.rewrite(t)
		took := time.Since(began)
		during := n.lap(t)
		time.Sleep(took)
		alone := n.lap(t)
		t.Logf("a base of %s in %v: p50 %v, p99 %v; without: p50 %v, p99 %v", mib(size), took.Round(time.Millisecond),
			percentile(during, 50), percentile(during, 99), percentile(alone, 50), percentile(alone, 99))
		with, without = append(with, during...), append(without, alone...)
	}
	t.Logf("all: p99 %v with, %v without: %.2f times (goal 2)", percentile(with, 99), percentile(without, 99),
		float64(percentile(with, 99))/float64(percentile(without, 99)))
	if log := l.log.String(); strings.Contains(log, "held up") {
		t.Errorf("a loop was held up:\n%s", log)
	}
}

func percentile(of []time.Duration, p int) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}
