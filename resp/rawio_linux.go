package resp

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// System calls on sockets that cannot wait, without telling the scheduler about
// them, which would cost as much as the calls. The kernel finds its way to a
// socket faster from these than from read and write, which are for all files.

func rawRead(fd int, p []byte) (int, syscall.Errno) {
	return rawSocketCall(unix.SYS_RECVFROM, fd, p, unix.MSG_DONTWAIT)
}

func rawWrite(fd int, p []byte) (int, syscall.Errno) {
	return rawSocketCall(unix.SYS_SENDTO, fd, p, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

func rawSocketCall(call uintptr, fd int, p []byte, flags uintptr) (int, syscall.Errno) {
	n, _, errno := syscall.RawSyscall6(call, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), flags, 0, 0)
	return int(n), errno
}
