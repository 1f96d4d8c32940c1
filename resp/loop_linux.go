package resp

import (
	"net"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// DefaultLoops is how many event loops serve plain TCP: one for two cores. A
// loop needs a core while it works, and so do those who send it work: two loops
// on two cores took a third more time per request than one.
func DefaultLoops() int { return max(runtime.NumCPU()/2, 1) }

// loop is one goroutine that serves many connections: it waits for all of them
// at once, and reads, executes and writes without waiting for any. A command
// that would hold up the others makes its connection leave for a goroutine of
// its own (see [Conn.LeaveLoop]).
type loop struct {
	server  *Server
	epoll   int
	wake    int           // an eventfd
	conns   []*loopConn   // by file descriptor
	open    int           // how many there are
	in      []byte        // what a read fills; commands are executed in place
	outbox  outbox        // of a turn
	serving *loopConn     // the one whose commands are executed now
	now     time.Duration // by the server's clock, as are these:
	swept   time.Duration
	polled  time.Duration
	yielded time.Duration
	stopwatch
	ending  map[*loopConn]struct{} // they only wait for their last words to arrive
	unread  []*loopConn            // they may have input of which no event will tell
	reading []*loopConn            // those of the round before

	mu    sync.Mutex
	inbox []*loopConn // new connections
	ended bool
}

const (
	readSize    = 64 << 10
	maxEvents   = 256
	sweepPeriod = time.Second
	// timeSlice is how long a loop stays on its processor without a word to the
	// scheduler. At 10 ms that takes the processor away as soon as the loop
	// waits for events, and its monitor wakes up every 20 us to see to that: a
	// tenth of the server's CPU time.
	timeSlice = 8 * time.Millisecond
	// maxBacklog is how much may wait for a client that does not read. Beyond,
	// its connection leaves the loop, so that its commands wait, too.
	maxBacklog = 512 << 10
)

func (s *Server) newLoop() (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	wake, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err == nil {
		err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(wake)})
	}
	if err != nil {
		_ = unix.Close(epoll) // the first error says more
		return nil, os.NewSyscallError("eventfd", err)
	}
	return &loop{server: s, epoll: epoll, wake: wake, ending: make(map[*loopConn]struct{}), in: make([]byte, readSize), outbox: outbox{arena: make([]byte, 0, arenaSize)}}, nil
}

// add gives the loop a connection. It reports false when the loop has ended.
func (l *loop) add(lc *loopConn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	l.inbox = append(l.inbox, lc)
	l.rouse()
	return true
}

// rouse makes the loop look up.
func (l *loop) rouse() { _, _ = unix.Write(l.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0}) } // full: it will

// run serves until the server is done and the last connection has ended. It
// closes running when it has its thread.
func (l *loop) run(running chan<- struct{}) {
	// A goroutine that says a word to the scheduler may go on in another thread,
	// on another core, which may be the one that its clients are on: a seventh of
	// a busy loop's time was spent waiting for a core.
	runtime.LockOSThread()
	close(running)
	events := make([]unix.EpollEvent, maxEvents)
	for {
		n := l.wait(events)
		l.now = l.server.now()
		l.turn(l.now)
		for i := range events[:n] {
			e := &events[i]
			if int(e.Fd) == l.wake {
				began := l.server.now()
				l.takeInbox()
				l.held(stalledByInbox, began)
			} else if lc := l.conns[e.Fd]; lc != nil {
				lc.handle(e.Events)
			}
		}
		l.readOn()
		l.outbox.release()
		if l.now-l.yielded >= timeSlice {
			l.yielded = l.now
			runtime.Gosched()
		}
		if l.now-l.swept >= sweepPeriod {
			began := l.server.now()
			l.sweep()
			l.held(stalledByTimers, began)
		} else if len(l.ending) > 0 && l.now-l.polled >= lingerPoll {
			l.polled = l.now
			for lc := range l.ending {
				lc.checkTime()
			}
		}
		if l.retire() {
			return
		}
	}
}

// held counts what, which the loop has been at since began, if that was long.
func (l *loop) held(what string, began time.Duration) {
	now := l.server.now()
	if now-began <= LongTurn {
		return
	}
	if used := l.used(began, now); used > LongTurn {
		l.server.stalled(what, used)
	}
}

// readOn has the connections read that were left with input in the round
// before: after everybody else has had a turn.
func (l *loop) readOn() {
	for _, lc := range l.reading {
		lc.listed = false
		if !lc.closed && len(lc.backlog) == 0 {
			lc.read()
		}
	}
	clear(l.reading)
	l.reading, l.unread = l.unread, l.reading[:0]
}

