package resp

import (
	"math/bits"
	"strconv"
)

// appendInt appends n in decimal, as strconv.AppendInt does, but straight to
// its place: the number of digits is known before the first is written.
func appendInt(b []byte, n int64) []byte {
	switch {
	case uint64(n) < 10:
		return append(b, byte('0'+n))
	case n < 0:
		return strconv.AppendInt(b, n, 10)
	}
	u := uint64(n)
	at := len(b) + digits(u)
	if at > cap(b) {
		return strconv.AppendUint(b, u, 10)
	}
	b = b[:at]
	for u >= 100 {
		pair := u % 100 * 2
		u /= 100
		at -= 2
		b[at], b[at+1] = pairs[pair], pairs[pair+1]
	}
	if u >= 10 {
		b[at-2], b[at-1] = pairs[2*u], pairs[2*u+1]
	} else {
		b[at-1] = byte('0' + u)
	}
	return b
}

// digits returns the number of decimal digits of u > 0: log2 gives it or one
// too few (Henry S. Warren, Hacker's Delight, 11-4).
func digits(u uint64) int {
	n := bits.Len64(u) * 1233 >> 12
	if u >= powersOf10[n] {
		n++
	}
	return n
}

var powersOf10 = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// pairs are the numbers 00 to 99.
const pairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"
