package journal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// history is what a directory tells, read from front to back: a base, and the
// log from there on. Reading changes nothing.
type history struct {
	fs     FS
	boot   [16]byte
	backup string // the name of the file that backups are written to; may be empty
	replay *replay
	report *Report
	sizes  map[string]int64 // of the files that are read
	each   func(FileReport)

	dir   [8]byte
	known bool // dir is that of the files

	bases, logs []uint64 // sequences, ascending
	broken      []uint64 // of logs that are marked as distrusted
	first       uint64   // the base's, whose log begins with the same; 1 without
	start       uint64   // the position that the log begins at
	pos         uint64   // and the one it has been read up to
	last        uint64   // the last file that is part of it; 0 if none is
	lastEnd     int64    // where in it
	lastBoot    [16]byte // of the last file that has a block
	blocks      bool     // there is one
}

// makes tells whether name is that of a file that the log makes: others may be
// anybody's.
func (h *history) makes(name string) bool {
	_, _, ok := parseName(name)
	return ok || name == h.backup
}

// list finds the files. Those that never got a name are left over.
func (h *history) list() (leftover []string, err error) {
	names, err := h.fs.List()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		seq, base, ok := parseName(name)
		switch {
		case strings.HasSuffix(name, unnamed):
			if h.makes(strings.TrimSuffix(name, unnamed)) {
				leftover = append(leftover, name)
			}
		case strings.HasSuffix(name, distrusted):
			if seq, base, ok := parseName(strings.TrimSuffix(name, distrusted)); ok && !base {
				h.broken = append(h.broken, seq)
			}
		case ok && base:
			h.bases = append(h.bases, seq)
		case ok:
			h.logs = append(h.logs, seq)
		}
	}
	slices.Sort(h.bases)
	slices.Sort(h.logs)
	return leftover, nil
}

// read reads all that there is.
func (h *history) read() error {
	h.first = 1
	if n := len(h.bases); n > 0 {
		h.first = h.bases[n-1]
	}
	if err := h.measure(); err != nil {
		return err
	}
	if len(h.bases) > 0 {
		if err := h.readBase(); err != nil {
			return err
		}
	}
	if err := h.readLogs(); err != nil {
		return err
	}
	if h.pos < h.replay.need {
		return fmt.Errorf("%w: the log ends at position %d, and %s needs it up to %d", ErrDamaged, h.pos, baseName(h.first), h.replay.need)
	}
	return nil
}

// measure finds out how much there is to read.
func (h *history) measure() error {
	h.sizes = make(map[string]int64)
	names := []string{}
	if len(h.bases) > 0 {
		names = append(names, baseName(h.first))
	}
	for _, seq := range h.logs {
		if seq >= h.first {
			names = append(names, logName(seq))
		}
	}
	for _, name := range names {
		f, err := h.fs.Open(name)
		if err != nil {
			return err
		}
		size, err := f.Size()
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		h.sizes[name] = size
		h.report.total += size
	}
	return nil
}

// open opens a file whose header is that of name, and one of this directory's.
func (h *history) open(name string, seq uint64, kinds ...magic) (f File, head header, r *blockReader, err error) {
	f, err = h.fs.Open(name)
	if err != nil {
		return nil, head, nil, err
	}
	size := h.sizes[name]
	head, err = readHeader(name, f, size, kinds...)
	switch {
	case err != nil:
	case head.seq != seq && head.magic != magicBackup:
		err = &FileError{name, 0, fmt.Errorf("%w: it was made as number %d", ErrForeign, head.seq)}
	case h.known && head.dir != h.dir:
		err = &FileError{name, 0, fmt.Errorf("%w: it belongs to another directory's log", ErrForeign)}
	default:
		h.dir, h.known = head.dir, true
	}
	if err != nil {
		return nil, head, nil, errors.Join(err, f.Close())
	}
	return f, head, &blockReader{f: f, size: size, off: fileHead, passed: h.report.progress}, nil
}

// readBase reads the newest base; a backup that stands for one has its log
// behind it.
func (h *history) readBase() (err error) {
	name := baseName(h.first)
	f, head, r, err := h.open(name, h.first, magicBase, magicBackup)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return h.readWhole(name, r, head)
}

