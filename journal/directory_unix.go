//go:build unix

package journal

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Linked implements [File].
func (f file) Linked() bool {
	var st unix.Stat_t
	err := f.control("fstat", func(fd uintptr) error { return unix.Fstat(int(fd), &st) })
	return err != nil || st.Nlink > 0
}

// lock takes f, which others of its kind then cannot.
func lock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrInUse
	}
	return os.NewSyscallError("flock", err)
}
