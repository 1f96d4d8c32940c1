package tracker

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// 20,000 holds of one owner: its Close is a mark, whatever the number; they are
// taken out by slices of bounded work, and each is told once.
func TestHolds_ManyOfOneOwnerEndWithAMark(t *testing.T) {
	const n = 20_000
	for _, all := range []string{"owner", "flush", "time"} {
		t.Run(all, func(t *testing.T) {
			r, notified, _ := world(t)
			r.Close() // nothing happens by itself
			owner := r.Caller(nil)
			for i := range n {
				h := owner.At(fmt.Sprintf("p%d:", i))
				if err := h.Reserve(1); err != nil {
					t.Fatal(err)
				}
				open(t, h, time.Hour, true)
			}
			s := &r.holds
			switch all {
			case "owner":
				owner.Close()
				if len(s.ended) != 1 {
					t.Errorf("%d groups have ended, want 1", len(s.ended))
				}
			case "flush":
				owner.Clear()
			case "time":
				s.epoch = s.epoch.Add(-2 * time.Hour)
			}
			if got := s.kept(); got != n {
				t.Fatalf("%d of %d left, on the goroutine of the end", got, n)
			}
			want := n
			if all == "flush" {
				want = 0 // who has flushed has told
			}
			slices, told := 0, 0
			for more := true; more; slices++ {
				before := len(s.byToken)
				var of []*hold
				of, more = s.reap(nil)
				if took := before - len(s.byToken); took > reapSlice {
					t.Fatalf("a slice of %d", took)
				}
				for _, h := range of {
					if !h.groups[ofTracker].over() {
						told++
					}
				}
			}
			if s.kept() != 0 || told != want || len(s.ended) != 0 || len(owner.held.members) != 0 {
				t.Errorf("%d left, %d told, %d groups left", s.kept(), told, len(s.ended))
			}
			if notified.told() != 0 {
				t.Error("told after Close of the registry")
			}
		})
	}
}

func TestHolds_AllAreReapedInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, notified, _ := world(t)
		const n = 3000
		var owners [3]*Caller
		for i := range owners {
			owners[i] = r.Caller(nil)
		}
		for i := range n {
			h := owners[i%len(owners)].At(fmt.Sprintf("p%d:", i))
			if err := h.Reserve(1); err != nil {
				t.Fatal(err)
			}
			open(t, h, time.Duration(1+i)*time.Second, true)
		}
		owners[0].Close()
		synctest.Wait()
		if r.holds.kept() != n-n/3 || notified.told() != n/3 {
			t.Fatal(r.holds.kept(), notified.told())
		}
		time.Sleep(n / 2 * time.Second)
		synctest.Wait()
		if r.holds.kept() != n/3 || notified.told() != n-n/3 {
			t.Fatal(r.holds.kept(), notified.told())
		}
		owners[1].Close()
		owners[2].Close()
		synctest.Wait()
		if r.holds.kept() != 0 || notified.told() != n {
			t.Fatal(r.holds.kept(), notified.told())
		}
		for _, times := range notified.of {
			if times != 1 {
				t.Fatalf("one end told %d times", times)
			}
		}
		for _, tr := range r.All() {
			if x := tr.extras.Load(); x != nil && x.deleter.Load() != nil {
				t.Fatal("a hold that is gone stays in memory")
			}
		}
	})
}

// slow is a Recorder that takes its time.
type slow struct {
	entered, leave chan struct{}
}

func (s slow) Changed(*Tracker) { s.entered <- struct{}{}; <-s.leave }
func (s slow) ChangedAll()      {}

func TestRegistry_CloseWaitsForTheRecorder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, _ := world(t)
		to := slow{make(chan struct{}), make(chan struct{})}
		r.Notify(to)
		c := r.Caller(nil)
		open(t, c.At("a:"), time.Hour, true)
		c.Close()
		<-to.entered
		if _, err := c.At("a:").Add([]uint64{7}); err != nil || r.holds.kept() != 0 {
			t.Error("the registry waits for a Recorder", err)
		}
		closed := false
		go func() { r.Close(); closed = true }()
		synctest.Wait()
		if closed {
			t.Error("Close returns beside a Recorder at work")
		}
		close(to.leave)
		synctest.Wait()
		if !closed {
			t.Error("Close does not return")
		}
		// Nothing is told any more.
		c = r.Caller(nil)
		open(t, c.At("a:"), time.Second, true)
		c.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
	})
}
