package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prefixtracker/prefixtracker/idfile"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/tracker"
	urfave "github.com/urfave/cli/v2"
)

// idFile is what export and import are told of a file and of a prefix.
type idFile struct {
	prefix, format, name string
}

// standard is how a command line names standard input or output.
const standard = "-"

func idFileFlags() []urfave.Flag {
	return []urfave.Flag{
		&urfave.StringFlag{Name: "prefix", Usage: "the `PREFIX` whose IDs they are"},
		&urfave.StringFlag{Name: "format", Usage: "how the file has them: `" + strings.Join(idfile.Formats(), "|") + "`"},
	}
}

const idFileArgument = "[FILE|-]"

var errNoFormat = errors.New("--format is missing: one of " + strings.Join(idfile.Formats(), ", "))

func readIDFile(c *urfave.Context) (f idFile, err error) {
	f = idFile{prefix: c.String("prefix"), format: c.String("format"), name: standard}
	switch {
	case c.Args().Len() > 1:
		return f, fmt.Errorf("one FILE at a time, behind all flags: %q is one too many", c.Args().Get(1))
	case f.prefix == "":
		return f, errors.New("--prefix is missing: whose IDs they are")
	case f.format == "":
		return f, errNoFormat
	case c.Args().Present():
		f.name = c.Args().First()
	}
	return f, nil
}

// called is the file for people.
func (f idFile) called() string {
	if f.name == standard {
		return "standard input"
	}
	return visible(f.name)
}

// form is how the IDs of a prefix that a server has told of stand in the file.
func (f idFile) form(p remote.Prefix) (idfile.Form, error) {
	// A tracker without IDs knows how they are written and read.
	keys, err := tracker.New(f.prefix, tracker.Config{MaxID: p.MaxID, Width: p.Width, Tag: p.Tag})
	if err != nil {
		return idfile.Form{}, err
	}
	form := idfile.Form{Format: f.format, Keys: keys, Limit: p.MaxID}
	if form.Limit == 0 {
		form.Limit = tracker.Limit
	}
	return form, nil
}

// A look at how far something has come is worth it after so many runs or IDs.
const (
	fewRuns = 1 << 12
	fewIDs  = 1 << 20
)

// tally counts IDs on their way, and cuts runs, so that there is something to tell while a long one is dealt with,
// and that it ends when the context does.
type tally struct {
	ctx  context.Context
	to   func(start, n uint64) error
	tell func()

	ids, told uint64
	runs      int
}

func (t *tally) add(start, n uint64) error {
	for n > 0 {
		here := min(n, fewIDs)
		if err := t.to(start, here); err != nil {
			return err
		}
		start, n = start+here, n-here
		t.ids += here
		if t.runs++; t.runs == fewRuns || t.ids-t.told >= fewIDs {
			t.runs, t.told = 0, t.ids
			t.tell()
			if t.ctx.Err() != nil {
				return context.Cause(t.ctx)
			}
		}
	}
	return nil
}
