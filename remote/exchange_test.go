package remote

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/gomodule/redigo/redis"
)

func reading(replies string) *exchange {
	return &exchange{in: bufio.NewReader(strings.NewReader(replies))}
}

// TestExchange_HandOuts: IDs and runs of them, in whatever order.
func TestExchange_HandOuts(t *testing.T) {
	const info = "*4\r\n$6\r\nprefix\r\n$4\r\nvec:\r\n$14\r\nleases_expired\r\n:7\r\n"
	for replies, want := range map[string]struct {
		Handed
		runs int
	}{
		"*2\r\n$3\r\nabc\r\n*2\r\n*2\r\n:5\r\n:3\r\n*2\r\n:0\r\n:1\r\n": {Handed{Token: "abc", IDs: []uint64{1, 5, 6, 7, 0}}, 2},
		"*2\r\n$3\r\nabc\r\n*3\r\n:8\r\n:9\r\n:7\r\n":                   {Handed{Token: "abc", IDs: []uint64{1, 8, 9, 7}}, 2},
		"*2\r\n$-1\r\n*0\r\n": {Handed{IDs: []uint64{1}}, 0},
		"$-1\r\n":             {Handed{IDs: []uint64{1}, NotYet: true}, 0},
	} {
		x := reading(replies + info)
		got, runs, err := x.handed([]uint64{1}, 4)
		if err != nil || runs != want.runs || got.Token != want.Token || got.NotYet != want.NotYet || !slices.Equal(got.IDs, want.IDs) {
			t.Errorf("%q: %+v, %d runs, %v", replies, got, runs, err)
		}
		if n, err := x.field("leases_expired"); n != 7 || err != nil {
			t.Error(n, err)
		}
		if _, err := x.in.ReadByte(); err != io.EOF {
			t.Errorf("%q: something is left", replies)
		}
	}
}

// TestExchange_Hostile: no reply makes a client wait, take memory or go on as if nothing was.
func TestExchange_Hostile(t *testing.T) {
	handed := func(x *exchange) error { _, _, err := x.handed(nil, 4); return err }
	for replies, read := range map[string]func(x *exchange) error{
		"": handed, "*2\r\n": handed, "x\r\n": handed, "*2\n": handed, "*-1\r\n": nil, ":5\r\n": handed, "*3\r\n": handed, "\r\n": handed,
		"*99999999999999999999\r\n":                                 handed,
		"*2\r\n$99999\r\n":                                          handed,
		"*2\r\n$3\r\nab":                                            handed,
		"*2\r\n$3\r\nabc\r\n*1\r\n*2\r\n:5\r\n:5\r\n":               handed, // more than was asked for
		"*2\r\n$3\r\nabc\r\n*1\r\n*2\r\n:5\r\n:281474976710656\r\n": handed,
		"*2\r\n$3\r\nabc\r\n*1\r\n*2\r\n:5\r\n:-1\r\n":              handed,
		"*2\r\n$3\r\nabc\r\n*5\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n":   handed,
		"*2\r\n$3\r\nabc\r\n*1\r\n-ERR no\r\n":                      handed,
		"*2\r\n$3\r\nabc\r\n*1\r\n*3\r\n:1\r\n:1\r\n:1\r\n":         handed,
		"*2\r\n$3\r\nabc\r\n*1\r\n$1\r\n7\r\n":                      handed,
		"*2\r\n$14\r\nleases_expired\r\n$1\r\n7\r\n":                func(x *exchange) error { _, err := x.field("leases_expired"); return err },
		"*2\r\n:1\r\n:1\r\n":                                        func(x *exchange) error { _, err := x.field("leases_expired"); return err },
		"*" + strings.Repeat("9", 18) + "\r\n":                      (*exchange).skip,
		"$5\r\nab":                                                  (*exchange).skip,
		":-5\r\n":                                                   func(x *exchange) error { _, err := x.integer(); return err },
	} {
		if read == nil {
			continue
		}
		if err := read(reading(replies)); err == nil || isAnswer(err) {
			t.Errorf("%q: %v", replies, err)
		}
	}
}

// TestExchange_RefusalsAreReadWhole: behind a refusal among replies the next reply is the next one's.
func TestExchange_RefusalsAreReadWhole(t *testing.T) {
	const refused = "-NOLEASE no such lease\r\n"
	for replies, read := range map[string]func(x *exchange) error{
		refused + refused:                         func(x *exchange) error { return x.settled([]uint64{1}) },
		"*2\r\n*2\r\n" + refused + ":5\r\n:6\r\n": (*exchange).skip,
		refused + "*2\r\n$1\r\na\r\n:5\r\n":       func(x *exchange) error { return x.both(x.skip(), x.skip) },
		":1\r\n" + refused:                        func(x *exchange) error { return x.both(x.skip(), x.skip) },
	} {
		x := reading(replies + "+next\r\n")
		if err := read(x); err != redis.Error("NOLEASE no such lease") {
			t.Errorf("%q: %v", replies, err)
		}
		if kind, _, err := x.next(); kind != '+' || err != nil {
			t.Errorf("%q: %c %v", replies, kind, err)
		}
	}
}

// sampled is a reply of so many IDs, over and over.
type sampled struct{ all, left string }

func newSampled(n int) *sampled {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", n)
	for i := range n {
		fmt.Fprintf(&b, ":%d\r\n", 1000000+i*7919%5000000)
	}
	return &sampled{all: b.String()}
}

func (s *sampled) Read(to []byte) (int, error) {
	if s.left == "" {
		s.left = s.all
	}
	n := copy(to, s.left)
	s.left = s.left[n:]
	return n, nil
}

// TestExchange_IDsAreNotOnTheHeap: IDs cost no more than their bytes, there and back.
func TestExchange_IDsAreNotOnTheHeap(t *testing.T) {
	x := &exchange{in: bufio.NewReaderSize(newSampled(1000), buffer)}
	ids := make([]uint64, 0, 1000)
	if n := testing.AllocsPerRun(100, func() {
		n, err := x.list()
		if ids, _, err = x.ids(ids[:0], n, 1000); err != nil {
			t.Fatal(err)
		}
		x.out = x.out[:0]
		x.words(ids, "PT.REM", "vec:")
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkExchange_IDs(b *testing.B) {
	const n = 4096
	x := &exchange{in: bufio.NewReaderSize(newSampled(n), buffer)}
	ids := make([]uint64, 0, n)
	b.ReportAllocs()
	for range b.N {
		entries, err := x.list()
		if ids, _, err = x.ids(ids[:0], entries, n); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/n, "ns/ID")
}
