package resp

import "bytes"

// argsHeader reads the header at at, however it is spelled, into want, and
// moves at behind it. It reports whether the header is whole; false also after
// a failure.
func (f *Framer) argsHeader() (whole bool) {
	cr, ok := f.lineEnd('\r', errLongArgsHeader)
	if !ok || cr+1 == len(f.in) {
		return false
	}
	switch n, ok := number(f.in[f.at+1 : cr]); {
	case !ok:
		f.fail(errInvalidArgs)
	case n > int64(f.limits.Args):
		f.fail(f.limits.badArgs(n))
	case f.in[cr+1] != '\n':
		f.fail(errNoCRLF)
	default:
		f.at, f.want = cr+2, int(max(n, 0))
		return true
	}
	return false
}

// bulkHeader reads the header at at, however it is spelled, into bulk, and
// moves at behind it. It reports whether the header is whole; false also after
// a failure.
func (f *Framer) bulkHeader() (whole bool) {
	cr, ok := f.lineEnd('\r', errLongBulkHeader)
	if !ok || cr+1 == len(f.in) {
		return false
	}
	if c := f.in[f.at]; c != '$' {
		f.fail(&ProtocolError{"Protocol error: expected '$', got '" + string([]byte{c}) + "'"})
		return false
	}
	switch n, ok := number(f.in[f.at+1 : cr]); {
	case !ok || n < 0:
		f.fail(errInvalidBulk)
	case n > int64(f.limits.Bulk):
		f.fail(f.limits.badBulk(n))
	case f.in[cr+1] != '\n':
		f.fail(errNoCRLF)
	case cr+2-f.start+int(n)+2 > f.limits.Command:
		f.fail(errCommandTooBig)
	default:
		f.at, f.bulk = cr+2, int(n)
		return true
	}
	return false
}

// lineEnd returns where in has the first end byte of the line at at. Without
// one, ok is false; and f has failed with tooLong if it is too late for one.
func (f *Framer) lineEnd(end byte, tooLong error) (i int, ok bool) {
	limit := f.at + f.limits.Inline + 1
	f.scanned = max(f.scanned, f.at)
	if f.scanned < limit {
		window := f.in[f.scanned:min(limit, len(f.in))]
		if i := bytes.IndexByte(window, end); i >= 0 {
			f.scanned += i // found at once when the header's last byte comes
			return f.scanned, true
		}
		f.scanned += len(window)
	}
	if f.scanned >= limit {
		f.fail(tooLong)
	}
	return 0, false
}

// number reads a decimal integer as Redis does: a '-' or nothing, digits
// without a leading zero, nothing else. ok is false also when it does not fit.
func number(s []byte) (n int64, ok bool) {
	if len(s) == 1 && s[0] == '0' {
		return 0, true
	}
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > len("9223372036854775808") || s[0] == '0' {
		return 0, false
	}
	var u uint64 // 19 digits fit
	for _, c := range s {
		if c-'0' > 9 {
			return 0, false
		}
		u = 10*u + uint64(c-'0')
	}
	if negative {
		return -int64(u), u <= 1<<63
	}
	return int64(u), u < 1<<63
}
