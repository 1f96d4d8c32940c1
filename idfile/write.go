package idfile

import (
	"bufio"
	"fmt"
	"io"
)

// Writer writes one file. It is closed in any case, and is whole only if Finish has returned nil.
type Writer struct {
	encoder encoder
	next    uint64 // the first ID that may still come
}

// NewWriter returns a writer of a file in a format. Roaring goes to out in pieces if that is an
// [io.WriterAt], else all at once at the end.
func NewWriter(out io.Writer, f Form) (*Writer, error) {
	format, err := find(f.Format)
	if err != nil {
		return nil, err
	}
	encoder, err := format.encoder(out, f)
	if err != nil {
		return nil, err
	}
	return &Writer{encoder: encoder}, nil
}

// Add writes the n IDs from start on, which come behind those before.
func (w *Writer) Add(start, n uint64) error {
	if start < w.next || start+n < start {
		return fmt.Errorf("IDs from %d on come behind %d: out of order", start, w.next)
	}
	w.next = start + n
	if n == 0 {
		return nil
	}
	return w.encoder.run(start, n)
}

// Finish writes what is left.
func (w *Writer) Finish() error { return w.encoder.end() }

// Close gives back what the writer holds. It does not close the file.
func (w *Writer) Close() { w.encoder.drop() }

// lines is the encoder of the formats that have a line for each ID.
type lines struct {
	out    *bufio.Writer
	append func(b []byte, id uint64) []byte
	buffer []byte
}

func newLines(out io.Writer, append func(b []byte, id uint64) []byte) (encoder, error) {
	return &lines{out: bufio.NewWriterSize(out, bufferSize), append: append}, nil
}

func (l *lines) run(start, n uint64) error {
	for id := start; id < start+n; id++ {
		l.buffer = append(l.append(l.buffer[:0], id), '\n')
		if _, err := l.out.Write(l.buffer); err != nil {
			return err
		}
	}
	return nil
}

func (l *lines) end() error { return l.out.Flush() }
func (l *lines) drop()      {}
