package commands

import "encoding/binary"

// safeDigits cannot overflow 64 bits.
const safeDigits = 19

// mostDigits is how long a number may be, leading zeros and all: a word of megabytes is not to be looked at on a loop.
const mostDigits = 4096

// parseUint reads a number of decimal digits up to limit; leading zeros are
// accepted, a sign is not. It takes eight digits at a time, and what is left of
// four to eight as two halves that may overlap.
func parseUint(b []byte, limit uint64) (n uint64, ok bool) {
	if len(b)-4 > safeDigits-4 || len(b) < 4 {
		return parseDigits(b, limit)
	}
	for len(b) > 8 {
		d, ok := eightDigits(binary.LittleEndian.Uint64(b) ^ zeros)
		if !ok {
			return 0, false
		}
		n, b = n*1e8+d, b[8:]
	}
	if len(b) < 4 {
		d, ok := parseDigits(b, 999)
		n = n*powers[len(b)] + d
		return n, ok && n <= limit
	}
	// In front of the last four digits the first, of which those that are among
	// the last four, too, are pushed out.
	last := binary.LittleEndian.Uint32(b[len(b)-4:]) ^ zeros>>32
	first := (binary.LittleEndian.Uint32(b) ^ zeros>>32) << (64 - 8*len(b))
	d, ok := eightDigits(uint64(last)<<32 | uint64(first))
	n = n*powers[len(b)] + d
	return n, ok && n <= limit
}

// zeros are eight times '0'.
const zeros = 0x3030303030303030

var powers = [...]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// eightDigits makes a number of the eight bytes of v, of which the lowest is
// the first digit; ok is false if one is over 9. The multiplications are those
// of Daniel Lemire, "Quickly parsing eight digits" (2018).
func eightDigits(v uint64) (n uint64, ok bool) {
	if (v+0x7676767676767676|v)&0x8080808080808080 != 0 {
		return 0, false
	}
	const pairs = 0x000000FF000000FF
	v = v*10 + v>>8
	return (v&pairs*(100+1000000<<32) + v>>16&pairs*(1+10000<<32)) >> 32, true
}

// parseDigits is parseUint, digit by digit.
func parseDigits(b []byte, limit uint64) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > mostDigits {
		return 0, false
	}
	for i, c := range b {
		d := uint64(c - '0')
		if d > 9 || i >= safeDigits && (d > limit || n > (limit-d)/10) {
			return 0, false
		}
		n = n*10 + d
	}
	return n, n <= limit
}
