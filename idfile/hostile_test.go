package idfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

// refused fails the test if a file is read, or if the error does not say where and why.
func refused(t *testing.T, name, format string, file []byte, limit uint64, why string) {
	t.Helper()
	f := formOf(format)
	f.Limit = limit
	_, err := readAll(bytes.NewReader(file), f)
	var wrong *Error
	if !errors.As(err, &wrong) || !strings.Contains(err.Error(), why) || len(err.Error()) > 300 {
		t.Errorf("%s: %s: %v, want %q", format, name, err, why)
	}
}

func TestText_WhatIsWrongIsRefused(t *testing.T) {
	for _, c := range []struct{ format, file, why string }{
		{"ids", "1\n2\n3", "line 3: the file ends within"},
		{"ids", "1\n\n2\n", "line 2: no ID"},
		{"ids", "1\n9223372036854775808\n", "line 2"},
		{"ids", "1\n18446744073709551616\n", "line 2"},
		{"ids", "281474976710656\n", "line 1: ID 281474976710656 is not below the bound"},
		{"ids", "-1\n", "line 1"},
		{"ids", "+1\n", "line 1"},
		{"ids", "1.5\n", "line 1"},
		{"ids", " 1\n", "line 1"},
		{"ids", "1 \n", "line 1"},
		{"ids", "1\r\r\n", "line 1"},
		{"ids", "1\x00\n", `line 1: "1\x00"`},
		{"ids", "\xef\xbb\xbf1\n", "line 1"},
		{"ids", "1\n\x1b[2J\n", `line 2: "\x1b[2J"`},
		{"ids", strings.Repeat("0", 2000) + "\n", "line 1: the line is longer"},
		{"ids", strings.Repeat("0", 2*bufferSize) + "\n", "line 1: the line is longer"},
		{"ids", "1-3\n", "line 1"},
		{"ranges", "5-3\n", "line 1: the range ends"},
		{"ranges", "5-\n", "line 1"},
		{"ranges", "-5\n", "line 1"},
		{"ranges", "1-2-3\n", "line 1"},
		{"ranges", "0-281474976710656\n", "line 1: ID 281474976710656"},
		{"ranges", "1-2", "line 1: the file ends within"},
		{"keys", "vec:42\n", `line 1: "vec:42" is no key of the prefix, which writes "vec:000000042"`},
		{"keys", "vec:000000001\nkey:000000002\n", "line 2"},
		{"keys", "vec:0000000001\n", "line 1"},
		{"keys", "vec:000000001", "line 1: the file ends within"},
		{"keys", "vec:281474976710656\n", "line 1: \"vec:281474976710656\" is no key"},
	} {
		refused(t, fmt.Sprintf("%.40q", c.file), c.format, []byte(c.file), everyID, c.why)
	}
	refused(t, "bound", "ids", []byte("9\n10\n"), 10, "line 2: ID 10 is not below the bound 10")
	refused(t, "bound", "ranges", []byte("9-10\n"), 10, "line 1: ID 10 is not below the bound 10")
	refused(t, "bound", "keys", []byte("vec:000000010\n"), 10, "line 1: ID 10 is not below the bound 10")
	refused(t, "bound", "redis-bitmap", []byte{0, 0x20}, 10, "byte 1: ID 10 is not below the bound 10")
	refused(t, "bound", "roaring", written(t, "roaring", []run{{8, 3}}), 10, "ID 10 is not below the bound 10")
}

// Each byte of a file of Roaring counts: one that lacks some at its end, or has more, is none.
func TestRoaring_CutFilesAreRefused(t *testing.T) {
	whole := written(t, "roaring", hostileRuns())
	for n := range whole {
		refused(t, fmt.Sprintf("cut at %d", n), "roaring", whole[:n], everyID, "the file ends here")
	}
	refused(t, "one byte more", "roaring", append(bytes.Clone(whole), 0), everyID, "something comes behind")
	refused(t, "text", "roaring", []byte("1\n2\n3\n4\n5\n6\n7\n"), everyID, "not in the portable 64-bit format")
}

// hostileRuns make a file with containers of all kinds, in parts with and without runs.
func hostileRuns() (runs []run) {
	runs = append(runs, run{1, 1}, run{5, 1}, run{9, 1})
	for i := range uint64(5000) {
		runs = append(runs, run{1<<16 + 13*i, 1})
	}
	for i := range uint64(4) {
		runs = append(runs, run{1<<32 + i<<16, 100}, run{1<<32 + i<<16 + 1000, 50})
	}
	return append(runs, run{5 << 32, 200})
}

// part is a file of one part, made by hand.
func part(high uint32, rest ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, 1)
	return append(binary.LittleEndian.AppendUint32(b, high), bytes.Join(rest, nil)...)
}

