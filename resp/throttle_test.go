package resp

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var (
	rightOne = [32]byte{1}
	wrongOne = [32]byte{2}
)

// inBubble runs a test with a throttle and a clock that moves when all wait.
func inBubble(t *testing.T, test func(t *testing.T, th *throttle)) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		th := newThrottle(func(d *[32]byte) bool { return *d == rightOne }, func() time.Duration { return time.Since(began) })
		test(t, th)
		synctest.Wait()
		if th.waiting.Len() != 0 || len(th.places) != 0 || len(th.lines) != 0 || th.round.Len() != 0 || th.order.Len() != 0 {
			t.Errorf("at the end %d places are taken, of %d origins, %d lines", th.waiting.Len(), len(th.places), len(th.lines))
		}
	})
}

// try is an attempt whose end is waited for. It returns how long that took.
func try(t *testing.T, th *throttle, a *attempt) time.Duration {
	began := time.Now()
	if !th.begin(a) {
		t.Errorf("no place for an attempt from %v", a.from)
		return 0
	}
	<-a.checked
	if a.right != (a.digest == rightOne) {
		t.Errorf("right is %v, wrong %v", a.right, !a.right)
	}
	return time.Since(began)
}

func v4(n int) origin {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)}), 32)
}

// A thousand connections guess as fast as they are answered. A right password is accepted, and
// soon; and no more than the rate of guesses are found out, however they are spread.
func TestThrottle_AThousandGuess(t *testing.T) {
	const guessers, duration = 1000, 40 * time.Second
	for name, test := range map[string]struct {
		origin  func(guesser, turn int) origin
		again   bool          // a guesser stays in its connection
		honest  origin        // where the right password comes from
		atMost  time.Duration // it waits
		atLeast int           // the guesses found out a second
	}{
		// Alone in its line.
		"one address, same connections": {func(int, int) origin { return v4(1) }, true, v4(1), longestDelay + 10*guessCost, guessRate * 9 / 10},
		"a Unix socket":                 {func(int, int) origin { return origin{} }, true, origin{}, longestDelay + 10*guessCost, guessRate * 9 / 10},
		"another address":               {func(int, int) origin { return v4(1) }, false, v4(2), 10 * guessCost, guessRate * 9 / 10},
		// One of a thousand in it.
		"one address, new connections": {func(int, int) origin { return v4(1) }, false, v4(1), longestDelay + (guessers+10)*guessCost, guessRate * 9 / 10},
		// A round of a thousand lines, and the oldest between.
		"a thousand addresses": {func(g, _ int) origin { return v4(g) }, false, v4(-1), 2 * (guessers + 10) * guessCost, guessRate * 9 / 10},
		"ever new addresses":   {func(g, n int) origin { return v4(g<<12 + n) }, false, v4(-1), 2 * (guessers + 10) * guessCost, guessRate * 9 / 10},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, th *throttle) {
				found := make([]int, duration/time.Second+60)
				began := time.Now()
				var ended sync.WaitGroup
				for g := range guessers {
					ended.Go(func() {
						for n := 0; time.Since(began) < duration; n++ {
							try(t, th, &attempt{from: test.origin(g, n), again: test.again && n > 0, digest: wrongOne})
							th.mu.Lock()
							found[time.Since(began)/time.Second]++
							th.mu.Unlock()
						}
					})
				}
				longest := time.Duration(0)
				time.Sleep(10 * time.Second)
				for time.Since(began) < duration {
					longest = max(longest, try(t, th, &attempt{from: test.honest, digest: rightOne}))
					time.Sleep(time.Duration(rand.IntN(1000)) * time.Millisecond)
				}
				if longest > test.atMost || longest > LatestCheck {
					t.Errorf("a right password waits %v; want %v at most", longest, test.atMost)
				}
				ended.Wait()
				total, seconds := 0, int(duration/time.Second)
				for second, n := range found[:seconds] {
					if total += n; total > guessBurst+(second+1)*guessRate {
						t.Fatalf("%d guesses are found out in %d seconds", total, second+1)
					}
				}
				if total < seconds*test.atLeast {
					t.Errorf("%d guesses are found out in %d seconds; want %d a second", total, seconds, test.atLeast)
				}
			})
		})
	}
}

