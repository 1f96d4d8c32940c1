package journal

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Open reads the directory into the target and returns the log to go on with,
// which does nothing by itself before [Log.Start]. The directory is locked until
// Close.
func Open(o Options) (*Log, *Report, error) {
	if o.FS == nil || o.Target == nil || o.Objects == nil {
		return nil, nil, errOptions
	}
	lock, err := o.FS.Lock()
	if err != nil {
		return nil, nil, err
	}
	l, report, err := recoverLog(o)
	if err != nil {
		return nil, report, errors.Join(err, lock.Close())
	}
	l.lock = lock
	return l, report, nil
}

func recoverLog(o Options) (*Log, *Report, error) {
	began := time.Now()
	report := &Report{told: o.Progress}
	h := &history{fs: o.FS, boot: o.BootID, backup: o.Backup, replay: newReplay(o.Target), report: report}
	leftover, err := h.list()
	if err != nil {
		return nil, report, err
	}
	if o.Backup != "" && len(h.bases)+len(h.logs) == 0 {
		if err := h.restore(o.Backup); err != nil {
			return nil, report, err
		}
	}
	if err := h.read(); err != nil {
		return nil, report, err
	}
	if report.Torn != nil && o.RefuseTorn {
		return nil, report, fmt.Errorf("%w: %v", ErrTorn, report.Torn)
	}
	for _, name := range leftover {
		_ = o.FS.Remove(name) // nobody minds them
	}
	report.OtherBackup = !report.FromBackup && h.hasOtherBackup()
	if report.OtherBackup && len(h.replay.trackers) == 0 {
		return nil, report, ErrOtherBackup
	}
	l := newLog(o)
	report.Records, report.Trackers = h.replay.records, len(h.replay.trackers)
	report.Restored = report.FromBackup && !h.replay.restored
	report.PowerLoss = h.blocks && !h.replay.clean && (h.lastBoot == [16]byte{} || h.lastBoot != o.BootID)
	l.restored = report.Restored
	l.borrowed.Store(report.FromBackup)
	if err := l.takeOver(h); err != nil {
		return nil, report, err
	}
	report.Took = time.Since(began)
	l.report = report
	return l, report, nil
}

// newLog is a log of nothing.
func newLog(o Options) *Log {
	l := &Log{fs: o.FS, objects: o.Objects, boot: o.BootID, step: o.step, hold: o.hold}
	l.changes = o.Changes
	if l.step == 0 {
		l.step = usualStep
	}
	if l.hold == 0 {
		l.hold = holdWords
	}
	l.policy.Store(int32(o.Policy))
	l.sweep = newSweep(true)
	l.roomy.L = &l.turn
	l.told = make(chan struct{})
	l.closed = make(chan struct{})
	l.walking = make(chan struct{}, 1)
	l.walking <- struct{}{}
	l.toSync, l.toKeep, l.toBase = make(chan struct{}, 1), make(chan struct{}, 1), make(chan struct{}, 1)
	l.ending, l.stop = context.WithCancel(context.Background())
	l.SetGrowth(o.Growth)
	return l
}

// takeOver goes on where the history ends.
func (l *Log) takeOver(h *history) error {
	l.dir = h.dir
	if !h.known {
		_, _ = rand.Read(l.dir[:]) // it does not fail
	}
	// What was read may be known to the system only, and be needed by what comes
	// next.
	files, err := h.settle()
	if err != nil {
		return err
	}
	l.files = files
	l.kept.Store(int64(len(files)))
	l.nextID = h.replay.nextID
	l.end, l.whole = h.pos, h.pos
	l.appended.Store(h.pos)
	l.written.Store(h.pos)
	if h.distrusts(h.last) {
		l.broken = h.last // a base is needed before anything else
		_ = l.fail(notSynced, errors.New("a sync had failed when the process ended"))
	} else {
		l.synced.Store(h.pos)
	}
	l.begins.Store(h.start)
	l.size.Store(h.report.BaseBytes)
	l.lastFile = max(h.last, h.first-1)
	if err := l.endWindows(h); err != nil {
		return err
	}
	l.firstFile()
	if l.Refusing() == nil {
		_ = h.cut() // what is behind is not read any more
	}
	return nil
}

