package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
)

// A file begins with 64 bytes, which are on the disk before it gets its name and
// never change:
//
//	magic 8 | version u32 | flags u16 | units u16 | sequence u64 |
//	position u64 | boot ID 16 | directory ID 8 | unit u32 |
//	crc32c u32 (of the rest)
//
// position: of a base, where the log begins that goes with it; of a log, that
// none of its blocks lies below, and with flagExact that the first one, if there
// is any, lies there. unit: what a log's room is a multiple of, 0 where a file
// cannot be given room ahead of use; units: how many it was given before its name.
const (
	fileHead    = 64
	fileVersion = 1
	flagExact   = 1
)

// A magic says what a file is.
type magic string

const (
	magicLog    magic = "PTRKINC1"
	magicBase   magic = "PTRKBAS1"
	magicBackup magic = "PTRKDMP1" // a base with the log it needs behind it
)

type header struct {
	magic magic
	flags uint16
	units uint16
	seq   uint64
	pos   uint64
	boot  [16]byte
	dir   [8]byte
	unit  uint32
}

// least is how long the file is at least, but for what has been cut off it.
func (h header) least() int64 { return fileHead + int64(h.units)*int64(h.unit) }

func (h header) bytes() []byte {
	p := make([]byte, fileHead)
	copy(p, h.magic)
	binary.LittleEndian.PutUint32(p[8:], fileVersion)
	binary.LittleEndian.PutUint16(p[12:], h.flags)
	binary.LittleEndian.PutUint16(p[14:], h.units)
	binary.LittleEndian.PutUint64(p[16:], h.seq)
	binary.LittleEndian.PutUint64(p[24:], h.pos)
	copy(p[32:], h.boot[:])
	copy(p[48:], h.dir[:])
	binary.LittleEndian.PutUint32(p[56:], h.unit)
	binary.LittleEndian.PutUint32(p[60:], crc32.Checksum(p[:60], castagnoli))
	return p
}

// readHeader reads the header of the file name, which is to be one of those
// kinds.
func readHeader(name string, f io.ReaderAt, size int64, kinds ...magic) (h header, err error) {
	fail := func(err error) (header, error) { return h, &FileError{name, 0, err} }
	if size < fileHead {
		return fail(fmt.Errorf("%w: it has %d bytes", ErrForeign, size))
	}
	var p [fileHead]byte
	if _, err := f.ReadAt(p[:], 0); err != nil {
		return fail(err)
	}
	for _, kind := range kinds {
		if string(p[:8]) == string(kind) {
			h.magic = kind
		}
	}
	whole := crc32.Checksum(p[:60], castagnoli) == binary.LittleEndian.Uint32(p[60:])
	version := binary.LittleEndian.Uint32(p[8:])
	switch {
	case h.magic == "" && whole && bytes.HasPrefix(p[:], []byte("PTRK")):
		return fail(fmt.Errorf("%w: another kind of file: %q", ErrForeign, p[:8]))
	case h.magic == "":
		return fail(ErrForeign)
	case version != fileVersion && whole:
		return fail(fmt.Errorf("%w: format version %d, this program reads %d", ErrVersion, version, fileVersion))
	case !whole:
		return fail(fmt.Errorf("%w: header", ErrDamaged))
	}
	h.flags = binary.LittleEndian.Uint16(p[12:])
	h.units = binary.LittleEndian.Uint16(p[14:])
	h.seq = binary.LittleEndian.Uint64(p[16:])
	h.pos = binary.LittleEndian.Uint64(p[24:])
	copy(h.boot[:], p[32:])
	copy(h.dir[:], p[48:])
	h.unit = binary.LittleEndian.Uint32(p[56:])
	if h.pos >= maxPosition || h.seq >= maxPosition {
		return fail(fmt.Errorf("%w: header", ErrDamaged))
	}
	return h, nil
}

// Names of files carry their sequence: a base and the log that goes with it have
// the same.
const (
	logPrefix  = "incr-"
	basePrefix = "base-"
	suffix     = ".pt"
	unnamed    = ".tmp"    // behind the name of what is not whole yet
	distrusted = ".failed" // behind that of a log whose sync has failed: a mark for the next process
)

func logName(seq uint64) string  { return fmt.Sprintf("%s%08d%s", logPrefix, seq, suffix) }
func baseName(seq uint64) string { return fmt.Sprintf("%s%08d%s", basePrefix, seq, suffix) }

// parseName tells which log or base the name is one of.
func parseName(name string) (seq uint64, base, ok bool) {
	digits, isSuffixed := strings.CutSuffix(name, suffix)
	digits, base = strings.CutPrefix(digits, basePrefix)
	if !base {
		digits, ok = strings.CutPrefix(digits, logPrefix)
	}
	seq, err := strconv.ParseUint(digits, 10, 62)
	if err != nil || !isSuffixed || !base && !ok || seq == 0 {
		return 0, false, false
	}
	// One spelling for each: else two names would be one file.
	return seq, base, name == baseName(seq) || name == logName(seq)
}
