package integration_test

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// superviser listens where systemd would, and keeps what it is told.
type superviser struct {
	name string

	mu       sync.Mutex
	messages []string
}

func newSuperviser(t *testing.T, name string) *superviser {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("systemd is there on Linux")
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	s := &superviser{name: name}
	go func() {
		for buffer := make([]byte, 64<<10); ; {
			n, err := conn.Read(buffer)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.messages = append(s.messages, string(buffer[:n]))
			s.mu.Unlock()
		}
	}()
	return s
}

// start starts a server under it.
func (s *superviser) start(t *testing.T, variables []string, flags ...string) *server {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(append(cmd.Environ(), "NOTIFY_SOCKET="+s.name), variables...)
	return startServerCommand(t, cmd)
}

// heard returns the messages without those that say that all is well.
func (s *superviser) heard() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.messages), func(m string) bool { return m == "WATCHDOG=1" })
}

func (s *superviser) beats() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, m := range s.messages {
		if m == "WATCHDOG=1" {
			n++
		}
	}
	return n
}

// await waits until it has heard so many messages, and returns the last one.
func (s *superviser) await(t *testing.T, n int) string {
	t.Helper()
	eventually(t, "message "+strconv.Itoa(n)+" for the supervisor", func() bool { return len(s.heard()) >= n })
	all := s.heard()
	if len(all) > n {
		t.Fatalf("it was told %q, %d messages are enough", all, n)
	}
	return all[n-1]
}

// TestSupervisor_HearsOfALife: of the start, whole, the reload, with the time of the clock that it knows, and the
// end; on a socket that is a file and on one that is none.
func TestSupervisor_HearsOfALife(t *testing.T) {
	t.Parallel()
	for _, name := range []string{filepath.Join(t.TempDir(), "notify"), "@prefixtracker-test-" + strconv.Itoa(syscall.Getpid())} {
		super := newSuperviser(t, name)
		s := super.start(t, nil, "--shutdown-timeout", "3s")
		if m := super.await(t, 1); m != "READY=1\nSTATUS=serving" {
			t.Errorf("%s: at the start it was told %q", name, m)
		}
		s.signal(t, syscall.SIGHUP)
		done := super.await(t, 3)
		reloading, micros, _ := strings.Cut(super.heard()[1], "\nMONOTONIC_USEC=")
		if n, err := strconv.ParseInt(micros, 10, 64); reloading != "RELOADING=1" || done != "READY=1" || err != nil || n <= 0 {
			t.Errorf("%s: of a reload it was told %q", name, super.heard()[1:])
		}
		s.end(t)
		if m := super.await(t, 4); m != "STOPPING=1\nSTATUS=stopping\nEXTEND_TIMEOUT_USEC=5000000" {
			t.Errorf("%s: at the end it was told %q", name, m)
		}
		if n := super.beats(); n > 0 {
			t.Errorf("%s: it was told %d times that all is well, and did not ask", name, n)
		}
	}
}

// TestSupervisor_WatchesTheServer: who asks to hear every 300 ms does, and of one process only.
func TestSupervisor_WatchesTheServer(t *testing.T) {
	t.Parallel()
	super := newSuperviser(t, filepath.Join(t.TempDir(), "notify"))
	s := super.start(t, []string{"WATCHDOG_USEC=300000"})
	eventually(t, "it hears that all is well", func() bool { return super.beats() >= 5 })
	s.end(t)

	other := newSuperviser(t, filepath.Join(t.TempDir(), "notify"))
	other.start(t, []string{"WATCHDOG_USEC=10000", "WATCHDOG_PID=1"}).end(t)
	other.await(t, 2)
	if n := other.beats(); n > 0 {
		t.Errorf("it heard %d times what another process should have said", n)
	}
}

// TestSupervisor_HearsOfALongStart: it hears how far it is, and gives it time. What it is told before the server is
// ready is not that it is.
func TestSupervisor_HearsOfALongStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := keeping(t, dir, "--auto-aof-rewrite-percentage", "0")
	c := connect(t, s.addr)
	for i := range 100 { // two megabytes of log and more
		args := []string{"PT.ADD", "far:"}
		for id := range 4000 {
			args = append(args, strconv.Itoa((i*4000+id)*1000))
		}
		c.mustReply(t, args...)
	}
	s.end(t)
	super := newSuperviser(t, filepath.Join(t.TempDir(), "notify"))
	super.start(t, nil, "--dir", dir).end(t)
	all := super.heard()
	if len(all) < 3 || !strings.HasPrefix(all[0], "STATUS=loading: ") || !strings.HasSuffix(all[0], " %\nEXTEND_TIMEOUT_USEC=60000000") {
		t.Fatalf("it was told %q", all)
	}
	if ready := all[len(all)-2]; ready != "READY=1\nSTATUS=serving" || strings.Count(strings.Join(all, "\n"), "READY=1") != 1 {
		t.Errorf("it was told %q", all)
	}
}

// TestSupervisor_MayBeGone: one that is not there, or does not read, is waited for no longer than a little.
func TestSupervisor_MayBeGone(t *testing.T) {
	t.Parallel()
	gone := &superviser{name: filepath.Join(t.TempDir(), "nobody")}
	s := gone.start(t, []string{"WATCHDOG_USEC=100000"})
	if logLine(s.log.String(), "the supervisor is told nothing") == nil {
		t.Errorf("it does not say so:\n%s", s.log.String())
	}
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))

	path := filepath.Join(t.TempDir(), "deaf")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	mine, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	for full := false; !full; { // it takes no more
		mine.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		_, err := mine.Write([]byte("X=1"))
		full = errors.Is(err, os.ErrDeadlineExceeded)
	}
	deaf := &superviser{name: path}
	s = deaf.start(t, []string{"WATCHDOG_USEC=100000"})
	connect(t, s.addr).mustDo(t, "PING", simple("PONG"))
	s.end(t)
}
