package resp

import (
	"io"
)

// flushSize is the size at which a reply under way is sent, so that a huge one
// neither grows without limit nor waits for its end.
const flushSize = 64 << 10

// keepSize is the largest buffer a connection keeps between batches.
const keepSize = 4 * flushSize

// Writer writes replies in the protocol version of its connection. It collects
// them in one reused buffer. The first error of the connection is kept and
// ends all output.
type Writer struct {
	out     io.Writer
	buf     []byte
	flushed uint64 // bytes sent before buf
	resp3   bool
	muted   bool // what is written is not sent
	err     error
}

// NewWriter returns a RESP2 Writer that flushes to out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Protocol returns 2 or 3.
func (w *Writer) Protocol() int {
	if w.resp3 {
		return 3
	}
	return 2
}

// SetProtocol makes version, 2 or 3, the form of the replies to come.
func (w *Writer) SetProtocol(version int) { w.resp3 = version == 3 }

// Flush sends what has been written. It returns the connection's first error.
// A [Message] keeps what it has.
func (w *Writer) Flush() error {
	if w.out == nil {
		return nil
	}
	if len(w.buf) > 0 && w.err == nil && !w.muted {
		_, w.err = w.out.Write(w.buf)
	}
	w.flushed += uint64(len(w.buf))
	if cap(w.buf) > keepSize {
		w.buf = nil
	}
	w.buf = w.buf[:0]
	return w.err
}

// take empties the buffer for whoever sends what it held.
func (w *Writer) take() []byte {
	p := w.buf
	w.flushed += uint64(len(p))
	w.buf = nil
	if w.muted || w.err != nil {
		p = p[:0]
	}
	return p
}

// Mute makes replies vanish, or come again. What was written before is sent.
func (w *Writer) Mute(on bool) {
	if w.muted != on {
		_ = w.Flush() // kept in w.err
		w.muted = on
	}
}

// Muted tells whether replies vanish.
func (w *Writer) Muted() bool { return w.muted }

func (w *Writer) written() uint64 { return w.flushed + uint64(len(w.buf)) }

// rewind takes back what was written since mark and reports whether it could:
// bytes that are sent cannot be taken back.
func (w *Writer) rewind(mark uint64) bool {
	if mark < w.flushed {
		return false
	}
	w.buf = w.buf[:mark-w.flushed]
	return true
}

// full is called when flushSize is reached.
func (w *Writer) full() { _ = w.Flush() } // kept in w.err

// raw appends what has its form already.
func (w *Writer) raw(p []byte) {
	for len(p) > 0 {
		n := min(len(p), flushSize) // so that what is long grows no buffer
		if w.buf = append(w.buf, p[:n]...); len(w.buf) >= flushSize {
			w.full()
		}
		p = p[n:]
	}
}

func (w *Writer) end() {
	w.buf = append(w.buf, '\r', '\n')
	if len(w.buf) >= flushSize {
		w.full()
	}
}

func (w *Writer) header(kind byte, n int64) {
	if uint64(n) < 10 {
		w.buf = append(w.buf, kind, byte('0'+n), '\r', '\n')
	} else {
		w.buf = append(appendInt(append(w.buf, kind), n), '\r', '\n')
	}
	if len(w.buf) >= flushSize {
		w.full()
	}
}

// text appends s as one line.
func (w *Writer) text(kind byte, s string) {
	w.buf = AppendLine(append(w.buf, kind), s)
	w.end()
}

// AppendLine appends s with control characters as blanks: a line break would end
// what is one line of a reply, and the rest of s would be the next one.
func AppendLine(buf []byte, s string) []byte {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == 0x7f {
			c = ' '
		}
		buf = append(buf, c)
	}
	return buf
}

// SimpleString writes +s.
func (w *Writer) SimpleString(s string) { w.text('+', s) }

// OK writes +OK.
func (w *Writer) OK() { w.buf = append(w.buf, "+OK\r\n"...) }

// Error writes -msg. msg starts with an upper-case code.
func (w *Writer) Error(msg string) { w.text('-', msg) }

// Int writes an integer.
func (w *Writer) Int(n int64) { w.header(':', n) }

// Bool writes 1 or 0 as an integer, in both protocols.
func (w *Writer) Bool(b bool) {
	if b {
		w.Int(1)
	} else {
		w.Int(0)
	}
}

// Bulk writes a bulk string.
func (w *Writer) Bulk(b []byte) {
	w.buf = append(w.buf, '$')
	w.buf = appendInt(w.buf, int64(len(b)))
	w.buf = append(w.buf, '\r', '\n')
	w.buf = append(w.buf, b...)
	w.end()
}

// BulkString writes a bulk string.
func (w *Writer) BulkString(s string) {
	w.buf = append(w.buf, '$')
	w.buf = appendInt(w.buf, int64(len(s)))
	w.buf = append(w.buf, '\r', '\n')
	w.buf = append(w.buf, s...)
	w.end()
}

// Verbatim writes text that clients show as it is: a verbatim string in RESP3,
// a bulk string in RESP2.
func (w *Writer) Verbatim(s string) {
	if !w.resp3 {
		w.BulkString(s)
		return
	}
	w.buf = append(w.buf, '=')
	w.buf = appendInt(w.buf, int64(len(s)+4))
	w.buf = append(w.buf, "\r\ntxt:"...)
	w.buf = append(w.buf, s...)
	w.end()
}

// Null writes "no value".
func (w *Writer) Null() {
	if w.resp3 {
		w.buf = append(w.buf, "_\r\n"...)
	} else {
		w.buf = append(w.buf, "$-1\r\n"...)
	}
}

// Array begins an array of n replies, which follow.
func (w *Writer) Array(n int) { w.header('*', int64(n)) }

// Map begins a map of n pairs, key and value following in turn: a map in
// RESP3, an array of 2n in RESP2.
func (w *Writer) Map(n int) {
	if w.resp3 {
		w.header('%', int64(n))
	} else {
		w.header('*', int64(2*n))
	}
}

// Set begins a set of n replies: a set in RESP3, an array in RESP2.
func (w *Writer) Set(n int) {
	if w.resp3 {
		w.header('~', int64(n))
	} else {
		w.header('*', int64(n))
	}
}

// PushHeader begins a message of n elements, which follow: a push in RESP3, an
// array in RESP2, which has no other form for it.
func (w *Writer) PushHeader(n int) {
	if w.resp3 {
		w.header('>', int64(n))
	} else {
		w.header('*', int64(n))
	}
}

// What replies take on the wire, at most: an integer of up to 15 digits and the
// header of a short array.
const (
	IntSize   = len(":281474976710655\r\n")
	ArraySize = len("*9\r\n")
)

// BulkSize returns what a bulk string of n bytes takes on the wire.
func BulkSize(n int) int { return headerSize(n) + n + len("\r\n") }
