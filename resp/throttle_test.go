package resp

import (
	"testing"
	"time"
)

// An attempt that may not wait gets no turn, and takes none from others.
func TestThrottle_TurnsOfWhoMayNotWait(t *testing.T) {
	var th throttle
	now := time.Now()
	for range freeAttempts {
		if wait, ok := th.turn("a", now, false); wait != 0 || !ok {
			t.Fatalf("a free attempt: %v, %t", wait, ok)
		}
		th.failed("a", now)
	}
	for range 3 {
		if wait, ok := th.turn("a", now, false); wait != 0 || ok {
			t.Errorf("an attempt that may not wait: %v, %t", wait, ok)
		}
	}
	if wait, ok := th.turn("a", now, true); wait != firstGap || !ok {
		t.Errorf("the first to wait: %v, %t", wait, ok)
	}
	now = now.Add(3 * firstGap)
	if wait, ok := th.turn("a", now, false); wait != 0 || !ok {
		t.Errorf("when nobody waits: %v, %t", wait, ok)
	}
	if wait, ok := th.turn("a", now, false); wait != 0 || ok {
		t.Errorf("behind one who has had its turn: %v, %t", wait, ok)
	}
}
