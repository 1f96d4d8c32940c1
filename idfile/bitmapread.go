package idfile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
)

// readBitmap reads a string of bits. It is longer than those of a Redis server may be if its
// zeros are: only where there is a bit there is an ID.
func readBitmap(in *bufio.Reader, f Form, to *joiner) error {
	var block [8192]byte
	for position := uint64(0); ; {
		n, err := io.ReadFull(in, block[:])
		clear(block[n:])
		for i := 0; i < n; i += 8 {
			w := bits.Reverse64(binary.BigEndian.Uint64(block[i:]))
			if w == 0 {
				continue
			}
			base := (position + uint64(i)) * 8
			if last := base + 63 - uint64(bits.LeadingZeros64(w)); last >= f.Limit {
				return &Error{Where: fmt.Sprintf("byte %d", last/8), Why: beyond(last, f.Limit)}
			}
			if err := to.addWord(base, w); err != nil {
				return err
			}
		}
		position += uint64(n)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			return nil
		case err != nil:
			return err
		}
	}
}