// spend finds out as many guesses as may be at once, from origins of their own, beginning with n.
func spend(t *testing.T, th *throttle, n int) {
	for i := range guessBurst {
		if wait := try(t, th, &attempt{from: v4(n + i), digest: wrongOne}); wait != 0 {
			t.Errorf("the %dth guess after a quiet time waits %v", i+1, wait)
		}
	}
}

// However long it was quiet, no more are found out at once.
func TestThrottle_QuietTime(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		for round := range 3 {
			spend(t, th, 1000*round)
			if wait := try(t, th, &attempt{from: v4(-1 - round), digest: wrongOne}); wait != guessCost {
				t.Errorf("the next one waits %v; want %v", wait, guessCost)
			}
			time.Sleep(time.Hour)
		}
	})
}

// The worst that can be done to a right password: nearly all places are taken before it comes, many
// in its own line, and others keep coming from ever new addresses.
func TestThrottle_LatestCheck(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		const longLine = maxWaiting/4 - 1
		next := 1 << 20
		spend(t, th, next)
		guess := func() bool {
			next++
			return th.begin(&attempt{from: v4(next), digest: wrongOne})
		}
		next += guessBurst
		for range maxWaiting / 2 {
			guess()
		}
		for range longLine {
			th.begin(&attempt{from: v4(0), digest: wrongOne})
		}
		honest := &attempt{from: v4(0), digest: rightOne}
		if !th.begin(honest) {
			t.Fatal("no place for the right password")
		}
		began := time.Now()
		for !honest.isChecked() {
			if !guess() {
				time.Sleep(guessCost)
			}
			if time.Since(began) > 2*LatestCheck {
				t.Fatalf("a right password waits longer than %v", 2*LatestCheck)
			}
		}
		if wait := time.Since(began); wait > LatestCheck || !honest.right {
			t.Errorf("right is %v after %v; want it within %v", honest.right, wait, LatestCheck)
		}
		time.Sleep(time.Minute)
	})
}

// Places are bounded, and whoever takes many leaves as many: an honest client finds one.
func TestThrottle_Places(t *testing.T) {
	for greedy := 1; greedy <= 4; greedy++ {
		t.Run(fmt.Sprint(greedy, " greedy"), func(t *testing.T) {
			inBubble(t, func(t *testing.T, th *throttle) {
				spend(t, th, 1000)
				var waiting []*attempt
				for range 2 * maxWaiting {
					for g := range greedy {
						if a := (&attempt{from: v4(g), digest: wrongOne}); th.begin(a) {
							waiting = append(waiting, a)
						}
					}
				}
				if n, share := len(waiting), maxWaiting/(greedy+1); n < greedy*share || n > greedy*(share+1) {
					t.Errorf("%d attempts wait; want %d", n, greedy*share)
				}
				// In an address of its own, it has its turn after each has had two.
				if wait := try(t, th, &attempt{from: v4(greedy), digest: rightOne}); wait > time.Duration(2*(greedy+2))*guessCost {
					t.Errorf("the right password waits %v", wait)
				}
				// Who goes, gives its place to others.
				for _, a := range waiting {
					th.abandon(a)
					th.abandon(a)
				}
			})
		})
	}
}

