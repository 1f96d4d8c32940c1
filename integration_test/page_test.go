package integration_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// chromium is Debian's, and under this name alone: the browser that a machine has besides is
// somebody's own.
const chromium = "chromium"

// TestPage looks at the page with a browser: node/page.js and the files beside it say at what.
func TestPage(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	requireNodeLibrary(t, "page")
	requireProgram(t, chromium, "chromium")

	inside := networkOfItsOwn(t)
	flags := []string{"--appendonly", "yes", "--dir", t.TempDir(), "--addr", "127.0.0.1:0", "--http-addr", "127.0.0.1:0"}
	start := func(flags ...string) *server { return startServerCommand(t, inside(binary, flags...)) }
	s := start(flags...)
	web := httpAddr(t, s.process)
	stop := func() {
		if !s.hasExited() {
			s.signal(t, syscall.SIGTERM)
			s.waitExit(t)
		}
	}
	restart := func(more []string) {
		stop()
		// What comes last counts: at the addresses it had.
		s = start(append(append(flags, "--addr", s.addr, "--http-addr", web), more...)...)
	}

	cmd := inside("node", "node/page.js", s.port, "http://"+web+"/")
	cmd.Env = append(os.Environ(), "STORE_ADDRESS="+storeInside(t, inside))
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, printed := io.Pipe()
	cmd.Stdout, cmd.Stderr = printed, printed
	keepApart(t, cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Each line is a step forward: how long all of them take is the machine's affair.
	hung := time.AfterFunc(4*patience, func() { cmd.Process.Kill() })
	defer hung.Stop()
	go func() {
		cmd.Wait() // what it printed says more than its error
		printed.Close()
	}()

	passed, ended := 0, false
	for lines := bufio.NewScanner(output); lines.Scan(); {
		hung.Reset(4 * patience)
		switch line := lines.Text(); {
		case line == "stop":
			stop()
			io.WriteString(input, "done\n")
		case strings.HasPrefix(line, "restart"):
			restart(strings.Fields(line)[1:])
			io.WriteString(input, "done\n")
		case strings.HasPrefix(line, "pass "):
			passed++
			fmt.Fprintln(t.Output(), line) // without a place: no reason if another fails
		case line == "end":
			ended = true
		default:
			t.Error(line)
		}
	}
	if !ended || passed == 0 {
		t.Errorf("%d checks passed; came to its end: %v", passed, ended)
	}
}

// storeInside runs a redis-server whose password is sesame, and returns its address.
func storeInside(t *testing.T, inside func(program string, args ...string) *exec.Cmd) string {
	t.Helper()
	requireProgram(t, "redis-server", "redis-server")
	port := freePort(t)
	p := startProcess(t, inside("redis-server", "--port", port, "--bind", "127.0.0.1", "--requirepass", "sesame", "--save", "", "--dir", t.TempDir()))
	eventually(t, "redis-server listens", func() bool {
		return strings.Contains(p.log.String(), "Ready to accept connections") || p.hasExited()
	})
	return net.JoinHostPort("127.0.0.1", port)
}

// networkOfItsOwn returns what makes commands that run in a network with nothing but a loopback. A
// browser ends all its connections when the machine's network changes, as it does with each container
// that others start; and here it cannot ask anybody else. Where there can be no such network the
// commands run in the machine's.
func networkOfItsOwn(t *testing.T) func(program string, args ...string) *exec.Cmd {
	t.Helper()
	holder := exec.Command("unshare", "--net", "--map-root-user", "sh", "-c", "ip link set lo up && echo up && exec sleep infinity")
	p := startProcess(t, holder)
	eventually(t, "a network", func() bool { return p.log.String() != "" || p.hasExited() })
	if p.log.String() != "up\n" {
		t.Logf("no network of its own: %s", p.log.String())
		return exec.Command
	}
	enter := []string{"--target", strconv.Itoa(holder.Process.Pid), "--user", "--net", "--preserve-credentials"}
	return func(program string, args ...string) *exec.Cmd {
		return exec.Command("nsenter", append(append(slices.Clone(enter), program), args...)...)
	}
}
