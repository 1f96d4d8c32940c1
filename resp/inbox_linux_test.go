package resp

import (
	"bytes"
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

// Little is read at a time of who has not authenticated, for it is kept while a password waits to be checked;
// and the rest is not forgotten.
func TestLoop_ReadsLittleOfAStranger(t *testing.T) {
	for _, stranger := range []bool{true, false} {
		s, l := halted(t)
		if stranger {
			s.SetPassword("secret")
		}
		lc, client := l.client(t)
		if _, err := client.Write(bytes.Repeat([]byte("PING\r\n"), 2000)); err != nil {
			t.Fatal(err)
		}
		lc.readNext(t, unix.POLLIN)
		if n := lc.client.batch.bytes; n > strangerRead == stranger {
			t.Errorf("a stranger: %v; %d bytes are read at once", stranger, n)
		}
		if stranger && !lc.listed {
			t.Error("nobody will read the rest")
		}
		l.goOn(t)
	}
}
