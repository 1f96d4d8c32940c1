package commands

import (
	"bufio"
	"context"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// strangers is a listener of connections in memory, from any address.
type strangers struct {
	incoming chan net.Conn
	closed   chan struct{}
}

type stranger struct {
	net.Conn
	from net.Addr
}

func (s stranger) RemoteAddr() net.Addr { return s.from }

func (l *strangers) Accept() (net.Conn, error) {
	select {
	case nc := <-l.incoming:
		return nc, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *strangers) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *strangers) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 7171} }

// say sends lines from an address and returns the last line of the reply; "" where the connection ends.
func (l *strangers) say(t *testing.T, from net.Addr, lines ...string) (last string) {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	if err := ours.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	l.incoming <- stranger{theirs, from}
	in := bufio.NewReader(ours)
	for _, line := range lines {
		if _, err := io.WriteString(ours, line+"\r\n"); err != nil {
			t.Fatal(err)
		}
		last, _ = in.ReadString('\n') // at the end there is none
	}
	return last
}

// Who may stop the server or take its memory away: by the setting, the password and the address. What others
// try changes nothing, and everything else is for everybody.
func TestAccess_OfProtectedCommands(t *testing.T) {
	tcp := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 40_000} }
	locals := []net.Addr{tcp("127.0.0.1"), tcp("127.1.2.3"), tcp("::1"), tcp("::ffff:127.0.0.1"), &net.UnixAddr{Net: "unix"}}
	foreign := []net.Addr{tcp("192.0.2.7"), tcp("172.17.0.1"), tcp("2001:db8::1"), tcp("::ffff:192.0.2.7"), tcp("0.0.0.0")}
	const (
		set, ok = "CONFIG SET maxmemory 1gb", "+OK\r\n"
		refused = "-ERR CONFIG SET failed (possibly related to argument 'maxmemory') - can't set protected config\r\n"
		stay    = "-" + string(errShutdownProtected) + "\r\n"
	)
	for _, test := range []struct {
		access         Access
		password       string
		local, foreign bool
	}{
		{"", "", true, false}, {AccessAuto, "", true, false}, {AccessAuto, "secret", true, true},
		{AccessNo, "", false, false}, {AccessNo, "secret", false, false},
		{AccessLocal, "", true, false}, {AccessLocal, "secret", true, false},
		{AccessYes, "", true, true}, {AccessYes, "secret", true, true},
	} {
		t.Run(string(test.access)+" "+test.password, func(t *testing.T) {
			var sets, stops atomic.Int64
			x := newServerWith(t, 0, Options{MaxCount: 1, Protected: test.access, Shutdown: func(error) { stops.Add(1) }, Settings: []Setting{
				{Name: "harmless", Get: func() string { return "" }, Set: func(string) (func(), error) { return func() {}, nil }},
				{Name: "maxmemory", Get: func() string { return "" }, Set: func(string) (func(), error) { return func() { sets.Add(1) }, nil }, Protected: true},
			}})
			config := resp.DefaultConfig()
			config.Password, config.Protected = test.password, false
			server, ln := resp.NewServer(x.Engine, zerolog.Nop(), config), &strangers{make(chan net.Conn), make(chan struct{})}
			served := make(chan error, 1)
			go func() { served <- server.Serve(ln) }()
			defer func() {
				if err := server.Shutdown(context.Background()); err != nil {
					t.Error(err)
				}
				<-served
			}()
			before := []string{"PING"}
			if test.password != "" {
				before = []string{"AUTH " + test.password}
			}
			may := func(from net.Addr, allowed bool) {
				changed, stopped := sets.Load(), stops.Load()
				want := map[bool]string{true: ok, false: refused}[allowed]
				for _, lines := range [][]string{{set}, {"CONFIG SET harmless 1 MaxMemory 1"}, {"MULTI", set, "EXEC"}} {
					if got := ln.say(t, from, append(before, lines...)...); lines[0] == set && got != want {
						t.Errorf("%v: %s: %q, want %q", from, set, got, want)
					}
				}
				if n := sets.Load() - changed; (n == 3) != allowed || n != 0 && !allowed {
					t.Errorf("%v has changed maxmemory %d times of 3", from, n)
				}
				if got := ln.say(t, from, append(before, "CONFIG SET harmless 1")...); got != ok {
					t.Errorf("%v: another setting: %q", from, got)
				}
				want = map[bool]string{true: "", false: stay}[allowed]
				for _, line := range []string{"SHUTDOWN", "SHUTDOWN NOSAVE", "shutdown now force"} {
					if got := ln.say(t, from, append(before, line)...); got != want {
						t.Errorf("%v: %s: %q, want %q", from, line, got, want)
					}
				}
				if n := stops.Load() - stopped; (n == 3) != allowed || n != 0 && !allowed {
					t.Errorf("%v has stopped the server %d times of 3", from, n)
				}
			}
			for _, from := range locals {
				may(from, test.local)
			}
			for _, from := range foreign {
				may(from, test.foreign)
			}
			if test.password != "" {
				for _, line := range []string{"SHUTDOWN", set} {
					if got := ln.say(t, locals[0], line); got != "-NOAUTH Authentication required.\r\n" {
						t.Errorf("without the password %s: %q", line, got)
					}
				}
			}
		})
	}
}
