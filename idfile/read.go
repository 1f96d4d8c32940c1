package idfile

import (
	"bufio"
	"fmt"
	"io"
)

// Error says what in a file is not as its format has it.
type Error struct {
	Where string // the line, or the byte
	Why   string
}

func (e *Error) Error() string { return e.Where + ": " + e.Why }

// Read gives to all IDs of a file, in the order in which they stand there, as runs: n IDs from
// start on. It stops at the first error, that of to included. What is wrong with the file
// is an [*Error]; then what was given so far is worth nothing.
func Read(in io.Reader, f Form, to func(start, n uint64) error) error {
	format, err := find(f.Format)
	if err != nil {
		return err
	}
	joined := joiner{to: to}
	if err := format.read(bufio.NewReaderSize(in, bufferSize), f, &joined); err != nil {
		return err
	}
	return joined.flush()
}

func beyond(id, limit uint64) string {
	return fmt.Sprintf("ID %d is not below the bound %d", id, limit)
}
