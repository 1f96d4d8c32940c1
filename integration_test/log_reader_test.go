package integration_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The log goes to standard error, and whoever reads that may stop, or go. Clients are not to notice.

// logPipe is a pipe that a server logs to. It keeps as much as the system says, and the test alone
// decides when somebody reads.
type logPipe struct {
	path   string
	reader *os.File
}

func newLogPipe(t *testing.T) *logPipe {
	t.Helper()
	p := &logPipe{path: filepath.Join(t.TempDir(), "log")}
	if err := syscall.Mkfifo(p.path, 0o600); err != nil {
		t.Skip("no named pipes here: ", err)
	}
	var err error
	if p.reader, err = os.OpenFile(p.path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.reader.Close() })
	return p
}

// start runs a server that logs to the pipe. It must stop cleanly when the test ends, whoever reads.
func (p *logPipe) start(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	keepApart(t, cmd)
	// It blocks, as a pipe from a shell does.
	fd, err := syscall.Open(p.path, syscall.O_WRONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	writer := os.NewFile(uintptr(fd), p.path)
	defer writer.Close()
	cmd.Stdout, cmd.Stderr = writer, writer
	s := &process{cmd: cmd, exited: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(s.exited)
		cmd.Wait() // its error says no more than the exit code does
	}()
	t.Cleanup(func() {
		if !s.hasExited() {
			cmd.Process.Signal(syscall.SIGTERM)
			if code := s.waitExit(t); code != 0 {
				t.Errorf("the server exited with %d, want 0", code)
			}
		}
		cmd.Process.Kill()
		<-s.exited
	})
	return s
}

// startServer is start for a server, which says where it listens.
func (p *logPipe) startServer(t *testing.T, flags ...string) (s *process, addr string) {
	t.Helper()
	s = p.start(t, newServerCommand(append(flags, "--log-format", "json")...))
	addr, _ = p.awaitLine(t, "listening")["addr"].(string)
	return s, addr
}

// awaitLine reads the log until there is a line with this message.
func (p *logPipe) awaitLine(t *testing.T, message string) (line map[string]any) {
	t.Helper()
	var text []byte
	p.reader.SetReadDeadline(time.Now().Add(patience))
	buffer := make([]byte, 64<<10)
	for line == nil {
		n, err := p.reader.Read(buffer)
		text = append(text, buffer[:n]...)
		if line = logLine(string(text), message); line == nil && err != nil {
			t.Fatalf("the log has no line %q: %v\n%s", message, err, text)
		}
	}
	return line
}

// fill writes blanks until there is no room for one more.
func (p *logPipe) fill(t *testing.T) {
	t.Helper()
	fd, err := syscall.Open(p.path, syscall.O_WRONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	for _, size := range []int{4096, 1} {
		for blanks := []byte(strings.Repeat(" ", size)); ; {
			if _, err := syscall.Write(fd, blanks); errors.Is(err, syscall.EAGAIN) {
				break
			} else if err != nil && !errors.Is(err, syscall.EINTR) {
				t.Fatal(err)
			}
		}
	}
}

// botchers are mistakes that strangers make, each of which the log has a line about.
var botchers = []string{"*1\r\n$x\r\n", "POST / HTTP/1.1\r\n\r\n", "AUTH guess\r\n"}

// botch has strangers make all mistakes, of which the log may say something once a second.
func botch(t *testing.T, network, addr string) {
	t.Helper()
	for _, bytes := range botchers {
		conn, err := net.Dial(network, addr)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := io.WriteString(conn, bytes+"QUIT\r\n"); err != nil {
			t.Fatal(err)
		}
		// Answered, or cut off: what there was to log is logged.
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("%q is not answered", bytes)
		}
		conn.Close()
	}
}

// mustServe has old and new clients served.
func mustServe(t *testing.T, old *client, addr string) {
	t.Helper()
	old.mustDo(t, "PING", simple("PONG"))
	for range 20 { // so that every event loop has one
		c := connect(t, addr)
		c.mustDo(t, "AUTH secret", simple("OK"))
		c.mustDo(t, "PING", simple("PONG"))
		c.close()
	}
}

// TestNobodyReadsTheLog fills the pipe that the server logs to, and then has it log. Everybody is served, what
// was to be said waits for whoever reads, and SIGTERM is obeyed. (A server that writes to its log itself stands
// still at the first line.)
func TestNobodyReadsTheLog(t *testing.T) {
	t.Parallel()
	p := newLogPipe(t)
	s, addr := p.startServer(t, "--requirepass", "secret")
	admin := connect(t, addr)
	admin.mustDo(t, "AUTH secret", simple("OK"))
	p.fill(t)
	botch(t, "tcp", addr)
	mustServe(t, admin, addr)
	if n := infoField(t, admin, "log_lines_dropped"); n != 0 {
		t.Errorf("%d lines are dropped, though there is room", n)
	}
	line := p.awaitLine(t, "refused")
	t.Logf("read late: %v", line)
	if at, _ := line["reason"].(string); infoField(t, admin, "refused_"+at) < 1 {
		t.Errorf("the log has %v", line)
	}
	p.fill(t)
	s.cmd.Process.Signal(syscall.SIGTERM)
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
}

// TestLogReaderGoes closes the pipe that the server logs to. Everybody is served, and INFO counts the lines
// that nobody gets. (SIGPIPE kills a server that does not ask to be spared.)
func TestLogReaderGoes(t *testing.T) {
	t.Parallel()
	p := newLogPipe(t)
	s, addr := p.startServer(t, "--requirepass", "secret")
	admin := connect(t, addr)
	admin.mustDo(t, "AUTH secret", simple("OK"))
	var written int64
	eventually(t, "the line that is read is counted", func() bool { // after it was written
		written = infoField(t, admin, "log_lines_written")
		return written >= 1
	})
	p.reader.Close()
	botch(t, "tcp", addr)
	eventually(t, "the lines are lost", func() bool { return infoField(t, admin, "log_lines_dropped") >= 1 })
	mustServe(t, admin, addr)
	if n := infoField(t, admin, "log_lines_written"); n != written {
		t.Errorf("%d lines of log are written, %d of them to nobody", n, n-written)
	}
	if s.hasExited() {
		t.Error("the server has ended")
	}
	eventually(t, "CONFIG RESETSTAT leaves no dropped lines", func() bool { // the last of them may come behind it
		admin.mustDo(t, "CONFIG RESETSTAT", simple("OK"))
		return infoField(t, admin, "log_lines_dropped") == 0
	})
}

// TestLogReaderComesBack: what was lost meanwhile is said to whoever reads then.
func TestLogReaderComesBack(t *testing.T) {
	t.Parallel()
	p := newLogPipe(t)
	_, addr := p.startServer(t, "--requirepass", "secret")
	admin := connect(t, addr)
	admin.mustDo(t, "AUTH secret", simple("OK"))
	p.reader.Close()
	botch(t, "tcp", addr)
	eventually(t, "the lines are lost", func() bool { return infoField(t, admin, "log_lines_dropped") >= 1 })
	var err error
	if p.reader, err = os.OpenFile(p.path, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	defer close(stop)
	go func() { // until one of a second's lines is let through
		for {
			select {
			case <-stop:
				return
			case <-time.After(100 * time.Millisecond):
			}
			if conn, err := net.Dial("tcp", addr); err == nil {
				io.WriteString(conn, botchers[0])
				conn.Close()
			}
		}
	}()
	if n, _ := p.awaitLine(t, "log lines were dropped")["dropped"].(float64); n < 1 {
		t.Errorf("%v lines are said to be lost", n)
	}
}

// TestNoRoomForTheLog logs to a disk that is full.
func TestNoRoomForTheLog(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here: ", err)
	}
	defer full.Close()
	path := filepath.Join(t.TempDir(), "s")
	cmd := newServerCommand("--unix-socket", path)
	keepApart(t, cmd)
	cmd.Stderr = full
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Error("the server did not stop cleanly: ", err)
		}
	})
	var conn net.Conn
	eventually(t, "it listens", func() bool {
		conn, err = net.Dial("unix", path)
		return err == nil
	})
	defer conn.Close()
	c := &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	eventually(t, "the line that says so is dropped", func() bool { return infoField(t, c, "log_lines_dropped") >= 1 })
}

// TestFailureThatNobodyReads: a program that cannot start ends, also when there is no room for the reason.
func TestFailureThatNobodyReads(t *testing.T) {
	t.Parallel()
	p := newLogPipe(t)
	p.fill(t)
	if code := p.start(t, newServerCommand("--loops", "many")).waitExit(t); code != 1 {
		t.Errorf("it exited with %d, want 1", code)
	}
}

// TestLastLinesAreWritten: what is logged last is there when the process has gone.
func TestLastLinesAreWritten(t *testing.T) {
	t.Parallel()
	s := startServer(t, "--log-level", "info")
	s.signal(t, syscall.SIGTERM)
	s.waitExit(t)
	if logLine(s.log.String(), "stopped") == nil {
		t.Errorf("the log does not say that it stopped\n%s", s.log.String())
	}
	for line := range strings.Lines(s.log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %q", line)
		}
	}
}
