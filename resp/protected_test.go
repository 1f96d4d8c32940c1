package resp_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// pipes is a listener of connections in memory whose clients seem to come from anywhere.
type pipes struct {
	incoming chan net.Conn
	closed   chan struct{}
}

type pipe struct {
	net.Conn
	from net.Addr
}

func (p pipe) RemoteAddr() net.Addr { return p.from }

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case nc := <-l.incoming:
		return nc, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7171} }

// firstReply is what the server tells a client from an address that says PING.
func (l *pipes) firstReply(t *testing.T, from net.Addr) string {
	t.Helper()
	ours, line := l.enter(t, from)
	_ = ours.Close()
	return line
}

// enter is firstReply for a client that stays.
func (l *pipes) enter(t *testing.T, from net.Addr) (ours net.Conn, reply string) {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close() })
	if err := ours.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	l.incoming <- pipe{theirs, from}
	go func() { _, _ = io.WriteString(ours, "PING\r\n") }() // who is denied is not read from
	line, err := bufio.NewReader(ours).ReadString('\n')
	if err != nil {
		t.Fatalf("from %v: %q, %v", from, line, err)
	}
	return ours, line
}

// Without a password only local clients are let in, whatever their family of
// addresses; a password, or the word of who started the server, lets everybody in.
func TestProtectedMode(t *testing.T) {
	t.Parallel()
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 40_000} }
	local := []net.Addr{tcp("127.0.0.1"), tcp("127.255.255.254"), tcp("::1"), tcp("::ffff:127.0.0.1"), &net.UnixAddr{Net: "unix"}}
	foreign := []net.Addr{
		tcp("192.0.2.7"), tcp("10.0.0.1"), tcp("0.0.0.0"), tcp("128.0.0.1"), tcp("126.255.255.255"), tcp("2001:db8::1"), tcp("fe80::1"), tcp("::"),
		tcp("::ffff:192.0.2.7"), tcp("::2"), &net.TCPAddr{}, &net.TCPAddr{IP: net.IP{127}},
	}
	for _, test := range []struct {
		name      string
		change    func(*resp.Config)
		strangers bool
	}{
		{"as it comes", func(*resp.Config) {}, false},
		{"with a password", func(c *resp.Config) { c.Password = "secret" }, true},
		{"switched off", func(c *resp.Config) { c.Protected = false }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			config := resp.DefaultConfig()
			test.change(&config)
			server := resp.NewServer(handlerFunc(func(c *resp.Conn, _ [][]byte) { c.SimpleString("PONG") }), zerolog.Nop(), config)
			ln := &pipes{make(chan net.Conn), make(chan struct{})}
			served := make(chan error, 1)
			go func() { served <- server.Serve(ln) }()
			denied := 0
			for _, from := range local {
				if got := ln.firstReply(t, from); got != "+PONG\r\n" {
					t.Errorf("a client from %v is told %q", from, got)
				}
			}
			for _, from := range foreign {
				got := ln.firstReply(t, from)
				if strings.HasPrefix(got, "-DENIED ") {
					denied++
				}
				if in := got == "+PONG\r\n"; in != test.strangers {
					t.Errorf("a client from %v is told %q", from, got)
				}
			}
			if !test.strangers && denied != len(foreign) {
				t.Errorf("%d of %d are told DENIED", denied, len(foreign))
			}
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := server.Shutdown(ctx); err != nil {
				t.Error(err)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}
