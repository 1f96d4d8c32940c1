package cli

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// tellWithin is how long the server waits for a supervisor that does not read.
const tellWithin = time.Second

// findSupervisor returns who wants to know, by the variables that he has set; nil
// is nobody.
func findSupervisor(lookup func(string) (string, bool)) (*supervisor, error) {
	path, _ := lookup("NOTIFY_SOCKET")
	if path == "" {
		return nil, nil
	}
	// A name that begins with @ is one of no file; package net knows that, too.
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return nil, fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	return &supervisor{
		send: func(message string) {
			_ = conn.SetWriteDeadline(time.Now().Add(tellWithin)) // it has not been closed
			_, _ = conn.Write([]byte(message))                    // nobody reads it any more
		},
		now: func() time.Duration {
			var t unix.Timespec
			_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // Linux has it
			return time.Duration(t.Nano())
		},
		patience: watchdogPatience(lookup),
	}, nil
}

// watchdogPatience is how long this process may say nothing; 0 is for ever.
func watchdogPatience(lookup func(string) (string, bool)) time.Duration {
	if pid, ok := lookup("WATCHDOG_PID"); ok && pid != strconv.Itoa(os.Getpid()) {
		return 0
	}
	text, _ := lookup("WATCHDOG_USEC")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 || n > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	return time.Duration(n) * time.Microsecond
}