// Who guesses and goes without waiting for the answer does not take the places of those who stay,
// not even in one's own address, whether delayed or in the line.
func TestThrottle_WhoHasGoneMakesRoom(t *testing.T) {
	for _, delayed := range []bool{false, true} {
		inBubble(t, func(t *testing.T, th *throttle) {
			if spend(t, th, 1000); delayed {
				for range freeFailures {
					try(t, th, &attempt{from: v4(1), digest: wrongOne})
				}
			}
			stay := &attempt{from: v4(1), digest: rightOne, hasGone: func() bool { return false }}
			if !th.begin(stay) {
				t.Fatal("no place for the first")
			}
			gone := 0
			for range 2 * maxWaiting {
				a := &attempt{from: v4(1), digest: wrongOne, hasGone: func() bool { return true }}
				if th.begin(a) {
					gone++
				}
				if th.waiting.Len() > maxWaiting {
					t.Fatalf("%d wait", th.waiting.Len())
				}
			}
			if gone != 2*maxWaiting {
				t.Errorf("%d of those who go found a place; want %d", gone, 2*maxWaiting)
			}
			try(t, th, &attempt{from: v4(1), digest: rightOne})
			if <-stay.checked; !stay.right || stay.dropped {
				t.Error("who stayed was not checked")
			}
			time.Sleep(time.Minute)
		})
	}
}

// However many connections guess again and again, one that is new finds a place beside them.
func TestThrottle_WhoIsNewFindsAPlace(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		spend(t, th, 1000)
		old := &attempt{from: v4(2), again: true, digest: wrongOne}
		if !th.begin(old) {
			t.Fatal("no place for the first")
		}
		var dropped int
		guesses := make([]*attempt, 2*maxWaiting)
		for i := range guesses {
			guesses[i] = &attempt{from: v4(1), again: true, digest: wrongOne}
			th.begin(guesses[i])
		}
		var honest [100]attempt
		for i := range honest {
			honest[i] = attempt{from: v4(1), digest: rightOne}
			if !th.begin(&honest[i]) {
				t.Fatalf("no place for the %dth that is new", i+1)
			}
		}
		for i := range honest {
			if <-honest[i].checked; !honest[i].right {
				t.Error("a right password is not accepted")
			}
		}
		th.mu.Lock()
		for _, a := range guesses {
			if a.dropped {
				dropped++
			}
		}
		th.mu.Unlock()
		if dropped > len(honest) || dropped == 0 {
			t.Errorf("%d new ones have cost %d guesses their places", len(honest), dropped)
		}
		if <-old.checked; old.dropped {
			t.Error("another address lost its place")
		}
		time.Sleep(time.Minute)
	})
}

// Who comes when the next guess may be found out just now does not overtake those who wait for it.
func TestThrottle_NobodyOvertakes(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		spend(t, th, 1000)
		first, second := &attempt{from: v4(1), digest: wrongOne}, &attempt{from: v4(2), digest: wrongOne}
		if !th.begin(first) || first.isChecked() {
			t.Fatal("the first does not wait")
		}
		th.mu.Lock()
		th.spent -= guessCost // it may, but the alarm has yet to say so
		th.mu.Unlock()
		if !th.begin(second) || second.isChecked() || !first.isChecked() {
			t.Errorf("checked are the first: %v, the second: %v", first.isChecked(), second.isChecked())
		}
		<-second.checked
	})
}

// An origin that gives up while it is delayed leaves nothing behind, and neither is it checked.
func TestThrottle_Abandon(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		for range freeFailures {
			try(t, th, &attempt{from: v4(1), digest: wrongOne})
		}
		a := &attempt{from: v4(1), digest: rightOne}
		if !th.begin(a) || a.isChecked() {
			t.Fatal("it is not delayed")
		}
		th.abandon(a)
		time.Sleep(time.Minute)
		if a.isChecked() {
			t.Error("checked though it was abandoned")
		}
	})
}

// Many clients with the right password do not wait for each other, also while others guess.
func TestThrottle_RightOnesCostNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		for range 100_000 {
			if wait := try(t, th, &attempt{from: v4(1), digest: rightOne}); wait != 0 {
				t.Fatalf("it waits %v", wait)
			}
		}
		spend(t, th, 2)
		began := time.Now()
		all := make([]*attempt, 1000)
		for i := range all {
			all[i] = &attempt{from: v4(1), digest: rightOne}
			if !th.begin(all[i]) {
				t.Fatalf("no place for the %dth", i)
			}
		}
		for _, a := range all {
			<-a.checked
		}
		if wait := time.Since(began); wait > guessCost {
			t.Errorf("a thousand right passwords wait %v", wait)
		}
	})
}

