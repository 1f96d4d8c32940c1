package idfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

func newRangeLines(out io.Writer, f Form) (encoder, error) { return newLines(out, f, writeRange) }

func writeRange(l *lines, start, n uint64) error {
	l.buffer = strconv.AppendUint(l.buffer[:0], start, 10)
	if n > 1 {
		l.buffer = strconv.AppendUint(append(l.buffer, '-'), start+n-1, 10)
	}
	l.buffer = append(l.buffer, '\n')
	_, err := l.out.Write(l.buffer)
	return err
}

func readRanges(in *bufio.Reader, f Form, to *joiner) error {
	return readLines(in, func(line []byte) error {
		firstText, lastText, isRange := bytes.Cut(line, []byte("-"))
		first, err := parseID(firstText, f.Limit)
		if err != nil {
			return err
		}
		last := first
		if isRange {
			if last, err = parseID(lastText, f.Limit); err != nil {
				return err
			}
			if last < first {
				return fmt.Errorf("the range ends at %d, before it begins at %d", last, first)
			}
		}
		return give(to, first, last-first+1)
	})
}
