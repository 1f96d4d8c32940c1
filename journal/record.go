package journal

import (
	"encoding/binary"
	"math/bits"
)

// Kinds of records: the low three bits of the varint that each begins with. The
// rest of it is the index of a word, the ID of a tracker, or an operation.
const (
	kLiteral  = iota // word: 8 bytes
	kSparse          // word: mask of the bytes that are not 0, those bytes
	kFull            // varint n: n words of all ones
	kZero            // varint n: n words of zero
	kLiterals        // varint n: n words, 8 bytes each
	kSelect          // whose words follow
	kControl         // see below
	kDense           // kSparse of the inverted word
)

// Operations: what is no state of a word. Arguments are varints; bytes come with
// their length before them.
const (
	opCreate    = iota // id, bytes
	opDrop             // id
	opFlush            // id: all below are dropped
	opClear            // id
	opReserve          // id, slot, from, words
	opUnreserve        // no window is in force
	opClean            // nothing comes behind it, and no window is in force
	opEnd              // of a base: position that the log has to reach, trackers, next id
	opStats            // id, bytes
	opDescribe         // id, bytes in place of those of opCreate
	opRestored         // what a restore asks for has been done
	opNote             // id, bytes: something that is no word
)

func appendControl(b []byte, op uint64, args ...uint64) []byte {
	b = binary.AppendUvarint(b, op<<3|kControl)
	for _, a := range args {
		b = binary.AppendUvarint(b, a)
	}
	return b
}

func appendBytes(b []byte, op, id uint64, p []byte) []byte {
	b = binary.AppendUvarint(appendControl(b, op, id), uint64(len(p)))
	return append(b, p...)
}

// decoder takes a payload apart. What it returns is of no meaning once bad is
// set.
type decoder struct {
	p   []byte
	bad bool
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.p)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.p = d.p[n:]
	return v
}

func (d *decoder) bytes(n uint64) []byte {
	if n > uint64(len(d.p)) {
		d.fail()
		return nil
	}
	b := d.p[:n]
	d.p = d.p[n:]
	return b
}

func (d *decoder) fail() { d.bad, d.p = true, nil }

// literal reads a word of 8 bytes.
func (d *decoder) literal() uint64 {
	if b := d.bytes(8); !d.bad {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// masked reads a word by the bytes that are not 0.
func (d *decoder) masked() uint64 {
	b := d.bytes(1)
	if d.bad {
		return 0
	}
	mask := b[0]
	b = d.bytes(uint64(bits.OnesCount8(mask)))
	var v uint64
	for _, x := range b {
		v |= uint64(x) << (8 * bits.TrailingZeros8(mask))
		mask &= mask - 1
	}
	return v
}
