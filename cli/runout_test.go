package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/load"
)

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// A table that nobody gets is an error, as the other formats are, and the file is there all the same.
func TestRunOut_NobodyReadsTheTable(t *testing.T) {
	name := filepath.Join(t.TempDir(), "figures.json")
	results := []driver.Result{{Phase: "read", Ops: []string{"GET"}, Took: time.Second, Stats: seen()}}
	for _, word := range []string{"", "csv", "json=" + name} {
		out, err := readOut(word, word != "")
		if err != nil {
			t.Fatal(err)
		}
		if err := out.open(); err != nil {
			t.Fatal(err)
		}
		if err := out.tell(full{}, results); !errors.Is(err, errFull) {
			t.Errorf("%q: %v", word, err)
		}
		out.drop()
	}
	if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), `"read"`) {
		t.Errorf("the file has %q, %v", text, err)
	}
	gone := &checking{of: name + ".2"}
	out, err := readOut("json="+gone.of, true)
	if err == nil {
		err = out.open()
	}
	if err == nil {
		err = out.tell(gone, results)
	}
	if err != nil || !gone.there {
		t.Errorf("the table is told before the file is there, %v", err)
	}
}

// checking looks whether a file is there when it is written to.
type checking struct {
	of    string
	there bool
}

func (c *checking) Write(p []byte) (int, error) {
	_, err := os.Stat(c.of)
	c.there = err == nil
	return io.Discard.Write(p)
}

// What the table has for errors is what an expectation and the other formats have.
func TestOpFigure_RequestsWithoutReplyAreErrors(t *testing.T) {
	f := load.NewFigures()
	f.Outcomes[load.Failed], f.Outcomes[load.Wrong] = 1, 2
	f.Faults[load.FaultLost] = &load.Fault{Count: 4}
	if o := newOpFigure("GET", &f, 1); o.errors != 7 || o.replies != 3 {
		t.Errorf("%d errors, %d replies", o.errors, o.replies)
	}
}
