//go:build linux

package main

import (
	"math/bits"
	"strconv"
)

// Random IDs have 7 digits: any number from 1,000,000 to 9,999,999. Redis
// refuses leading zeros in a bit offset, and with one length for all of them
// the bytes of a command stay and only the digits change, for both servers the
// same.
const (
	idDigits = 7
	firstID  = 1_000_000
	idCount  = 9_000_000
)

// randomID among a command's arguments stands for a random ID, a new one in
// every request.
const randomID = "\x00random"

// template is a batch of requests, encoded once. Only the digits of its random
// IDs change from use to use.
type template struct {
	bytes []byte
	ids   []int // where random IDs begin
}

// newTemplate encodes a command, times times in a row.
func newTemplate(command []string, times int) template {
	var t template
	for range times {
		t.bytes = appendHeader(t.bytes, '*', len(command))
		for _, arg := range command {
			if arg == randomID {
				t.bytes = appendHeader(t.bytes, '$', idDigits)
				t.ids = append(t.ids, len(t.bytes))
				t.bytes = append(t.bytes, "0000000\r\n"...)
				continue
			}
			t.bytes = appendHeader(t.bytes, '$', len(arg))
			t.bytes = append(t.bytes, arg...)
			t.bytes = append(t.bytes, "\r\n"...)
		}
	}
	return t
}

func appendHeader(b []byte, kind byte, n int) []byte {
	b = append(b, kind)
	b = strconv.AppendInt(b, int64(n), 10)
	return append(b, "\r\n"...)
}

// next draws new IDs and returns the requests, valid until the next call.
func (t *template) next(r *xorshift) []byte {
	for _, at := range t.ids {
		putID((*[idDigits]byte)(t.bytes[at:]), r.below(idCount)+firstID)
	}
	return t.bytes
}

// xorshift is a random generator cheap enough not to slow the load down. It
// must not be 0.
type xorshift uint64

// below returns a number from 0 to n-1.
func (x *xorshift) below(n uint64) uint64 {
	v := *x
	v ^= v << 13
	v ^= v >> 7
	v ^= v << 17
	*x = v
	high, _ := bits.Mul64(uint64(v), n)
	return high
}

const digitPairs = "00010203040506070809" +
	"10111213141516171819" +
	"20212223242526272829" +
	"30313233343536373839" +
	"40414243444546474849" +
	"50515253545556575859" +
	"60616263646566676869" +
	"70717273747576777879" +
	"80818283848586878889" +
	"90919293949596979899"

// putID writes an ID of 7 digits.
func putID(p *[idDigits]byte, id uint64) {
	v := uint32(id)
	for at := idDigits - 2; at > 0; at -= 2 {
		pair := v % 100 * 2
		v /= 100
		p[at], p[at+1] = digitPairs[pair], digitPairs[pair+1]
	}
	p[0] = '0' + byte(v)
}
