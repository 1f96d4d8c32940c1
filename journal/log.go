package journal

import (
	"encoding/binary"
	"io"
	"sync"
	"sync/atomic"
)

// Log is the log of one directory. Its methods may be called from any
// goroutine. A nil *Log is that of a server that keeps nothing: what it is told
// is not logged, and there is nothing to wait for.
type Log struct {
	fs      FS
	lock    io.Closer
	report  *Report
	objects Objects
	boot    [16]byte
	dir     [8]byte
	step    int64 // what a file is given at a time
	hold    int   // words that are looked at in one hold of the mutex
	policy  atomic.Int32

	order
	disk
	durability
	gates
	failures
	bases
	background
	counts
}

// order is the log before it is written. Nobody waits for a disk under its
// mutex, and it is held for the time of [holdWords] words at most.
type order struct {
	mu       sync.Mutex
	buf      []byte // blocks that have not been taken to be written; the last may be open
	end      uint64 // the position behind all that are closed
	nextID   uint64
	flushed  uint64 // trackers below are gone
	windowed windowList
	block    openBlock
	sweep    *sweep
	said     []byte // the note at hand; kept for its memory

	appended atomic.Uint64 // end, for those who only look
	open     atomic.Int64  // batches that may have changed something that is not appended
}

// openBlock is the block at hand. It is open only while the mutex is held.
type openBlock struct {
	on      bool
	start   int       // in buf
	object  *Object   // whose words come next
	left    int       // words that may be looked at before others have their turn
	windows []*window // reserved in it
}

// holdWords is how many words are looked at in one hold of the mutex, and so in
// a block.
const holdWords = 64 << 10

// longBuffer is worth a write before a batch is committed.
const longBuffer = 1 << 20

// Commit appends what the notes of b say, writes it, and ends what b.Open has
// begun. Replies go out when the Gate is reached.
//
// What a batch that was not opened has seen may have been changed by others, and
// not be written yet: its replies wait for that, unless the log refuses changes.
func (l *Log) Commit(b *Batch) (g Gate) {
	if l == nil {
		return g
	}
	if b != nil && b.open {
		g.pos = l.append(b)
		b.open = false
		l.open.Add(-1)
		g.sync, b.sync = b.sync, false
	} else {
		g.pos, g.saw = l.appended.Load(), true
	}
	if l.Policy() == Always {
		g.sync = true
	}
	if l.Reached(g) {
		return g
	}
	if l.written.Load() < g.pos {
		_ = l.write(g.pos) // the gate stays shut
	}
	if g.sync && !l.Reached(g) {
		l.waited.Add(1)
		l.hurry()
	}
	return g
}

// append puts what the notes of b say into the buffer, and returns the position
// behind it. If they are of many words, others have their turn between.
func (l *Log) append(b *Batch) (pos uint64) {
	for rest := b.notes; ; {
		l.mu.Lock()
		rest = l.put(b, rest)
		l.closeBlock()
		pos = l.end
		long := len(l.buf) > longBuffer
		l.mu.Unlock()
		if len(rest) > 0 || long {
			_ = l.write(pos) // whoever waits for it has a gate; the buffer stays short
		}
		if len(rest) == 0 {
			break
		}
	}
	clear(b.notes) // else trackers that are gone would stay in memory
	b.notes = b.notes[:0]
	return pos
}

// put appends what as many notes say as one hold of the mutex allows, and returns
// the others. The mutex is held.
func (l *Log) put(b *Batch, notes []note) []note {
	for len(notes) > 0 {
		// If nobody else is open, all that was seen has been appended (J9).
		if n := &notes[0]; n.kind() != relied || l.open.Load() > 1 {
			if !l.putWords(b, n) {
				return notes
			}
		}
		notes = notes[1:]
	}
	return nil
}

// putWords appends the state of the words of n, as it is now (J1). It reports
// whether that is all; n is what is left.
func (l *Log) putWords(b *Batch, n *note) bool {
	o, kind := n.t.Object(), n.kind()
	for words := n.words(); words > 0; {
		if l.block.on && l.block.left <= 0 {
			return false
		}
		if l.isGone(o) {
			break
		}
		l.beginBlock()
		if l.block.object != o {
			l.block.object = o
			l.buf = binary.AppendUvarint(l.buf, o.id<<3|kSelect)
		}
		at := n.wi + 1
		if words == 1 {
			l.buf = appendWord(l.buf, n.wi, n.t.Word(n.wi))
			l.block.left--
		} else {
			l.buf, at, l.block.left = l.sweep.region(l.buf, n.t, n.wi, n.wi+words, l.block.left)
		}
		// Piece by piece: each is covered when it is appended, or is not.
		if kind == claimed && !l.covered(n.t, o, n.wi, at) {
			b.sync = true
		}
		words -= at - n.wi
		n.wi, n.what = at, words<<kindBits|uint64(kind)
	}
	return true
}

// isGone tells whether the tracker was dropped, or has never been the log's.
// The mutex is held.
func (l *Log) isGone(o *Object) bool { return o.windows == dropped || o.id < l.flushed || o.id == 0 }

// beginBlock opens a block unless one is. The mutex is held.
func (l *Log) beginBlock() {
	if !l.block.on {
		l.block = openBlock{on: true, start: len(l.buf), left: l.hold, windows: l.block.windows}
		l.buf = appendHead(l.buf)
	}
}

// closeBlock completes the block at hand, if there is one. The mutex is held.
func (l *Log) closeBlock() {
	if !l.block.on {
		return
	}
	block := l.buf[l.block.start:]
	if len(block) == blockHead {
		l.buf = l.buf[:l.block.start]
	} else {
		endBlock(block, l.end, l.synced.Load())
		l.end += uint64(len(block))
		l.appended.Store(l.end)
		l.blocks.Add(1)
	}
	for i, w := range l.block.windows {
		w.since = l.end
		l.block.windows[i] = nil
	}
	l.block.windows = l.block.windows[:0]
	l.block.on, l.block.object = false, nil
}

// Position is the end of the log: all that was appended lies before.
func (l *Log) Position() uint64 { return l.appended.Load() }
