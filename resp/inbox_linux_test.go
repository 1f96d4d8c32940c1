package resp

import (
	"testing"

	"golang.org/x/sys/unix"
)

// However many connect while a loop is at work, it lets in some of them at a time, and all in the end.
func TestLoop_LetsSomeInAtATime(t *testing.T) {
	s, l := halted(t)
	const many = 3*inboxTurn + 1
	for range many {
		lc, _ := l.client(t)
		if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, lc.number, nil); err != nil {
			t.Fatal(err)
		}
		l.forget(lc)
		if !l.add(lc) {
			t.Fatal("the loop has ended")
		}
	}
	events := make([]unix.EpollEvent, maxEvents)
	for turns, in := 1, 0; in < many; turns++ {
		if l.wait(events) == 0 || int(events[0].Fd) != l.wake {
			t.Fatalf("%d of %d are in, and nothing says that there are more", in, many)
		}
		l.now = s.now()
		if l.takeInbox(); l.open != min(many, turns*inboxTurn) {
			t.Fatalf("in turn %d, %d are let in", turns, l.open-in)
		}
		in = l.open
	}
	if len(l.inbox) > 0 {
		t.Errorf("%d are left", len(l.inbox))
	}
	l.goOn(t)
}
