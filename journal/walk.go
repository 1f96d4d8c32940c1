package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"
	"time"
)

// Entry is a tracker, and what is said of it. The bytes are read before the next
// one is asked for.
type Entry struct {
	Tracked
	Meta  []byte // as of Create or Describe
	Stats []byte // what else is to come back with a base; may be empty
	// Notes are what is as if it had been said by [Log.Record]; nil for none. They
	// are asked for behind the words, and each is read before the next one is.
	Notes iter.Seq[Note]
}

// Note is what [Log.Record] has said, or would say.
type Note []byte

// Objects goes through all trackers that can be found all the while; those that
// come or go meanwhile may be among them. It is asked with no lock held. Before it
// begins it waits for who is about to make one that [Log.Create] was told of.
type Objects iter.Seq[Entry]

const (
	// baseBlock is how long a base's blocks are, about.
	baseBlock = 16 << 10
	// baseWords is how many words are read between two looks at the context.
	baseWords = 2 << 10
	// baseSync: a base goes to the disk in pieces, or the log's own syncs would
	// stand behind a large one.
	baseSync = 8 << 20
	// leastPause is not worth a timer.
	leastPause = 100 * time.Microsecond
	// rateLook is how often who waits for the rate looks whether it has changed.
	rateLook = 200 * time.Millisecond
)

// walk writes the state of all trackers into a file.
type walk struct {
	ctx    context.Context
	f      File
	sweep  *sweep
	buf    []byte
	pos    uint64 // behind the blocks that are written
	synced uint64
	rate   *atomic.Int64 // bytes per second; nil or 0 for no limit
	began  time.Time
}

// state writes the header and the trackers. What the words say is read after the
// position of the header: whoever calls it sees to that.
func (w *walk) state(h header, objects Objects) (trackers uint64, err error) {
	if _, err := w.f.WriteAt(h.bytes(), 0); err != nil {
		return 0, err
	}
	w.sweep, w.began = newSweep(false), time.Now()
	w.buf = appendHead(nil)
	for e := range objects {
		trackers++
		if err = w.tracker(e); err != nil {
			break
		}
	}
	return trackers, err
}

func (w *walk) tracker(e Entry) error {
	id := e.Object().id
	switch {
	case id == 0:
		return nil // it is not the log's
	case len(e.Meta) > MaxMeta || len(e.Stats) > MaxMeta:
		return fmt.Errorf("more is said of tracker %d than can be read back", id)
	}
	w.buf = appendBytes(w.buf, opCreate, id, e.Meta)
	if len(e.Stats) > 0 {
		w.buf = appendBytes(w.buf, opStats, id, e.Stats)
	}
	for at := uint64(0); at < maxWords; {
		before := len(w.buf)
		w.buf = binary.AppendUvarint(w.buf, id<<3|kSelect)
		selected := len(w.buf)
		w.buf, at, _ = w.sweep.region(w.buf, e.Tracked, at, maxWords, baseWords)
		if len(w.buf) == selected {
			w.buf = w.buf[:before]
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if err := w.flushLong(); err != nil {
			return err
		}
	}
	if e.Notes == nil {
		return nil
	}
	for note := range e.Notes {
		w.buf = appendBytes(w.buf, opNote, id, note)
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if err := w.flushLong(); err != nil {
			return err
		}
	}
	return nil
}

// flushLong writes the block at hand if it is long enough.
func (w *walk) flushLong() error {
	if len(w.buf) < baseBlock {
		return nil
	}
	return w.flush()
}

// end writes what makes the file whole, and forces it to the disk.
func (w *walk) end(pos, trackers, nextID uint64) error {
	w.buf = appendControl(w.buf, opEnd, pos, trackers, nextID)
	if err := w.flush(); err != nil {
		return err
	}
	return w.f.Sync()
}

// close closes the file, whatever err says, which it returns, or its own.
func (w *walk) close(err error) error { return errors.Join(err, w.f.Close()) }

// flush writes the block at hand and begins another.
func (w *walk) flush() error {
	endBlock(w.buf, w.pos, 0)
	if err := w.write(w.buf); err != nil {
		return err
	}
	w.buf = appendHead(w.buf[:0])
	return nil
}

func (w *walk) write(p []byte) error {
	if _, err := w.f.WriteAt(p, fileHead+int64(w.pos)); err != nil {
		return err
	}
	w.pos += uint64(len(p))
	if w.pos-w.synced >= baseSync {
		w.synced = w.pos
		if err := w.f.Sync(); err != nil {
			return err
		}
	}
	return w.slow()
}

// slow keeps to the rate, which may change at any time.
func (w *walk) slow() error {
	for w.rate != nil {
		rate := w.rate.Load()
		if rate <= 0 {
			break
		}
		ahead := time.Duration(float64(w.pos)/float64(rate)*float64(time.Second)) - time.Since(w.began)
		if ahead < leastPause {
			break
		}
		timer := time.NewTimer(min(ahead, rateLook))
		select {
		case <-timer.C:
		case <-w.ctx.Done():
			timer.Stop()
			return w.ctx.Err()
		}
	}
	return nil
}
