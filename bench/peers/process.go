//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// server is a program that runs and answers.
type server struct {
	program
	addr   netip.AddrPort
	cmd    *exec.Cmd
	dir    string        // its own
	log    string        // path
	exited chan struct{} // closed when the process has ended
	client *redis.Client // for the state; the load has its own connections
}

// startupTime and stopTime bound how long a server may take to answer, and to
// end before it is killed.
const (
	startupTime = 20 * time.Second
	stopTime    = 5 * time.Second
)

// start runs p, in a directory of its own below dir, until it answers. The caller
// stops it.
func start(ctx context.Context, p program, dir string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	own, err := os.MkdirTemp(dir, "server-")
	if err != nil {
		return nil, fmt.Errorf("directory of %s: %w", p.name, err)
	}
	s := &server{
		program: p, addr: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port), dir: own,
		log: filepath.Join(own, "server.log"), exited: make(chan struct{}),
	}
	log, err := os.Create(s.log)
	if err != nil {
		return nil, fmt.Errorf("log of %s: %w", p.name, err)
	}
	defer log.Close()
	s.cmd = exec.Command(p.path, append(p.address(strconv.Itoa(int(port))), p.flags...)...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = own, log, log
	// No server outlives this program, however it ends; and a Ctrl-C on the
	// terminal is this program's to handle.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", p.name, err)
	}
	go func() {
		defer close(s.exited)
		_ = s.cmd.Wait() // exitError tells of it where it matters
	}()
	s.client = redis.NewClient(&redis.Options{
		Addr: s.addr.String(), Protocol: 2, DisableIdentity: true, MaxRetries: -1,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	if err := s.answers(ctx); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

// answers waits until s answers.
func (s *server) answers(ctx context.Context) error {
	for deadline := time.Now().Add(startupTime); time.Now().Before(deadline); {
		select {
		case <-s.exited:
			return s.exitError()
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
		c, err := net.DialTimeout("tcp4", s.addr.String(), time.Second)
		if err != nil {
			continue
		}
		_ = c.Close()                        // it carried nothing
		if s.client.Ping(ctx).Err() == nil { // would wait and complain where nobody listens
			return nil
		}
	}
	return fmt.Errorf("%s does not answer after %s%s", s.name, startupTime, s.lastLines())
}

// stop ends s, by force if it does not end by itself, and removes what it has kept.
func (s *server) stop() error {
	err := s.client.Close()
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // fails where the process has ended
	select {
	case <-s.exited:
	case <-time.After(stopTime):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
	if err != nil {
		return fmt.Errorf("closing the client of %s: %w", s.name, err)
	}
	return os.RemoveAll(s.dir)
}

// exitError is the error of a server that ended while it was needed.
func (s *server) exitError() error {
	return fmt.Errorf("%s ended: %s%s", s.name, s.cmd.ProcessState, s.lastLines())
}

// explain adds to the error of a connection that the server's end was behind
// it, if it was.
func (s *server) explain(err error) error {
	const soon = 200 * time.Millisecond
	select {
	case <-s.exited:
		return errors.Join(err, s.exitError())
	case <-time.After(soon):
		return err
	}
}

// lastLines returns the end of the log, for an error message.
func (s *server) lastLines() string {
	const most = 2000
	log, err := os.ReadFile(s.log)
	if err != nil || len(log) == 0 {
		return ""
	}
	return "\n" + string(log[max(0, len(log)-most):])
}

// rss returns the memory that s has resident, in bytes.
func (s *server) rss() (uint64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("memory of %s: %w", s.name, err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kib uint64
		if n, _ := fmt.Sscanf(lines.Text(), "VmRSS: %d kB", &kib); n == 1 {
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("memory of %s: no VmRSS in its status", s.name)
}

// freePort returns a port of 127.0.0.1 that was free a moment ago.
func freePort() (uint16, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("looking for a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort().Port(), nil
}
