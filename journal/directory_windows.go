package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// syncDirectory has nothing to do: names are in the file system's own journal.
func syncDirectory(string) error { return nil }

// Linked implements [File]: what is open has its name.
func (file) Linked() bool { return true }

// lock takes f, which others of its kind then cannot.
func lock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return ErrInUse
	}
	return os.NewSyscallError("LockFileEx", err)
}
