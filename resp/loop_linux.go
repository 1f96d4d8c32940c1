package resp

import (
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// DefaultLoops is how many event loops serve plain TCP: one for two cores that
// the program may use. A loop needs a core while it works, and so do those who
// send it work: two loops on two cores took a third more time per request than one.
func DefaultLoops() int { return max(runtime.GOMAXPROCS(0)/2, 1) }

// loop is one goroutine that serves many connections: it waits for all of them
// at once, and reads, executes and writes without waiting for any. A command
// that would hold up the others makes its connection leave for a goroutine of
// its own (see [Conn.LeaveLoop]).
type loop struct {
	server  *Server
	epoll   int
	wake    int // an eventfd
	conns   connTable
	open    int           // how many there are
	in      []byte        // what a read fills; commands are executed in place
	outbox  outbox        // of a turn
	serving *loopConn     // the one whose commands are executed now
	now     time.Duration // by the server's clock, as are these:
	swept   time.Duration // when the sweep began that goes on or was the last
	next    int           // of conns, the one that the sweep goes on with; 0 if it does not
	polled  time.Duration
	yielded time.Duration
	reads   uint64 // of this turn
	writes  uint64
	times   threadTimes
	stopwatch
	ending  map[*loopConn]struct{} // they only wait for their last words to arrive
	unread  []*loopConn            // they may have input of which no event will tell
	reading []*loopConn            // those of the round before
	parting []*loopConn            // they end soon
	gated   []*loopConn            // they wait for the log
	opening []*loopConn            // those of them that are looked at
	holding atomic.Bool            // there are some, or were just now

	mu    sync.Mutex
	inbox []*loopConn   // new connections
	asked chan struct{} // by who wants to know whether it goes round; nil: nobody
	ended bool
}

const (
	readSize = 64 << 10
	// strangerRead is how much is read at a time from who has not authenticated: it
	// is kept while its password waits to be checked, as thousands may.
	strangerRead = 4 << 10
	maxEvents    = 256
	sweepPeriod  = time.Second
	// sweepSlice is how long timers may take between two turns.
	sweepSlice = time.Millisecond
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

// rouseUnlessEnded is rouse for a loop that may have ended.
func (l *loop) rouseUnlessEnded() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended {
		l.rouse()
	}
}

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
		l.openGates()
		for i := range events[:n] {
			e := &events[i]
			if int(e.Fd) == l.wake {
				began := l.server.now()
				l.takeInbox()
				l.held(stalledByInbox, began)
			} else if lc := l.conns.at(int(e.Fd)); lc != nil {
				lc.handle(e.Events)
			}
		}
		l.readOn()
		l.outbox.release()
		l.report()
		if len(l.parting) > 0 {
			l.closeParting(l.server.now() + partSlice)
		}
		if l.now-l.yielded >= timeSlice {
			l.yielded = l.now
			runtime.Gosched()
		}
		if l.next > 0 || l.now-l.swept >= sweepPeriod {
			began := l.server.now()
			l.sweep(began + sweepSlice)
			l.held(stalledByTimers, began)
		} else if len(l.ending) > 0 && l.now-l.polled >= lingerPoll {
			l.polled = l.now
			l.pollEnding(l.server.now() + sweepSlice)
		}
		if l.retire() {
			return
		}
	}
}

// report adds what the loop has counted in a turn to what others see: they may
// look at any time, and every number that they see costs.
func (l *loop) report() {
	t := &l.server.traffic
	if l.reads > 0 {
		t.reads.Add(l.reads)
	}
	if l.writes > 0 {
		t.writes.Add(l.writes)
	}
	l.reads, l.writes = 0, 0
}

// held notes what, which the loop has been at since began, if that was long.
func (l *loop) held(what string, began time.Duration) {
	if now := l.server.now(); now-began > NotedTurn {
		l.server.worked(what, l.used(began, now))
	}
}

// readOn has the connections read that were left with input in the round
// before: after everybody else has had a turn.
func (l *loop) readOn() {
	for _, lc := range l.reading {
		lc.listed = false
		if !lc.closed && (len(lc.backlog) == 0 || lc.gated) {
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
	case len(l.reading) > 0 || len(l.parting) > 0 || l.next > 0:
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

// inboxTurn is how many new connections are let in before others have a turn: each
// costs a system call.
const inboxTurn = 128

// takeInbox lets new connections in; it is the answer to rouse.
func (l *loop) takeInbox() {
	var count [8]byte
	_, _ = unix.Read(l.wake, count[:]) // empty: somebody else's turn
	l.mu.Lock()
	l.beat()
	inbox := l.inbox
	if l.inbox = nil; len(inbox) > inboxTurn {
		inbox, l.inbox = inbox[:inboxTurn:inboxTurn], inbox[inboxTurn:]
		l.rouse()
	}
	l.mu.Unlock()
	for _, lc := range inbox {
		lc.client.touch(l.now)
		l.enter(lc)
		if err := l.watch(unix.EPOLL_CTL_ADD, lc, input); err != nil {
			lc.close()
		}
	}
	if l.server.isDraining() {
		for number := range l.conns.end() {
			if lc := l.conns.at(number); lc != nil {
				l.part(lc)
			}
		}
	}
}

// enter makes lc one of the loop's connections.
func (l *loop) enter(lc *loopConn) {
	l.conns.put(lc.number, lc)
	l.open++
}

// forget is the opposite of enter. The loop may have ended before lc entered.
func (l *loop) forget(lc *loopConn) {
	delete(l.ending, lc)
	if l.conns.at(lc.number) == lc {
		l.conns.put(lc.number, nil)
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

// sweep ends connections whose time has come, as many as it gets to until a time.
// It is called again for the others behind the next turn.
func (l *loop) sweep(until time.Duration) {
	if l.next == 0 {
		l.swept = l.now
		l.times.note()
	}
	for l.next < l.conns.end() {
		lc := l.conns.at(l.next)
		l.next++
		if lc == nil {
			continue
		}
		if lc.checkTime(); l.server.now() >= until && l.next < l.conns.end() {
			return
		}
	}
	l.next = 0
}

// pollEnding looks at connections that wait for their last words to arrive, as many
// as it gets to until a time. Which ones is random, so all have their turn.
func (l *loop) pollEnding(until time.Duration) {
	for lc := range l.ending {
		if lc.checkTime(); l.server.now() >= until {
			return
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
	l.beat()
	_ = unix.Close(l.epoll)
	_ = unix.Close(l.wake)
	return true
}
