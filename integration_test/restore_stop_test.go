package integration_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// backupOf returns a backup of what the lines make.
func backupOf(t *testing.T, lines ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	s := keeping(t, dir)
	c := connect(t, s.addr)
	for _, line := range lines {
		c.mustReply(t, words(line)...)
	}
	c.mustDo(t, "SAVE", simple("OK"))
	s.end(t)
	backup, err := os.ReadFile(filepath.Join(dir, "dump.pt"))
	if err != nil {
		t.Fatal(err)
	}
	return backup
}

// lay puts a backup into a directory.
func lay(t *testing.T, dir string, backup []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "dump.pt"), backup, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestRestore_StopsWhileItSkips tells a server to stop that skips more than it will ever have skipped. It says
// so, and does not say that it listens. Then it starts without the rest.
func TestRestore_StopsWhileItSkips(t *testing.T) {
	t.Parallel()
	backup := backupOf(t, "PT.ADD io: 5")
	for _, how := range []string{"SIGTERM", "SHUTDOWN"} {
		dir, addr := t.TempDir(), "127.0.0.1:"+freePort(t)
		lay(t, dir, backup)
		p := startProcess(t, exec.Command(binary, "--addr", addr, "--dir", dir, "--restore-skip", "1000000000000", "--max-memory", "8gb"))
		var c *client
		eventually(t, "it accepts", func() bool {
			var err error
			c, err = dial(addr)
			return err == nil || p.hasExited()
		})
		if c == nil {
			t.Fatalf("it has ended:\n%s", p.log.String())
		}
		t.Cleanup(c.close)
		eventually(t, "it skips", func() bool { return infoOf(t, c, "memory", "trackers_memory") > 1<<20 })
		if r := c.mustReply(t, "PT.COUNT", "io:"); !strings.HasPrefix(r.text, "LOADING") {
			t.Errorf("PT.COUNT replied %q", r.raw)
		}
		if how == "SHUTDOWN" {
			c.send("SHUTDOWN")
			mustEnd(t, c)
		} else if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		log := func() string { return p.log.String() }
		if code := p.waitExit(t); code != 0 || logLine(log(), "listening") != nil ||
			logLine(log(), "stopping: what was kept is not read any more") == nil || logLine(log(), "stopped") == nil {
			t.Errorf("%s: it exited with %d\n%s", how, code, log())
		}
		again := connect(t, keeping(t, dir).addr)
		again.mustDo(t, "PT.EXISTS io: 5", integer(1))
	}
}

// TestRestore_SkipsWhatThereIsRoomFor: who asks for more is told what helps.
func TestRestore_SkipsWhatThereIsRoomFor(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	lay(t, dir, backupOf(t, "PT.ADD io: 5"))
	mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--dir", dir, "--restore-skip", "1000000000", "--max-memory", "4mb"),
		"--restore-skip 1000000000", "io:", "out of memory", "skip fewer", "--max-memory")
}

// TestRestore_NothingToSkip: --restore-skip where no backup is restored is said to do nothing.
func TestRestore_NothingToSkip(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir := t.TempDir()
	for range 2 { // where there is nothing, and where there is a log
		s := keeping(t, dir, "--restore-skip", "100")
		c := connect(t, s.addr)
		c.mustReply(t, "PT.ADD", "io:", "5")
		c.mustDo(t, "PT.COUNT io:", integer(1))
		if logLine(s.log.String(), "--restore-skip has done nothing: no backup was restored") == nil {
			t.Errorf("it does not say so:\n%s", s.log.String())
		}
		s.end(t)
	}
}

// TestRestore_DamagedBackup names the file that is to be checked.
func TestRestore_DamagedBackup(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	dir, backup := t.TempDir(), backupOf(t, "PT.ADD io: 5")
	backup[70] ^= 0xff
	lay(t, dir, backup)
	file := filepath.Join(dir, "dump.pt")
	mustRefuse(t, exec.Command(binary, "--addr", "127.0.0.1:0", "--dir", dir), "damaged", "prefixtracker check "+file+")")
	mustContain(t, checkData(t, 1, file), "damaged")
}
