package idfile

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
	"github.com/prefixtracker/prefixtracker/tracker"
)

const everyID = 1 << 48

// vecKeys writes and reads keys as a prefix does.
var vecKeys = func() Keys {
	t, err := tracker.New("vec:", tracker.Config{Width: 9})
	if err != nil {
		panic(err)
	}
	return t
}()

func formOf(format string) Form { return Form{Format: format, Keys: vecKeys, Limit: everyID} }

// write writes runs, cut as pages of a server may be.
func write(to io.Writer, format string, runs []run) error {
	w, err := NewWriter(to, formOf(format))
	if err != nil {
		return err
	}
	defer w.Close()
	for i, r := range runs {
		if half := r.n / 2; i%2 == 1 && half > 0 {
			if err := w.Add(r.start, half); err != nil {
				return err
			}
			r = run{r.start + half, r.n - half}
		}
		if err := w.Add(r.start, r.n); err != nil {
			return err
		}
	}
	return w.Finish()
}

func written(t *testing.T, format string, runs []run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, format, runs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAll(in io.Reader, f Form) (runs []run, err error) {
	err = Read(in, f, func(start, n uint64) error {
		runs = append(runs, run{start, n})
		return nil
	})
	return runs, err
}

func TestPatterns_ThereAre64(t *testing.T) {
	if n := len(patterns()); n < 64 {
		t.Errorf("%d patterns", n)
	}
}

// What is written is read as the same IDs, in all formats.
func TestFormats_RoundTrip(t *testing.T) {
	t.Parallel()
	for _, format := range Formats() {
		for _, p := range patterns() {
			last, some := p.last()
			switch {
			case format == "redis-bitmap" && some && last >= maxString:
				if err := write(io.Discard, format, p.runs); err == nil || !strings.Contains(err.Error(), "ID") {
					t.Errorf("%s: %s: %v", format, p.name, err)
				}
				continue
			case format == "redis-bitmap" && some && last >= 1<<28, (format == "ids" || format == "keys") && p.ids() > 1<<21:
				continue // long, and like others
			}
			file := written(t, format, p.runs)
			got, err := readAll(bytes.NewReader(file), formOf(format))
			if err != nil || !slices.Equal(got, p.runs) {
				t.Errorf("%s: %s: read %d runs of %d, %v", format, p.name, len(got), len(p.runs), err)
			}
			// One byte at a time, as of a slow pipe.
			if len(file) < 1<<16 {
				got, err = readAll(oneByOne{bytes.NewReader(file)}, formOf(format))
				if err != nil || !slices.Equal(got, p.runs) {
					t.Errorf("%s: %s: by and by: read %d runs of %d, %v", format, p.name, len(got), len(p.runs), err)
				}
			}
		}
	}
}

// The longest string has 512 MB.
func TestBitmap_RoundTripOfTheLongest(t *testing.T) {
	t.Parallel()
	want := []run{{1 << 31, 3}, {maxString - 1, 1}}
	in, out := io.Pipe()
	go func() { out.CloseWithError(write(out, "redis-bitmap", want)) }()
	size := countedReader{Reader: in}
	got, err := readAll(&size, formOf("redis-bitmap"))
	if err != nil || !slices.Equal(got, want) || size.n != maxString/8 {
		t.Errorf("%v, %v of %d bytes", got, err, size.n)
	}
}

type countedReader struct {
	io.Reader
	n int
}

func (c *countedReader) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += n
	return n, err
}

type oneByOne struct{ io.Reader }

func (o oneByOne) Read(b []byte) (int, error) { return o.Reader.Read(b[:min(1, len(b))]) }

// A file of Roaring is the one that the Go library writes for the same IDs, byte for byte, and what the library
// writes without making it small is read, too.
func TestRoaring_IsTheLibrarys(t *testing.T) {
	t.Parallel()
	for _, p := range patterns() {
		library := roaring64.New()
		for _, r := range p.runs {
			if r.n == 1 {
				library.Add(r.start) // makes containers of another kind
			} else {
				library.AddRange(r.start, r.start+r.n)
			}
		}
		for _, optimized := range []bool{false, true} {
			if optimized {
				library.RunOptimize()
			}
			theirs, err := library.ToBytes()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := readAll(bytes.NewReader(theirs), formOf("roaring")); err != nil || !slices.Equal(got, p.runs) {
				t.Errorf("%s, optimized %t: read %d runs of %d, %v", p.name, optimized, len(got), len(p.runs), err)
			}
			if ours := written(t, "roaring", p.runs); optimized && !bytes.Equal(ours, theirs) {
				t.Errorf("%s: %d bytes are not the library's %d", p.name, len(ours), len(theirs))
			}
		}
	}
}

// A file that can be written anywhere gets the same bytes as one that cannot.
func TestRoaring_IsTheSameInPieces(t *testing.T) {
	t.Parallel()
	for _, p := range patterns() {
		file, err := NewScratch()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if err := write(file, "roaring", p.runs); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(file, 0, 1<<40))
		if err != nil || !bytes.Equal(got, written(t, "roaring", p.runs)) {
			t.Errorf("%s: %d bytes, %v", p.name, len(got), err)
		}
	}
}

func TestText_IsAsPeopleWriteIt(t *testing.T) {
	for _, c := range []struct {
		format, file string
		want         []run
	}{
		{"ids", "7\n8\n9\n3\r\n3\n0004\n", []run{{7, 3}, {3, 1}, {3, 2}}},
		{"ids", "281474976710655\n", []run{{1<<48 - 1, 1}}},
		{"ranges", "5-9\n10\n2-2\n4-6\n", []run{{5, 6}, {2, 1}, {4, 3}}},
		{"keys", "vec:000000042\nvec:000000043\nvec:1000000000\n", []run{{42, 2}, {1_000_000_000, 1}}},
	} {
		got, err := readAll(strings.NewReader(c.file), formOf(c.format))
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s %q: %v, %v", c.format, c.file, got, err)
		}
	}
	for format, want := range map[string]string{"ids": "5\n6\n9\n", "ranges": "5-6\n9\n", "keys": "vec:000000005\nvec:000000006\nvec:000000009\n", "redis-bitmap": "\x06\x40"} {
		if got := written(t, format, []run{{5, 2}, {9, 1}}); string(got) != want {
			t.Errorf("%s: %q", format, got)
		}
	}
}

func TestWriter_TakesNothingOutOfOrder(t *testing.T) {
	for _, format := range Formats() {
		if err := write(io.Discard, format, []run{{5, 2}, {6, 1}}); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}
