package cli

import (
	"context"

	"github.com/prefixtracker/prefixtracker/journal"
)

// stoppable is a directory whose files are not read any more once ctx has ended: a
// server that is told to stop while it reads what was kept does not read all of it.
type stoppable struct {
	journal.FS
	ctx context.Context
}

func (s stoppable) Open(name string) (journal.File, error) {
	f, err := s.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return stoppableFile{f, s.ctx}, nil
}

type stoppableFile struct {
	journal.File
	ctx context.Context
}

func (f stoppableFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}
