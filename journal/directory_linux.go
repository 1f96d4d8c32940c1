package journal

import (
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Sync leaves out what is of no use to whoever reads the file: its times.
func (f file) Sync() error {
	return f.control("fdatasync", func(fd uintptr) error {
		return again(func() error { return unix.Fdatasync(int(fd)) })
	})
}

func (f file) Allocate(off, n int64) error {
	return f.control("fallocate", func(fd uintptr) error {
		return again(func() error { return unix.Fallocate(int(fd), 0, off, n) })
	})
}

// again does what a signal has interrupted.
func again(do func() error) error {
	for {
		if err := do(); err != unix.EINTR {
			return err
		}
	}
}

// BootID returns what is the same until the machine starts again; zero if that
// is not known.
func BootID() (id [16]byte) {
	f, err := os.Open("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return id
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64))
	if err != nil {
		return id
	}
	// 32 digits: each byte gets two.
	digits := strings.ReplaceAll(strings.TrimSpace(string(text)), "-", "")
	if len(digits) != 2*len(id) {
		return id
	}
	var read [len(id)]byte
	for i := range digits {
		d := strings.IndexByte("0123456789abcdef", digits[i])
		if d < 0 {
			return id
		}
		read[i/2] = read[i/2]<<4 | byte(d)
	}
	return read
}
