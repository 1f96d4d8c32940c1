package idfile

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Form is what a file is read or written with.
type Form struct {
	Format string // one of [Formats]
	Keys   Keys   // for the format keys
	Limit  uint64 // the first ID that a file which is read may not have
}

// Keys is how the IDs of a prefix are written as keys.
type Keys interface {
	AppendKey(dst []byte, id uint64) []byte
	ParseKey(key string) (id uint64, ok bool)
}

// format is how runs are written and read.
type format struct {
	name    string
	isText  bool
	encoder func(out io.Writer, f Form) (encoder, error)
	read    func(in *bufio.Reader, f Form, to *joiner) error
}

// encoder writes ascending runs, of which one may go on where the one before ends.
type encoder interface {
	run(start, n uint64) error
	end() error // writes what is left
	drop()      // what it has opened itself
}

var formats = []format{
	{"ids", true, newIDLines, readIDs},
	{"keys", true, newKeyLines, readKeys},
	{"ranges", true, newRangeLines, readRanges},
	{"roaring", false, newRoaring, readRoaring},
	{"redis-bitmap", false, newBitmap, readBitmap},
}

// Formats are the names of the formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// IsText tells whether a format is made of lines that people read.
func IsText(name string) bool {
	f, err := find(name)
	return err == nil && f.isText
}

func find(name string) (format, error) {
	for _, f := range formats {
		if f.name == name {
			return f, nil
		}
	}
	return format{}, fmt.Errorf("unknown format %q: must be one of %s", name, strings.Join(Formats(), ", "))
}

// bufferSize is for one side of a file.
const bufferSize = 256 << 10
