package integration_test

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

var filesLarge = flag.Int("files-large", 0, "IDs that go through a file of each format and back, in the large (make files: 100 million)")

// TestFiles_Large: so many IDs go through a file of each format and back, and neither the command nor the server
// takes more memory than for a few.
func TestFiles_Large(t *testing.T) {
	if *filesLarge == 0 {
		t.Skip("this is for make files, with -files-large")
	}
	for _, test := range []struct {
		format string
		block  string // of the string of bits that has the IDs, again and again
		ids    int    // in it
	}{
		{"ids", "\xdb\x6d\xb6", 16},
		{"keys", "\xff", 8},
		{"ranges", string(bytes.Repeat([]byte{0xff}, 125)) + string(make([]byte, 125)), 1000},
		{"roaring", "\xaa", 4},
		{"redis-bitmap", "\xaa", 4},
	} {
		s, dir := startServer(t, "--max-memory", "2gb", "--appendonly", "no"), t.TempDir()
		c := connect(t, s.addr)
		bits, path := filepath.Join(dir, "bits"), filepath.Join(dir, "file")
		times := *filesLarge / test.ids
		if err := os.WriteFile(bits, bytes.Repeat([]byte(test.block), times), 0o600); err != nil {
			t.Fatal(err)
		}
		mustFile(t, s, "import", "vec:", "redis-bitmap", bits)
		c.mustDo(t, "PT.COUNT vec:", integer(times*test.ids))
		began := time.Now()
		exported := mustUseLittle(t, "export", "--addr", s.addr, "--prefix", "vec:", "--format", test.format, path)
		took := time.Since(began)
		c.mustDo(t, "COPY vec: before", integer(1))
		c.mustDo(t, "PT.CLEAR vec:", integer(times*test.ids))
		began = time.Now()
		imported := mustUseLittle(t, "import", "--addr", s.addr, "--prefix", "vec:", "--format", test.format, path)
		c.mustDo(t, "PT.COUNT vec: EXCEPT before", integer(0))
		c.mustDo(t, "PT.COUNT before EXCEPT vec:", integer(0))
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d IDs, %d bytes; export %v with %d MB, import %v with %d MB", test.format, times*test.ids, info.Size(),
			took.Round(time.Millisecond*100), exported>>20, time.Since(began).Round(time.Millisecond*100), imported>>20)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
}

// mustUseLittle runs the program and returns the most memory that it had.
func mustUseLittle(t *testing.T, args ...string) int64 {
	t.Helper()
	const most = 150 << 20
	cmd := exec.Command(binary, args...)
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%q: %v: %s", args, err, output)
	}
	peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
	if peak > most {
		t.Errorf("%q took %d MB", args, peak>>20)
	}
	return peak
}
