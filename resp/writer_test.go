package resp_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/resp"
)

func TestWriter_BothProtocols(t *testing.T) {
	for _, c := range []struct {
		name         string
		write        func(w *resp.Writer)
		resp2, resp3 string
	}{
		{"simple", func(w *resp.Writer) { w.SimpleString("a\r\nb") }, "+a  b\r\n", "+a  b\r\n"},
		{"error", func(w *resp.Writer) { w.Error("ERR x\ny") }, "-ERR x y\r\n", "-ERR x y\r\n"},
		{"ok", func(w *resp.Writer) { w.OK() }, "+OK\r\n", "+OK\r\n"},
		{"int", func(w *resp.Writer) { w.Int(-7) }, ":-7\r\n", ":-7\r\n"},
		{"bool", func(w *resp.Writer) { w.Bool(true); w.Bool(false) }, ":1\r\n:0\r\n", ":1\r\n:0\r\n"},
		{"bulk", func(w *resp.Writer) { w.Bulk([]byte("a\x00b")) }, "$3\r\na\x00b\r\n", "$3\r\na\x00b\r\n"},
		{"bulk string", func(w *resp.Writer) { w.BulkString("") }, "$0\r\n\r\n", "$0\r\n\r\n"},
		{"verbatim", func(w *resp.Writer) { w.Verbatim("hi") }, "$2\r\nhi\r\n", "=6\r\ntxt:hi\r\n"},
		{"null", func(w *resp.Writer) { w.Null() }, "$-1\r\n", "_\r\n"},
		{"array", func(w *resp.Writer) { w.Array(3) }, "*3\r\n", "*3\r\n"},
		{"map", func(w *resp.Writer) { w.Map(2) }, "*4\r\n", "%2\r\n"},
		{"set", func(w *resp.Writer) { w.Set(2) }, "*2\r\n", "~2\r\n"},
	} {
		for proto, want := range map[int]string{2: c.resp2, 3: c.resp3} {
			var out bytes.Buffer
			w := resp.NewWriter(&out)
			w.SetProtocol(proto)
			c.write(w)
			if err := w.Flush(); err != nil || out.String() != want || w.Protocol() != proto {
				t.Errorf("%s in RESP%d: %q, want %q (%v)", c.name, proto, out.String(), want, err)
			}
		}
	}
}

func TestWriter_SendsAHugeReplyInPieces(t *testing.T) {
	var out largest
	w := resp.NewWriter(&out)
	const n = 100_000
	w.Array(n)
	for range n {
		w.BulkString("0123456789")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := len("*100000\r\n") + n*len("$10\r\n0123456789\r\n"); out.total != want || out.max > 80<<10 {
		t.Fatalf("%d bytes of %d, the largest piece %d", out.total, want, out.max)
	}
}

type largest struct{ total, max int }

func (l *largest) Write(p []byte) (int, error) {
	l.total += len(p)
	l.max = max(l.max, len(p))
	return len(p), nil
}

func BenchmarkWriterInt(b *testing.B) {
	w := resp.NewWriter(&largest{})
	b.ReportAllocs()
	for b.Loop() {
		w.Int(123456789)
	}
}

func BenchmarkWriterBulk(b *testing.B) {
	w := resp.NewWriter(&largest{})
	key := []byte(strings.Repeat("k", 16))
	b.ReportAllocs()
	for b.Loop() {
		w.Bulk(key)
	}
}

// Lines whose last two digits change are the replies that each number has by itself.
func TestLine_AsOneByOne(t *testing.T) {
	var got, want bytes.Buffer
	all, one := resp.NewWriter(&got), resp.NewWriter(&want)
	var integer, bulk resp.Line
	for _, n := range []uint64{0, 7, 42, 99, 100, 101, 199, 12_345, 1_000_000_007, 281_474_976_710_655} {
		integer.SetInt(n)
		bulk.SetBulk(fmt.Appendf(nil, "key:%04d", n))
		for last := range uint64(100) {
			near := n - n%100 + last
			if n >= 100 {
				integer.SetLastDigits(last)
				all.Line(&integer)
				one.Int(int64(near))
			}
			bulk.SetLastDigits(last)
			all.Line(&bulk)
			one.BulkString(fmt.Sprintf("key:%04d", near))
		}
		integer.SetInt(n)
		all.Line(&integer)
		one.Int(int64(n))
	}
	if all.Flush() != nil || one.Flush() != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("the lines differ: %q, want %q", got.String(), want.String())
	}
}
