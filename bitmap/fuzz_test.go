package bitmap_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// take removes up to n wanted IDs of [lo, hi) from (or, with set false, adds
// them to) the oracle, as a hand-out should.
func (o oracle) take(lo, hi uint64, n int, set bool) []uint64 {
	if set {
		ids := o.sorted(lo, hi)
		ids = ids[:min(n, len(ids))]
		for _, id := range ids {
			delete(o, id)
		}
		return ids
	}
	var ids []uint64
	for id := lo; id < min(hi, bitmap.Limit) && len(ids) < n; id++ {
		if !o.has(id) {
			o[id] = struct{}{}
			ids = append(ids, id)
		}
	}
	return ids
}

// prev is next backwards, for set IDs of [lo, last].
func (o oracle) prev(lo, last uint64) []uint64 {
	if lo > last {
		return nil
	}
	ids := o.sorted(lo, min(last, bitmap.MaxID)+1)
	return ids[max(len(ids)-1, 0):]
}

// differ compares what an operation returned with what it should have.
func differ[T comparable](t *testing.T, got, want []T, op string, args ...any) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s%v: got %v, want %v", op, args, got, want)
	}
}

// bytesReader decodes fuzz input: what is missing reads as 0.
type bytesReader []byte

func (r *bytesReader) next() uint64 {
	if len(*r) == 0 {
		return 0
	}
	b := (*r)[0]
	*r = (*r)[1:]
	return uint64(b)
}

// id is a seam and a signed distance from it, so that a byte changed is a
// neighbour tried.
func (r *bytesReader) id() uint64 {
	seam := seams[r.next()%uint64(len(seams))]
	return min(max(seam, 128)-128+r.next(), bitmap.MaxID)
}

// FuzzOps runs a byte-coded sequence of operations on IDs near the seams and
// on a map beside it.
func FuzzOps(f *testing.F) {
	// Each operation once at each seam, then all of them at one place.
	const ops = 15
	var all []byte
	for seam := range len(seams) {
		var input []byte
		for op := range byte(ops) {
			input = append(input, op, byte(seam), 128, 200, 70)
		}
		f.Add(input)
		all = append(all, 0, byte(seam), 128, 0, 0)
	}
	f.Add(append(all, 8, 0, 128, 255, 255, 10, 3, 0, 255, 255, 14, 0, 0, 0, 0, 3, 0, 128, 255, 255))
	f.Fuzz(func(t *testing.T, input []byte) {
		const longest, largest = 200, 5000 // operations and IDs: the oracle is slow
		b, o, r := bitmap.New(), oracle{}, bytesReader(input)
		claimer := b.Claimer(4000, 4200)
		for range min(len(input)/5+1, longest) {
			op, id := r.next()%ops, r.id()
			hi := id + r.next()*4
			n := int(r.next())
			was := o.has(id)
			if len(o) > largest {
				hi, n = id, 0
			}
			switch op {
			case 0:
				o[id] = struct{}{}
				differ(t, []bool{b.TestAndSet(id)}, []bool{!was}, "TestAndSet", id)
			case 1:
				o[id] = struct{}{}
				differ(t, []bool{b.Set(id)}, []bool{was}, "Set", id)
			case 2:
				delete(o, id)
				differ(t, []bool{b.TestAndClear(id)}, []bool{was}, "TestAndClear", id)
			case 3:
				differ(t, one(b.ClaimNext(id, hi)), o.take(id, hi, 1, false), "ClaimNext", id, hi)
			case 4:
				differ(t, one(b.TakeNext(id, hi)), o.take(id, hi, 1, true), "TakeNext", id, hi)
			case 5:
				runs, err := b.AppendClaim(nil, id, hi, n)
				differ(t, expand(runs), o.take(id, hi, n, false), "AppendClaim", id, hi, n, err)
			case 6:
				differ(t, expand(b.AppendTake(nil, id, hi, n)), o.take(id, hi, n, true), "AppendTake", id, hi, n)
			case 7:
				want := len(o.take(id, hi, int(hi-id), false))
				differ(t, []uint64{b.SetRange(id, hi)}, []uint64{uint64(want)}, "SetRange", id, hi)
			case 8:
				want := len(o.take(id, hi, len(o), true))
				differ(t, []uint64{b.ClearRange(id, hi)}, []uint64{uint64(want)}, "ClearRange", id, hi)
			case 9:
				differ(t, []uint64{b.CountRange(id, hi)}, []uint64{uint64(len(o.sorted(id, hi)))}, "CountRange", id, hi)
			case 10:
				runs, _ := b.AppendSet(nil, id, hi, len(o)+1)
				differ(t, expand(runs), o.sorted(id, hi), "AppendSet", id, hi)
			case 11:
				it := b.IterClear(id, min(hi, id+300))
				var want []uint64
				for k := id; k < min(hi, id+300, bitmap.Limit); k++ {
					if !o.has(k) {
						want = append(want, k)
					}
				}
				differ(t, slices.Collect(it.All()), want, "IterClear", id, hi)
			case 12:
				differ(t, one(b.PrevSet(id, hi)), o.prev(id, hi), "PrevSet", id, hi)
			case 13:
				// It keeps to a place of its own: some free ID, not the lowest.
				got, ok := claimer.Next()
				_, free := o.next(4000, 4200, false)
				if ok != free || ok && (got < 4000 || got >= 4200 || o.has(got)) {
					t.Fatalf("Claimer.Next: %d, %v; any free: %v", got, ok, free)
				}
				if ok {
					o[got] = struct{}{}
				}
			default:
				if n < 250 { // rarely, or nothing would ever grow
					differ(t, []bool{b.Test(id)}, []bool{was}, "Test", id)
					continue
				}
				differ(t, []uint64{b.ClearAll()}, []uint64{uint64(len(o))}, "ClearAll")
				clear(o)
			}
			differ(t, []uint64{b.Count()}, []uint64{uint64(len(o))}, fmt.Sprintf("Count after operation %d on", op), id)
		}
	})
}

