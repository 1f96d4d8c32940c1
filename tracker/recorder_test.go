package tracker_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// told is a Recorder for tests.
type told struct {
	trackers []*tracker.Tracker
	all      int
}

func (r *told) Changed(t *tracker.Tracker) { r.trackers = append(r.trackers, t) }
func (r *told) ChangedAll()                { r.all++ }

// shown is what one can see of a prefix. The number of IDs stands for the IDs:
// no operation both adds and removes.
type shown struct {
	tracker  *tracker.Tracker
	stats    tracker.Stats
	deleting bool
}

func show(r *tracker.Registry, prefix string) shown {
	t := r.Get(prefix)
	if t == nil {
		return shown{}
	}
	return shown{t, t.Stats(), t.Deleting()}
}

// Property: the Recorder is told of a tracker exactly when something can be seen
// of it that was different before the operation.
func TestHandle_TellsExactlyWhatChanged(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		// Room for some chunks: every now and then memory is refused.
		r, err := tracker.NewRegistry(tracker.Config{MaxID: 1 << 30}, tracker.NewBudget(250<<10))
		if err != nil {
			t.Fatal(err)
		}
		var rec told
		c := r.Caller(&rec)
		prefixes := []string{"a:", "b:"}
		var tokens []string
		var sampler tracker.Sampler
		refused, silent := 0, map[string]int{}
		steps := 3000
		if testing.Short() {
			steps = 1000
		}
		for range steps {
			p := prefixes[rnd.IntN(len(prefixes))]
			ids := make([]uint64, rnd.IntN(4))
			for i := range ids {
				ids[i] = uint64(rnd.IntN(20))<<rnd.IntN(2) | uint64(rnd.IntN(5)/4)<<(18+rnd.IntN(15))
			}
			id := append(ids, 3)[0]
			rng := tracker.Range{Min: id, Max: id + uint64(rnd.IntN(100)*rnd.IntN(2))}
			far := tracker.Range{Min: id, Max: id + uint64(rnd.IntN(1<<21))}
			n := rnd.IntN(4)
			h := c.At(p)
			before := []shown{show(r, prefixes[0]), show(r, prefixes[1])}
			rec = told{}
			var op string
			switch rnd.IntN(22) {
			case 0:
				op = "Add"
				_, err = h.Add(ids)
			case 1:
				op = "Remove"
				h.Remove(ids)
			case 2:
				op = "Exists"
				h.Exists(id)
			case 3:
				op = "Claim"
				_, err = h.Claim(id)
			case 4:
				op = "ClaimAll"
				_, err = h.ClaimAll(nil, ids)
			case 5:
				op = "AddRange"
				_, err = h.AddRange(rng)
			case 6:
				op = "AddRange, far"
				_, err = h.AddRange(far)
			case 7:
				op = "RemoveRange"
				h.RemoveRange(rng)
			case 8:
				op = "ClaimNext"
				_, err = h.ClaimNext(nil, rng, n)
			case 9:
				op = "TakeNext"
				h.TakeNext(nil, rng, n)
			case 10:
				op = "Pop"
				h.Pop(nil, n, &sampler)
			case 11:
				op = "Clear"
				h.Clear()
			case 12:
				op = "Reset"
				h.Reset()
			case 13:
				op = "Reserve"
				err = h.Reserve(uint64(rnd.IntN(1 << 20)))
			case 14:
				op = "OpenDelete"
				var token string
				if token, err = h.OpenDelete(rng, time.Hour, false); err == nil {
					tokens = append(tokens, token)
				}
			case 15:
				op = "NextDelete"
				if len(tokens) > 0 {
					_, _, err = c.NextDelete(nil, tokens[rnd.IntN(len(tokens))], n)
				}
			case 16:
				op = "CloseDelete"
				if len(tokens) > 0 {
					c.CloseDelete(tokens[rnd.IntN(len(tokens))])
				}
			case 17:
				op = "Create"
				_, err = c.Create(p, tracker.Config{MaxID: 30})
			case 18:
				op = "Drop"
				if rnd.IntN(2) == 0 {
					c.Drop(p)
				}
			case 19:
				op = "AddKeys"
				_, err = c.AddKeys([]string{fmt.Sprint("a:", id), fmt.Sprint("a:", id+1), fmt.Sprint("b:", id), "none:1"})
			case 20:
				op = "RemoveKeys"
				c.RemoveKeys([]string{fmt.Sprint("a:", id), fmt.Sprint("b:", id), fmt.Sprint("a:", id)})
			case 21:
				op = "reading"
				h.There()
				h.Read().Count()
				c.At(p)
			}
			if used := r.Budget().Used(); used > r.Budget().Limit() {
				t.Fatalf("seed %d: %s took %d bytes, the limit is %d", seed, op, used, r.Budget().Limit())
			}
			if errors.Is(err, tracker.ErrOutOfMemory) {
				refused++
			}
			for i, p := range prefixes {
				after := show(r, p)
				of := slices.ContainsFunc(rec.trackers, func(t *tracker.Tracker) bool { return t.Prefix() == p })
				if of != (after != before[i]) {
					t.Fatalf("seed %d: %s of %q, %v (%v): told %v\nbefore %+v\nafter  %+v", seed, op, p, ids, err, of, before[i], after)
				}
				if !of {
					silent[op]++
				}
			}
			if slices.ContainsFunc(rec.trackers, func(t *tracker.Tracker) bool { return t.Prefix() == "none" }) {
				t.Fatalf("%s: told of the stand-in", op)
			}
		}
		if !testing.Short() && (refused < 10 || len(silent) < 18) {
			t.Errorf("seed %d: %d refused; silent %v", seed, refused, silent)
		}
	}
}

