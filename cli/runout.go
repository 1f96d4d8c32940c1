package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/prefixtracker/prefixtracker/driver"
	"github.com/prefixtracker/prefixtracker/report"
	"github.com/prefixtracker/prefixtracker/workload"
)

// runOut is where the figures of a run go to: as a table for people to standard output, or in a format there in its
// place, or to a file beside it.
type runOut struct {
	format, name string
	file         *fileOut // that becomes the one of the name when it is whole
}

// readOut reads what --out says: FORMAT or FORMAT=FILE.
func readOut(word string, isGiven bool) (o runOut, err error) {
	if !isGiven {
		return o, nil
	}
	format, name, toFile := strings.Cut(word, "=")
	if !slices.Contains(report.Formats(), format) || toFile && name == "" {
		return o, fmt.Errorf("invalid value %q for --out: must be one of %s, with =FILE or without", word, strings.Join(report.Formats(), ", "))
	}
	return runOut{format: format, name: name}, nil
}

// open opens the file: what cannot be written is known before anything is run.
func (o *runOut) open() (err error) {
	if o.name == "" {
		return nil
	}
	if o.file, err = openFile(o.name, func() error { return nil }); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	return nil
}

// tell writes what was seen. Of nothing there is no file.
func (o *runOut) tell(out io.Writer, results []driver.Result) (err error) {
	switch {
	case len(results) == 0:
		return nil
	case o.format != "" && o.file == nil:
		return report.Write(out, o.format, results)
	}
	if o.file != nil {
		// Before the table: who reads that may be gone, and the program ends with the signal that says so.
		if err = report.Write(o.file.out, o.format, results); err == nil {
			err = o.file.keep()
		}
		if err != nil {
			err = fmt.Errorf("--out: %w", err)
		}
	}
	var table bytes.Buffer
	tellRun(&table, results)
	_, untold := out.Write(table.Bytes())
	return errors.Join(err, untold)
}

// drop removes a file that was not written.
func (o *runOut) drop() {
	if o.file != nil {
		o.file.drop()
	}
}

// readResults reads a file of --out json.
func readResults(name string) ([]driver.Result, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return report.Read(file)
}

// mostWorkload is longer than any file that somebody has written by hand.
const mostWorkload = 1 << 20

// readWorkload reads a file of phases, or one that comes with the program. One that never ends, as of a device, is none.
func readWorkload(name string) (text []byte, err error) {
	for _, e := range workload.Shipped() {
		if e.Name == name {
			return e.Text, nil
		}
	}
	from := os.Stdin
	if name != standard {
		if from, err = os.Open(name); err != nil {
			return nil, err
		}
		defer from.Close()
	}
	text, err = io.ReadAll(io.LimitReader(from, mostWorkload+1))
	if err == nil && len(text) > mostWorkload {
		err = fmt.Errorf("%s is longer than %d bytes, which no workload is", visible(name), mostWorkload)
	}
	return text, err
}