// FuzzRanges gives the range operations any bounds at all: empty, reversed,
// over the limit. Only what would fill memory is cut short.
func FuzzRanges(f *testing.F) {
	const longest = 10_000
	points := []uint64{0, 63, 64, 4095, 4096, 1<<18 - 1, 1 << 18, 1<<18 + 1, 1 << 40, bitmap.MaxID, bitmap.Limit, 1<<64 - 1}
	content := []byte{0, 100, 255, 3, 255, 20, 5, 228, 60, 6, 255, 255, 15, 128, 1, 17, 0, 255}
	for i, lo := range points {
		f.Add(content, lo, lo+1, uint16(1))
		f.Add(content, lo, lo+200, uint16(100))
		f.Add([]byte{}, lo, points[(i+1)%len(points)], uint16(5000)) // the last one reversed
		f.Add(content, lo, points[(i+2)%len(points)], uint16(64))
	}
	f.Fuzz(func(t *testing.T, content []byte, lo, hi uint64, n16 uint16) {
		b, o, n := bitmap.New(), oracle{}, int(n16)
		for r := bytesReader(content); len(r) > 0 && len(o) < longest; {
			id := r.id()
			for k := id; k < min(id+r.next()*4, bitmap.Limit); k++ {
				b.Set(k)
				o[k] = struct{}{}
			}
		}
		end, short := min(hi, bitmap.Limit), hi
		if lo < hi && hi-lo > longest {
			short = lo + longest
		}
		if was := o.has(lo); b.Test(lo) != was || lo > bitmap.MaxID && (b.Set(lo) || b.TestAndSet(lo) || b.TestAndClear(lo)) {
			t.Fatalf("ID %d over the limit", lo)
		}
		differ(t, []uint64{b.CountRange(lo, hi)}, []uint64{uint64(len(o.sorted(lo, hi)))}, "CountRange", lo, hi)
		differ(t, one(b.NextSet(lo, hi)), one(o.next(lo, end, true)), "NextSet", lo, hi)
		differ(t, one(b.NextClear(lo, hi)), one(o.next(lo, end, false)), "NextClear", lo, hi)
		differ(t, one(b.PrevSet(lo, hi)), o.prev(lo, hi), "PrevSet", lo, hi)
		differ(t, one(b.PrevSet(0, lo)), o.prev(0, lo), "PrevSet", 0, lo)

		var pass []uint64
		for from := lo; from < end && n > 0; {
			var runs []bitmap.Run
			runs, next := b.AppendSet(nil, from, hi, n)
			if pass = append(pass, expand(runs)...); next <= from || next > end || bitmap.Total(runs) < uint64(n) && next != end {
				t.Fatalf("AppendSet(%d, %d, %d): %v, next %d", from, hi, n, runs, next)
			}
			from = next
		}
		if n > 0 {
			differ(t, pass, o.sorted(lo, end), "AppendSet", lo, hi, n)
		}

		runs, err := b.AppendClaim(nil, lo, hi, n)
		differ(t, expand(runs), o.take(lo, hi, n, false), "AppendClaim", lo, hi, n, err)
		differ(t, expand(b.AppendTake(nil, lo, hi, n/2)), o.take(lo, hi, n/2, true), "AppendTake", lo, hi, n/2)
		filled := len(o.take(lo, short, longest, false))
		differ(t, []uint64{b.SetRange(lo, short)}, []uint64{uint64(filled)}, "SetRange", lo, short)
		differ(t, one(b.NextClear(lo, hi)), one(o.next(lo, end, false)), "NextClear", lo, hi)
		differ(t, one(b.TakeNext(lo, hi)), o.take(lo, hi, 1, true), "TakeNext", lo, hi)
		emptied := len(o.take(lo, hi, len(o), true))
		differ(t, []uint64{b.ClearRange(lo, hi)}, []uint64{uint64(emptied)}, "ClearRange", lo, hi)
		differ(t, one(b.NextSet(lo, hi)), nil, "NextSet", lo, hi)
		differ(t, []uint64{b.Count(), b.Reset()}, []uint64{uint64(len(o)), uint64(len(o))}, "Count, Reset")
	})
}
