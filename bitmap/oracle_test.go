package bitmap_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// oracle is the obviously correct set that Bitmap is compared with.
type oracle map[uint64]struct{}

func (o oracle) has(id uint64) bool { _, ok := o[id]; return ok }

func (o oracle) sorted(min, max uint64) []uint64 {
	var ids []uint64
	for id := range o {
		if min <= id && id < max {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (o oracle) next(from, max uint64, set bool) (uint64, bool) {
	if set {
		best, ok := max, false
		for id := range o {
			if id >= from && id < best {
				best, ok = id, true
			}
		}
		return best, ok
	}
	for id := from; id < max; id++ {
		if !o.has(id) {
			return id, true
		}
	}
	return 0, false
}

// seams are the IDs at which the layout changes.
var seams = []uint64{
	0, 63, 64, 4095, 4096, 4097, 1<<18 - 1, 1 << 18, 1<<18 + 1,
	1<<24 - 1, 1 << 24, 1<<30 - 1, 1 << 30, 1<<36 - 1, 1 << 36, 1 << 40, 1 << 42, bitmap.MaxID,
}

func near(rnd *rand.Rand) uint64 {
	id := seams[rnd.IntN(len(seams))]
	switch rnd.IntN(3) {
	case 0:
		id += rnd.Uint64N(200)
	case 1:
		id -= min(id, rnd.Uint64N(200))
	}
	return min(id, bitmap.MaxID)
}

func expand(runs []bitmap.Run) []uint64 {
	var ids []uint64
	for _, r := range runs {
		for i := range r.Len {
			ids = append(ids, r.Start+i)
		}
	}
	return ids
}

// word is what NextSetWord (or NextClearWord) of [lo, hi) returns when the first
// such ID is first.
func (o oracle) word(lo, hi, first uint64, ok, set bool) []any {
	if !ok {
		return []any{0, 0, false}
	}
	var bits uint64
	for k := range uint64(64) {
		if id := first&^63 + k; id >= lo && id < hi && o.has(id) == set {
			bits |= 1 << k
		}
	}
	return []any{first >> 6, bits, true}
}

// step applies one random operation to both and returns what differs.
func step(b *bitmap.Bitmap, o oracle, rnd *rand.Rand) error {
	id := near(rnd)
	lo := near(rnd)
	hi := min(lo+rnd.Uint64N(700), bitmap.Limit)
	differ := func(op string, got, want any) error {
		if fmt.Sprint(got) == fmt.Sprint(want) {
			return nil
		}
		return fmt.Errorf("%s(id %d, range [%d,%d)): got %v, want %v", op, id, lo, hi, got, want)
	}
	switch rnd.IntN(22) {
	case 0, 1:
		want := !o.has(id)
		o[id] = struct{}{}
		return differ("TestAndSet", b.TestAndSet(id), want)
	case 2:
		want := o.has(id)
		delete(o, id)
		return differ("TestAndClear", b.TestAndClear(id), want)
	case 3:
		return differ("Test", b.Test(id), o.has(id))
	case 4:
		got, ok := b.NextSet(lo, hi)
		want, wok := o.next(lo, hi, true)
		if !ok && !wok {
			return nil
		}
		return differ("NextSet", []any{got, ok}, []any{want, wok})
	case 5:
		got, ok := b.NextClear(lo, hi)
		want, wok := o.next(lo, hi, false)
		return differ("NextClear", []any{got, ok}, []any{want, wok})
	case 6:
		got, ok := b.ClaimNext(lo, hi)
		want, wok := o.next(lo, hi, false)
		if wok {
			o[want] = struct{}{}
		}
		return differ("ClaimNext", []any{got, ok}, []any{want, wok})
	case 7:
		n := rnd.IntN(200)
		got, _ := b.AppendClaim(nil, lo, hi, n)
		var want []uint64
		for range n {
			w, ok := o.next(lo, hi, false)
			if !ok {
				break
			}
			o[w] = struct{}{}
			want = append(want, w)
		}
		return differ("AppendClaim", expand(got), want)
	case 8:
		n := rnd.IntN(200)
		want := o.sorted(lo, hi)
		want = want[:min(n, len(want))]
		for _, w := range want {
			delete(o, w)
		}
		return differ("AppendTake", expand(b.AppendTake(nil, lo, hi, n)), want)
	case 9:
		var want uint64
		for k := lo; k < hi; k++ {
			if !o.has(k) {
				o[k] = struct{}{}
				want++
			}
		}
		return differ("SetRange", b.SetRange(lo, hi), want)
	case 10:
		ids := o.sorted(lo, hi)
		for _, k := range ids {
			delete(o, k)
		}
		return differ("ClearRange", b.ClearRange(lo, hi), len(ids))
	case 11:
		if rnd.IntN(2) == 0 {
			hi = near(rnd)
		}
		return differ("CountRange", b.CountRange(lo, hi), len(o.sorted(lo, hi)))
	case 12:
		n := rnd.IntN(300) + 1
		runs, next := b.AppendSet(nil, lo, bitmap.Limit, n)
		want := o.sorted(lo, bitmap.Limit)
		if len(want) <= n {
			if len(want) < n && next != bitmap.Limit {
				return fmt.Errorf("AppendSet from %d: next %d at the end", lo, next)
			}
		} else {
			want = want[:n]
		}
		return differ("AppendSet", expand(runs), want)
	case 13:
		got, ok := b.PrevSet(lo, hi)
		want, wok := uint64(0), false
		for k := range o {
			if lo <= k && k <= hi && (!wok || k > want) {
				want, wok = k, true
			}
		}
		return differ("PrevSet", []any{got, ok}, []any{want, wok})
	case 14:
		if rnd.IntN(2) == 0 {
			hi = near(rnd)
		}
		it := b.IterSet(lo, hi)
		return differ("IterSet", slices.Collect(it.All()), o.sorted(lo, hi))
	case 15:
		if rnd.IntN(2) == 0 {
			hi = near(rnd)
		}
		c := bitmap.Cells{Min: near(rnd), Size: 1 << rnd.IntN(49), Counts: make([]uint64, rnd.IntN(100))}
		c.Size = max(1, c.Size-rnd.Uint64N(2))
		want := make([]uint64, len(c.Counts))
		for id := range o {
			if lo <= id && id < hi && c.Min <= id && (id-c.Min)/c.Size < uint64(len(want)) {
				want[(id-c.Min)/c.Size]++
			}
		}
		b.CountCells(c, lo, hi)
		return differ(fmt.Sprintf("CountCells of %d from %d", c.Size, c.Min), c.Counts, want)
	case 16:
		c := b.Claimer(lo, hi)
		for range rnd.IntN(200) {
			got, ok := c.Next()
			want, wok := o.next(lo, hi, false)
			if wok {
				o[want] = struct{}{}
			}
			if err := differ("Claimer", []any{got, ok}, []any{want, wok}); err != nil {
				return err
			}
		}
		return nil
	case 17:
		got, ok := b.PrevClear(lo, hi)
		for hi = min(hi, bitmap.MaxID); hi > lo && o.has(hi); hi-- {
		}
		if o.has(hi) || hi < lo {
			return differ("PrevClear", ok, false)
		}
		return differ("PrevClear", []any{got, ok}, []any{hi, true})
	case 18:
		wi, bits, ok := b.NextSetWord(lo, hi)
		want, wok := o.next(lo, hi, true)
		return differ("NextSetWord", []any{wi, bits, ok}, o.word(lo, hi, want, wok, true))
	case 19:
		wi, bits, ok := b.NextClearWord(lo, hi)
		want, wok := o.next(lo, hi, false)
		return differ("NextClearWord", []any{wi, bits, ok}, o.word(lo, hi, want, wok, false))
	case 20:
		mask, want := rnd.Uint64()&rnd.Uint64(), uint64(0)
		for k := range uint64(64) {
			if i := id&^63 + k; mask>>k&1 != 0 && !o.has(i) {
				o[i] = struct{}{}
				want |= 1 << k
			}
		}
		got, err := b.ClaimWord(id>>6, mask)
		return differ("ClaimWord", []any{got, err}, []any{want, nil})
	case 21:
		mask, want := rnd.Uint64()|rnd.Uint64(), uint64(0)
		for k := range uint64(64) {
			if i := id&^63 + k; mask>>k&1 != 0 && o.has(i) {
				delete(o, i)
				want |= 1 << k
			}
		}
		return differ("TakeWord", b.TakeWord(id>>6, mask), want)
	default:
		n := rnd.IntN(300) + 1
		runs, _ := b.AppendClear(nil, lo, hi, n)
		var want []uint64
		for k := lo; k < hi && len(want) < n; k++ {
			if !o.has(k) {
				want = append(want, k)
			}
		}
		return differ("AppendClear", expand(runs), want)
	}
}

func TestBitmap_AgreesWithMap(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		b, o := bitmap.New(), oracle{}
		for i := range 1500 {
			if err := step(b, o, rnd); err != nil {
				t.Fatalf("seed %d, step %d: %v", seed, i, err)
			}
			if b.Count() != uint64(len(o)) {
				t.Fatalf("seed %d, step %d: Count %d, want %d", seed, i, b.Count(), len(o))
			}
		}
		if seed%2 == 0 {
			if got := b.ClearAll(); got != uint64(len(o)) {
				t.Fatalf("ClearAll %d, want %d", got, len(o))
			}
		} else if got := b.Reset(); got != uint64(len(o)) {
			t.Fatalf("Reset %d, want %d", got, len(o))
		}
		if b.Count() != 0 || !b.IsEmpty() {
			t.Fatal("not empty")
		}
	}
}
