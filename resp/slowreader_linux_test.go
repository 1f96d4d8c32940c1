package resp

import (
	"strings"
	"testing"
	"time"
)

// Who takes nothing of its replies is refused when the time for that is over, and not before, though a loop
// has nothing else against it.
func TestLoop_WhoTakesNothingIsRefused(t *testing.T) {
	s, l := halted(t)
	s.config.Write, s.config.Idle, s.config.Command = time.Minute, 0, 0
	lc, _ := l.client(t)
	lc.fill()
	l.now = s.now()
	l.outbox.lend(lc.client)
	lc.client.BulkString(strings.Repeat("x", 10_000))
	l.outbox.hold(lc.client)
	l.outbox.release()
	if len(lc.backlog) == 0 {
		t.Fatal("the socket has had room")
	}
	lc.checkTime() // takes what the kernel has as a beginning
	l.now = lc.client.lastActive() + time.Minute - 1
	if lc.checkTime(); lc.closed {
		t.Fatal("it is refused too early")
	}
	l.now = lc.client.lastActive() + time.Minute
	if lc.checkTime(); !lc.closed || s.refusals[refusedSlowReader].count.Load() != 1 {
		t.Errorf("it is closed: %v, and %d were slow readers", lc.closed, s.refusals[refusedSlowReader].count.Load())
	}
	l.goOn(t)
}
