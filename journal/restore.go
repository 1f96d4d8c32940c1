package journal

import (
	"errors"
	"io"
	"slices"
)

// restore makes the backup name the base of a directory that has nothing else:
// a base that has its log behind it. The backup stays where it is. There is
// nothing to restore if there is no such file.
func (h *history) restore(name string) (err error) {
	names, err := h.fs.List()
	if err != nil || !slices.Contains(names, name) {
		return err
	}
	from, err := h.fs.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	size, err := from.Size()
	if err != nil {
		return err
	}
	if _, err := readHeader(name, from, size, magicBackup); err != nil {
		return err
	}
	if err := CheckFile(h.fs, name, nil); err != nil { // before it is what there is
		return err
	}
	base := baseName(1)
	to, err := h.fs.Create(base + unnamed)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.NewOffsetWriter(to, 0), io.NewSectionReader(from, 0, size))
	if err == nil {
		err = to.Sync()
	}
	if err = errors.Join(err, to.Close()); err == nil {
		err = h.fs.Rename(base+unnamed, base)
	}
	if err != nil {
		_ = h.fs.Remove(base + unnamed)
		return err
	}
	h.bases = []uint64{1}
	return h.fs.Sync()
}

// hasOtherBackup tells whether there is a backup that is not restored, since there is
// something here already, and that was not made here.
func (h *history) hasOtherBackup() bool {
	if h.backup == "" || !h.known {
		return false
	}
	f, err := h.fs.Open(h.backup)
	if err != nil {
		return false
	}
	defer f.Close()
	size, err := f.Size()
	if err != nil {
		return false
	}
	head, err := readHeader(h.backup, f, size, magicBackup)
	return err == nil && head.dir != h.dir
}

// finishRestore says that what a restore asks for has been done.
func (l *Log) finishRestore() {
	if l.restored {
		l.restored = false
		l.mu.Lock()
		l.control(opRestored)
		l.mu.Unlock()
		_ = l.write(l.appended.Load())
		l.hurry()
	}
}
