package idfile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var withCRoaring = flag.Bool("croaring", false, "read files with CRoaring, too: needs a C++ compiler and libroaring-dev (make files)")

// CRoaring, the library in C that those of other languages are made of, reads what we write, and what it writes is
// the same.
func TestRoaring_CRoaringReadsIt(t *testing.T) {
	if !*withCRoaring {
		t.Skip("this needs CRoaring, and -croaring")
	}
	dir := t.TempDir()
	program, file, again := filepath.Join(dir, "croaring"), filepath.Join(dir, "file"), filepath.Join(dir, "again")
	if output, err := exec.Command("c++", "-O1", "-o", program, "testdata/croaring.cpp", "-lroaring").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for _, p := range patterns() {
		ours := written(t, "roaring", p.runs)
		if err := os.WriteFile(file, ours, 0o600); err != nil {
			t.Fatal(err)
		}
		output, err := exec.Command(program, file, again).CombinedOutput()
		want := fmt.Sprintln(p.ids())
		if last, some := p.last(); some {
			want = fmt.Sprintln(p.ids(), p.runs[0].start, last)
		}
		theirs, _ := os.ReadFile(again)
		if err != nil || string(output) != want || !bytes.Equal(ours, theirs) {
			t.Errorf("%s: %v, %q, want %q; %d bytes written again, %d before", p.name, err, output, want, len(theirs), len(ours))
		}
	}
}
