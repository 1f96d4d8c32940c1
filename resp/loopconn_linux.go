package resp

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/prefixtracker/prefixtracker/journal"
	"golang.org/x/sys/unix"
)

// loopConn is a connection of a loop. Its methods are the loop's, but for
// those of link.
type loopConn struct {
	loop    *loop
	client  *Conn
	number  int           // the file descriptor
	watched uint32        // the events it is watched for
	backlog [][]byte      // replies that the socket has had no room for, as they came
	waiting int           // bytes of them
	stuck   bool          // it has none until an event says otherwise
	uptake  uptake        // of what the socket had room for
	ends    bool          // nothing more is read or executed
	ended   bool          // by the client, for its side: nothing more comes
	said    bool          // the other side has been told that it ends
	listed  bool          // in loop.unread or loop.reading
	parting bool          // in loop.parting
	broken  bool          // nothing that was sent will arrive
	unsure  bool          // a short read does not mean that there is no more
	gated   bool          // the backlog waits for the log
	missed  bool          // meanwhile there was input
	gate    journal.Gate  // what it waits for
	since   time.Duration // when that began, by the server's clock
	endsAt  time.Duration // no patience for last words after that

	mu     sync.Mutex
	closed bool
}

// carry makes nc, which the caller closes, a connection of the loop.
func (l *loop) carry(c *Conn, nc net.Conn) (*loopConn, error) {
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil, err
	}
	lc := &loopConn{loop: l, client: c, number: -1, endsAt: forever}
	var dupErr error
	err = raw.Control(func(fd uintptr) {
		lc.number, dupErr = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err == nil {
		err = os.NewSyscallError("fcntl", dupErr)
	}
	if err != nil {
		return nil, err
	}
	c.out, c.place, c.stopwatch = outlet{c}, onLoop, &l.stopwatch
	return lc, nil
}

// handle acts on events of the connection.
func (lc *loopConn) handle(events uint32) {
	if events&(unix.EPOLLOUT|unix.EPOLLERR) != 0 && len(lc.backlog) > 0 {
		lc.stuck = false
		lc.client.deliver(nil, journal.Gate{})
		if lc.after(); lc.closed {
			return
		}
	}
	if events&(unix.EPOLLIN|unix.EPOLLPRI|unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0 {
		// Behind the input is its end, or in the middle of it urgent data, where
		// the kernel stops.
		lc.unsure = lc.unsure || events&(unix.EPOLLRDHUP|unix.EPOLLPRI) != 0
		lc.read()
	}
}

// read gets what has come and serves it. The kernel tells once of input that
// arrives: who has not seen that there is no more comes again.
func (lc *loopConn) read() {
	l, c := lc.loop, lc.client
	if l.outbox.makeRoom(); lc.closed {
		return // its replies could not be sent, or it has left
	}
	if lc.gated && !c.killed.Load() { // who waits for the log is not read from
		lc.missed = true
		return
	}
	in := l.in
	if !c.Authenticated() {
		in = in[:strangerRead]
	}
	n, errno := rawRead(lc.number, in)
	if more := n == len(in) || n > 0 && lc.unsure || errno == unix.EINTR; more && !lc.listed {
		lc.listed = true
		l.unread = append(l.unread, lc)
	}
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return
	case errno != 0 || c.killed.Load():
		lc.broken = true
		l.part(lc)
		return
	case n == 0:
		lc.ended = true
		l.part(lc)
		return
	case lc.ends:
		return // nobody reads it any more
	}
	l.server.traffic.in.Add(uint64(n))
	l.reads++
	l.outbox.lend(c)
	l.serving = lc
	v, rest := l.server.serveInput(c, in[:n], l.now)
	l.serving = nil
	if v == leaves {
		c.in.Detach() // the next connection is read into the same buffer
		lc.leave(rest)
		return
	}
	lc.ends = v == ends
	lc.after()
}

// send implements link. What waits for the gate is kept, and what the socket does not
// take.
func (lc *loopConn) send(p []byte, gate journal.Gate) error {
	if lc.closed { // and its number perhaps somebody else's
		return net.ErrClosed
	}
	lc.await(gate)
	given, total := len(p), 0
	for len(lc.backlog) > 0 && !lc.stuck && !lc.gated {
		n, err := lc.write(lc.backlog[0])
		if err != nil {
			return err
		}
		total += n
		lc.client.memory.give(n)
		if lc.backlog[0] = lc.backlog[0][n:]; len(lc.backlog[0]) == 0 {
			lc.backlog[0] = nil
			lc.backlog = lc.backlog[1:]
		}
	}
	if len(lc.backlog) == 0 && !lc.gated {
		lc.backlog = nil
		n, err := lc.write(p)
		if err != nil {
			return err
		}
		total += n
		p = p[n:]
	}
	if total > 0 || lc.backlog == nil {
		lc.client.touch(lc.loop.now)
	}
	if len(p) > 0 {
		if !lc.client.memory.takeFor(replied, len(p)) {
			return lc.client.tooMuchUnread()
		}
		lc.backlog = append(lc.backlog, append([]byte(nil), p...))
	}
	lc.waiting += given - total
	lc.client.usage.owe(lc.waiting, len(lc.backlog))
	if !lc.gated { // else it is not the client that does not take them
		lc.client.owes(lc.waiting)
	}
	lc.uptake.given += int64(total)
	lc.loop.server.traffic.out.Add(uint64(total))
	return nil
}

// write gives the socket what it takes of p.
func (lc *loopConn) write(p []byte) (sent int, err error) {
	for sent < len(p) {
		n, errno := rawWrite(lc.number, p[sent:])
		switch errno {
		case 0:
			sent += n
			lc.loop.writes++
		case unix.EINTR:
		case unix.EAGAIN:
			lc.stuck = true
			return sent, nil
		default:
			return sent, errno
		}
	}
	return sent, nil
}

// sent implements link.
func (lc *loopConn) sent() {
	switch {
	case lc != lc.loop.serving:
		lc.after()
	case lc.waiting > maxBacklog: // read sees to the rest
		// Between batches there is not so much: replies that are held are short.
		lc.client.leaveSoon()
	}
}

// after is where it is decided what becomes of the connection after something
// of it was sent or executed, or has come to its end: it is closed, says its
// last words, or waits for the event that matters now. A client that does not
// read is not read from, either.
func (lc *loopConn) after() {
	want := uint32(input)
	switch {
	case lc.closed:
		return
	case lc.client.isGone():
		lc.close()
		return
	case lc.gated:
		return
	case len(lc.backlog) > 0:
		want = unix.EPOLLOUT | unix.EPOLLET
	case lc.ended:
		lc.close() // the kernel has the rest, and nothing unread that would reset it
		return
	case lc.ends:
		lc.farewell()
	}
	if want != lc.watched {
		if err := lc.loop.watch(unix.EPOLL_CTL_MOD, lc, want); err != nil {
			lc.close()
		}
	}
}

// end makes the connection end when what was sent has arrived.
func (lc *loopConn) end() {
	lc.loop.outbox.release()
	lc.ends = true
	lc.after()
}

// farewell tells the other side that nothing more comes.
func (lc *loopConn) farewell() {
	if !lc.said {
		lc.said, lc.endsAt = true, lc.loop.server.lastWordsUntil(lc.loop.now)
		lc.loop.ending[lc] = struct{}{}
		_ = unix.Shutdown(lc.number, unix.SHUT_WR) // broken: it will be closed
	}
}

// checkTime ends the connection if its time has come.
func (lc *loopConn) checkTime() {
	s, c := lc.loop.server, lc.client
	unread := len(lc.backlog) > 0 && !lc.gated
	if unread || lc.said {
		unsent, err := unix.IoctlGetInt(lc.number, unix.SIOCOUTQ)
		if err != nil || unsent == 0 && !unread {
			lc.close()
			return
		}
		if lc.uptake.moved(unsent) {
			c.touch(lc.loop.now)
		}
	}
	at := c.standing()
	at.unread, at.ending, at.endsAt = unread, lc.said, lc.endsAt
	at.gated, at.gatedAt, at.failing = lc.gated, lc.since, lc.gated && c.Log().Refusing() != nil
	if until, why := s.config.patience(at); lc.loop.now >= until {
		s.refuse(why, c.RemoteAddr(), "")
		lc.close()
	}
}

// close ends the connection at once. Whatever the socket still takes of its
// replies is sent before.
func (lc *loopConn) close() {
	lc.loop.outbox.release()
	lc.mu.Lock()
	if lc.closed {
		lc.mu.Unlock()
		return
	}
	lc.closed = true
	_ = unix.Close(lc.number) // it is closed on any outcome, and no event comes of it any more
	lc.mu.Unlock()
	lc.shut(false)
	lc.loop.forget(lc)
	began := lc.loop.server.now()
	lc.loop.server.leave(lc.client)
	lc.loop.held(stalledByEnd, began)
}

// fd implements link.
func (lc *loopConn) fd() int { return lc.number }

// kill implements link: the loop sees the end of the connection and closes it.
func (lc *loopConn) kill() {
	lc.mu.Lock()
	defer lc.mu.Unlock()
	if !lc.closed {
		_ = unix.Shutdown(lc.number, unix.SHUT_RDWR) // broken: the loop sees it
	}
}

// unsent implements link.
func (lc *loopConn) unsent() int {
	lc.mu.Lock()
	defer lc.mu.Unlock()
	if lc.closed {
		return 0
	}
	n, err := unix.IoctlGetInt(lc.number, unix.SIOCOUTQ)
	if err != nil {
		return 0
	}
	return n
}

// drain implements link: the loop is roused once for all of its connections.
func (lc *loopConn) drain() {}
