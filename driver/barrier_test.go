package driver

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/remote"
)

func join(t *testing.T, ids func(context.Context) (*remote.Client, error), n int, lease time.Duration) *barrier {
	t.Helper()
	b, err := newBarrier(t.Context(), ids, "test", n, testPhases, lease, func() {})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const testPhases = 6

func noTelling(here, of int) {}

// TestBarrier_AllBeginTogether: nobody is in a phase while another one has not left the one before, in however many.
func TestBarrier_AllBeginTogether(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	const drivers, phases = 4, testPhases
	var in [phases]atomic.Int32
	var all sync.WaitGroup
	for who := range drivers {
		all.Go(func() {
			b := join(t, ids, drivers, longLease)
			for phase := range phases {
				time.Sleep(time.Duration(who*phase%3) * time.Millisecond)
				if over, err := b.arrive(t.Context(), phase, noTelling); over || err != nil {
					t.Error(who, phase, over, err)
				}
				in[phase].Add(1)
				if phase > 0 && in[phase-1].Load() != drivers {
					t.Errorf("%d begins %d, and %d have been in the one before", who, phase, in[phase-1].Load())
				}
			}
			b.leave()
		})
	}
	all.Wait()
	if names := do(t, c, "PT.LIST").([]any); len(names) > 0 {
		t.Errorf("left behind: %s", names)
	}
}

// TestBarrier_First waits for as many as it was told, and says so.
func TestBarrier_First(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	one := join(t, ids, 2, longLease)
	told := make(chan int, 1<<10)
	done := make(chan error, 1)
	go func() {
		_, err := one.arrive(t.Context(), 0, func(here, of int) { told <- 10*here + of })
		done <- err
	}()
	for range 5 {
		if got := <-told; got != 12 {
			t.Error(got)
		}
	}
	two := join(t, ids, 2, longLease)
	if over, err := two.arrive(t.Context(), 0, noTelling); over || err != nil {
		t.Error(over, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	// Who gives up is not waited for.
	ctx, end := context.WithCancel(t.Context())
	go func() { _, err := one.arrive(ctx, 1, noTelling); done <- err }()
	end()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	one.leave()
	if over, err := two.arrive(t.Context(), 1, noTelling); over || err != nil {
		t.Error(over, err)
	}
	two.leave()
}

// TestBarrier_Late begins with the phase that others are at.
func TestBarrier_Late(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	b := join(t, ids, 1, longLease)
	for phase := range 4 {
		if over, err := b.arrive(t.Context(), phase, noTelling); over || err != nil {
			t.Fatal(over, err)
		}
	}
	late := join(t, ids, 1, longLease)
	for phase := range 3 {
		if over, err := late.arrive(t.Context(), phase, noTelling); !over || err != nil {
			t.Error(phase, over, err)
		}
	}
	if over, err := late.arrive(t.Context(), 3, noTelling); over || err != nil {
		t.Error(over, err)
	}
	// From now on it is one of them.
	done := make(chan error, 1)
	told := make(chan int, 1<<10)
	go func() {
		_, err := b.arrive(t.Context(), 4, func(here, of int) { told <- 10*here + of })
		done <- err
	}()
	if got := <-told; got != 12 {
		t.Error(got)
	}
	if over, err := late.arrive(t.Context(), 4, noTelling); over || err != nil {
		t.Error(over, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	late.leave()
	b.leave()
}

// vanish is what becomes of a driver that is killed: nobody renews.
func (b *barrier) vanish() {
	b.stop()
	<-b.gone
	b.client.Close()
}

// TestBarrier_Killed: a driver that is gone is not waited for when its leases have ended; wherever it was.
func TestBarrier_Killed(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	for arrived := range 2 {
		b, dead := join(t, ids, 2, 400*time.Millisecond), join(t, ids, 2, 400*time.Millisecond)
		var both sync.WaitGroup
		for _, one := range []*barrier{b, dead} {
			both.Go(func() {
				if over, err := one.arrive(t.Context(), 0, noTelling); over || err != nil {
					t.Error(over, err)
				}
			})
		}
		both.Wait()
		ctx, end := context.WithCancel(t.Context())
		if arrived == 1 {
			both.Go(func() { dead.arrive(ctx, 1, func(int, int) { end() }) })
			both.Wait()
		}
		end()
		dead.vanish()
		for phase := 1; phase < 3; phase++ {
			if over, err := b.arrive(t.Context(), phase, noTelling); over || err != nil {
				t.Error(over, err)
			}
		}
		b.leave()
	}
}

// TestBarrier_StoodStill: leases that have ended are made again, and who was away is waited for again.
func TestBarrier_StoodStill(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	c := dial(t, ids)
	b := join(t, ids, 1, 300*time.Millisecond)
	if over, err := b.arrive(t.Context(), 0, noTelling); over || err != nil {
		t.Fatal(over, err)
	}
	do(t, c, "PT.CLEAR barrier:test") // as if their time was over
	eventually(t, "it is there again", func() bool {
		there, err := b.count(t.Context(), 0, 1)
		at, err2 := b.count(t.Context(), 1, 2)
		if err != nil || err2 != nil {
			t.Fatal(err, err2)
		}
		return there == 1 && at == 1
	})
	b.leave()
}

// TestBarrier_OverAndOver: who has left a run and comes again at once begins the next, though others are still at the
// end of that one.
func TestBarrier_OverAndOver(t *testing.T) {
	t.Parallel()
	ids := startTracker(t)
	const drivers = 3
	var all sync.WaitGroup
	for who := range drivers {
		all.Go(func() {
			for run := range 3 {
				b := join(t, ids, drivers, longLease)
				for phase := range testPhases + 1 {
					if over, err := b.arrive(t.Context(), phase, noTelling); over || err != nil {
						t.Error(who, run, phase, over, err)
					}
				}
				time.Sleep(time.Duration(who) * 20 * time.Millisecond)
				b.leave()
			}
		})
	}
	all.Wait()
}