// The delay of an origin grows with each failure, and ends with a right password or by itself.
func TestThrottle_Delays(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		guess := func(from origin) time.Duration { return try(t, th, &attempt{from: from, digest: wrongOne}) }
		for round, end := range []func(){
			func() { try(t, th, &attempt{from: v4(1), digest: rightOne}) },
			func() { time.Sleep(forgetFailures + time.Second) },
			func() {},
		} {
			for i, want := range []int{0, 0, 0, 1, 2, 4, 8, 10, 10, 10} {
				if wait := guess(v4(1)); wait != time.Duration(want)*firstDelay {
					t.Errorf("round %d: guess %d waits %v; want %d times %v", round, i, wait, want, firstDelay)
				}
				if wait := try(t, th, &attempt{from: v4(2), digest: rightOne}); wait != 0 {
					t.Errorf("round %d: another address waits %v", round, wait)
				}
			}
			end()
		}
		time.Sleep(longestDelay) // who waits that long has waited
		if wait := try(t, th, &attempt{from: v4(1), digest: rightOne}); wait != 0 {
			t.Errorf("after a pause the right password waits %v", wait)
		}
	})
}

// The table of origins is bounded, and forgets who has been quiet for longest.
func TestFailures_Bounded(t *testing.T) {
	var f failures
	now := time.Duration(0)
	fail := func(n int) {
		now++
		f.add(v4(n), now)
	}
	for n := range 3 * maxOrigins {
		fail(n)
		for range freeFailures { // this one goes on
			fail(1 << 22)
		}
		if len(f.of) > maxOrigins || f.recent.Len() != len(f.of) {
			t.Fatalf("%d origins in a table of %d", len(f.of), maxOrigins)
		}
	}
	if len(f.of) != maxOrigins {
		t.Errorf("%d origins are known; want %d", len(f.of), maxOrigins)
	}
	if e := f.of[v4(1<<22)]; e == nil || e.Value.(*failing).count != 3*maxOrigins*freeFailures || f.delay(v4(1<<22), now) != longestDelay {
		t.Error("who goes on guessing is forgotten when many others guess")
	}
	for n, known := range map[int]bool{0: false, 2 * maxOrigins: false, 2*maxOrigins + 1: true, 3*maxOrigins - 1: true} {
		if _, ok := f.of[v4(n)]; ok != known {
			t.Errorf("origin %d of %d is known: %v", n, 3*maxOrigins, ok)
		}
	}
}

func TestOriginOf(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: rand.IntN(1 << 16)} }
	for _, same := range [][2]net.Addr{
		{tcp("192.0.2.1"), tcp("192.0.2.1")},
		{tcp("192.0.2.1"), tcp("::ffff:192.0.2.1")},
		{tcp("2001:db8:1:2::1"), tcp("2001:db8:1:2:ffff::9")},
		{tcp("fe80::1"), &net.TCPAddr{IP: net.ParseIP("fe80::2"), Zone: "eth0"}},
		{&net.UnixAddr{Name: "@", Net: "unix"}, &net.UnixAddr{Net: "unix"}},
	} {
		if a, b := originOf(same[0]), originOf(same[1]); a != b {
			t.Errorf("%v and %v are %v and %v", same[0], same[1], a, b)
		}
	}
	all := map[origin]net.Addr{}
	for _, addr := range []net.Addr{
		tcp("192.0.2.1"), tcp("192.0.2.2"), tcp("2001:db8:1:2::1"), tcp("2001:db8:1:3::1"), tcp("::1"), &net.UnixAddr{Name: "@", Net: "unix"},
	} {
		from := originOf(addr)
		if other, ok := all[from]; ok {
			t.Errorf("%v and %v are both %v", addr, other, from)
		}
		all[from] = addr
	}
}
