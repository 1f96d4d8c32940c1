package load

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The timer is set where it is not, or is for another time, and wakes its worker once, though nobody reads it.
func TestPoller_Timer(t *testing.T) {
	p, err := newPoller(&worker{began: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.end()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	left := func() time.Duration {
		var spec unix.ItimerSpec
		must(unix.TimerfdGettime(p.timer, &spec))
		return time.Duration(spec.Value.Nano())
	}
	must(p.arm(2 * time.Hour))
	must(p.arm(time.Hour))
	if left := left(); left == 0 || left > time.Hour {
		t.Errorf("it rings in %v, and is to in an hour", left)
	}
	must(p.arm(time.Millisecond))
	for p.rings != never {
		must(p.wait(stopPoll))
	}
	if left := left(); left != 0 {
		t.Fatalf("it has rung, and rings in %v", left)
	}
	const while = 200 * time.Millisecond
	turns := 0
	for began := time.Now(); time.Since(began) < while; turns++ {
		must(p.wait(stopPoll))
	}
	// Go's scheduler interrupts a wait now and then.
	if most := 100; turns > most {
		t.Errorf("woken %d times in %v, want %d at most", turns, while, most)
	}
}
