package resp

import (
	"fmt"
	"math/rand/v2"
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
		if th.waiting.Len() != 0 || len(th.lines) != 0 || th.round.Len() != 0 || th.order.Len() != 0 {
			t.Errorf("at the end %d wait, %d in %d lines", th.waiting.Len(), th.order.Len(), len(th.lines))
		}
	})
}

// try is an attempt whose end is waited for. It returns how long that took.
func try(t *testing.T, th *throttle, a *attempt) time.Duration {
	began := time.Now()
	th.begin(a)
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
				if longest > test.atMost || longest > latestCheck(guessers) {
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

// The worst that can be done to a right password: very many wait before it comes, half of them in
// its own line, and others keep coming from ever new addresses. It waits for two turns of each who
// came before, and no longer.
func TestThrottle_LatestCheck(t *testing.T) {
	for _, before := range []int{1000, 10_000} {
		inBubble(t, func(t *testing.T, th *throttle) {
			next := 1 << 20
			guess := func() {
				next++
				th.begin(&attempt{from: v4(next), digest: wrongOne})
			}
			spend(t, th, next)
			next += guessBurst
			for range before / 2 {
				guess()
				th.begin(&attempt{from: v4(0), digest: wrongOne})
			}
			honest := &attempt{from: v4(0), digest: rightOne}
			th.begin(honest)
			began := time.Now()
			for !honest.isChecked() {
				guess()
				time.Sleep(guessCost)
				if time.Since(began) > 2*latestCheck(before) {
					t.Fatalf("a right password waits longer than %v", 2*latestCheck(before))
				}
			}
			if wait := time.Since(began); wait > latestCheck(before) || !honest.right {
				t.Errorf("%d before it: right is %v after %v; want it within %v", before, honest.right, wait, latestCheck(before))
			}
			time.Sleep(10 * latestCheck(before))
		})
	}
}

// However many wait, and of one address, nobody is sent away: a right password among them is accepted
// when its turn comes, and one from elsewhere soon.
func TestThrottle_NobodyIsSentAway(t *testing.T) {
	for greedy := 1; greedy <= 4; greedy++ {
		t.Run(fmt.Sprint(greedy, " greedy"), func(t *testing.T) {
			inBubble(t, func(t *testing.T, th *throttle) {
				const each = 4000
				stays := func() bool { return false }
				spend(t, th, 1000)
				guesses := make([]attempt, each*greedy)
				for i := range guesses {
					guesses[i] = attempt{from: v4(i % greedy), again: i/greedy%2 == 0, digest: wrongOne, hasGone: stays}
					th.begin(&guesses[i])
				}
				beside := &attempt{from: v4(0), digest: rightOne, hasGone: stays}
				th.begin(beside)
				began := time.Now()
				// In an address of its own, it has its turn after each line has had two.
				if wait := try(t, th, &attempt{from: v4(greedy), digest: rightOne, hasGone: stays}); wait > time.Duration(2*(2*greedy+2))*guessCost {
					t.Errorf("the right password waits %v", wait)
				}
				<-beside.checked
				if wait := time.Since(began); !beside.right || wait > latestCheck(len(guesses)) {
					t.Errorf("beside %d guesses of its address, right is %v after %v", each, beside.right, wait)
				}
				for i := range guesses {
					if <-guesses[i].checked; guesses[i].right || guesses[i].dropped {
						t.Fatalf("guess %d: right %v, dropped %v", i, guesses[i].right, guesses[i].dropped)
					}
				}
			})
		})
	}
}

// Who guesses and goes without waiting for the answer does not pile up: those who have gone are found,
// whether delayed or in a line, and no more of them wait than of those who stay.
func TestThrottle_WhoHasGoneDoesNotPileUp(t *testing.T) {
	for _, delayed := range []bool{false, true} {
		for _, staying := range []int{1, 3000} {
			inBubble(t, func(t *testing.T, th *throttle) {
				if spend(t, th, 1000); delayed {
					for range freeFailures {
						try(t, th, &attempt{from: v4(1), digest: wrongOne})
					}
				}
				stay := make([]attempt, staying)
				for i := range stay {
					stay[i] = attempt{from: v4(1), digest: rightOne, hasGone: func() bool { return false }}
					th.begin(&stay[i])
				}
				gone := make([]attempt, 10*manyWaiting)
				for i := range gone {
					gone[i] = attempt{from: v4(1), digest: wrongOne, hasGone: func() bool { return true }}
					th.begin(&gone[i])
					th.mu.Lock()
					n := th.waiting.Len()
					th.mu.Unlock()
					if n > 2*staying+manyWaiting {
						t.Fatalf("%d wait", n)
					}
				}
				for i := range stay {
					if <-stay[i].checked; !stay[i].right || stay[i].dropped {
						t.Fatal("who stayed was not checked")
					}
				}
				time.Sleep(time.Minute)
				dropped := 0
				for i := range gone {
					if <-gone[i].checked; gone[i].dropped {
						dropped++
					}
					if gone[i].right || gone[i].dropped && gone[i].inWaiting != nil {
						t.Fatal("of who has gone something is left")
					}
				}
				if dropped == 0 {
					t.Error("of those who have gone none was dropped")
				}
			})
		}
	}
}

// Fewer than many are not looked at: who ends its side after AUTH, as pipes do, is answered.
func TestThrottle_FewWhoHaveGoneAreChecked(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		spend(t, th, 1000)
		all := make([]attempt, manyWaiting)
		for i := range all {
			all[i] = attempt{from: v4(1), digest: rightOne, hasGone: func() bool { return true }}
			th.begin(&all[i])
		}
		for i := range all {
			if <-all[i].checked; !all[i].right {
				t.Fatal("a right password is not accepted")
			}
		}
	})
}

// However many connections guess again and again, who is new does not wait for them.
func TestThrottle_WhoIsNewHasALineOfItsOwn(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		spend(t, th, 1000)
		for range 10_000 {
			th.begin(&attempt{from: v4(1), again: true, digest: wrongOne})
		}
		if wait := try(t, th, &attempt{from: v4(1), digest: rightOne}); wait > 4*guessCost {
			t.Errorf("a right password waits %v", wait)
		}
		time.Sleep(time.Minute)
	})
}

// Who comes when the next guess may be found out just now does not overtake those who wait for it.
func TestThrottle_NobodyOvertakes(t *testing.T) {
	inBubble(t, func(t *testing.T, th *throttle) {
		spend(t, th, 1000)
		first, second := &attempt{from: v4(1), digest: wrongOne}, &attempt{from: v4(2), digest: wrongOne}
		if th.begin(first); first.isChecked() {
			t.Fatal("the first does not wait")
		}
		th.mu.Lock()
		th.spent -= guessCost // it may, but the alarm has yet to say so
		th.mu.Unlock()
		if th.begin(second); second.isChecked() || !first.isChecked() {
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
		if th.begin(a); a.isChecked() {
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
			th.begin(all[i])
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
