package reconcile

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/redis/rueidis"
)

// Workers with a range of IDs of their own and no leases: each knows what it has written, so that it sees at
// once that it is handed out an ID that it has, or one to delete that it has not. What it does is heard late, when it has done
// the contrary already.
func TestFollow_HandsOutNothingTwiceWithoutLeases(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	const settle = time.Second // longer than a worker here needs, whatever else the machine does
	f := followSettling(t, "redis://"+s.Addr, settle)
	stop := time.After(sized(2*time.Second, 20*time.Second))
	done := make(chan struct{})
	var workers sync.WaitGroup
	var handed atomic.Int64
	const span = 64
	for w := range 8 {
		workers.Go(func() {
			c, caller := dial(t, s), f.registry.Caller(nil)
			r := tracker.Range{Min: uint64(w) * span, Max: uint64(w+1) * span}
			has := map[uint64]bool{}
			for step, began := 0, time.Now(); !closed(done); step++ {
				if time.Since(began) > settle/2 {
					t.Logf("worker %d was too slow for one without leases", w)
					return
				}
				h := caller.At(prefix)
				began = time.Now()
				n := 1 + rand.IntN(8)
				if rand.IntN(2) == 0 {
					runs, err := h.ClaimNext(nil, r, n)
					if err != nil {
						t.Error(err)
						return
					}
					claimed := appendIDs(nil, runs)
					for _, id := range claimed {
						if has[id] {
							t.Errorf("worker %d, step %d: claims %d, which it has", w, step, id)
							return
						}
						has[id] = true
					}
					dawdle()
					do(t, c, "SET", claimed)
					handed.Add(int64(len(claimed)))
				} else {
					taken := appendIDs(nil, h.TakeNext(nil, r, n))
					for _, id := range taken {
						if !has[id] {
							t.Errorf("worker %d, step %d: is to delete %d, which it has not", w, step, id)
							return
						}
						delete(has, id)
					}
					dawdle()
					do(t, c, "DEL", taken)
				}
			}
		})
	}
	<-stop
	close(done)
	workers.Wait()
	n := f.agrees(5 * time.Second)
	t.Logf("%d claims, %d keys in the end: %+v", handed.Load(), n, f.with.Figures().Follow)
}

// Workers that share all IDs, with leases, and now and then die: between command and command, after they have written
// or deleted, or before.
func TestFollow_HandsOutNothingTwiceWhenWorkersDie(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	f := follow(t, "redis://"+s.Addr)
	done := make(chan struct{})
	var workers sync.WaitGroup
	var handed, deaths atomic.Int64
	const all = 2048
	owner := make([]atomic.Int32, all)
	for w := range 8 {
		workers.Go(func() {
			c, caller := dial(t, s), f.registry.Caller(nil)
			for !closed(done) {
				h := caller.At(prefix)
				n, claims, dies := 1+rand.IntN(16), rand.IntN(2) == 0, rand.IntN(8)
				terms := tracker.LeaseTerms{TTL: time.Minute}
				if dies < 2 {
					terms.TTL = 50 * time.Millisecond
				}
				lend, command := h.TakeLease, "DEL"
				if claims {
					lend, command = h.ClaimLease, "SET"
				}
				from := rand.Uint64N(all)
				token, runs, err := lend(nil, tracker.Range{Min: from, Max: all}, tracker.Mask{}, n, terms)
				if err != nil {
					t.Error(err)
					return
				}
				ids := appendIDs(nil, runs)
				handed.Add(int64(len(ids)))
				if dies < 2 { // before, or after: it may be late, and somebody else's by then
					deaths.Add(1)
					if dies == 1 {
						do(t, c, command, ids)
					}
					continue
				}
				for _, id := range ids {
					if !owner[id].CompareAndSwap(0, int32(w+1)) {
						t.Errorf("%d is handed out to %d, and %d has it", id, w+1, owner[id].Load())
						return
					}
				}
				dawdle()
				do(t, c, command, ids)
				for _, id := range ids { // once it is confirmed it may be somebody else's
					owner[id].Store(0)
				}
				if token != "" {
					if _, err := caller.Confirm(token, nil); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	time.Sleep(sized(2*time.Second, 20*time.Second))
	close(done)
	workers.Wait()
	n := f.agrees(5 * time.Second)
	o := f.with.Figures().Follow
	if o.Applied == 0 {
		t.Errorf("workers died, and nothing was set right: %+v", o)
	}
	t.Logf("%d hand-outs, %d deaths, %d keys in the end: %+v", handed.Load(), deaths.Load(), n, o)
}

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// dawdle is what a worker does between two commands.
func dawdle() {
	if rand.IntN(4) == 0 {
		time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
	}
}

// do writes or deletes the keys of ids.
func do(t *testing.T, c rueidis.Client, command string, ids []uint64) {
	var batch rueidis.Commands
	for _, id := range ids {
		b := c.B().Arbitrary(command).Keys(prefix + strconv.FormatUint(id, 10))
		if command == "SET" {
			b = b.Args("v")
		}
		batch = append(batch, b.Build())
	}
	for _, r := range c.DoMulti(context.Background(), batch...) {
		if err := r.Error(); err != nil {
			t.Error(err)
		}
	}
}

func TestFollow_PrefixesComeAndGo(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	f := followSettling(t, "redis://"+s.Addr, 20*time.Millisecond)
	c := s.Client(t)
	caller := f.registry.Caller(nil)
	set(t, c, 0, 99)
	if n := f.agrees(5 * time.Second); n != 100 {
		t.Fatalf("%d keys", n)
	}
	for _, step := range []struct {
		what string
		do   func()
	}{
		{"cleared", func() { caller.At(prefix).Clear() }},
		{"reset", func() { caller.At(prefix).Reset() }},
		{"dropped and made by an event", func() { caller.Drop(prefix); set(t, c, 100, 100) }},
		{"dropped and made again", func() { caller.Drop(prefix); caller.Create(prefix, tracker.Config{MaxID: 1000}) }},
		{"renamed, and made by an event", func() {
			if _, err := caller.Rename([]byte(prefix), []byte("away:"), false); err != nil {
				t.Fatal(err)
			}
			set(t, c, 101, 101)
		}},
	} {
		step.do()
		f.until(step.what, func(o observe.Follow) bool {
			tr := f.registry.Get(prefix)
			return tr != nil && tr.Count() >= 100 && !o.CatchingUp
		})
		f.agrees(5 * time.Second)
	}
	if n := f.registry.Get("away:").Count(); n < 100 {
		t.Errorf("%d IDs of what was renamed", n)
	}
	// Keys of a longer prefix are that one's.
	if _, err := caller.Create(prefix+"1", tracker.Config{Width: 3}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(keysSoon + 4*roundEvery) // until it is known
	before := f.with.Figures().Follow.Ignored
	for _, key := range []string{prefix + "1123", prefix + "x", prefix + "01", prefix} {
		s.Do(t, "SET", key, "v")
	}
	f.until("what is no key of the prefix is ignored", func(o observe.Follow) bool { return o.Ignored >= before+4 })
}
