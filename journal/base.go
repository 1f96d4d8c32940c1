package journal

import (
	"context"
	"sync"
	"sync/atomic"
)

// bases is what writes the whole state down.
type bases struct {
	// Who writes a base or a backup takes what is in here, and gives it back. Nobody
	// else makes or removes files.
	walking  chan struct{}
	files    []string    // of the log, and its base: what the next base replaces
	lastFile uint64      // of those that were there before
	unbased  *logFile    // the last file, made for a base that failed: the next one goes with it, too
	restored bool        // a backup was, and nobody has said that all is done about it
	borrowed atomic.Bool // the base is a backup: whether its log is missing cannot be seen

	rate    atomic.Int64  // bytes per second
	percent atomic.Int64  // of the base's size that the log may grow to; 0 for never
	least   atomic.Int64  // bytes below which it is left alone
	begins  atomic.Uint64 // the position that the base in place goes with
	size    atomic.Int64  // its bytes
	kept    atomic.Int64  // files, itself included

	changes func() uint64 // nil where nobody counts them

	ran     sync.Mutex
	rewrite Run
	backup  Run
	cancel  context.CancelCauseFunc // of the one that is active
}

// writeBase writes a base for a log that begins with a new file (J7), and puts it
// in place once the log that it needs is on the disk (J8).
func (l *Log) writeBase(ctx context.Context, rate *atomic.Int64) (size int64, err error) {
	if l.unbased == nil || !l.trusts(l.unbased) {
		if l.unbased, err = l.rotate(); err != nil {
			return 0, err
		}
	}
	seq, from := l.unbased.seq, l.unbased.start
	replaced := len(l.files) - 1 // all but that one
	name := baseName(seq)
	w, err := l.beginWalk(ctx, name, rate)
	if err != nil {
		return 0, err
	}
	end, err := l.writeState(w, header{magic: magicBase, seq: seq, pos: from})
	if err == nil {
		err = l.syncTo(end)
	}
	if err = w.close(err); err == nil {
		err = l.fs.Rename(name+unnamed, name)
	}
	if err != nil {
		_ = l.fs.Remove(name + unnamed)
		return 0, err
	}
	l.files, l.unbased = append(l.files, name), nil
	if err = l.fs.Sync(); err != nil {
		return 0, err
	}
	size = fileHead + int64(w.pos)
	l.begins.Store(from)
	l.size.Store(size)
	l.borrowed.Store(false)
	l.based(seq)
	l.remove(replaced)
	return size, nil
}

// syncTo has the log on the disk up to pos, as far as its files are trusted.
func (l *Log) syncTo(pos uint64) error {
	if err := l.write(pos); err != nil {
		return err
	}
	l.syncing.Lock()
	defer l.syncing.Unlock()
	return l.syncFiles()
}

// remove removes the first n files, which a base has replaced. What cannot be
// removed is tried again the next time.
func (l *Log) remove(n int) {
	kept := l.files[:0]
	for i, name := range l.files {
		if i < n {
			_ = l.fs.Remove(name + distrusted) // mostly there is none
			if err := l.fs.Remove(name); err == nil {
				continue
			}
		}
		kept = append(kept, name)
	}
	l.files = kept
	l.kept.Store(int64(len(kept)))
	_ = l.fs.Sync() // if they come back, the base is newer
}

// beginWalk makes the file that is to be name.
func (l *Log) beginWalk(ctx context.Context, name string, rate *atomic.Int64) (*walk, error) {
	f, err := l.fs.Create(name + unnamed)
	if err != nil {
		return nil, err
	}
	return &walk{ctx: ctx, f: f, rate: rate}, nil
}

// writeState writes the trackers, and returns up to where the log has to come.
func (l *Log) writeState(w *walk, h header) (end uint64, err error) {
	h.boot, h.dir = l.boot, l.dir
	trackers, err := w.state(h, l.objects)
	if err != nil {
		return 0, err
	}
	l.mu.Lock()
	end, nextID := l.end, l.nextID // all words have been read
	l.mu.Unlock()
	return end, w.end(end, trackers, nextID)
}
