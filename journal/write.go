package journal

import (
	"errors"
	"sync"
	"sync/atomic"
)

// disk is the file that the log is written to. Its mutex is a turn: it is held
// over a write, and who waits for it waits for that, mostly because it writes
// for him, too.
type disk struct {
	turn    sync.Mutex
	rest    []byte // what is being written, or could not be
	file    *logFile
	old     []*logFile // to be synced
	written atomic.Uint64
	roomy   sync.Cond // on turn: the keeper has given the file room, or could not
}

// logFile is a file of the log.
type logFile struct {
	File
	links bool // the file system tells whether a file has a name
	name  string
	seq   uint64
	start uint64 // the position of its first block
	room  uint64 // the position up to which it has been given room
	unit  int64  // what it grows by; 0 if it cannot be given room ahead of use
	grows bool   // the keeper is giving it room: nobody else does
}

// offset is where the position lies in the file.
func (f *logFile) offset(pos uint64) int64 { return fileHead + int64(pos-f.start) }

// keepBuffer is how much an unusual commit may leave behind in memory.
const keepBuffer = 4 << 20

// write has all of the log up to pos taken by the system.
func (l *Log) write(pos uint64) error {
	l.turn.Lock()
	defer l.turn.Unlock()
	return l.writeTo(pos)
}

// writeTo is write for who has the turn. What could not be written is written
// again later, the same bytes at the same place.
func (l *Log) writeTo(pos uint64) error {
	for l.written.Load() < pos {
		if f := l.file; f != nil && f.grows && f.room < l.written.Load()+uint64(len(l.rest))+uint64(l.step)/4 {
			l.roomy.Wait() // the last quarter is for when there is no more
			continue
		}
		if len(l.rest) == 0 {
			l.mu.Lock()
			l.buf, l.rest = l.rest, l.buf
			l.mu.Unlock()
		}
		at := l.written.Load()
		end := at + uint64(len(l.rest))
		if err := l.writeRest(at, end); err != nil {
			return err
		}
		l.written.Store(end)
		l.writes.Add(1)
		l.mended(notWritten)
		if cap(l.rest) > keepBuffer {
			l.rest = nil
		}
		l.rest = l.rest[:0]
	}
	return nil
}

func (l *Log) writeRest(at, end uint64) error {
	f := l.file
	if f == nil {
		return ErrNoFile // it has been said
	}
	// Mostly the keeper has made room: then there is more than the last quarter, which
	// is for what is under way when there is no more.
	for least := uint64(l.step) / 4; f.unit > 0 && !f.grows && f.room < end+least && (f.room < end || l.refusing.Load() == nil); {
		n, err := giveRoom(f.File, f.offset(f.room), l.step, f.unit)
		f.room += uint64(n)
		if err != nil && f.room < end {
			return l.fail(notWritten, err)
		}
		if err != nil {
			_ = l.fail(noRoom, err)
		}
	}
	if _, err := f.WriteAt(l.rest, f.offset(at)); err != nil {
		return l.fail(notWritten, err)
	}
	if f.unit > 0 && f.room-end < uint64(l.step)/2 {
		l.wake()
	}
	return nil
}

// giveRoom gets blocks for a file that is off bytes long: for step bytes, or half
// of them, or a quarter, down to unit.
func giveRoom(f File, off, step, unit int64) (n int64, err error) {
	for n = step; n >= unit; n /= 2 {
		if err = f.Allocate(off, n); err == nil {
			return n, nil
		}
		if errors.Is(err, errors.ErrUnsupported) {
			return 0, err
		}
		_ = f.Truncate(off) // some systems get as far as they come
	}
	return 0, err
}

// makeRoom gives the file room ahead of use: what is under way must find some
// when changes are refused for the lack of it. It is called by who keeps the log.
func (l *Log) makeRoom() {
	l.turn.Lock()
	defer l.turn.Unlock()
	f := l.file
	if f == nil || f.unit == 0 {
		return
	}
	if room := f.room; room < l.written.Load()+uint64(l.step) {
		f.grows = true
		l.turn.Unlock()
		err := f.Allocate(f.offset(room), l.step) // nobody waits for this
		l.turn.Lock()
		f.grows = false
		l.roomy.Broadcast()
		switch {
		case l.file != f:
			return
		case err == nil:
			f.room += uint64(l.step)
		default:
			_ = f.Truncate(f.offset(room))
			n, err := giveRoom(f.File, f.offset(room), l.step/2, f.unit)
			f.room += uint64(n)
			if err != nil && f.room < l.written.Load()+uint64(l.step)/4 {
				_ = l.fail(noRoom, err)
				return
			}
		}
	}
	l.mended(noRoom)
}
