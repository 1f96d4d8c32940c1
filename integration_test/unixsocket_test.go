package integration_test

import (
	"bufio"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// onSocket starts a server that also listens on a Unix socket. The path is short: a socket's
// may have 108 bytes.
func onSocket(t *testing.T, flags ...string) (s *server, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "s")
	return startServer(t, append([]string{"--unix-socket", path}, flags...)...), path
}

func connectUnix(t *testing.T, path string) *client {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	t.Cleanup(c.close)
	return c
}

func TestUnixSocketServes(t *testing.T) {
	t.Parallel()
	s, path := onSocket(t)
	c := connectUnix(t, path)
	c.mustDo(t, "PT.CLAIMNEXT vec:", integer(0))
	connect(t, s.addr).mustDo(t, "PT.CLAIMNEXT vec:", integer(1))
	if info := c.mustReply(t, "CLIENT", "INFO"); !strings.Contains(info.text, " laddr="+path) {
		t.Errorf("CLIENT INFO on the socket %s is %s", path, info.text)
	}
	requireProgram(t, "redis-cli", "redis-tools")
	if output, code := run(t, "redis-cli", "-s", path, "PT.CLAIMNEXT", "vec:"); code != 0 || strings.TrimSpace(output) != "2" {
		t.Errorf("redis-cli -s exited with %d and printed %q", code, output)
	}
	s.signal(t, syscall.SIGTERM)
	s.waitExit(t)
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("it leaves %v behind", left)
	}
}

func TestUnixSocketMode(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]fs.FileMode{"": 0o700, "0770": 0o770, "777": 0o777, "0600": 0o600} {
		var flags []string
		if flag != "" {
			flags = []string{"--unix-socket-mode", flag}
		}
		_, path := onSocket(t, flags...)
		info, err := os.Lstat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("--unix-socket-mode %q: %v, %v, want %v", flag, info.Mode(), err, want)
		}
	}
	for _, bad := range []string{"rwx", "1777", "-1", "8"} {
		mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", filepath.Join(t.TempDir(), "s"), "--unix-socket-mode", bad), "unix-socket-mode")
	}
}

// TestUnixSocketFiles: what kill -9 leaves is replaced, everything else stays. (With bare redcon
// the first start after kill -9 fails.)
func TestUnixSocketFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	killed := startProcess(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", path))
	eventually(t, "it listens on the socket", func() bool {
		conn, err := net.Dial("unix", path)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	killed.cmd.Process.Kill()
	<-killed.exited
	if _, err := os.Lstat(path); err != nil {
		t.Fatalf("kill -9 leaves no socket file: %v", err)
	}

	s := startServer(t, "--unix-socket", path)
	connectUnix(t, path).mustDo(t, "PING", pingedOnce)
	mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", path), path, "in use")
	connectUnix(t, path).mustDo(t, "PING", pingedOnce)
	s.signal(t, syscall.SIGTERM)
	s.waitExit(t)

	file := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(file, []byte("data"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{file, link, t.TempDir()} {
		mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", taken), taken)
	}
	if data, err := os.ReadFile(link); err != nil || string(data) != "data" {
		t.Errorf("another file was touched: %q, %v", data, err)
	}
}
