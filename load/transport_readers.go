package load

import (
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// readers is a transport of connections of any kind, such as TLS. Each has two goroutines, one that reads and one that
// writes, for what they do may wait; both end when the connection is closed. What they see they hand to the worker,
// through one channel: only wait looks at it.
type readers struct {
	to      *worker
	streams []*stream // by number
	seen    chan sight
	roused  chan struct{}
	timer   *time.Timer
	running sync.WaitGroup
}

// sight is what a goroutine of a stream has seen: bytes, an end, or that what was to be written is written.
type sight struct {
	of   *stream
	p    []byte
	at   time.Duration
	err  error
	room bool
}

// stream is a connection and what its goroutines share.
type stream struct {
	id   int
	conn net.Conn
	gone chan struct{} // closed when nothing more is to be told of it
	back chan struct{} // the worker has done with what was read

	todo  chan []byte // for the writer, which has nothing else then
	out   []byte      // the writer's, as long as it is busy
	state atomic.Uint32
}

// What a writer's state is.
const (
	writerIdle   uint32 = iota
	writerBusy          // it has something to write
	writerWanted        // and is to tell when it has done so
)

// newReaders returns a transport of goroutines.
func newReaders(w *worker) (transport, error) {
	const some = 64 // sights that need not wait to be seen
	r := &readers{to: w, seen: make(chan sight, some), roused: make(chan struct{}, 1), timer: time.NewTimer(0)}
	return r, nil
}

func (r *readers) open(id int, c net.Conn) error {
	s := &stream{id: id, conn: c, gone: make(chan struct{}), back: make(chan struct{}, 1), todo: make(chan []byte, 1)}
	for len(r.streams) <= id {
		r.streams = append(r.streams, nil)
	}
	r.streams[id] = s
	r.running.Go(func() { r.read(s) })
	r.running.Go(func() { r.writeAll(s) })
	return nil
}

// read hands over what comes, and reads on when the worker has done with it.
func (r *readers) read(s *stream) {
	buf := make([]byte, readSize)
	for {
		n, err := s.conn.Read(buf)
		at := r.to.now()
		if n > 0 {
			if !r.tell(sight{of: s, p: buf[:n], at: at}) {
				return
			}
			select {
			case <-s.back:
			case <-s.gone:
				return
			}
		}
		if err != nil {
			r.tell(sight{of: s, err: err})
			return
		}
	}
}

// writeAll writes what is handed to it.
func (r *readers) writeAll(s *stream) {
	for {
		select {
		case p := <-s.todo:
			if _, err := s.conn.Write(p); err != nil {
				r.tell(sight{of: s, err: err})
				return
			}
			if s.state.Swap(writerIdle) == writerWanted && !r.tell(sight{of: s, room: true}) {
				return
			}
		case <-s.gone:
			return
		}
	}
}

// tell hands a sight to the worker. It is false if nobody wants it any more.
func (r *readers) tell(a sight) bool {
	select {
	case r.seen <- a:
		return true
	case <-a.of.gone:
		return false
	}
}

// close does without the words by which TLS takes leave: they may wait for a server that does not read.
func (r *readers) close(id int) {
	s := r.streams[id]
	if s == nil {
		return
	}
	r.streams[id] = nil
	close(s.gone)
	c := s.conn
	if secure, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = secure.NetConn()
	}
	c.Close()
}

// write takes all of p or nothing: the writer has one thing to write at a time.
func (r *readers) write(id int, p []byte) (int, error) {
	s := r.streams[id]
	for !s.state.CompareAndSwap(writerIdle, writerBusy) {
		if s.state.Load() == writerWanted || s.state.CompareAndSwap(writerBusy, writerWanted) {
			return 0, nil
		}
	}
	if cap(s.out) > spacious {
		s.out = nil
	}
	s.out = append(s.out[:0], p...)
	s.todo <- s.out // it has room: the writer was idle
	return len(p), nil
}

func (r *readers) wait(limit time.Duration) error {
	select {
	case a := <-r.seen:
		r.handle(a)
	default:
		r.timer.Reset(limit)
		select {
		case a := <-r.seen:
			r.handle(a)
		case <-r.roused:
			return nil
		case <-r.timer.C:
			return nil
		}
	}
	for range len(r.seen) { // what comes meanwhile is for the next turn
		r.handle(<-r.seen)
	}
	return nil
}

// handle tells the worker, but for what comes late from a connection that it has closed.
func (r *readers) handle(a sight) {
	if !r.has(a.of) {
		return
	}
	switch {
	case a.err != nil:
		r.to.broken(a.of.id, a.err)
	case a.room:
		r.to.writable(a.of.id)
	default:
		r.to.received(a.of.id, a.p, a.at)
		if r.has(a.of) {
			a.of.back <- struct{}{}
		}
	}
}

func (r *readers) has(s *stream) bool { return r.streams[s.id] == s }

// wake needs to be heard once only.
func (r *readers) wake() {
	select {
	case r.roused <- struct{}{}:
	default:
	}
}

// end waits for all goroutines.
func (r *readers) end() {
	for id := range r.streams {
		r.close(id)
	}
	r.timer.Stop()
	r.running.Wait()
}
