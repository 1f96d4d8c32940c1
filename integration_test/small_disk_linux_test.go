package integration_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk is a directory with a file system of its own, of this size, which a test can fill. Without
// the right to mount one the test is skipped.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("no file system can be mounted here:", err)
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}
