package journal

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode"
)

// CheckBackupName refuses names that cannot be that of a backup: those that mean
// something else.
func CheckBackupName(name string) error {
	ours := strings.HasPrefix(name, "base-") || strings.HasPrefix(name, "incr-")
	odd := strings.ContainsFunc(name, unicode.IsControl)
	const longest = 255 // that most systems have
	if ours || odd || name == "" || len(name+unnamed) > longest || name == lockName || strings.HasSuffix(name, unnamed) || filepath.Base(name) != name || strings.HasPrefix(name, ".") {
		return fmt.Errorf("%q cannot be the name of a backup", name)
	}
	return nil
}

func (l *Log) writeBackup(ctx context.Context, name string) (size int64, err error) {
	l.turn.Lock()
	log := l.file // it stays: who makes another one is us
	l.turn.Unlock()
	if log == nil {
		return 0, ErrNoFile
	}
	from := l.appended.Load() // all that it says has been done
	w, err := l.beginWalk(ctx, name, &l.rate)
	if err != nil {
		return 0, err
	}
	end, err := l.writeState(w, header{magic: magicBackup, pos: from})
	if err == nil {
		err = l.write(end)
	}
	if err == nil {
		err = w.copyLog(log, from, end)
	}
	if err = w.close(err); err == nil {
		err = l.fs.Rename(name+unnamed, name)
	}
	if err != nil {
		_ = l.fs.Remove(name + unnamed)
		return 0, err
	}
	return fileHead + int64(w.pos), l.fs.Sync()
}

// copyLog appends what the log says from from to end, and forces it to the disk.
func (w *walk) copyLog(log *logFile, from, end uint64) error {
	p := make([]byte, min(end-from, 1<<20))
	for from < end {
		p = p[:min(end-from, uint64(len(p)))]
		if _, err := log.ReadAt(p, log.offset(from)); err != nil {
			return err
		}
		if err := w.write(p); err != nil {
			return err
		}
		from += uint64(len(p))
	}
	return w.f.Sync()
}
