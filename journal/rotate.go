package journal

import "errors"

// newFile makes the file seq, in place of one that has the name: it gets its
// name when its header is on the disk. pos is where its first block lies, or not
// before that.
func (l *Log) newFile(seq, pos uint64, flags uint16) (_ *logFile, err error) {
	name := logName(seq)
	made := name + unnamed
	f, err := l.fs.Create(made)
	if err != nil {
		return nil, err
	}
	unit := l.step / 16
	room, err := giveRoom(f, 0, fileHead+l.step, fileHead+unit)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		room, unit, err = 0, 0, nil
	case err == nil:
		room -= fileHead
		if room%unit != 0 { // it was halved
			room -= room % unit
			err = f.Truncate(fileHead + room)
		}
	}
	if err == nil {
		h := header{magic: magicLog, flags: flags, seq: seq, pos: pos, boot: l.boot, dir: l.dir, unit: uint32(unit)}
		if unit > 0 {
			h.units = uint16(room / unit)
		}
		_, err = f.WriteAt(h.bytes(), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = l.fs.Rename(made, name)
	}
	if err != nil {
		_ = l.fs.Remove(made)
		return nil, err
	}
	if err = l.fs.Sync(); err == nil {
		f, err = l.fs.Open(name)
	}
	if err != nil {
		_ = l.fs.Remove(name)
		return nil, err
	}
	return &logFile{File: f, links: f.Linked(), name: name, seq: seq, start: pos, room: pos + uint64(room), unit: unit}, nil
}

// rotate has the log go on in a new file, and returns that. It has
// [bases.walking].
//
// What has not been written yet goes into the new file. If a write to the old
// one has failed half way, its end repeats there: a reader takes a file up to
// where the next one begins.
func (l *Log) rotate() (*logFile, error) {
	l.turn.Lock()
	old, at := l.file, l.written.Load()
	l.turn.Unlock()
	if old == nil {
		return nil, ErrNoFile
	}
	f, err := l.newFile(old.seq+1, at, 0) // nobody waits for it
	if err != nil {
		return nil, err
	}
	l.turn.Lock()
	from := l.written.Load()
	f.start, f.room = from, from+f.room-at
	l.old = append(l.old, old)
	l.file = f
	l.turn.Unlock()
	l.files = append(l.files, f.name)
	l.carryWindows(from, old.start)
	return f, nil
}
