package resp

import "strconv"

// Line is a reply in its form on the wire, kept so that the next one, which
// differs in its last two digits only, need not be made anew: replies of
// ascending numbers do, mostly. The zero Line is for the Set methods.
type Line struct{ wire []byte }

// SetInt makes the line an integer.
func (l *Line) SetInt(n uint64) {
	l.wire = append(strconv.AppendUint(append(l.wire[:0], ':'), n, 10), '\r', '\n')
}

// SetBulk makes the line a bulk string.
func (l *Line) SetBulk(s []byte) {
	l.wire = append(appendInt(append(l.wire[:0], '$'), int64(len(s))), '\r', '\n')
	l.wire = append(append(l.wire, s...), '\r', '\n')
}

// SetLastDigits makes n, 0 to 99, the last two digits of a line that ends in
// two or more.
func (l *Line) SetLastDigits(n uint64) {
	end := l.wire[len(l.wire)-len("00\r\n"):]
	end[0], end[1] = '0'+byte(n)/10, '0'+byte(n)%10
}

// Line writes a line, as often as wanted.
func (w *Writer) Line(l *Line) {
	w.buf = append(w.buf, l.wire...)
	if len(w.buf) >= flushSize {
		w.full()
	}
}