// Memory is told of when it comes and when it goes; what nobody sees is not.
func TestHandle_TellsOfMemory(t *testing.T) {
	r := newRegistry(t, 1000) // room for the first few IDs
	var rec told
	c := r.Caller(&rec)
	if _, err := c.Create("a:", tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	h := c.At("a:")
	bare := h.Read().Stats()
	for _, step := range []struct {
		name string
		do   func() error
		want error
		told bool
	}{
		{"Clear of nothing", func() error { h.Clear(); return nil }, nil, false},
		{"ClaimNext of no range", func() error { _, err := h.ClaimNext(nil, tracker.Range{}, 1); return err }, nil, false},
		{"ClaimNext, refused", func() error { _, err := h.ClaimNext(nil, tracker.Range{Min: 1 << 40, Max: 1 << 41}, 5); return err }, tracker.ErrOutOfMemory, false},
		{"Add, refused", func() error { _, err := h.Add([]uint64{1 << 40, 1 << 41, 1 << 42}); return err }, tracker.ErrOutOfMemory, false},
		{"Clear of nothing, again", func() error { h.Clear(); return nil }, nil, false},
		{"Reserve", func() error { return h.Reserve(10) }, nil, true},
		{"Reserve, there", func() error { return h.Reserve(10) }, nil, false},
		{"Clear of memory", func() error { h.Clear(); return nil }, nil, true},
		{"ClaimNext", func() error { _, err := h.ClaimNext(nil, tracker.Everything, 1); return err }, nil, true},
		{"Clear of an ID", func() error { h.Clear(); return nil }, nil, true},
	} {
		before := h.Read().Stats()
		rec = told{}
		if err := step.do(); !errors.Is(err, step.want) {
			t.Errorf("%s: %v", step.name, err)
		}
		if after := h.Read().Stats(); (len(rec.trackers) == 1) != step.told || step.told != (after != before) {
			t.Errorf("%s: told %d times\nbefore %+v\nafter  %+v", step.name, len(rec.trackers), before, after)
		}
	}
	bare.Claims = 1
	if after := h.Read().Stats(); after != bare {
		t.Errorf("before %+v\nafter  %+v", bare, after)
	}
}
