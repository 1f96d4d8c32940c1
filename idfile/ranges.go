package idfile

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
)

// ranges is the encoder of the format that has a line for each run.
type ranges struct {
	out    *bufio.Writer
	joined joiner
	buffer []byte
}

func newRangeLines(out io.Writer, _ Form) (encoder, error) {
	r := &ranges{out: bufio.NewWriterSize(out, bufferSize)}
	r.joined.to = r.write
	return r, nil
}

func (r *ranges) run(start, n uint64) error { return r.joined.add(start, n) }

func (r *ranges) write(start, n uint64) error {
	r.buffer = strconv.AppendUint(r.buffer[:0], start, 10)
	if n > 1 {
		r.buffer = strconv.AppendUint(append(r.buffer, '-'), start+n-1, 10)
	}
	r.buffer = append(r.buffer, '\n')
	_, err := r.out.Write(r.buffer)
	return err
}

func (r *ranges) end() error {
	if err := r.joined.flush(); err != nil {
		return err
	}
	return r.out.Flush()
}

func (r *ranges) drop() {}

func readRanges(in *bufio.Reader, f Form, to *joiner) error { return readLines(in, f, to, readRange) }

func readRange(line []byte, f Form) (start, n uint64, err error) {
	firstText, lastText, isRange := bytes.Cut(line, []byte("-"))
	first, err := parseID(firstText, f.Limit)
	if err != nil || !isRange {
		return first, 1, err
	}
	last, err := parseID(lastText, f.Limit)
	if err == nil && last < first {
		err = fmt.Errorf("the range ends at %d, before it begins at %d", last, first)
	}
	return first, last - first + 1, err
}
