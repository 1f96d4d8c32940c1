package cli

import (
	"bytes"
	"io"
	"runtime"
	"sync"
	"time"

	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/rs/zerolog"
)

// logQueue keeps the log from holding up who logs, such as an event loop with
// all of its clients: lines wait here for a goroutine that writes them, for as
// long as whoever reads them makes it wait. When there is no more room lines are
// dropped and counted, and the log says how many as soon as it can.
type logQueue struct {
	out   io.Writer
	count *observe.LogCounters

	mu      sync.Mutex // held for a few steps, never over a write
	lines   [][]byte
	bytes   int // of lines, and of those being written
	dropped uint64
	closed  bool

	more chan struct{} // something of the above is news for the goroutine
	done chan struct{} // closed when it has ended

	// The goroutine's own: what is lost and not said yet, and who says it, in the
	// format of the log and at any level.
	lost   uint64
	notice bytes.Buffer
	own    zerolog.Logger
}

// logRoom is how many bytes of lines may wait.
const logRoom = 256 << 10

// lastLines is how long a program that ends waits for its last lines to be
// written.
const lastLines = time.Second

// newLogQueue returns a queue in front of out, and begins to write. Its owner
// closes it. format makes a writer of zerolog's lines one of the log's.
func newLogQueue(out io.Writer, count *observe.LogCounters, format func(io.Writer) io.Writer) *logQueue {
	q := &logQueue{out: out, count: count, more: make(chan struct{}, 1), done: make(chan struct{})}
	q.own = zerolog.New(format(&q.notice)).With().Timestamp().Logger()
	go q.run()
	return q
}

// Write implements [io.Writer] for one line. It waits for nobody and does not
// fail. It is safe for concurrent use.
func (q *logQueue) Write(line []byte) (int, error) {
	q.mu.Lock()
	if q.closed || q.bytes+len(line) > logRoom {
		q.dropped++
		q.count.Drop()
	} else {
		q.lines = append(q.lines, bytes.Clone(line))
		q.bytes += len(line)
	}
	q.mu.Unlock()
	q.wake()
	return len(line), nil
}

func (q *logQueue) wake() {
	select {
	case q.more <- struct{}{}:
	default: // it will look anyway
	}
}

// close makes the queue take no more lines and returns when those that wait are
// written, but not later than after patience.
func (q *logQueue) close(patience time.Duration) {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.wake()
	// A timer needs file descriptors, and that there are none may be what the last
	// line says.
	for until := time.Now().Add(patience); time.Now().Before(until); nap(100 * time.Microsecond) {
		select {
		case <-q.done:
			return
		default:
			runtime.Gosched()
		}
	}
}

func (q *logQueue) run() {
	defer close(q.done)
	for range q.more {
		lines, dropped, closed := q.take()
		for _, line := range lines {
			q.write(line)
		}
		// They came after these lines, which had the room.
		q.lost += dropped
		q.say()
		if closed {
			return
		}
	}
}

// take returns what waits.
func (q *logQueue) take() (lines [][]byte, dropped uint64, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lines, dropped = q.lines, q.dropped
	q.lines, q.dropped = nil, 0
	return lines, dropped, q.closed
}

// write writes a line behind the word about those that are lost.
func (q *logQueue) write(line []byte) {
	if q.say() && q.put(line) {
		q.count.Write()
	} else {
		q.lost++
		q.count.Drop()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.bytes -= len(line) // there is room for another
}

// say writes how many lines are lost, if any are, and reports false when that
// must wait.
func (q *logQueue) say() bool {
	if q.lost == 0 {
		return true
	}
	q.notice.Reset()
	q.own.Warn().Uint64("dropped", q.lost).Msg("log lines were dropped")
	if !q.put(q.notice.Bytes()) {
		return false
	}
	q.lost = 0
	q.count.Write()
	return true
}

// put writes to out and reports whether it could.
func (q *logQueue) put(line []byte) bool {
	_, err := q.out.Write(line)
	return err == nil
}
