package resp

import (
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// loopConn is a connection of a loop. Its methods are the loop's, but for
// those of link.
type loopConn struct {
	loop    *loop
	client  *Conn
	number  int           // the file descriptor
	watched uint32        // the events it is watched for
	backlog []byte        // replies that the socket has had no room for
	stuck   bool          // it has none until an event says otherwise
	ends    bool          // nothing more is read or executed
	said    bool          // the other side has been told that it ends
	listed  bool          // in loop.unread or loop.reading
	unsure  bool          // a short read does not mean that there is no more
	began   time.Duration // when the command under way began
	arrived int           // bytes of it
	endsAt  time.Duration // no patience for last words after that; zero: any

	mu     sync.Mutex
	closed bool
}

// carry makes nc, which the caller closes, a connection of the loop.
func (l *loop) carry(c *Conn, nc net.Conn) (*loopConn, error) {
	raw, err := nc.(syscall.Conn).SyscallConn()
	if err != nil {
		return nil, err
	}
	lc := &loopConn{loop: l, client: c, number: -1}
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
	c.out, c.looped = lc, true
	return lc, nil
}

// handle acts on events of the connection.
func (lc *loopConn) handle(events uint32) {
	if events&(unix.EPOLLOUT|unix.EPOLLERR) != 0 && len(lc.backlog) > 0 {
		lc.stuck = false
		if !lc.send(nil) {
			lc.close()
			return
		}
		if lc.rewatch(); lc.closed {
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
	n, errno := rawRead(lc.number, l.in)
	if more := n == len(l.in) || n > 0 && lc.unsure || errno == unix.EINTR; more && !lc.listed {
		lc.listed = true
		l.unread = append(l.unread, lc)
	}
	switch {
	case errno == unix.EAGAIN || errno == unix.EINTR:
		return
	case errno != 0 || n == 0 || c.killed.Load():
		lc.close()
		return
	case lc.ends:
		return // nobody reads it any more
	}
	c.touch(l.now)
	l.server.traffic.in.Add(uint64(n))
	pending := c.in.Pending()
	c.buf = l.out[:0]
	v := l.server.serveInput(c, l.in[:n])
	if v == leaves {
		lc.leave()
		return
	}
	if cap(c.buf) <= keepSize {
		l.out = c.buf[:0]
	}
	c.buf = nil
	switch {
	case !c.in.Pending():
		lc.arrived = 0
	case pending && !c.progress:
		lc.arrived += n
	default:
		lc.arrived, lc.began = n, l.now
	}
	switch {
	case c.err != nil:
		lc.close()
	case v == over:
		lc.end()
	case len(lc.backlog) > 0:
		lc.rewatch()
	}
}

// Write sends p, or what of it the socket takes, and keeps the rest. It fails
// when the connection is broken.
func (lc *loopConn) Write(p []byte) (int, error) {
	if !lc.send(p) {
		return 0, net.ErrClosed
	}
	if len(lc.backlog) > maxBacklog && !lc.ends {
		lc.client.leaving = true
	}
	return len(p), nil
}

// send writes the backlog and p. It reports false for a broken connection.
func (lc *loopConn) send(p []byte) bool {
	if len(lc.backlog) > 0 {
		lc.backlog = append(lc.backlog, p...)
		if lc.stuck {
			return true
		}
		p = lc.backlog
	}
	sent := 0
	for sent < len(p) {
		n, errno := rawWrite(lc.number, p[sent:])
		if errno == unix.EINTR {
			continue
		}
		if errno == unix.EAGAIN {
			lc.stuck = true
			break
		}
		if errno != 0 {
			return false
		}
		sent += n
	}
	lc.loop.server.traffic.out.Add(uint64(sent))
	if sent > 0 || len(lc.backlog) == 0 {
		lc.client.touch(lc.loop.now)
	}
	switch rest := p[sent:]; {
	case len(rest) == 0:
		lc.backlog = nil
	case len(lc.backlog) > 0:
		lc.backlog = rest
	default:
		lc.backlog = append([]byte(nil), rest...)
	}
	return true
}

// rewatch asks for the events that matter now: a client that does not read is
// not read from, either.
func (lc *loopConn) rewatch() {
	want := uint32(input)
	switch {
	case len(lc.backlog) > 0:
		want = unix.EPOLLOUT | unix.EPOLLET
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
	if lc.ends {
		return
	}
	lc.ends = true
	lc.loop.ending[lc] = struct{}{}
	lc.rewatch()
}

// farewell tells the other side that nothing more comes.
func (lc *loopConn) farewell() {
	if !lc.said {
		lc.said = true
		if !lc.loop.server.isDraining() {
			lc.endsAt = lc.loop.now + lastWords
		}
		_ = unix.Shutdown(lc.number, unix.SHUT_WR) // broken: it will be closed
	}
}

// checkTime ends the connection if its time has come.
func (lc *loopConn) checkTime() {
	s, c, now := lc.loop.server, lc.client, lc.loop.now
	config := &s.config
	switch {
	case len(lc.backlog) > 0:
		if config.Write > 0 && now-c.active() > config.Write {
			s.refuse(refusedSlowReader, c.RemoteAddr(), "")
			lc.close()
		}
	case lc.ends:
		unsent, err := unix.IoctlGetInt(lc.number, unix.SIOCOUTQ)
		if err != nil || unsent == 0 || lc.endsAt != 0 && now > lc.endsAt {
			lc.close()
		}
	case !c.Authenticated():
		if config.Command > 0 && now-c.stranger > config.Command {
			s.refuse(refusedSlowCommand, c.RemoteAddr(), "")
			lc.close()
		}
	case c.in.Pending():
		if config.Command > 0 && now-lc.began > config.Command+time.Duration(lc.arrived>>16)*time.Second {
			s.refuse(refusedSlowCommand, c.RemoteAddr(), "")
			lc.close()
		}
	case config.Idle > 0 && now-c.active() > config.Idle:
		s.refuse(refusedIdle, c.RemoteAddr(), "")
		lc.close()
	}
}

// close ends the connection at once.
func (lc *loopConn) close() {
	lc.mu.Lock()
	if lc.closed {
		lc.mu.Unlock()
		return
	}
	lc.closed = true
	_ = unix.Close(lc.number) // it is closed on any outcome, and no event comes of it any more
	lc.mu.Unlock()
	lc.loop.forget(lc)
	lc.client.buf = nil
	lc.loop.server.leave(lc.client)
}

// leave hands the connection over to a goroutine of its own, for good, in the
// middle of a batch. The loop's buffers go with it, as the commands lie in
// them.
func (lc *loopConn) leave() {
	l, s, c := lc.loop, lc.loop.server, lc.client
	backlog := lc.backlog
	c.looped = false
	l.in, l.out = make([]byte, readSize), nil
	// The connection lives on, so closing the descriptor would not end the
	// events of this one.
	if err := unix.EpollCtl(l.epoll, unix.EPOLL_CTL_DEL, lc.number, nil); err != nil {
		s.log.Warn().Err(err).Msg("connection lost")
		lc.close()
		return
	}
	lc.mu.Lock()
	lc.closed = true // the number is the file's from here on
	file := os.NewFile(uintptr(lc.number), "")
	nc, err := net.FileConn(file) // has a descriptor of its own
	if err == nil {
		_ = file.Close() // nc has the connection
	} else { // there is no descriptor to be had, and this one does as well
		nc = fileConn{file, c.local, c.remote}
	}
	lc.mu.Unlock()
	lc.loop.forget(lc)
	g := newGuardConn(c, nc)
	c.carryOn(g)
	if c.killed.Load() { // perhaps between the two
		g.kill()
	}
	go g.run(backlog)
}

// fileConn is a socket as a file.
type fileConn struct {
	*os.File
	local, remote net.Addr
}

func (f fileConn) LocalAddr() net.Addr  { return f.local }
func (f fileConn) RemoteAddr() net.Addr { return f.remote }

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

// drain implements link: the loop is roused once for all of its connections.
func (lc *loopConn) drain() {}
