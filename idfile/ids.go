package idfile

import (
	"bufio"
	"io"
	"strconv"
)

func newIDLines(out io.Writer, _ Form) (encoder, error) {
	return newLines(out, func(b []byte, id uint64) []byte { return strconv.AppendUint(b, id, 10) })
}

func readIDs(in *bufio.Reader, f Form, to *joiner) error { return readLines(in, f, to, readID) }

func readID(line []byte, f Form) (start, n uint64, err error) {
	id, err := parseID(line, f.Limit)
	return id, 1, err
}
