package cli

import (
	"fmt"
	"io"
	"math"
	"os"

	"github.com/prefixtracker/prefixtracker/idfile"
	"github.com/prefixtracker/prefixtracker/remote"
	"github.com/prefixtracker/prefixtracker/tracker"
	urfave "github.com/urfave/cli/v2"
)

// importCommand adds the IDs in a file to a prefix.
func importCommand(settings []row, before flagSet) *urfave.Command {
	r := newAsking(settings)
	return &urfave.Command{
		Name:      "import",
		Usage:     "add the IDs in a file to a prefix",
		ArgsUsage: idFileArgument,
		Description: "Reads standard input without FILE. Nothing is changed before the whole file has been looked through:\n" +
			"one with an error in it adds nothing.",
		Flags: append(r.askingFlags(), idFileFlags()...),
		Action: func(c *urfave.Context) error {
			file, err := readIDFile(c)
			if err != nil {
				return err
			}
			if err := letSignals(c.Context); err != nil { // nothing is changed yet
				return err
			}
			in, err := openIn(file)
			if err != nil {
				return err
			}
			defer in.close()
			client, err := r.dial(c, before)
			if err != nil {
				return err
			}
			defer client.Close()
			return importIDs(c, client, file, in)
		},
	}
}

func importIDs(c *urfave.Context, client *remote.Client, file idFile, in *fileIn) error {
	prefix, err := client.Prefix(c.Context, file.prefix)
	if err != nil {
		return err
	}
	if !prefix.There { // it will be as the server makes one of which nobody says more
		prefix.Width = tracker.DefaultWidth
		if prefix.MaxID, err = client.DefaultMaxID(c.Context); err != nil {
			return err
		}
	}
	form, err := file.form(prefix)
	if err != nil {
		return err
	}
	all, err := in.check(form)
	if err != nil {
		return fmt.Errorf("%s: %w; nothing was changed", file.called(), err)
	}
	ctx, stop := catchSignals(c.Context)
	defer stop()
	progress := startHeadway("IDs")
	defer progress.end()
	adder := client.NewAdder(ctx, file.prefix)
	defer adder.Close()
	count := tally{ctx: ctx, to: adder.Add, tell: func() {
		done, _ := adder.Done()
		progress.at(done, all)
	}}
	again, err := in.again()
	if err == nil {
		err = idfile.Read(again, form, count.add)
	}
	if err == nil {
		err = adder.Finish()
	}
	adder.Close()
	progress.end()
	done, added := adder.Done()
	if err != nil {
		return fmt.Errorf("%d of %d IDs were imported, and stay; importing it again does the rest: %w", done, all, err)
	}
	_, err = fmt.Fprintf(c.App.ErrWriter, "%d IDs imported, %d of them new\n", done, added)
	return err
}

// fileIn is where an import comes from, which is read twice.
type fileIn struct {
	file  *os.File
	size  int64           // 0: not known
	spool *idfile.Scratch // for what can be read once only
}

func openIn(f idFile) (s *fileIn, err error) {
	s = &fileIn{file: os.Stdin}
	if f.name != standard {
		if s.file, err = os.Open(f.name); err != nil {
			return nil, err
		}
	}
	info, err := s.file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a directory", visible(f.name))
	case f.name != standard && info.Mode().IsRegular():
		s.size = info.Size()
	default:
		s.spool, err = idfile.NewScratch()
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *fileIn) close() {
	_ = s.file.Close() // it was only read
	if s.spool != nil {
		_ = s.spool.Close()
	}
}

// check reads all, and returns how many IDs there are, those that come twice twice.
func (s *fileIn) check(form idfile.Form) (ids uint64, err error) {
	progress := startHeadway("MB")
	defer progress.end()
	var in io.Reader = s.file
	if s.spool != nil {
		in = io.TeeReader(in, s.spool)
	}
	watched := &watched{in: in, look: func(read int64) {
		progress.at(uint64(read>>20), uint64(s.size>>20), "looked through")
	}}
	err = idfile.Read(watched, form, func(_, n uint64) error {
		if ids += n; ids < n {
			ids = math.MaxUint64
		}
		return nil
	})
	return ids, err
}

// again returns all from its beginning.
func (s *fileIn) again() (io.Reader, error) {
	file := s.file
	if s.spool != nil {
		file = s.spool.File
	}
	_, err := file.Seek(0, io.SeekStart)
	return file, err
}

// watched is read by somebody while another looks on.
type watched struct {
	in   io.Reader
	read int64
	look func(read int64)
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.in.Read(b)
	w.read += int64(n)
	w.look(w.read)
	return n, err
}
