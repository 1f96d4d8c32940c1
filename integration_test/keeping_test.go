package integration_test

import (
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// keeping starts a server with its data in dir.
func keeping(t *testing.T, dir string, flags ...string) *server {
	t.Helper()
	return startServer(t, append([]string{"--dir", dir}, flags...)...)
}

// end ends a server in good order.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.waitExit(t); code != 0 {
		t.Fatalf("it exited with %d\n%s", code, p.log.String())
	}
}

// files are the names of those in dir.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestKeeping_RestartsAreNotSeen ends a server in good order, and in none, with all that there is to lose.
func TestKeeping_RestartsAreNotSeen(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "not", "there", "yet")
	start := func() (*mortal, *client) {
		s := startMortal(t, "--addr", "127.0.0.1:0", "--dir", dir)
		return s, connect(t, s.addr)
	}
	s, c := start()
	if line := logLine(s.log.String(), "listening"); line["dir"] != dir || line["appendfsync"] != "everysec" {
		t.Errorf("the start line is %v", line)
	}
	c.mustDo(t, "PT.CREATE io: MAXID 300000 WIDTH 9 TAG t", simple("OK"))
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 1000 RUNS", array(array(integer(0), integer(1000))))
	c.mustDo(t, "PT.ADD far: 7 281474976710655", integer(2))
	c.mustDo(t, "PT.REM io: 10", integer(1))
	want := c.mustReply(t, "PT.INFO", "io:")
	shape := func(r reply) string { // without what is said to be lost
		text := r.raw
		return text[:strings.Index(text, "claims")]
	}
	for _, kill := range []bool{true, false, true} {
		if kill {
			s.kill(t)
		} else {
			s.end(t)
		}
		s, c = start()
		if got := c.mustReply(t, "PT.INFO", "io:"); shape(got) != shape(want) {
			t.Errorf("it comes back as\n%q\nwant\n%q", got.raw, want.raw)
		}
		c.mustDo(t, "PT.LIST", array(bulk("far:"), bulk("io:")))
		c.mustDo(t, "PT.MEXISTS far: 7 8 281474976710655", array(integer(1), integer(0), integer(1)))
		c.mustDo(t, "PT.MEXISTS io: 9 10 11 999 1000", array(integer(1), integer(0), integer(1), integer(1), integer(0)))
	}
	c.mustDo(t, "PT.CLAIMNEXT io: COUNT 2", array(integer(10), integer(1000)))
	s.end(t)
	if log := s.log.String(); logLine(log, "loaded")["prefixes"] != 2.0 {
		t.Errorf("the log does not say what was loaded:\n%s", log)
	}
}

// TestKeeping_MemoryOnly leaves nothing behind.
func TestKeeping_MemoryOnly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := keeping(t, dir, "--appendonly", "no")
	if s.startLine["memory_only"] != true || s.startLine["dir"] != nil {
		t.Errorf("the start line is %v", s.startLine)
	}
	connect(t, s.addr).mustDo(t, "PT.ADD x: 1", integer(1))
	s.end(t)
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("there is %s: %v", dir, err)
	}
}

// TestKeeping_WhereNobodySays: below the directory that it was started in, or where systemd says. In a container that
// has a /data that is the place, and this is not tried.
func TestKeeping_WhereNobodySays(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	base := t.TempDir()
	for _, test := range []struct{ variable, want string }{
		{"STATE_DIRECTORY=", filepath.Join(base, "prefixtracker-data")},
		{"STATE_DIRECTORY=" + filepath.Join(base, "a") + ":" + filepath.Join(base, "b"), filepath.Join(base, "a")},
	} {
		if _, err := os.Stat("/data"); err == nil && test.variable == "STATE_DIRECTORY=" {
			continue
		}
		cmd := exec.Command(binary, "--addr", "127.0.0.1:0")
		cmd.Dir, cmd.Env = base, append(cmd.Environ(), "PT_DIR=", test.variable)
		s := startServerCommand(t, cmd)
		connect(t, s.addr).mustDo(t, "CONFIG GET dir", array(bulk("dir"), bulk(test.want)))
		if s.startLine["dir"] != test.want || len(files(t, test.want)) == 0 {
			t.Errorf("%s: the start line is %v", test.variable, s.startLine)
		}
		s.end(t)
	}
}

// TestKeeping_CannotBe: one line says why.
func TestKeeping_CannotBe(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	refused := func(dir string, names ...string) {
		t.Helper()
		mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--dir", dir), append(names, dir)...)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(file, "not a directory")
	refused(filepath.Join(file, "below"), "not a directory")

	used := t.TempDir()
	s := keeping(t, used)
	refused(used, "in use by another process")
	connect(t, s.addr).mustDo(t, "PT.ADD x: 1", integer(1))
	s.end(t)

	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "base-00000001.pt"), []byte(strings.Repeat("not ours ", 100)), 0o644); err != nil {
		t.Fatal(err)
	}
	refused(foreign, "base-00000001.pt", "not a prefixtracker file")
	if got, want := files(t, foreign), []string{"LOCK", "base-00000001.pt"}; !slices.Equal(got, want) {
		t.Errorf("a start that is refused leaves %q", got)
	}

	newer := t.TempDir()
	keeping(t, newer).end(t)
	changeHead(t, filepath.Join(newer, "incr-00000001.pt"), 8, []byte{2})
	refused(newer, "incr-00000001.pt", "version 2")
}

// patch writes bytes over a file's.
func patch(t *testing.T, path string, at int64, bytes []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err == nil {
		_, err = f.WriteAt(bytes, at)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// changeHead changes bytes of what a file begins with, and its sum.
func changeHead(t *testing.T, path string, at int, bytes []byte) {
	t.Helper()
	head := make([]byte, 64)
	text, err := os.ReadFile(path)
	if err != nil || copy(head, text) != len(head) {
		t.Fatal(err)
	}
	copy(head[at:], bytes)
	sum := crc32.Checksum(head[:60], crc32.MakeTable(crc32.Castagnoli))
	for i := range 4 {
		head[60+i] = byte(sum >> (8 * i))
	}
	patch(t, path, 0, head)
}

// TestKeeping_NotAllowed starts a server as somebody who may not write to its directory: to none of it, or to
// the files that are there alone.
func TestKeeping_NotAllowed(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	if os.Getuid() != 0 {
		t.Skip("only root can start a server as somebody else")
	}
	base, err := os.MkdirTemp("", "prefixtracker-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	const nobody = 65534
	program := filepath.Join(base, "program")
	for _, err := range []error{os.Chmod(base, 0o755), os.Link(binary, program), os.Mkdir(filepath.Join(base, "data"), 0o755)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(base, "data")
	start := func() *exec.Cmd {
		cmd := exec.Command(program, "--addr", "127.0.0.1:0", "--dir", dir)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		return cmd
	}
	mustRefuse(t, start(), dir, "permission denied")
	if err := os.WriteFile(filepath.Join(dir, "LOCK"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(dir, "LOCK"), nobody, nobody); err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, start(), dir, "permission denied")
}
