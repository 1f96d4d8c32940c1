package idfile

import (
	"fmt"
	"io"
)

// maxString is how long a string of a Redis server may be, in bits: 512 MB.
const maxString = 1 << 32

// bitmap writes a string of bits, of which the first is the highest of the first byte.
type bitmap struct {
	out   io.Writer
	first uint64 // bit of block
	used  int    // bytes of block up to the last bit
	block [bufferSize]byte
}

func newBitmap(out io.Writer, _ Form) (encoder, error) { return &bitmap{out: out}, nil }

func (b *bitmap) run(start, n uint64) error {
	if last := start + n - 1; last >= maxString {
		return fmt.Errorf("a string of a Redis server holds IDs below %d, and there is %d: take another format, or less of the IDs", uint64(maxString), max(start, maxString))
	}
	const blockBits = bufferSize * 8
	for n > 0 {
		for start >= b.first+blockBits {
			b.used = bufferSize
			if err := b.end(); err != nil {
				return err
			}
			b.first += blockBits
		}
		from := start - b.first
		to := min(from+n, blockBits)
		b.set(from, to)
		b.used = int((to + 7) / 8)
		start, n = start+to-from, n-(to-from)
	}
	return nil
}

// set sets the bits of block from from to to-1.
func (b *bitmap) set(from, to uint64) {
	head, tail := byte(0xff)>>(from%8), ^(byte(0xff) >> (to % 8))
	i, end := from/8, to/8
	if i == end {
		b.block[i] |= head & tail
		return
	}
	b.block[i] |= head
	for i++; i < end; i++ {
		b.block[i] = 0xff
	}
	if tail != 0 {
		b.block[end] |= tail
	}
}

func (b *bitmap) end() error {
	_, err := b.out.Write(b.block[:b.used])
	clear(b.block[:b.used])
	b.used = 0
	return err
}

func (b *bitmap) drop() {}
