package resp

import (
	"container/list"
	"sync"
	"time"
)

// throttle says when the password of a client is checked.
//
// A right password looks like a guess until it is checked, so whatever is denied
// to guesses is denied to it, too; what can be bounded is how many wrong ones
// are found out in a second, over all origins, and how long each waits for
// that. A wrong password costs one of [guessRate] a second; a right one costs
// nothing, so honest clients do not slow each other. When there is nothing left
// to spend, those who come line up, and every second turn is that of the
// one who has waited longest: nobody waits for more than two turns of each who
// came before. The other turns go round the lines, and there is one for each
// origin, and one more for those connections of it that have given a wrong
// password before. So who is alone in an origin, or new in one where others
// guess, waits for a round of the lines, not for a thousand guesses.
//
// Before that, an origin that has failed several times is delayed, all of its
// attempts at the same time.
//
// Nobody is sent away: a connection has one attempt at a time, so that no more
// wait than may be connected. Those that have gone are looked for, or who
// guesses and goes would hold the connections of all (docs/adr/0013).
//
// Its methods never wait and are safe for concurrent use.
type throttle struct {
	isRight func(digest *[32]byte) bool
	now     func() time.Duration

	mu       sync.Mutex
	failures failures
	spent    time.Duration // until when wrong passwords are paid for
	waiting  list.List     // of *attempt: all that wait, the next to be looked at first
	order    list.List     // of *attempt in the lines, the oldest first
	lines    map[lineKey]*line
	round    list.List // of *line, the next first
	byAge    bool      // the next turn is the oldest's
	alarm    bool      // for the next turn
}

const (
	// guessRate is how many wrong passwords are found out in a second, and
	// guessBurst how many at once after a quiet time.
	guessRate  = 300
	guessBurst = 100
	guessCost  = time.Second / guessRate

	// manyWaiting is how many may wait before anybody looks who of them has gone,
	// and gonePerComer how many are looked at for each who comes: with more than
	// one, those who have gone do not become more than those who stay.
	manyWaiting  = 1000
	gonePerComer = 4
)

// latestCheck is how long a password waits at most to be checked when so many
// others wait.
func latestCheck(others int) time.Duration {
	return longestDelay + 2*time.Duration(others+1)*guessCost
}

// lineKey tells which line an attempt stands in.
type lineKey struct {
	from  origin
	again bool
}

type line struct {
	key      lineKey
	attempts list.List // of *attempt, the oldest first
	inRound  *list.Element
}

// attempt is a password that a client has given.
type attempt struct {
	from   origin
	again  bool // its connection has given a wrong one before
	digest [32]byte

	// hasGone tells, as far as one may know, that nobody waits for the outcome
	// any more. It must not wait; nil knows nothing.
	hasGone func() bool

	checked chan struct{} // closed once right or dropped is set
	right   bool
	dropped bool // it was not checked: its client has gone

	// Of the throttle, under its lock.
	delay           *time.Timer
	inWaiting       *list.Element // nil unless it waits
	inOrder, inLine *list.Element // nil unless it stands in a line
}

func (a *attempt) isChecked() bool {
	select {
	case <-a.checked:
		return true
	default:
		return false
	}
}

func newThrottle(isRight func(*[32]byte) bool, now func() time.Duration) *throttle {
	return &throttle{isRight: isRight, now: now, lines: make(map[lineKey]*line)}
}

// begin checks a password at once, if that may be done, or makes it wait:
// a.checked tells when it is checked.
func (t *throttle) begin(a *attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	a.checked = make(chan struct{})
	delay := t.failures.delay(a.from, now)
	if delay == 0 && t.order.Len() == 0 && t.next(now) <= 0 {
		t.check(a, now)
		return
	}
	t.dropGone()
	a.inWaiting = t.waiting.PushBack(a)
	if delay > 0 {
		a.delay = time.AfterFunc(delay, func() { t.delayed(a) })
	} else {
		t.lineUp(a)
		t.takeTurns()
	}
}

// abandon ends an attempt that waits.
func (t *throttle) abandon(a *attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.leave(a)
}

// delayed is called when the delay of an attempt is over.
func (t *throttle) delayed(a *attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a.inWaiting != nil {
		t.lineUp(a)
		t.takeTurns()
	}
}

// next returns how long it is until a wrong password may be found out. t.mu is
// held, as it is in all that follow.
func (t *throttle) next(now time.Duration) time.Duration {
	return t.spent - (guessBurst-1)*guessCost - now
}

// dropGone looks at some of those who wait, when they are many, and ends the
// attempts of those who have gone.
func (t *throttle) dropGone() {
	for range gonePerComer {
		if t.waiting.Len() < manyWaiting {
			return
		}
		e := t.waiting.Front()
		t.waiting.MoveToBack(e)
		if a := e.Value.(*attempt); a.hasGone != nil && a.hasGone() {
			t.leave(a)
			a.dropped = true
			close(a.checked)
		}
	}
}

// check finds out whether the password is right.
func (t *throttle) check(a *attempt, now time.Duration) {
	if a.right = t.isRight(&a.digest); a.right {
		t.failures.forget(a.from)
	} else {
		t.failures.add(a.from, now)
		t.spent = max(t.spent, now) + guessCost
	}
	close(a.checked)
}

// takeTurns checks those whose turn it is, and sees to it that it is called
// when it is the next one's.
func (t *throttle) takeTurns() {
	now := t.now()
	for t.order.Len() > 0 && t.next(now) <= 0 {
		first := t.order.Front()
		if !t.byAge {
			e := t.round.Front()
			t.round.MoveToBack(e)
			first = e.Value.(*line).attempts.Front()
		}
		t.byAge = !t.byAge
		a := first.Value.(*attempt)
		t.leave(a)
		t.check(a, now)
	}
	if t.order.Len() > 0 && !t.alarm {
		t.alarm = true
		time.AfterFunc(t.next(now), func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.alarm = false
			t.takeTurns()
		})
	}
}

// lineUp puts an attempt at the end of its line.
func (t *throttle) lineUp(a *attempt) {
	key := lineKey{a.from, a.again}
	l := t.lines[key]
	if l == nil {
		l = &line{key: key}
		t.lines[key] = l
		l.inRound = t.round.PushBack(l)
	}
	a.inLine = l.attempts.PushBack(a)
	a.inOrder = t.order.PushBack(a)
}

// leave ends the waiting of an attempt, if it waits.
func (t *throttle) leave(a *attempt) {
	if a.inWaiting == nil {
		return
	}
	t.waiting.Remove(a.inWaiting)
	a.inWaiting = nil
	if a.delay != nil {
		a.delay.Stop()
	}
	if a.inLine == nil {
		return
	}
	l := t.lines[lineKey{a.from, a.again}]
	l.attempts.Remove(a.inLine)
	t.order.Remove(a.inOrder)
	a.inLine, a.inOrder = nil, nil
	if l.attempts.Len() == 0 {
		t.round.Remove(l.inRound)
		delete(t.lines, l.key)
	}
}
