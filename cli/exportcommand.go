package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mattn/go-isatty"
	"github.com/prefixtracker/prefixtracker/idfile"
	"github.com/prefixtracker/prefixtracker/remote"
	urfave "github.com/urfave/cli/v2"
)

// exportCommand writes the IDs of a prefix to a file.
func exportCommand(settings []row, before flagSet) *urfave.Command {
	r := newAsking(settings)
	return &urfave.Command{
		Name:      "export",
		Usage:     "write the IDs that exist under a prefix to a file",
		ArgsUsage: idFileArgument,
		Description: "Writes to standard output without FILE. A FILE that is there is replaced when the new one is whole,\n" +
			"not before.",
		Flags: append(append(r.askingFlags(), idFileFlags()...),
			&urfave.Uint64Flag{Name: "min", Usage: "no `ID` below this one"},
			&urfave.Uint64Flag{Name: "max", Usage: "no `ID` from this one on"}),
		Action: func(c *urfave.Context) error {
			file, err := readIDFile(c)
			if err != nil {
				return err
			}
			client, err := r.dial(c, before)
			if err != nil {
				return err
			}
			defer client.Close()
			return export(c, client, file)
		},
	}
}

func export(c *urfave.Context, client *remote.Client, file idFile) error {
	prefix, err := client.Prefix(c.Context, file.prefix)
	if err != nil {
		return err
	}
	if !prefix.There {
		return fmt.Errorf("there is no prefix %s", visible(file.prefix))
	}
	form, err := file.form(prefix)
	if err != nil {
		return err
	}
	first, end := c.Uint64("min"), form.Limit
	if c.IsSet("max") {
		end = min(end, c.Uint64("max"))
	}
	first = min(first, end)
	all, err := client.Count(c.Context, file.prefix, first, end)
	if err != nil {
		return err
	}
	out, err := openOut(c.Context, file)
	if err != nil {
		return err
	}
	defer out.drop()
	writer, err := idfile.NewWriter(out.out, form)
	if err != nil {
		return err
	}
	defer writer.Close()
	progress := startHeadway("IDs")
	defer progress.end()
	count := tally{ctx: c.Context, to: writer.Add}
	count.tell = func() { progress.at(count.ids, all) }
	err = client.Scan(c.Context, file.prefix, first, end, count.add)
	if err == nil {
		err = writer.Finish()
	}
	if err == nil {
		err = out.keep()
	}
	if err != nil {
		return err
	}
	progress.end()
	_, err = fmt.Fprintf(c.App.ErrWriter, "%d IDs exported\n", count.ids)
	return err
}

// fileOut is where an export goes to.
type fileOut struct {
	out  io.Writer
	file *os.File // that becomes the one that is asked for, or nil
	name string
}

var errBinary = errors.New("a terminal cannot show this format: name a FILE, or send it elsewhere")

// openOut opens a new file beside the one that is asked for. What is no file is written to as it is.
func openOut(ctx context.Context, f idFile) (*fileOut, error) {
	if f.name == standard {
		if !idfile.IsText(f.format) && isatty.IsTerminal(os.Stdout.Fd()) {
			return nil, errBinary
		}
		return &fileOut{out: struct{ io.Writer }{os.Stdout}}, letSignals(ctx) // it may begin anywhere in a file
	}
	return openFile(f.name, func() error { return letSignals(ctx) })
}

// openFile opens a new file beside one. What is no file, which may be waited for, is opened itself after ready.
func openFile(name string, ready func() error) (*fileOut, error) {
	whole, err := filepath.EvalSymlinks(name)
	if errors.Is(err, fs.ErrNotExist) {
		whole, err = name, nil
	}
	if err != nil {
		return nil, err
	}
	switch info, err := os.Stat(whole); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a directory", whole)
	case err == nil && !info.Mode().IsRegular():
		if err := ready(); err != nil {
			return nil, err
		}
		file, err := os.OpenFile(whole, os.O_WRONLY, 0)
		return &fileOut{out: struct{ io.Writer }{file}}, err
	}
	file, err := os.OpenFile(fmt.Sprintf("%s.%d.tmp", whole, os.Getpid()), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	return &fileOut{out: file, file: file, name: whole}, err
}

// keep gives the file its name, with all that is in it.
func (o *fileOut) keep() error {
	if o.file == nil {
		return nil
	}
	file := o.file
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), o.name); err != nil {
		return err
	}
	o.file = nil
	return nil
}

// drop removes a file that was not kept.
func (o *fileOut) drop() {
	if o.file != nil {
		_ = o.file.Close()
		_ = os.Remove(o.file.Name())
	}
}
