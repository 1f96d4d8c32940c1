package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// keepError says in one line why data cannot be kept in a directory, and what may
// help.
func keepError(wanted persistence, err error) error {
	dir := wanted.dir
	switch {
	case errors.Is(err, journal.ErrInUse):
		return fmt.Errorf("%s is in use by another process", dir)
	case errors.Is(err, journal.ErrDamaged), errors.Is(err, journal.ErrTorn):
		checked := dir
		if where := new(journal.FileError); errors.As(err, &where) && where.File == wanted.backup {
			checked = wanted.backupPath() // which is not read with the directory
		}
		return fmt.Errorf("%s: %w (see: prefixtracker check %s)", dir, err, checked)
	case errors.Is(err, journal.ErrOtherBackup):
		return otherBackup(wanted)
	case errors.Is(err, journal.ErrForeign), errors.Is(err, journal.ErrVersion):
		return fmt.Errorf("%s: %w", dir, err)
	}
	return fmt.Errorf("cannot keep data in %s: %w (--dir says where, and with --appendonly no nothing is kept)", dir, err)
}

// otherBackup is the error for a backup that somebody wants back, it seems: beside
// it is a log, but one of nothing.
func otherBackup(wanted persistence) error {
	return fmt.Errorf("%s is a backup of another directory and was not restored, as there is a log here already: "+
		"to restore it, put it into an empty directory; to go on without it, move it away", wanted.backupPath())
}

// skipError says why IDs cannot be skipped, and what helps.
func skipError(wanted persistence, err error) error {
	help := ""
	if errors.Is(err, tracker.ErrOutOfMemory) {
		help = " (skip fewer, or give --max-memory more)"
	}
	return fmt.Errorf("--restore-skip %d: %w%s", wanted.restoreSkip, err, help)
}

func (p *persistence) backupPath() string { return filepath.Join(p.dir, p.backup) }
