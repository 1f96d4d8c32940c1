package integration_test

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// mortal is a server that is to be killed, and says nothing before.
type mortal struct {
	*process
	addr string
}

func startMortal(t *testing.T, flags ...string) *mortal {
	t.Helper()
	m := &mortal{process: startProcess(t, exec.Command(binary, flags...))}
	eventually(t, "it listens", func() bool {
		line := logLine(m.log.String(), "listening")
		m.addr, _ = line["addr"].(string)
		return line != nil || m.hasExited()
	})
	if m.addr == "" {
		t.Fatalf("it does not start:\n%s", m.log.String())
	}
	return m
}

// kill ends it at once, which it must not have done by itself.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatalf("it has ended by itself: %v\n%s", err, p.log.String())
	}
	<-p.exited
	if status := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
		t.Fatalf("it has ended by itself, with %d:\n%s", status.ExitStatus(), p.log.String())
	}
	p.mustBeSane(t)
}

func (p *process) mustBeSane(t *testing.T) {
	t.Helper()
	log := p.log.String()
	for _, alarm := range []string{"DATA RACE", "panic", "goroutine "} {
		if strings.Contains(log, alarm) {
			t.Fatalf("the server's log contains %q:\n%s", alarm, log)
		}
	}
}
