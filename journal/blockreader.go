package journal

import (
	"bytes"
	"hash/crc32"
	"io"
)

// blockReader reads blocks of a file, one behind the other. It never takes more
// memory than the file has bytes.
type blockReader struct {
	f      io.ReaderAt
	size   int64
	off    int64  // of the block that comes next
	buf    []byte // the file from at on
	at     int64
	passed func(n int64) // told of the bytes that are done; may be nil
}

// readAhead is how much is read at a time.
const readAhead = 1 << 20

// peek returns n bytes at the offset off, which are there: they are valid until
// the next call.
func (r *blockReader) peek(off, n int64) ([]byte, error) {
	if off < r.at || off+n > r.at+int64(len(r.buf)) {
		want := min(max(n, readAhead), r.size-off)
		if int64(cap(r.buf)) < want {
			r.buf = make([]byte, want)
		}
		r.buf, r.at = r.buf[:want], off
		if m, err := r.f.ReadAt(r.buf, off); int64(m) < want {
			r.buf = r.buf[:0]
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return r.buf[off-r.at:][:n], nil
}

// next returns the block that comes next, and its payload. whole is false if
// there is none: what is there was never written, is torn, or damaged.
func (r *blockReader) next() (b block, payload []byte, whole bool, err error) {
	if r.size-r.off <= blockHead {
		return b, nil, false, nil
	}
	head, err := r.peek(r.off, blockHead)
	if err != nil {
		return b, nil, false, err
	}
	b, plausible := parseBlock(head, r.size-r.off)
	if !plausible {
		return b, nil, false, nil
	}
	p, err := r.peek(r.off, b.size())
	if err != nil || crc32.Checksum(p[8:], castagnoli) != b.crc {
		return b, nil, false, err
	}
	return b, p[blockHead:], true, nil
}

// skip goes on behind the block that next has returned.
func (r *blockReader) skip(b block) {
	r.off += b.size()
	if r.passed != nil {
		r.passed(b.size())
	}
}

// zeros is what a file has where nothing was written. Bytes are compared by the kilobyte, as a start
// looks at all the room that a log was given ahead.
var zeros [64 << 10]byte

// nothing tells whether there are only zeros from the next block on: room that
// was never used.
func (r *blockReader) nothing() (bool, error) {
	for off := r.off; off < r.size; {
		p, err := r.peek(off, min(int64(len(zeros)), r.size-off))
		if err != nil {
			return false, err
		}
		if !bytes.Equal(p, zeros[:len(p)]) {
			return false, nil
		}
		off += int64(len(p))
	}
	return true, nil
}