// firstFile makes the file that the log goes on in after a recovery: always
// another one, so that what is on the disk is never written over. Without it
// nothing can be changed, but all can be read. It has [bases.walking].
func (l *Log) firstFile() {
	f, err := l.newFile(l.lastFile+1, l.written.Load(), flagExact)
	if err != nil {
		_ = l.fail(noFile, err)
		return
	}
	l.turn.Lock()
	l.file = f
	l.turn.Unlock()
	l.files = append(l.files, f.name)
	l.kept.Store(int64(len(l.files)))
	l.mended(noFile)
	if l.write(l.appended.Load()) == nil {
		_ = l.sync()
	}
}

// endWindows has no window be in force any more: whoever knew which claims they
// cover is gone. If claims may be missing, free IDs in windows are never handed
// out again.
func (l *Log) endWindows(h *history) error {
	if h.replay.windows == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.report.PowerLoss {
		for _, id := range slices.Sorted(maps.Keys(h.replay.trackers)) {
			if err := l.quarantine(h, id); err != nil {
				return err
			}
		}
	}
	l.control(opUnreserve)
	return nil
}

// quarantine sets what is free in the tracker's windows.
func (l *Log) quarantine(h *history, id uint64) (err error) {
	t := h.replay.trackers[id]
	t.eachWindow(func(s span) {
		note, n, failed := t.Quarantine(l.said[:0], s.from, s.len())
		l.said = note
		if failed != nil {
			err = fmt.Errorf("tracker %d: %w", id, failed)
			return
		}
		h.report.Quarantined += n
		l.beginBlock()
		if l.block.left -= 4; l.block.left < 0 {
			l.closeBlock() // the windows are in force until the last block
			l.beginBlock()
		}
		l.buf = binary.AppendUvarint(l.buf, id<<3|kSelect)
		l.buf = appendRun(l.buf, kFull, s.from, s.len())
		if len(note) > 0 {
			l.buf = appendBytes(l.buf, opNote, id, note)
		}
	})
	return err
}

// settle forces what was read to the disk and removes what is no part of it. It
// returns the files that are, and those that cannot be removed.
func (h *history) settle() (files []string, err error) {
	if err := h.fs.Sync(); err != nil { // a base's name may be known to the system only
		return nil, err
	}
	remove := func(name string) {
		if !h.isOurs(name) {
			return
		}
		if h.fs.Remove(name) != nil {
			files = append(files, name)
		}
	}
	for _, seq := range h.broken {
		if seq < h.first || seq > h.last {
			_ = h.fs.Remove(logName(seq) + distrusted) // of a file that nobody reads
		}
	}
	for _, seq := range h.bases {
		if seq < h.first {
			remove(baseName(seq))
		} else {
			files = append(files, baseName(seq))
		}
	}
	for _, seq := range h.logs {
		switch {
		case seq < h.first:
			remove(logName(seq))
		case seq <= h.last:
			files = append(files, logName(seq))
			if err := h.force(logName(seq)); err != nil {
				return nil, err
			}
		case seq > max(h.last, h.first-1)+1: // that one is replaced
			if err := h.fs.Remove(logName(seq)); err != nil {
				return nil, err // it must not be read behind what comes next
			}
		}
	}
	return files, nil // that they are gone is on the disk before what comes next is used
}

// isOurs tells whether a file that is of no use any more was made here.
func (h *history) isOurs(name string) bool {
	f, err := h.fs.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return false
	}
	head, err := readHeader(name, f, size, magicLog, magicBase, magicBackup)
	return err == nil && head.dir == h.dir
}

func (h *history) force(name string) error {
	f, err := h.fs.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// cut gives back the room behind the end of the last file.
func (h *history) cut() error {
	if h.last == 0 || h.lastEnd == 0 {
		return nil
	}
	f, err := h.fs.Open(logName(h.last))
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(h.lastEnd), f.Close())
}
