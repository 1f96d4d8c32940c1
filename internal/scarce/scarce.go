//go:build unix

// Package scarce keeps the packages of others from opening files before main, where the
// limit of file descriptors is so low that the runtime would not survive it: with none
// left it ends the process with its stack. They are initialized behind this one, since
// the order is that of their paths, and find none left, which they can bear; a server
// says in one line what is missing, and whoever needs files gets them back.
//
// It knows that there are few file descriptors. It must not know who wants some.
package scarce

import "syscall"

// few is less than the program can do anything with.
const few = 16

var held = hold()

func hold() (all []int) {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || uint64(limit.Cur) >= few {
		return nil
	}
	for {
		fd, err := syscall.Dup(syscall.Stderr)
		if err != nil {
			return all
		}
		all = append(all, fd)
	}
}

// Release gives back what is held.
func Release() {
	for _, fd := range held {
		_ = syscall.Close(fd) // it is open
	}
	held = nil
}