// readWhole reads a file that is to be whole: a base, or a backup.
func (h *history) readWhole(name string, r *blockReader, head header) error {
	h.replay.based = true
	for at := uint64(0); !h.replay.ended; {
		b, payload, whole, err := r.next()
		if err != nil {
			return &FileError{name, r.off, err}
		}
		if !whole || b.pos != at {
			return damaged(name, r.off, fmt.Sprintf("no block of a base, in %d bytes", r.size))
		}
		if at, err := h.replay.block(payload); err != nil {
			return &FileError{name, r.off + blockHead + int64(at), err}
		}
		at = b.end()
		r.skip(b)
	}
	h.replay.based = false
	h.start, h.pos = head.pos, head.pos
	h.report.BaseBytes, h.report.BaseName = r.size, name
	if head.magic == magicBackup {
		if err := h.readBackedUp(name, r); err != nil {
			return err
		}
	}
	if r.off != r.size {
		return damaged(name, r.off, "something is behind the end")
	}
	kind := "base"
	if head.magic == magicBackup {
		kind = "backup"
	}
	h.tell(FileReport{Name: name, Kind: kind, Seq: head.seq, Bytes: r.size, Used: r.off, From: head.pos, To: h.pos})
	return nil
}

// readBackedUp reads the log that is part of a backup.
func (h *history) readBackedUp(name string, r *blockReader) error {
	for h.pos < h.replay.need {
		b, payload, whole, err := r.next()
		if err != nil {
			return &FileError{name, r.off, err}
		}
		if !whole || b.pos != h.pos {
			return damaged(name, r.off, "no block of a log")
		}
		if at, err := h.replay.block(payload); err != nil {
			return &FileError{name, r.off + blockHead + int64(at), err}
		}
		h.pos = b.end()
		r.skip(b)
	}
	h.replay.unreserve() // it is a state of the past, not of a machine that has stopped
	h.report.FromBackup = true
	return nil
}

// readLogs reads the files of the log as far as they hang together.
func (h *history) readLogs() error {
	logs := h.logs
	for len(logs) > 0 && logs[0] < h.first {
		logs = logs[1:] // the base has replaced it
	}
	if len(h.bases) > 0 && !h.report.FromBackup && (len(logs) == 0 || logs[0] != h.first) {
		return fmt.Errorf("%w: %s is missing", ErrDamaged, logName(h.first))
	}
	if len(h.bases) == 0 && len(logs) > 0 && logs[0] != h.first {
		return fmt.Errorf("%w: the base that goes with %s is missing", ErrDamaged, logName(logs[0]))
	}
	next := h.first
	for i, seq := range logs {
		if seq != next {
			return h.judge(seq-1, nil, logs[i:], fmt.Sprintf("%s is missing", logName(next)))
		}
		goesOn, err := h.readLog(seq, logs[i+1:])
		if err != nil || !goesOn {
			return err
		}
		next = seq + 1
	}
	return nil
}

// readLog reads one file, and tells whether the next one may go on where it ends.
func (h *history) readLog(seq uint64, later []uint64) (goesOn bool, err error) {
	name := logName(seq)
	f, head, r, err := h.open(name, seq, magicLog)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	start := h.pos
	b, _, whole, err := r.next()
	switch {
	case err != nil:
		return false, &FileError{name, r.off, err}
	case head.flags&flagExact != 0 && head.pos > h.pos && h.distrusts(seq-1):
		// The process before went on in it behind files that it did not trust.
		return false, h.judge(seq, r, later, fmt.Sprintf("the log before ends at position %d, and it begins at %d", h.pos, head.pos))
	case whole && b.pos < h.start || head.flags&flagExact != 0 && head.pos != h.pos:
		return false, damaged(name, r.off, fmt.Sprintf("the log before ends at position %d, and it begins elsewhere", h.pos))
	case whole && b.pos > h.pos:
		return false, h.judge(seq, r, later, fmt.Sprintf("the log before ends at position %d, and it begins at %d", h.pos, b.pos))
	}
	h.last, h.lastEnd = seq, r.off
	from := r.off
	for {
		b, payload, whole, err := r.next()
		if err != nil {
			return false, &FileError{name, r.off, err}
		}
		if !whole || b.pos > h.pos || b.pos < h.pos && b.end() > h.pos {
			break
		}
		if b.pos == h.pos { // else a write that failed half way is repeated here
			if at, err := h.replay.block(payload); err != nil {
				return false, &FileError{name, r.off + blockHead + int64(at), err}
			}
			h.pos = b.end()
			h.lastBoot, h.blocks = head.boot, true
		}
		r.skip(b)
		h.lastEnd = r.off
	}
	h.report.LogBytes += r.off - from
	h.report.LogFiles++
	h.tell(FileReport{Name: name, Kind: "log", Seq: seq, Bytes: r.size, Used: r.off, From: start, To: h.pos})
	return h.ends(r, head, name, later)
}

func (h *history) tell(f FileReport) {
	if h.each != nil {
		h.each(f)
	}
}
