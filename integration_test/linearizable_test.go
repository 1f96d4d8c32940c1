package integration_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/leasemodel"
)

var (
	callsWanted = flag.Int64("linearizable-calls", 15_000, "how many calls TestLinearizable makes")
	inquirySeed = flag.Uint64("linearizable-seed", 1, "of what TestLinearizable draws")
)

// callsOfInquiry keeps the history of one ID at some hundred parts.
const callsOfInquiry = 2500

// TestLinearizable has clients ask everything at once about a few IDs: claims and takes with leases that are
// confirmed, released and renewed by whomever, and end by time and with connections, beside changes,
// reads and clears, while the server is killed and started again. What all were told can be put in one order.
func TestLinearizable(t *testing.T) {
	t.Parallel()
	l := &linearizable{dir: t.TempDir(), socket: t.TempDir() + "/s", random: rand.New(rand.NewPCG(*inquirySeed, 0))}
	l.life = l.start(t)
	began, said := time.Now(), time.Now()
	calls := *callsWanted
	if testing.Short() {
		calls = min(calls, 3*callsOfInquiry)
	}
	for l.calls < calls {
		if err := l.inquire(t); err != nil {
			t.Fatalf("seed %d, inquiry %d: %v\n%s", *inquirySeed, l.inquiries, err, l.server.log.String())
		}
		if time.Since(said) > 10*time.Second {
			said = time.Now()
			fmt.Printf("%v: %s\n", time.Since(began).Round(time.Second), l)
		}
	}
	t.Logf("%v: %s", time.Since(began).Round(time.Millisecond), l)
}

// linearizable is a server on a directory, in all its lives.
type linearizable struct {
	dir, socket string
	random      *rand.Rand
	server      *mortal
	life        *life

	inquiries, kills, leases, parts int
	calls                           int64
}

func (l *linearizable) String() string {
	return fmt.Sprintf("%d calls in %d inquiries, %d leases, %d kills; %d parts of calls in order, 0 violations", l.calls, l.inquiries, l.leases, l.kills, l.parts)
}

func (l *linearizable) start(t *testing.T) *life {
	l.server = startMortal(t, "--addr", "127.0.0.1:0", "--unix-socket", l.socket, "--loops", "2", "--dir", l.dir)
	return &life{addr: l.server.addr, socket: l.socket, killing: make(chan struct{}), ended: make(chan struct{})}
}

// universes are about the places where a bitmap has its seams.
var universes = []uint64{0, 64*3 + 40, 4096 - 20, 1<<18 - 20}

func (l *linearizable) inquire(t *testing.T) error {
	lo := universes[l.random.IntN(len(universes))]
	q := &inquiry{
		history: &leasemodel.History{Universe: leasemodel.Universe{Lo: lo, Hi: lo + 40}},
		prefix:  fmt.Sprintf("inquiry%d:", l.inquiries), epoch: time.Now(), wanted: callsOfInquiry, life: l.life,
	}
	l.inquiries++
	c, err := dial(l.server.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if r, err := c.do("PT.CREATE", q.prefix, "MAXID", strconv.FormatUint(lo+40, 10)); err != nil || r.text != "OK" {
		return fmt.Errorf("PT.CREATE replied %q, %w", r.text, err)
	}
	var all sync.WaitGroup
	wrong := make([]error, 6)
	for i := range wrong {
		a := q.asker(i, l.random.Uint64())
		all.Go(func() { wrong[i] = a.run() })
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for l.random.IntN(3) == 0 && l.killed(t, q, done) {
	}
	<-done
	l.calls += q.asked.Load()
	l.leases += len(q.leases)
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	if err := q.finish(); err != nil {
		return err
	}
	parts, err := q.history.Check(t.Name())
	l.parts += parts
	return err
}

// killed has the server killed somewhere in the inquiry, unless that is over before, and starts it again. Now and then a
// base is being written meanwhile.
func (l *linearizable) killed(t *testing.T, q *inquiry, done <-chan struct{}) bool {
	if l.random.IntN(3) == 0 {
		c, err := dial(l.server.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		if _, err := c.do("BGREWRITEAOF"); err != nil {
			t.Fatal(err)
		}
	}
	at := q.asked.Load() + l.random.Int64N(callsOfInquiry)
	for q.asked.Load() < at {
		select {
		case <-done:
			return false
		case <-time.After(time.Duration(l.random.IntN(1000)) * time.Microsecond):
		}
	}
	old := l.life
	old.killed = q.now()
	close(old.killing)
	l.server.kill(t)
	old.gone = q.now()
	q.history.Crashed(old.gone)
	l.kills++
	l.life = l.start(t)
	q.mu.Lock()
	q.life = l.life
	q.mu.Unlock()
	close(old.ended)
	return true
}

func (q *inquiry) asker(at int, seed uint64) *asker {
	return &asker{inquiry: q, Recorder: q.history.Recorder(), at: at, random: rand.New(rand.NewPCG(seed, uint64(at)))}
}
