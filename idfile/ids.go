package idfile

import (
	"bufio"
	"io"
	"strconv"
)

func newIDLines(out io.Writer, f Form) (encoder, error) { return newLines(out, f, writeIDs) }

func writeIDs(l *lines, start, n uint64) error {
	for id := start; id < start+n; id++ {
		l.buffer = append(strconv.AppendUint(l.buffer[:0], id, 10), '\n')
		if _, err := l.out.Write(l.buffer); err != nil {
			return err
		}
	}
	return nil
}

func readIDs(in *bufio.Reader, f Form, to *joiner) error {
	return readLines(in, func(line []byte) error {
		id, err := parseID(line, f.Limit)
		if err != nil {
			return err
		}
		return give(to, id, 1)
	})
}
