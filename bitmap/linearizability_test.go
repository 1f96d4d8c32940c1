package bitmap_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/prefixtracker/prefixtracker/bitmap"
)

// recorder logs what one goroutine called and was told. An operation on many
// IDs is logged once for each, all over the same interval.
type recorder struct {
	client  int
	clock   *atomic.Int64 // a counter: no machine's clock can confuse before and after
	history []porcupine.Operation
}

func (r *recorder) now() int64 { return r.clock.Add(1) }

func (r *recorder) log(call, ret int64, kind opKind, id uint64, out bool) {
	r.history = append(r.history, porcupine.Operation{
		ClientId: r.client, Call: call, Return: ret, Input: bitOp{kind, id}, Output: out,
	})
}

// logRange logs one thing about every ID of [lo, hi) but those of except.
func (r *recorder) logRange(call, ret int64, kind opKind, lo, hi uint64, out bool, except []uint64) {
	for id := lo; id < hi; id++ {
		if !slices.Contains(except, id) {
			r.log(call, ret, kind, id, out)
		}
	}
}

// logHandOut logs the IDs handed out and, if they are fewer than asked for,
// the promise that goes with it: no other ID was available all through the call.
func (r *recorder) logHandOut(call, ret int64, kind opKind, ids []uint64, asked int, lo, hi uint64) {
	for _, id := range ids {
		r.log(call, ret, kind, id, true)
	}
	if len(ids) < asked {
		r.logRange(call, ret, opFind, lo, hi, kind == opClaim, ids)
	}
}

func one(id uint64, ok bool) []uint64 {
	if !ok {
		return nil
	}
	return []uint64{id}
}

// universe is the IDs of a recorded history and what surrounds them, which
// decides what the summaries above get to do.
type universe struct {
	name   string
	lo, hi uint64
	filled [2]uint64 // set before the history begins, but for [lo, hi)
}

var universes = []universe{
	{name: "4096 in an empty map", lo: 4096 - 35, hi: 4096 + 35},
	{name: "4096 in full groups", lo: 4096 - 35, hi: 4096 + 35, filled: [2]uint64{0, 8192}},
	{name: "2^18 in an empty map", lo: 1<<18 - 35, hi: 1<<18 + 35},
	{name: "2^18 in full chunks", lo: 1<<18 - 35, hi: 1<<18 + 35, filled: [2]uint64{1<<18 - 4096, 1 << 19}},
}

// act performs and logs one random operation. With fill, more of them set than
// clear, so that words get full; without, it is the other way round.
func (r *recorder) act(b *bitmap.Bitmap, c *bitmap.Claimer, u *universe, rnd *rand.Rand, fill bool) {
	id := u.lo + rnd.Uint64N(u.hi-u.lo)
	if rnd.IntN(2) == 0 {
		id = (u.lo+u.hi)/2 - 2 + rnd.Uint64N(4) // where everybody meets
	}
	lo, hi := u.lo, u.hi
	if rnd.IntN(4) > 0 {
		lo, hi = id, min(id+1+rnd.Uint64N(20), u.hi)
	}
	n := 1 + rnd.IntN(80)
	call := r.now()
	switch k := rnd.IntN(20); {
	case k < 2:
		ok := b.Test(id)
		r.log(call, r.now(), opTest, id, ok)
	case k < 4:
		ok := b.TestAndSet(id)
		r.log(call, r.now(), opTestAndSet, id, ok)
	case k < 6:
		ok := b.TestAndClear(id)
		r.log(call, r.now(), opTestAndClear, id, ok)
	case k < 7:
		got, ok := b.NextSet(lo, hi)
		ret := r.now()
		if ok {
			r.log(call, ret, opFind, got, true)
			hi = got
		}
		r.logRange(call, ret, opFind, lo, hi, false, nil)
	case k < 8:
		got, ok := b.NextClear(lo, hi)
		ret := r.now()
		if ok {
			r.log(call, ret, opFind, got, false)
			hi = got
		}
		r.logRange(call, ret, opFind, lo, hi, true, nil)
	case k < 9:
		got, ok := b.PrevSet(lo, hi-1)
		ret := r.now()
		if ok {
			r.log(call, ret, opFind, got, true)
			lo = got + 1
		}
		r.logRange(call, ret, opFind, lo, hi, false, nil)
		call, lo = r.now(), u.lo
		got, ok = b.PrevClear(lo, hi-1)
		ret = r.now()
		if ok {
			r.log(call, ret, opFind, got, false)
			lo = got + 1
		}
		r.logRange(call, ret, opFind, lo, hi, true, nil)
	case k < 10:
		runs, _ := b.AppendSet(nil, lo, hi, int(hi-lo))
		ids, ret := expand(runs), r.now()
		for _, id := range ids {
			r.log(call, ret, opFind, id, true)
		}
		r.logRange(call, ret, opFind, lo, hi, false, ids)
	case fill && k < 12:
		got, ok := b.ClaimNext(lo, hi)
		r.logHandOut(call, r.now(), opClaim, one(got, ok), 1, lo, hi)
	case fill && k < 14:
		got, ok := c.Next()
		r.logHandOut(call, r.now(), opClaim, one(got, ok), 1, u.lo, u.hi)
	case fill && k < 15:
		mask := u.mask(id, rnd)
		got, _ := b.ClaimWord(id>>6, mask)
		r.logWord(call, r.now(), opTestAndSet, id, mask, got)
	case fill && k < 18:
		runs, _ := b.AppendClaim(nil, lo, hi, n)
		r.logHandOut(call, r.now(), opClaim, expand(runs), n, lo, hi)
	case fill:
		b.SetRange(lo, hi)
		r.logRange(call, r.now(), opSetRange, lo, hi, true, nil)
	case k < 13:
		got, ok := b.TakeNext(lo, hi)
		r.logHandOut(call, r.now(), opTake, one(got, ok), 1, lo, hi)
	case k < 14:
		mask := u.mask(id, rnd)
		got := b.TakeWord(id>>6, mask)
		r.logWord(call, r.now(), opTestAndClear, id, mask, got)
	case k < 18:
		runs := b.AppendTake(nil, lo, hi, n)
		r.logHandOut(call, r.now(), opTake, expand(runs), n, lo, hi)
	default:
		b.ClearRange(lo, hi)
		r.logRange(call, r.now(), opClearRange, lo, hi, true, nil)
	}
}