func u16(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func u32(values ...uint32) (b []byte) {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func TestRoaring_LiesAreRefused(t *testing.T) {
	const noRuns, runs = cookieWithoutRuns, cookieWithRuns
	bits := make([]byte, bitmapBytes)
	for i := range 4096 / 8 {
		bits[i] = 0xff
	}
	for _, c := range []struct {
		name string
		file []byte
		why  string
	}{
		{"2^63 parts", binary.LittleEndian.AppendUint64(nil, 1<<63), "byte 0: 9223372036854775808 parts"},
		{"2^32 parts that are not there", binary.LittleEndian.AppendUint64(nil, 1<<32), "byte 8: the file ends here"},
		{"cookie", part(0, u32(12345, 1)), "byte 12: no part"},
		{"a cookie of no runs with a number", part(0, u32(noRuns|1<<16, 1)), "byte 12: no part"},
		{"65537 containers", part(0, u32(noRuns, 65537)), "byte 16: a part has 65536 containers"},
		{"2^32-1 containers", part(0, u32(noRuns, 1<<32-1)), "byte 16: a part has 65536 containers"},
		{"65536 containers that are not there", part(0, u32(noRuns, 65536)), "the file ends here"},
		{"ID beyond 2^48", part(1<<16, u32(noRuns, 1), u16(0, 0), u32(16), u16(0)), "ID 281474976710656 is not below the bound"},
		{"highest of all", part(1<<32-1, u32(runs), []byte{1}, u16(0xffff, 0xffff), u16(1, 0, 0xffff)), "ID 18446744073709551615 is not below the bound"},
		{"keys out of order", part(0, u32(noRuns, 2), u16(1, 0, 0, 0), u32(24, 26), u16(0, 0)), "container 0 comes behind container 1"},
		{"key twice", part(0, u32(noRuns, 2), u16(1, 0, 1, 0), u32(24, 26), u16(0, 0)), "container 1 comes behind container 1"},
		{"array out of order", part(0, u32(noRuns, 1), u16(0, 1), u32(16), u16(5, 4)), "ID 4 comes behind"},
		{"array with an ID twice", part(0, u32(noRuns, 1), u16(0, 1), u32(16), u16(5, 5)), "ID 5 comes behind"},
		{"place behind the end", part(0, u32(noRuns, 1), u16(0, 0), u32(1<<31), u16(5)), "the list of places says 2147483648"},
		{"place before the beginning", part(0, u32(noRuns, 1), u16(0, 0), u32(0), u16(5)), "the list of places says 0"},
		{"bitmap with fewer IDs", part(0, u32(noRuns, 1), u16(0, 4096), u32(16), bits), "has 4096 IDs, and the head of its part says 4097"},
		{"runs with fewer IDs", part(0, u32(runs), []byte{1}, u16(0, 9), u16(1, 0, 8)), "has 9 IDs, and the head of its part says 10"},
		{"no runs", part(0, u32(runs), []byte{1}, u16(0, 0), u16(0)), "has 0 IDs"},
		{"runs that overlap", part(0, u32(runs), []byte{1}, u16(0, 9), u16(2, 0, 4, 4, 4)), "a run begins before the end"},
		{"runs out of order", part(0, u32(runs), []byte{1}, u16(0, 9), u16(2, 50, 4, 0, 4)), "a run begins before the end"},
		{"run behind its container", part(0, u32(runs), []byte{1}, u16(0, 1), u16(1, 0xffff, 1)), "a run begins before the end of the one before, or ends behind"},
		{"65535 runs that are not there", part(0, u32(runs), []byte{1}, u16(0, 1), u16(0xffff)), "the file ends here"},
	} {
		refused(t, c.name, "roaring", c.file, everyID, c.why)
	}
	good := part(0, u32(noRuns, 1), u16(0, 0), u32(16), u16(5))
	two := append(binary.LittleEndian.AppendUint64(nil, 2), bytes.Repeat(good[8:], 2)...)
	refused(t, "a part twice", "roaring", two, everyID, "part 0 comes behind part 0")
	if got, err := readAll(bytes.NewReader(good), formOf("roaring")); err != nil || len(got) != 1 || got[0] != (run{5, 1}) {
		t.Errorf("%v, %v: files by hand are wrong", got, err)
	}
}

// What a file says that it has takes no memory before it is there, and not much then.
func TestRead_TakesLittleMemory(t *testing.T) {
	endless := map[string]func() io.Reader{
		"ids":          func() io.Reader { return &repeat{text: []byte("1\n7\n"), times: 1 << 20} },
		"ranges":       func() io.Reader { return &repeat{text: []byte("0-281474976710655\n"), times: 1 << 18} },
		"keys":         func() io.Reader { return &repeat{text: []byte("vec:000000001\n"), times: 1 << 16} },
		"redis-bitmap": func() io.Reader { return &repeat{text: bytes.Repeat([]byte{0xaa}, 4096), times: 1 << 9} },
		"roaring":      func() io.Reader { return bytes.NewReader(binary.LittleEndian.AppendUint64(nil, 1<<32)) },
	}
	for _, format := range Formats() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := Read(endless[format](), formOf(format), func(_, _ uint64) error { return nil }); err != nil && format != "roaring" {
			t.Errorf("%s: %v", format, err)
		}
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 4<<20 {
			t.Errorf("%s took %d bytes", format, taken)
		}
	}
}

type repeat struct {
	text  []byte
	at    int
	times int
}

func (r *repeat) Read(b []byte) (n int, err error) {
	for n < len(b) && r.times > 0 {
		c := copy(b[n:], r.text[r.at:])
		n += c
		if r.at += c; r.at == len(r.text) {
			r.at = 0
			r.times--
		}
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
