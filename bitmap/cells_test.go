package bitmap_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// The patterns that a picture is made of, whose counts anybody can tell.
func TestCountCells_KnownPatterns(t *testing.T) {
	const ids, cells = 1 << 20, 64
	every := func(step uint64) func(b *bitmap.Bitmap) {
		return func(b *bitmap.Bitmap) {
			for id := uint64(0); id < ids; id += step {
				b.Set(id)
			}
		}
	}
	for name, c := range map[string]struct {
		fill func(b *bitmap.Bitmap)
		want func(cell uint64) uint64
	}{
		"none":        {func(*bitmap.Bitmap) {}, func(uint64) uint64 { return 0 }},
		"full":        {func(b *bitmap.Bitmap) { b.SetRange(0, ids) }, func(uint64) uint64 { return ids / cells }},
		"alternating": {every(2), func(uint64) uint64 { return ids / cells / 2 }},
		"sparse":      {every(1 << 13), func(uint64) uint64 { return ids / cells >> 13 }},
		"full but one": {func(b *bitmap.Bitmap) { b.SetRange(0, ids); b.Clear(ids - 1) },
			func(cell uint64) uint64 { return ids/cells - cell/(cells-1) }},
		"clustered": {func(b *bitmap.Bitmap) { b.SetRange(ids/4+1, ids/2+1) }, func(cell uint64) uint64 {
			switch {
			case cell == cells/4:
				return ids/cells - 1
			case cell > cells/4 && cell < cells/2:
				return ids / cells
			case cell == cells/2:
				return 1
			}
			return 0
		}},
	} {
		b := bitmap.New()
		c.fill(b)
		got, want := make([]uint64, cells), make([]uint64, cells)
		for i := range want {
			want[i] = c.want(uint64(i))
		}
		b.CountCells(bitmap.Cells{Size: ids / cells, Counts: got}, 0, ids)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// What is full is counted as far as the range goes, wherever it begins and ends.
func TestCountRange_EndsWithinWhatIsFull(t *testing.T) {
	b := bitmap.New()
	b.SetRange(0, 1<<25)
	ends := []uint64{0, 1, 63, 64, 4095, 4096, 4097, 9000, 1 << 18, 1<<18 + 1, 1<<19 - 1, 1 << 24, 1<<24 + 5000, 1<<25 - 1, 1 << 25}
	for _, from := range ends {
		for _, to := range ends {
			if n := b.CountRange(from, to); n != max(to, from)-from {
				t.Errorf("from %d to %d: %d IDs", from, to, n)
			}
		}
	}
}

// Property: IDs that stay are counted and IDs that stay away are not, whatever
// others change in the same words, and so make of their summaries.
func TestCountCells_BesideChanges(t *testing.T) {
	t.Parallel()
	const from, ids = 1 << 18, 1 << 13
	b := bitmap.New()
	var done atomic.Bool
	var others sync.WaitGroup
	// Of each word one ID stays and one stays away; in turn, the rest of the
	// word comes and goes and so does one of the two, far too fast for it to be
	// full or empty twice.
	for id := uint64(from); id < from+ids; id += 128 {
		b.Set(id) // a word that becomes empty but for this
		b.SetRange(id+64, id+128)
		b.Clear(id + 64) // one that becomes full but for this
	}
	for g := range uint64(2) {
		others.Add(1)
		go func() {
			defer others.Done()
			for !done.Load() {
				for id := uint64(from) + g*128; id < from+ids; id += 256 {
					b.SetRange(id+1, id+64)
					b.ClearRange(id+1, id+64)
					b.ClearRange(id+65, id+128)
					b.SetRange(id+65, id+128)
				}
			}
		}()
	}
	for range 300 {
		counts := make([]uint64, ids/64)
		b.CountCells(bitmap.Cells{Min: from, Size: 64, Counts: counts}, 0, bitmap.Limit)
		for i, n := range counts {
			if i%2 == 0 && n == 0 || i%2 == 1 && n == 64 {
				t.Errorf("the word %d has %d IDs", i, n)
			}
		}
		n := b.CountRange(from, from+ids)
		if n < ids/128 || n > ids-ids/128 {
			t.Errorf("%d IDs counted, at least %d and at most %d were there", n, ids/128, ids-ids/128)
		}
	}
	done.Store(true)
	others.Wait()
}

func BenchmarkCountCells(b *testing.B) {
	const ids = 1 << 30
	random := bitmap.New()
	x := xorshift(1)
	random.SetRange(0, ids)
	for id := uint64(0); id < ids; id += 64 {
		random.Clear(id + x.next()&63)
	}
	sparse := bitmap.WithCapacity(ids)
	for range ids >> 12 {
		sparse.Set(x.next() & (ids - 1))
	}
	dense := bitmap.New()
	dense.SetRange(0, ids)
	for _, s := range []struct {
		name string
		set  *bitmap.Bitmap
	}{{"full", dense}, {"a hole in each word", random}, {"one of 4096", sparse}} {
		for _, cells := range []uint64{1, 64, 4096} {
			b.Run(fmt.Sprintf("ids=1G/%s/cells=%d", s.name, cells), func(b *testing.B) {
				counts := make([]uint64, cells)
				for b.Loop() {
					s.set.CountCells(bitmap.Cells{Size: ids / cells, Counts: counts}, 0, ids)
				}
			})
		}
		// What CountRange of each cell would cost.
		b.Run("ids=1G/"+s.name+"/ranges=4096", func(b *testing.B) {
			for b.Loop() {
				for i := range uint64(4096) {
					s.set.CountRange(i*ids/4096+1, (i+1)*ids/4096)
				}
			}
		})
	}
}
