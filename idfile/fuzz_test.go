package idfile

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2/roaring64"
)

// fuzz has a reader read anything. It never reads an ID that there cannot be, and what it reads is read again
// as the same when it was written.
func fuzz(f *testing.F, format string, also func(t *testing.T, file []byte, ids []run)) {
	for _, runs := range [][]run{nil, {{0, 1}}, {{5, 2}, {9, 1}}, {{60, 70}, {1000, 300}}, {{1<<32 - 5, 10}}} {
		var b bytes.Buffer
		if write(&b, format, runs) == nil {
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		const most = 1 << 16 // of runs
		var read []run
		err := Read(bytes.NewReader(file), formOf(format), func(start, n uint64) error {
			if n == 0 || start+n > everyID || start+n < start {
				t.Fatalf("%d IDs from %d on", n, start)
			}
			if len(read) < most {
				read = append(read, run{start, n})
			}
			return nil
		})
		var wrong *Error
		if err != nil {
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			return
		}
		if len(read) == most {
			return
		}
		sorted := union(read)
		if ids := (pattern{runs: sorted}).ids(); ids > 1<<20 && (format == "ids" || format == "keys") {
			return
		}
		var b bytes.Buffer
		if err := write(&b, format, sorted); err != nil {
			if format == "redis-bitmap" {
				return // longer than it may be
			}
			t.Fatal(err)
		}
		again, err := readAll(&b, formOf(format))
		if err != nil || !slices.Equal(again, sorted) {
			t.Fatalf("%v were read, then %v, %v", sorted, again, err)
		}
		if also != nil {
			also(t, file, sorted)
		}
	})
}

// union is runs in any order as ascending ones with gaps between them.
func union(runs []run) (all []run) {
	sorted := slices.Clone(runs)
	slices.SortFunc(sorted, func(a, b run) int {
		if a.start < b.start {
			return -1
		}
		return 1
	})
	for _, r := range sorted {
		if last := len(all) - 1; last >= 0 && all[last].start+all[last].n >= r.start {
			all[last].n = max(all[last].n, r.start+r.n-all[last].start)
			continue
		}
		all = append(all, r)
	}
	return all
}

func FuzzIDs(f *testing.F)    { fuzz(f, "ids", nil) }
func FuzzKeys(f *testing.F)   { fuzz(f, "keys", nil) }
func FuzzRanges(f *testing.F) { fuzz(f, "ranges", nil) }
func FuzzBitmap(f *testing.F) { fuzz(f, "redis-bitmap", nil) }

// What we take for a file of Roaring the library reads as the same IDs.
func FuzzRoaring(f *testing.F) {
	var b bytes.Buffer
	if err := write(&b, "roaring", hostileRuns()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	fuzz(f, "roaring", func(t *testing.T, file []byte, ids []run) {
		library := roaring64.New()
		if _, err := library.ReadPortableFrom(bytes.NewReader(file)); err != nil {
			t.Fatalf("the library: %v", err)
		}
		var want uint64
		for _, r := range ids {
			want += r.n
			if library.Rank(r.start+r.n-1) != want || !library.Contains(r.start) {
				t.Fatalf("the library has others than %d IDs from %d on", r.n, r.start)
			}
		}
		if library.GetCardinality() != want {
			t.Fatalf("the library has %d IDs, we read %d", library.GetCardinality(), want)
		}
	})
}
