package integration_test

import (
	"bufio"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// TestUnixSocketClientsAreNamedAsRedis: by the socket's path, in each place that names clients.
func TestUnixSocketClientsAreNamedAsRedis(t *testing.T) {
	t.Parallel()
	_, ours := onSocket(t)
	theirs := filepath.Join(t.TempDir(), "s")
	startRedis(t, "--unixsocket", theirs)
	named := func(path string) (names []string) {
		operator, c := connectUnix(t, path), connectUnix(t, path)
		operator.mustDo(t, "CONFIG SET slowlog-log-slower-than 0", simple("OK"))
		c.mustReply(t, words("SADD slow 1 2")...)
		fields := clientFields(c.mustReply(t, "CLIENT", "INFO").text)
		names = append(names, "addr="+fields["addr"], "laddr="+fields["laddr"], "flags="+fields["flags"])
		for _, entry := range operator.mustReply(t, "SLOWLOG", "GET", "-1").items {
			if entry.items[3].items[0].text == "SADD" {
				names = append(names, "slowlog "+entry.items[4].text)
			}
		}
		operator.mustDo(t, "CONFIG SET slowlog-log-slower-than -1", simple("OK"))
		monitor := connectUnix(t, path)
		monitor.mustDo(t, "MONITOR", simple("OK"))
		c.mustReply(t, words("SADD seen 1")...)
		for {
			r, err := monitor.receive()
			if err != nil {
				t.Fatal(err)
			}
			if _, line, _ := strings.Cut(r.text, " "); strings.Contains(line, "seen") {
				names = append(names, "monitor "+line)
				break
			}
		}
		names = append(names, "kill "+operator.mustReply(t, "CLIENT", "KILL", "ADDR", path+":0", "SKIPME", "YES").text)
		for i := range names {
			names[i] = strings.ReplaceAll(names[i], path, "PATH")
		}
		return names
	}
	got, want := named(ours), named(theirs)
	if !slices.Equal(got, want) {
		t.Errorf("clients are named %q, Redis names them %q", got, want)
	}
}

// TestUnixSocketIsLocal: who comes by the socket is of this machine.
func TestUnixSocketIsLocal(t *testing.T) {
	t.Parallel()
	_, path := onSocket(t, "--enable-debug-command", "local")
	connectUnix(t, path).mustDo(t, "DEBUG SLEEP 0", simple("OK"))
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

// TestUnixSocketPaths: a path may be as long as the kernel allows, and one that is too long is said to be. A
// name that Linux would take for one without a file is a file's, too.
func TestUnixSocketPaths(t *testing.T) {
	t.Parallel()
	const longest = len(syscall.RawSockaddrUnix{}.Path) - 1
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	name := func(n int) string { return filepath.Join(dir, strings.Repeat("s", n-len(dir)-1)) }
	for _, n := range []int{len(dir) + 2, longest - 14, longest - 13, longest - 1, longest} {
		s := startServer(t, "--unix-socket", name(n))
		connectUnix(t, name(n)).mustDo(t, "PING", pingedOnce)
		s.signal(t, syscall.SIGTERM)
		s.waitExit(t)
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("a path of %d bytes: it leaves %v behind", n, left)
		}
	}
	for _, n := range []int{longest + 1, 200, 5000} {
		mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", name(n)), "the path of a Unix socket has 107 bytes at most")
	}
	at := exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", "@name", "--unix-socket-mode", "0600")
	at.Dir = dir
	startServerCommand(t, at)
	connectUnix(t, filepath.Join(dir, "@name")).mustDo(t, "PING", pingedOnce)
}

// TestUnixSocketOfASuccessor: somebody removes the file and starts another server there. When the first ends,
// the other's file stays.
func TestUnixSocketOfASuccessor(t *testing.T) {
	t.Parallel()
	first, path := onSocket(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	startServer(t, "--unix-socket", path)
	first.signal(t, syscall.SIGTERM)
	first.waitExit(t)
	connectUnix(t, path).mustDo(t, "PING", pingedOnce)
}

// TestUnixSocketOfOneServer: of servers that begin at the same moment where one has left its file, one gets
// the path and keeps it; the others say that it is in use.
func TestUnixSocketOfOneServer(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "s")
	for range 5 {
		left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		left.SetUnlinkOnClose(false)
		left.Close()
		var all []*process
		for range 6 {
			all = append(all, startProcess(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--unix-socket", path)))
		}
		var serving []*process
		for _, p := range all {
			eventually(t, "it listens or ends", func() bool { return strings.Contains(p.log.String(), "listening") || p.hasExited() })
			if !p.hasExited() {
				serving = append(serving, p)
			} else if !strings.Contains(p.log.String(), "in use") {
				t.Errorf("one ended with\n%s", p.log.String())
			}
		}
		if len(serving) != 1 {
			t.Fatalf("%d servers have the path", len(serving))
		}
		connectUnix(t, path).mustDo(t, "PING", pingedOnce)
		serving[0].cmd.Process.Signal(syscall.SIGTERM)
		serving[0].waitExit(t)
		if _, err := os.Lstat(path); err == nil {
			t.Error("it leaves its file behind")
		}
	}
}
