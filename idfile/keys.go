package idfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unsafe"
)

// errLineEnd is for a prefix that has a line's end in it.
var errLineEnd = errors.New("keys of this prefix have a newline in them, so they cannot stand one on a line: take another format")

func newKeyLines(out io.Writer, f Form) (encoder, error) {
	if err := checkKeys(f.Keys); err != nil {
		return nil, err
	}
	return newLines(out, f.Keys.AppendKey)
}

func checkKeys(keys Keys) error {
	if bytes.ContainsRune(keys.AppendKey(nil, 0), '\n') {
		return errLineEnd
	}
	return nil
}

func readKeys(in *bufio.Reader, f Form, to *joiner) error {
	if err := checkKeys(f.Keys); err != nil {
		return err
	}
	return readLines(in, f, to, readKey)
}

func readKey(line []byte, f Form) (start, n uint64, err error) {
	// ParseKey keeps nothing of its argument.
	id, ok := f.Keys.ParseKey(unsafe.String(unsafe.SliceData(line), len(line)))
	switch {
	case !ok:
		err = fmt.Errorf("%s is no key of the prefix, which writes %s", quoted(line), quoted(f.Keys.AppendKey(nil, 42)))
	case id >= f.Limit:
		err = errors.New(beyond(id, f.Limit))
	}
	return id, 1, err
}
