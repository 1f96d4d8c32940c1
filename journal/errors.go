package journal

import (
	"errors"
	"fmt"
)

// Why changes are refused: see [Log.Refusing]. What the system said is wrapped
// beside them, so errors.Is finds both.
var (
	// ErrNoFile: there is no file to go on in.
	ErrNoFile = errors.New("the log has no file")
	// ErrNoRoom: the disk has no room for what comes next.
	ErrNoRoom = errors.New("the log has no room")
	// ErrNotWritten: the system did not take what was appended.
	ErrNotWritten = errors.New("the log was not written")
	// ErrNotSynced: what is on the disk is not known any more.
	ErrNotSynced = errors.New("the log was not synced")
	// ErrClosed: the log has been closed.
	ErrClosed = errors.New("the log is closed")
)

// Errors of opening a directory.
var (
	// ErrInUse: another process has the directory.
	ErrInUse = errors.New("in use by another process")
	// ErrDamaged: something that was on the disk is not what it was.
	ErrDamaged = errors.New("damaged")
	// ErrForeign: the file was not written by this program.
	ErrForeign = errors.New("not a prefixtracker file")
	// ErrVersion: the file was written by a newer program.
	ErrVersion = errors.New("written by another program")
	// ErrOtherBackup: somebody wants a backup of another directory back, it seems, and
	// there is a log, of nothing, that would win.
	ErrOtherBackup = errors.New("a backup of another directory lies beside a log of nothing")
	// ErrTorn: the log ends in what did not reach the disk, and the caller wanted
	// to be told instead of going on without it.
	ErrTorn = errors.New("the log's end did not reach the disk")
)

// ErrRewriting: a base or a backup is being written.
var ErrRewriting = errors.New("a rewrite or a backup is in progress")

// ErrInterrupted: somebody has called [Log.Interrupt].
var ErrInterrupted = errors.New("it was interrupted")

// FileError says where in which file something is wrong.
type FileError struct {
	File string
	Byte int64
	Err  error
}

// Error implements error.
func (e *FileError) Error() string {
	if e.Byte == 0 {
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s: byte %d: %v", e.File, e.Byte, e.Err)
}

// Unwrap gives what is wrong.
func (e *FileError) Unwrap() error { return e.Err }

// damaged says that the byte of the file is not what was once on the disk.
func damaged(file string, at int64, why string) error {
	return &FileError{file, at, fmt.Errorf("%w: %s", ErrDamaged, why)}
}