// mask is some IDs of the universe in the word of id.
func (u *universe) mask(id uint64, rnd *rand.Rand) uint64 {
	return bitmap.Clip(id>>6, u.lo, u.hi) & (rnd.Uint64() | 1<<(id&63))
}

// logWord logs an operation on the IDs of mask in the word of id, which was done to those of got.
func (r *recorder) logWord(call, ret int64, kind opKind, id, mask, got uint64) {
	for ; mask != 0; mask &= mask - 1 {
		k := uint64(bits.TrailingZeros64(mask))
		r.log(call, ret, kind, id&^63+k, got>>k&1 != 0)
	}
}

// record runs act in several goroutines and returns the history, with a look
// at every ID at the end, when nothing is lost that should be there.
func record(u *universe, goroutines, steps int, seed uint64) []porcupine.Operation {
	b := bitmap.New()
	b.SetRange(u.filled[0], u.filled[1])
	b.ClearRange(u.lo, u.hi)
	var clock atomic.Int64
	recorders := make([]recorder, goroutines+1)
	for i := range recorders {
		recorders[i] = recorder{client: i, clock: &clock}
	}
	together(goroutines, func(w int, _ *rand.Rand) {
		rnd := rand.New(rand.NewPCG(seed, uint64(w)))
		c := b.Claimer(u.lo, u.hi)
		for i := range steps {
			recorders[w].act(b, &c, u, rnd, i/15%2 == 0)
			if rnd.IntN(8) == 0 {
				runtime.Gosched()
			}
		}
	})
	last := &recorders[goroutines]
	for id := u.lo; id < u.hi; id++ {
		call := last.now()
		ok := b.Test(id)
		last.log(call, last.now(), opTest, id, ok)
	}
	var history []porcupine.Operation
	for i := range recorders {
		history = append(history, recorders[i].history...)
	}
	return history
}

func TestConcurrentOperations_LinearizePerID(t *testing.T) {
	t.Parallel()
	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for _, u := range universes {
		for _, n := range []int{2, 4, 8} {
			t.Run(fmt.Sprintf("%s/goroutines=%d", u.name, n), func(t *testing.T) {
				t.Parallel()
				for seed := range seeds {
					checkLinearizable(t, bitModel, record(&u, n, 480/n, seed))
				}
			})
		}
	}
}

// Property: ClearAll is one step that empties the whole map, beside claims,
// and beside a Claimer that keeps to its word.
func TestConcurrentClearAll_LinearizesAsOneStep(t *testing.T) {
	t.Parallel()
	seeds := uint64(300)
	if testing.Short() {
		seeds = 60
	}
	for _, n := range []int{2, 4} {
		t.Run(fmt.Sprintf("goroutines=%d", n), func(t *testing.T) {
			t.Parallel()
			for seed := range seeds {
				if !checkLinearizable(t, clearModel, recordClears(n, 40/n, seed)) {
					return
				}
			}
		})
	}
}

func recordClears(goroutines, steps int, seed uint64) []porcupine.Operation {
	b := bitmap.New()
	var clock atomic.Int64
	recorders := make([]recorder, goroutines)
	together(goroutines, func(w int, _ *rand.Rand) {
		r := &recorders[w]
		*r = recorder{client: w, clock: &clock}
		rnd := rand.New(rand.NewPCG(seed, uint64(w)))
		c := b.Claimer(4095, 4097)
		for range steps {
			id := clearIDs[rnd.IntN(len(clearIDs))]
			call := r.now()
			switch rnd.IntN(8) {
			case 0:
				b.ClearAll()
				r.log(call, r.now(), opClearAll, 0, true)
			case 1, 2:
				ok := b.TestAndSet(id)
				r.log(call, r.now(), opTestAndSet, id, ok)
			case 3:
				ok := b.TestAndClear(id)
				r.log(call, r.now(), opTestAndClear, id, ok)
			case 4:
				ok := b.Test(id)
				r.log(call, r.now(), opTest, id, ok)
			case 5, 6:
				if got, ok := c.Next(); ok {
					r.log(call, r.now(), opClaim, got, true)
				}
			default:
				if got, ok := b.ClaimNext(id, id+1); ok {
					r.log(call, r.now(), opClaim, got, true)
				}
			}
			if rnd.IntN(4) == 0 {
				runtime.Gosched()
			}
		}
	})
	var history []porcupine.Operation
	for i := range recorders {
		history = append(history, recorders[i].history...)
	}
	return history
}
