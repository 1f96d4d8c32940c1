package load

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The system calls of a worker, without telling the Go scheduler: being told, it looks after every call that takes
// longer than 20 us, which was a fifth of the generator's CPU time. A worker keeps its place among the running
// goroutines instead, even while it waits. That is why [Start] raises GOMAXPROCS, and why waiting has a limit.

func rawRead(fd int, p []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return outcome(n, errno)
}

func rawWrite(fd int, p []byte) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
	return outcome(n, errno)
}

// rawWait waits for events at most as long as limit.
func rawWait(epoll int, events []unix.EpollEvent, limit time.Duration) (int, unix.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(unsafe.SliceData(events))),
		uintptr(len(events)), uintptr(limit.Milliseconds()), 0, 0)
	return outcome(n, errno)
}

func outcome(n uintptr, errno unix.Errno) (int, unix.Errno) {
	if errno != 0 {
		return 0, errno
	}
	return int(n), 0
}