// wait returns the number of events.
func (l *loop) wait(events []unix.EpollEvent) int {
	timeout := int(sweepPeriod / time.Millisecond)
	switch {
	case len(l.reading) > 0:
		timeout = 0
	case len(l.ending) > 0:
		timeout = int(lingerPoll / time.Millisecond)
	}
	n, err := unix.EpollWait(l.epoll, events, timeout)
	if err != nil { // interrupted
		return 0
	}
	return n
}

// takeInbox lets new connections in; it is the answer to rouse.
func (l *loop) takeInbox() {
	var count [8]byte
	_, _ = unix.Read(l.wake, count[:]) // empty: somebody else's turn
	l.mu.Lock()
	inbox := l.inbox
	l.inbox = nil
	l.mu.Unlock()
	for _, lc := range inbox {
		lc.client.touch(l.now)
		l.enter(lc)
		if err := l.watch(unix.EPOLL_CTL_ADD, lc, input); err != nil {
			lc.close()
		}
	}
	if l.server.isDraining() {
		for _, lc := range l.conns {
			if lc != nil {
				lc.end()
			}
		}
	}
}

// enter makes lc one of the loop's connections.
func (l *loop) enter(lc *loopConn) {
	if more := lc.number + 1 - len(l.conns); more > 0 {
		l.conns = append(l.conns, make([]*loopConn, more)...)
	}
	l.conns[lc.number] = lc
	l.open++
}

// forget is the opposite of enter. The loop may have ended before lc entered.
func (l *loop) forget(lc *loopConn) {
	delete(l.ending, lc)
	if lc.number < len(l.conns) && l.conns[lc.number] == lc {
		l.conns[lc.number] = nil
		l.open--
	}
}

// input is what a connection is watched for: an edge, told once. With levels
// the kernel would look at each connection a second time, after its input has
// been read, to find that there is no more.
const input = unix.EPOLLIN | unix.EPOLLPRI | unix.EPOLLRDHUP | unix.EPOLLET

func (l *loop) watch(how int, lc *loopConn, events uint32) error {
	lc.watched = events
	return unix.EpollCtl(l.epoll, how, lc.number, &unix.EpollEvent{Events: events, Fd: int32(lc.number)})
}

// sweep ends connections whose time has come.
func (l *loop) sweep() {
	l.swept = l.now
	for _, lc := range l.conns {
		if lc != nil {
			lc.checkTime()
		}
	}
}

// retire ends the loop when there is nothing left for it to do, and tells so.
func (l *loop) retire() bool {
	if !l.server.isDraining() || l.open > 0 {
		return false
	}
	select {
	case <-l.server.done:
	default:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.inbox) > 0 {
		return false
	}
	l.ended = true
	_ = unix.Close(l.epoll)
	_ = unix.Close(l.wake)
	return true
}

// serveLoops serves a TCP listener with event loops.
func (s *Server) serveLoops(ln *net.TCPListener) error {
	if err := s.startLoops(); err != nil {
		_ = ln.Close() // the first error says more
		return err
	}
	s.mu.Lock()
	loops := s.mu.loops
	s.mu.Unlock()
	guard := &guardListener{Listener: ln, server: s}
	for next := 0; ; next++ {
		nc, err := guard.next()
		if err != nil {
			return nil // the listener is closed, and the server done
		}
		l := loops[next%len(loops)]
		var lc *loopConn
		var g *guardConn
		s.admit(nc, true, func(c *Conn) link {
			if lc, err = l.carry(c, nc); err == nil {
				return lc
			}
			// There is no second descriptor to be had. The one that there is
			// serves as well.
			g = newGuardConn(c, nc, nil)
			return g
		})
		switch {
		case g != nil:
			go g.run(nil, nil)
		case lc != nil:
			_ = nc.Close() // the loop has its own descriptor
			if !l.add(lc) {
				lc.close()
			}
		}
	}
}

// startLoops starts the loops on first use, and returns when each that it has
// started has its thread.
func (s *Server) startLoops() error {
	s.mu.Lock()
	var starting []<-chan struct{}
	var err error
	for len(s.mu.loops) < s.config.Loops && err == nil {
		var l *loop
		if l, err = s.newLoop(); err == nil {
			running := make(chan struct{})
			go l.run(running)
			s.mu.loops = append(s.mu.loops, l)
			starting = append(starting, running)
		}
	}
	s.mu.Unlock()
	for _, running := range starting {
		<-running
	}
	return err
}

// rouseLoops makes the loops notice that the server drains, or is done. s.mu is
// held.
func (s *Server) rouseLoops() {
	for _, l := range s.mu.loops {
		l.mu.Lock()
		if !l.ended {
			l.rouse()
		}
		l.mu.Unlock()
	}
}
