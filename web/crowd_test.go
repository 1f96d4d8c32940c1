package web

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// pipes is a listener whose connections have no buffer between their ends: what nobody reads is not written.
type pipes struct {
	came chan net.Conn
	once sync.Once
	gone chan struct{}
}

func newPipes() *pipes { return &pipes{came: make(chan net.Conn), gone: make(chan struct{})} }

func (p *pipes) dial() net.Conn {
	here, there := net.Pipe()
	p.came <- there
	return here
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.came:
		return c, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.gone) }); return nil }
func (p *pipes) Addr() net.Addr { return new(net.TCPAddr) }

func serveTest(t *testing.T, s *Server) *pipes {
	t.Helper()
	p := newPipes()
	ended := make(chan error)
	go func() { ended <- s.Serve(p, nil) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		s.Shutdown(ctx)
		if err := <-ended; err != nil || ctx.Err() != nil {
			t.Errorf("it ended with %v, %v", err, ctx.Err())
		}
		for s.streams.Load() > 0 && ctx.Err() == nil { // they have been cut off
			time.Sleep(time.Millisecond)
		}
		s.crowd.mu.Lock()
		defer s.crowd.mu.Unlock()
		if s.crowd.size != 0 || s.crowd.idle.Len() != 0 || s.streams.Load() != 0 {
			t.Errorf("%d connections, %d of them idle, and %d streams are left", s.crowd.size, s.crowd.idle.Len(), s.streams.Load())
		}
	})
	return p
}

func isClosed(c net.Conn) bool {
	_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
	_, err := c.Read(make([]byte, 1))
	return err != nil && !strings.Contains(err.Error(), "timeout")
}

func askOver(t *testing.T, c net.Conn, path string) string {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path); err != nil {
		return err.Error()
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(line)
}

// When all places are taken, the one that has asked for nothing for longest goes.
func TestCrowd_TheIdleMakeRoom(t *testing.T) {
	p := serveTest(t, newTestServer(t, 1, Options{Connections: 4}))
	busy := p.dial()
	if got := askOver(t, busy, "/api/v1/stream"); got != "HTTP/1.1 200 OK" {
		t.Fatal(got)
	}
	var idle []net.Conn
	for range 3 {
		idle = append(idle, p.dial())
	}
	_, _ = idle[1].Write([]byte("GET /healthz HTTP/1.1\r\nX: ")) // not all of a request
	fifth := p.dial()
	if got := askOver(t, fifth, "/healthz"); got != "HTTP/1.1 200 OK" {
		t.Errorf("the fifth is answered with %q", got)
	}
	if !isClosed(idle[0]) || isClosed(idle[1]) || isClosed(idle[2]) || isClosed(busy) {
		t.Error("it was not the first of the idle ones that went")
	}
	if got := askOver(t, p.dial(), "/healthz"); got != "HTTP/1.1 200 OK" || !isClosed(idle[1]) {
		t.Errorf("the sixth is answered with %q", got)
	}
}

// Where all are busy, who comes is turned away.
func TestCrowd_TheBusyStay(t *testing.T) {
	s := newTestServer(t, 1, Options{Connections: 4})
	s.patience = time.Hour // nor does who does not read keep the server from its end
	p := serveTest(t, s)
	var streams []net.Conn
	for range 3 {
		c := p.dial()
		if got := askOver(t, c, "/api/v1/stream"); got != "HTTP/1.1 200 OK" {
			t.Fatal(got)
		}
		streams = append(streams, c)
	}
	if got := askOver(t, p.dial(), "/api/v1/stream"); got != "HTTP/1.1 503 Service Unavailable" { // one place is no stream's
		t.Errorf("a fourth stream is answered with %q", got)
	}
	for _, c := range streams {
		if isClosed(c) {
			t.Error("a stream has ended")
		}
		_ = c.Close()
	}
	for s.streams.Load() > 0 { // until it is seen
		time.Sleep(time.Millisecond)
	}
	if got := askOver(t, p.dial(), "/api/v1/stream"); got != "HTTP/1.1 200 OK" {
		t.Errorf("a stream is answered with %q when there is room again", got)
	}
}

// Whoever does not read is left, be it a stream or not, and nobody waits for him.
func TestServer_LeavesWhoDoesNotRead(t *testing.T) {
	s := newTestServer(t, 300, Options{Connections: 16, Prefixes: 300})
	s.patience = 20 * time.Millisecond
	p := serveTest(t, s)
	for _, path := range []string{"/api/v1/stream?limit=200", "/metrics", "/api/v1/prefixes?limit=200", "/healthz"} {
		c := p.dial()
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
			s.crowd.mu.Lock()
			n := s.crowd.size
			s.crowd.mu.Unlock()
			if n == 0 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: who does not read keeps his place", path)
			}
		}
	}
	if got := s.ask(t, "/healthz").Code; got != http.StatusOK {
		t.Error(got)
	}
}
