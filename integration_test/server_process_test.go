package integration_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is one running program that must be gone when its test ends.
type process struct {
	cmd    *exec.Cmd
	log    outputBuffer
	exited chan struct{}
}

func startProcess(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	keepApart(t, cmd)
	p := &process{cmd: cmd, exited: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.log, &p.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.exited)
		cmd.Wait() // its error says no more than the exit code does
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-p.exited
	})
	return p
}

func (p *process) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// waitExit returns the exit code of a process that is about to end by itself.
func (p *process) waitExit(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.cmd.Process.Kill()
		t.Fatalf("%v is still running after %v\n%s", p.cmd.Args, patience, p.log.String())
		return -1
	}
}

// server is the binary under test, listening.
type server struct {
	*process
	addr, port string
	startLine  map[string]any // the start-up log line, decoded
	// crowded: the network does so much that the time of its interrupts, which the system counts as
	// that of whoever is on the processor, looks like a command that holds up its loop.
	crowded bool
}

// startServer runs the binary on a free loopback port. When the test ends the server must
// stop cleanly on SIGTERM, with no data race reported, no panic logged, and no command that has
// kept an event loop's processor to itself for long.
func startServer(t *testing.T, flags ...string) *server {
	t.Helper()
	return startServerCommand(t, exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, flags...)...))
}

// startFrugalServer is startServer for tests that ask how much memory the process takes. Its
// collector comes as soon as there is a tenth more than is in use, not twice as much: what is
// measured is what the server holds, not what nobody has come to collect.
func startFrugalServer(t *testing.T, flags ...string) *server {
	t.Helper()
	cmd := exec.Command(binary, append([]string{"--addr", "127.0.0.1:0"}, flags...)...)
	cmd.Env = append(cmd.Environ(), "GOGC=10")
	return startServerCommand(t, cmd)
}

func startServerCommand(t *testing.T, cmd *exec.Cmd) *server {
	t.Helper()
	s := &server{process: startProcess(t, cmd)}
	eventually(t, "start-up line with message \"listening\"", func() bool {
		s.startLine = logLine(s.log.String(), "listening")
		return s.startLine != nil || s.hasExited()
	})
	if s.startLine == nil {
		t.Fatalf("the server stopped at start\n%s", s.log.String())
	}
	s.addr, _ = s.startLine["addr"].(string)
	host, port, err := net.SplitHostPort(s.addr)
	if err != nil || host != "127.0.0.1" {
		t.Fatalf("addr %q in the start-up line: %v", s.addr, err)
	}
	s.port = port
	t.Cleanup(func() { s.checkCleanStop(t) })
	return s
}

// heldUp reports whether a server has held up its loops, by its log. A processor's time has in it what
// the system does meanwhile, for interrupts and for other machines beside a virtual one: one command
// that seems to have taken a little too long may be that. Work that is too long is so again, or is
// much too long.
func heldUp(log string) bool {
	const most = 10 // milliseconds, twice what is allowed
	times := 0
	for line := range strings.Lines(log) {
		var fields struct {
			Message   string
			For       float64
			NotLogged int `json:"not_logged"`
		}
		if json.Unmarshal([]byte(line), &fields) != nil || fields.Message != "event loop held up" {
			continue
		}
		if times += 1 + fields.NotLogged; fields.For > most || times > 1 {
			return true
		}
	}
	return false
}

// logLine returns the first JSON log line with this message.
func logLine(log, message string) map[string]any {
	for line := range strings.Lines(log) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) == nil && fields["message"] == message {
			return fields
		}
	}
	return nil
}

func (s *server) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

func (s *server) checkCleanStop(t *testing.T) {
	if !s.hasExited() {
		s.signal(t, syscall.SIGTERM)
	}
	if code := s.waitExit(t); code != 0 {
		t.Errorf("the server exited with %d, want 0", code)
	}
	log := s.log.String()
	for _, alarm := range []string{"DATA RACE", "panic", "goroutine "} {
		if strings.Contains(log, alarm) {
			t.Errorf("the server's log contains %q", alarm)
		}
	}
	if memoryCounts() && !s.crowded && heldUp(log) { // nor does time count with the race detector
		t.Error("an event loop was held up")
	}
	if t.Failed() {
		evidence(t, "the server's log", log)
	}
}

func TestHeldUp(t *testing.T) {
	line := func(ms float64, silent int) string {
		return fmt.Sprintf(`{"level":"warn","by":"echo","for":%f,"not_logged":%d,"message":"event loop held up"}`+"\n", ms, silent)
	}
	for log, want := range map[string]bool{
		"":                          false,
		line(5.1, 0):                false,
		line(10.1, 0):               true,
		line(5.1, 1):                true,
		line(5.1, 0) + line(5.2, 0): true,
		"no JSON\n" + line(50.1, 0): true,
		`{"message":"listening"}`:   false,
	} {
		if got := heldUp(log); got != want {
			t.Errorf("%q: %t, want %t", log, got, want)
		}
	}
}
