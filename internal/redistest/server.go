package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/rueidis"
)

// patience bounds every wait. It is a deadline for what hangs, never a pace.
const patience = 60 * time.Second

// Server is a running server. It ends with the test.
type Server struct {
	Addr, Port string
	program    string
	flags      []string

	mu     sync.Mutex
	cmd    *exec.Cmd
	exited chan struct{}
	client rueidis.Client
}

// Program is the server under test.
func Program() string {
	if name := os.Getenv("REDISTEST_SERVER"); name != "" {
		return name
	}
	return "redis-server"
}

// Start starts a server that keeps nothing on disk, and waits until it answers.
func Start(t testing.TB, flags ...string) *Server {
	t.Helper()
	return start(t, func(port string) []string {
		return append([]string{"--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", t.TempDir()}, flags...)
	})
}

// start tries several ports: another process may take one before the server does.
func start(t testing.TB, flags func(port string) []string) *Server {
	t.Helper()
	program, err := exec.LookPath(Program())
	if err != nil {
		missing := Program() + " is not installed (Debian package redis-server)"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	var s *Server
	for range 10 {
		port := FreePort(t)
		s = &Server{Addr: net.JoinHostPort("127.0.0.1", port), Port: port, program: program, flags: flags(port)}
		if s.run(t) {
			t.Cleanup(s.end)
			return s
		}
	}
	t.Fatalf("%s does not start: %v", program, s.flags)
	return nil
}

// run starts the process and tells whether it answers.
func (s *Server) run(t testing.TB) bool {
	t.Helper()
	cmd := exec.Command(s.program, s.flags...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() { defer close(exited); cmd.Wait() }()
	s.mu.Lock()
	s.cmd, s.exited = cmd, exited
	s.mu.Unlock()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		select {
		case <-exited:
			return false
		default:
		}
		conn, err := net.Dial("tcp", s.Addr)
		if err == nil {
			conn.Close()
			return true
		}
	}
	t.Fatalf("%s does not answer", s.Addr)
	return false
}

func (s *Server) end() {
	s.mu.Lock()
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
	s.mu.Unlock()
	s.Kill()
}

// Kill ends the process at once, as kill -9 does.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd.Process.Kill()
	<-s.exited
}

// Restart starts the process again, at the same address with the same files, and with more flags.
func (s *Server) Restart(t testing.TB, flags ...string) {
	t.Helper()
	s.flags = append(s.flags, flags...)
	if !s.run(t) {
		t.Fatalf("%s does not start again", s.Addr)
	}
}

// Pid is that of the process.
func (s *Server) Pid() int { return s.cmd.Process.Pid }

// Client returns a client of this server alone, which connects again when it must.
func (s *Server) Client(t testing.TB) rueidis.Client {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for deadline := time.Now().Add(patience); s.client == nil; time.Sleep(5 * time.Millisecond) {
		c, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.Addr}, ForceSingleClient: true, DisableCache: true, PipelineMultiplex: -1, ConnWriteTimeout: patience})
		if err == nil {
			s.client = c
		} else if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	return s.client
}

// Try sends a command and returns the reply.
func (s *Server) Try(t testing.TB, words ...string) (rueidis.RedisMessage, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := s.Client(t)
	return c.Do(ctx, c.B().Arbitrary(words...).Build()).ToMessage()
}

// Do sends a command and returns the reply as text.
func (s *Server) Do(t testing.TB, words ...string) string {
	t.Helper()
	reply, err := s.Try(t, words...)
	if err != nil {
		t.Fatalf("%s: %q: %v", s.Addr, words, err)
	}
	if n, err := reply.AsInt64(); err == nil {
		return strconv.FormatInt(n, 10)
	}
	text, _ := reply.ToString()
	return strings.TrimPrefix(text, "txt:") // of a verbatim string, which the library leaves
}

// Fill sets the keys prefix followed by each number of first to last, in width digits.
func Fill(t testing.TB, c rueidis.Client, prefix string, first, last, width int) {
	t.Helper()
	for n := first; n <= last; {
		var batch rueidis.Commands
		for ; n <= last && len(batch) < 2000; n++ {
			batch = append(batch, c.B().Set().Key(fmt.Sprintf("%s%0*d", prefix, width, n)).Value("v").Build())
		}
		for _, r := range c.DoMulti(context.Background(), batch...) {
			if err := r.Error(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// FreePort returns a port that nobody listened to a moment ago.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// Eventually polls until the condition holds and fails the test when it never does.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("waited %v in vain: %s", patience, what)
}

// field returns a value of INFO or CLUSTER INFO.
func field(text, name string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
