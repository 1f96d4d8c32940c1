package integration_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFiles_ASignalEndsAWait: a pipe at whose other end nothing happens keeps nobody from ending an import or export.
func TestFiles_ASignalEndsAWait(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, dir := startServer(t), t.TempDir()
	c := connect(t, s.addr)
	c.mustDo(t, "PT.ADDRANGE vec: 0 1000000", integer(1_000_000))
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	silent, speaker, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	defer speaker.Close()
	for last, words := range map[string][]string{
		"pt.info":  {"import", "--format", "ids"},
		"pt.count": {"export", "--format", "ids", fifo},
	} {
		cmd := exec.Command(binary, append([]string{words[0], "--addr", s.addr, "--prefix", "vec:"}, words[1:]...)...)
		cmd.Stdin = silent
		p := startProcess(t, cmd)
		eventually(t, "it has asked what it asks first", func() bool {
			return strings.Contains(c.mustReply(t, "CLIENT", "LIST").raw, "cmd="+last)
		})
		p.cmd.Process.Signal(syscall.SIGINT)
		p.waitExit(t)
	}
	c.mustDo(t, "PT.COUNT vec:", integer(1_000_000))
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("there are %v", entries)
	}
}

// TestFiles_InterruptedImport: what it says it has done is what the server has.
func TestFiles_InterruptedImport(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	s, path := startServer(t), filepath.Join(t.TempDir(), "bits")
	c := connect(t, s.addr)
	if err := os.WriteFile(path, []byte(strings.Repeat("\xaa", 2<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := startProcess(t, exec.Command(binary, "import", "--addr", s.addr, "--prefix", "vec:", "--format", "redis-bitmap", path))
	eventually(t, "a part of the IDs", func() bool { return c.mustReply(t, "EXISTS", "vec:").text == "1" })
	p.cmd.Process.Signal(syscall.SIGINT)
	if code := p.waitExit(t); code != 1 {
		t.Errorf("%d: %s", code, p.log.String())
	}
	done := c.mustReply(t, "PT.COUNT", "vec:").text
	if want := fmt.Sprintf("%s of %d IDs were imported, and stay", done, 8<<20); !strings.Contains(p.log.String(), want) || done == "0" {
		t.Errorf("%q, not %q", p.log.String(), want)
	}
}
