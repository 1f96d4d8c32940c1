package journal

import (
	"encoding/binary"
	"hash/crc32"
)

// A block is what one commit appends: after a crash all of it is there, or
// nothing.
//
//	length u32 | crc32c u32 (of the rest) | position u64 | synced u64 | payload
//
// length is the payload's. position is where in the log the block begins, in
// bytes of blocks since the beginning of time. synced is the position up to
// which its writer knew the log to be on the disk: what is missing below that
// has been there.
const (
	blockHead = 24
	// maxPayload is more than anybody writes: the bound of what a damaged length
	// makes a reader take for one.
	maxPayload = 64 << 20
	// maxPosition keeps sums of positions from overflowing.
	maxPosition = 1 << 62
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendHead leaves room for the header; endBlock fills it in.
func appendHead(b []byte) []byte { return append(b, make([]byte, blockHead)...) }

func endBlock(block []byte, pos, synced uint64) {
	binary.LittleEndian.PutUint32(block, uint32(len(block)-blockHead))
	binary.LittleEndian.PutUint64(block[8:], pos)
	binary.LittleEndian.PutUint64(block[16:], synced)
	binary.LittleEndian.PutUint32(block[4:], crc32.Checksum(block[8:], castagnoli))
}

// block is the header of one.
type block struct {
	length int64
	crc    uint32
	pos    uint64
	synced uint64
}

// parseBlock reads a header of blockHead bytes. It tells whether a block that
// begins so may lie in size bytes.
func parseBlock(p []byte, size int64) (b block, ok bool) {
	b.length = int64(binary.LittleEndian.Uint32(p))
	if b.length == 0 || b.length > maxPayload || b.length > size-blockHead {
		return b, false
	}
	b.crc = binary.LittleEndian.Uint32(p[4:])
	b.pos = binary.LittleEndian.Uint64(p[8:])
	b.synced = binary.LittleEndian.Uint64(p[16:])
	return b, b.pos < maxPosition
}

// size is that of the whole block.
func (b block) size() int64 { return blockHead + b.length }

// end is the position behind it.
func (b block) end() uint64 { return b.pos + uint64(b.size()) }
