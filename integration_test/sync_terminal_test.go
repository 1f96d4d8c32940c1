package integration_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// waitingSync is a server with a store, and the command of a sync that waits for long between two looks.
func waitingSync(t *testing.T) (s *server, line string) {
	redis := startRedis(t)
	redis.vectors(t, 0, 100)
	s = startServer(t, "--store", "redis://"+redis.addr)
	connect(t, s.addr).mustDo(t, "PT.ADD vec: 7 1000", integer(2))
	return s, binary + " sync --prefix vec: --mode verify --settle 50s --addr "
}

// TestSync_Terminal looks at the bar, and stops what goes on.
func TestSync_Terminal(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, line := waitingSync(t)
	// In a narrow terminal, too, where what does not fit is left out.
	for _, width := range []int{120, 50} {
		term := startScreen(t, width, 20, "echo before; "+line+s.addr+"; echo exit $?")
		bar := lineWith(term.mustShow("% |", "found 100", "before"), "% |")
		if width == 120 && !strings.Contains(bar, "found 100, waiting to look again") {
			t.Errorf("the bar is %q", bar)
		}
		term.types("C-c")
		shown := term.mustShow("stopping", "exit 2", "stopped by a signal", "scanned  100", ": stopped")
		if strings.Contains(shown, "% |") {
			t.Errorf("the bar stays:\n%s", shown)
		}
	}
	if jobs := connect(t, s.addr).mustReply(t, "PT.SYNC", "STATUS").raw; strings.Contains(jobs, "running") {
		t.Errorf("it goes on: %q", jobs)
	}
}

// TestSync_Twice: a second signal ends it at once, and nobody waits for a server that does not answer.
func TestSync_Twice(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, line := waitingSync(t)
	term := startScreen(t, 100, 20, line+s.addr)
	term.mustShow("found 100")
	s.signal(t, syscall.SIGSTOP)
	defer s.signal(t, syscall.SIGCONT)
	term.types("C-c")
	term.mustShow("stopping")
	term.types("C-c")
	term.mustShow("\n$") // the prompt: dash runs nothing of a line that a signal has ended
	term.types("echo exit $?", "Enter")
	term.mustShow("exit 130")
}

// TestSync_CutOff: the sync is the server's. Who was cut off finds it again, and another start of the server is
// not taken for it.
func TestSync_CutOff(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, line := waitingSync(t)
	way := startRelay(t, s.addr)
	var said outputBuffer
	args := words(line + way.addr)
	cmd := exec.Command(args[0], args[1:]...)
	keepApart(t, cmd)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	says := func(text string) {
		t.Helper()
		eventually(t, "it says "+text, func() bool { return strings.Contains(said.String(), text) })
	}
	says(`verify of "vec:"`)
	says("100 of 100 keys, found 100, waiting to look again\n")
	way.cut()
	says("the sync goes on in the server")
	way.mend()
	says("connected again")
	if n := strings.Count(said.String(), "the sync goes on in the server"); n != 1 {
		t.Errorf("it says %d times that it is cut off:\n%s", n, said.String())
	}

	way.cut()
	other := startServer(t)
	connect(t, other.addr).mustDo(t, "PT.ADD vec: 7", integer(1))
	way.to = other.addr
	way.mend()
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 2 || !strings.Contains(said.String(), "started again") {
		t.Errorf("of another server it says (%v):\n%s", err, said.String())
	}
	if !bytes.Contains([]byte(said.String()), []byte(`prefixtracker: sync of "vec:": `)) || cmd.ProcessState.Sys().(syscall.WaitStatus).Signaled() {
		t.Errorf("it ends with\n%s", said.String())
	}

	// A signal while nobody answers ends it, and says what goes on.
	cmd = exec.Command(args[0], args[1:]...)
	way.cut()
	way.to = s.addr
	way.mend()
	said = outputBuffer{}
	cmd.Stdout, cmd.Stderr = &said, &said
	keepApart(t, cmd)
	c := connect(t, s.addr)
	c.mustReply(t, "PT.SYNC", "STOP", "1")
	eventually(t, "the first has stopped", func() bool { return !strings.Contains(c.mustReply(t, "PT.SYNC", "STATUS").raw, "running") })
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	says(`verify of "vec:"`)
	way.cut()
	says("the sync goes on in the server")
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(said.String(), "PT.SYNC STOP") {
		t.Errorf("it exited with %d:\n%s", cmd.ProcessState.ExitCode(), said.String())
	}
}
