package tracker_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// layouts are IDs as they may lie: alone, in full words, in full pieces, far apart.
func layout(rnd *rand.Rand) []tracker.Range {
	var ranges []tracker.Range
	for range rnd.IntN(6) {
		from := []uint64{0, 4000, 1 << 18, 1<<18 - 70, 5 << 18, 1 << 30, tracker.Limit - 300_000}[rnd.IntN(7)] + rnd.Uint64N(200)
		ranges = append(ranges, tracker.Range{Min: from, Max: min(from+[]uint64{1, 64, 200, 5000, 280_000}[rnd.IntN(5)], tracker.Limit)})
	}
	return ranges
}

// expected says by each ID alone what an operation is.
var expected = map[tracker.Operation]func(in []bool) bool{
	tracker.Intersection: func(in []bool) bool { return !slices.Contains(in, false) },
	tracker.Union:        func(in []bool) bool { return slices.Contains(in, true) },
	tracker.Difference:   func(in []bool) bool { return in[0] && !slices.Contains(in[1:], true) },
	tracker.Odd:          func(in []bool) bool { return times(in)%2 == 1 },
	tracker.Complement:   func(in []bool) bool { return !in[0] },
	tracker.OthersOnly:   func(in []bool) bool { return !in[0] && slices.Contains(in[1:], true) },
	tracker.FirstAndAny:  func(in []bool) bool { return in[0] && slices.Contains(in[1:], true) },
	tracker.One:          func(in []bool) bool { return times(in) == 1 },
}

func times(in []bool) (n int) {
	for _, is := range in {
		if is {
			n++
		}
	}
	return n
}

// TestCombination_IsWhatEachIDSays compares all operations over sets of all layouts with
// what they are said to be, at every ID where one of the sets begins or ends: counted, in a
// reply, and stored. An ID in flight does not exist.
func TestCombination_IsWhatEachIDSays(t *testing.T) {
	for seed := range uint64(400) {
		rnd := rand.New(rand.NewPCG(seed, 2))
		r := newRegistry(t, 0)
		c := r.Caller(nil)
		edges := map[uint64]bool{0: true}
		sets := 1 + rnd.IntN(4)
		op := tracker.Operation(rnd.IntN(len(expected)))
		var bound uint64
		if op == tracker.Complement {
			sets, bound = 1, 1+rnd.Uint64N(600_000)
		}
		var of [][]byte
		for i := range sets {
			p := fmt.Sprintf("p%d", i)
			of = append(of, []byte(p))
			if rnd.IntN(8) == 0 && op != tracker.Complement {
				continue // not there
			}
			if _, err := c.Create(p, tracker.Config{MaxID: bound}); err != nil {
				t.Fatal(err)
			}
			for _, rng := range layout(rnd) {
				if _, err := c.At(p).AddRange(rng); err != nil {
					t.Fatal(err)
				}
				for _, at := range []uint64{rng.Min, rng.Max} {
					edges[at], edges[max(at, 1)-1] = true, true
				}
			}
		}
		k, err := c.Combine(op, of, nil)
		if err != nil {
			t.Fatal(err)
		}
		shot, err := k.Snapshot(nil)
		if err != nil {
			t.Fatal(err)
		}
		found, all, last := map[uint64]bool{}, uint64(0), uint64(0)
		for run := range shot.Runs() {
			if run.Start < last {
				t.Fatalf("seed %d: a run begins at %d behind one that ends at %d", seed, run.Start, last)
			}
			last, all = run.Start+run.Len, all+run.Len
			for at := range edges {
				if at >= run.Start && at < last {
					found[at] = true
				}
			}
		}
		shot.Close()
		if n := k.Count(0); n != all || shot.Len() != all {
			t.Errorf("seed %d: it counts %d IDs, and has %d", seed, n, all)
		}
		if n := k.Count(3); n != min(all, 3) {
			t.Errorf("seed %d: of %d IDs it counts %d up to 3", seed, all, n)
		}
		stored, err := c.Store([]byte("d"), k)
		d := c.At("d")
		if err != nil || stored != min(all, stored) || d.There() && (stored != all || d.Read().Count() != all) || !d.There() && all > 0 {
			t.Errorf("seed %d: %d of %d IDs are stored, %v", seed, stored, all, err)
		}
		for at := range edges {
			if at >= tracker.Limit || bound > 0 && at >= bound {
				continue
			}
			in := make([]bool, sets)
			for i, p := range of {
				in[i] = c.At(string(p)).Exists(at)
			}
			if want := expected[op](in); found[at] != want || d.There() && d.Exists(at) != want {
				t.Errorf("seed %d: operation %d of %v at %d: found %t, stored %t, want %t", seed, op, in, at, found[at], d.Exists(at), want)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d: operation %d of %d sets", seed, op, sets)
		}
	}
}

// A destination that others look up is there at every moment, whole, while it is replaced again
// and again by what is stored, copied, and renamed to it, beside prefixes that come and go in the same
// buckets.
func TestReplaced_IsThereAtEveryMoment(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, 0)
	c := r.Caller(nil)
	const ids = 5000
	for _, p := range []string{"src", "dst"} {
		c.At(p).AddRange(tracker.Range{Max: ids})
	}
	var done atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			caller := r.Caller(nil)
			for !done.Load() {
				if got := r.Get("dst"); got == nil || got.Prefix() != "dst" && got.Prefix() != "src" {
					t.Errorf("dst is %v", got)
					return
				}
				if !caller.At("dst").There() {
					t.Error("a caller does not find dst")
					return
				}
			}
		})
	}
	for i := range 3000 {
		var err error
		switch i % 3 {
		case 0:
			k, _ := c.Combine(tracker.Union, [][]byte{[]byte("src")}, nil)
			_, err = c.Store([]byte("dst"), k)
		case 1:
			_, err = c.Copy([]byte("src"), []byte("dst"), true, nil)
		case 2:
			if _, err = c.Copy([]byte("src"), []byte("tmp"), true, nil); err == nil {
				_, err = c.Rename([]byte("tmp"), []byte("dst"), true)
			}
		}
		if err != nil || r.Get("dst").Count() != ids || r.Get("tmp") != nil {
			t.Errorf("dst has %d IDs, tmp is %v; %v", r.Get("dst").Count(), r.Get("tmp"), err)
		}
		name := fmt.Sprintf("come%d", i%700)
		if i/700%2 == 0 {
			c.At(name).Add([]uint64{1})
		} else {
			c.Drop(name)
		}
	}
	done.Store(true)
	wg.Wait()
	if n := r.Len(); n != len(r.Prefixes()) {
		t.Errorf("%d trackers, and %d are found", n, len(r.Prefixes()))
	}
}

// A renamed tracker is the same one, and is not found by its name of before: not by a caller who
// has had it last, either.
func TestRename_KeepsTheTracker(t *testing.T) {
	r := newRegistry(t, 0)
	told := &told{}
	c, other := r.Caller(told), r.Caller(nil)
	other.At("a").Add([]uint64{1, 2})
	was := r.Get("a")
	token, err := other.At("a").OpenDelete(tracker.Everything, tracker.DefaultDeleterTTL, false)
	if err != nil {
		t.Fatal(err)
	}
	used := r.Budget().Used()
	if ok, err := c.Rename([]byte("a"), []byte("longer"), false); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if r.Get("a") != nil || other.At("a").There() || r.Get("longer") != was || was.Prefix() != "longer" {
		t.Error("it is not found as it should be")
	}
	if len(told.trackers) != 2 || told.trackers[0].Prefix() != "a" || told.trackers[1] != was {
		t.Errorf("told of %v", told.trackers)
	}
	if n := r.Budget().Used() - used; n != int64(len("longer")-len("a")) {
		t.Errorf("it takes %d bytes more", n)
	}
	if _, runs, err := other.NextDelete(nil, token, 1); err != nil || tracker.Total(runs) != 1 {
		t.Errorf("its delete iterator: %v, %v", runs, err)
	}
	if _, err := c.Rename([]byte("a"), []byte("b"), true); !errors.Is(err, tracker.ErrNoPrefix) {
		t.Errorf("without a tracker: %v", err)
	}
	other.At("b").Add([]uint64{7})
	if ok, err := c.Rename([]byte("b"), []byte("longer"), false); ok || err != nil {
		t.Errorf("over another one: %t, %v", ok, err)
	}
	if ok, err := c.Rename([]byte("b"), []byte("longer"), true); !ok || err != nil || r.Len() != 1 {
		t.Errorf("in place of another one: %t, %v, %d are left", ok, err, r.Len())
	}
	if _, _, err := other.NextDelete(nil, token, 1); !errors.Is(err, tracker.ErrNoDeleter) {
		t.Errorf("the delete iterator of one that has left: %v", err)
	}
	c.Drop("longer")
	if n := r.Budget().Used(); n != 0 {
		t.Errorf("%d bytes are left on the books", n)
	}
}

// What has no room leaves all as it was, the books included.
func TestStore_WithoutRoomChangesNothing(t *testing.T) {
	r := newRegistry(t, 4<<20)
	c := r.Caller(nil)
	c.Create("wide", tracker.Config{MaxID: 1 << 32})
	c.At("wide").Add([]uint64{5})
	c.At("dst").Add([]uint64{1, 2, 3})
	was, used := r.Get("dst"), r.Budget().Used()
	k, err := c.Combine(tracker.Complement, [][]byte{[]byte("wide")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Store([]byte("dst"), k); !errors.Is(err, tracker.ErrOutOfMemory) {
		t.Errorf("it replies %v", err)
	}
	if r.Get("dst") != was || was.Count() != 3 || r.Budget().Used() != used {
		t.Errorf("dst has %d IDs, and %d bytes are used, of %d before", r.Get("dst").Count(), r.Budget().Used(), used)
	}
}

// gone is a client that has left.
type gone struct{}

func (gone) Gone() bool { return true }

// What nobody waits for any more changes nothing.
func TestStore_ForNobody(t *testing.T) {
	r := newRegistry(t, 0)
	c := r.Caller(nil)
	c.At("src").AddRange(tracker.Range{Max: 1 << 20})
	c.At("dst").Add([]uint64{1})
	used := r.Budget().Used()
	if copied, err := c.Copy([]byte("src"), []byte("dst"), true, gone{}); copied || err != nil {
		t.Error(copied, err)
	}
	k, _ := c.Combine(tracker.Union, [][]byte{[]byte("src")}, gone{})
	if _, err := c.Store([]byte("dst"), k); err != nil || !k.Stopped() {
		t.Error(err)
	}
	if n := r.Get("dst").Count(); n != 1 || r.Budget().Used() != used {
		t.Errorf("dst has %d IDs, %d bytes are used of %d", n, r.Budget().Used(), used)
	}
}

// Bases that are written while trackers are made, replaced and renamed have all of them: what
// comes back from one, with the log behind it, is what was there.
func TestRestore_BasesBesideRenames(t *testing.T) {
	dir := t.TempDir()
	r, l := kept(t, dir)
	const trackers = 3000
	b := l.NewBatch()
	c := r.Caller(nil)
	c.Note(b)
	for i := range uint64(trackers) {
		c.At(fmt.Sprintf("t%d", i)).Add([]uint64{i})
	}
	l.Commit(b)
	var wg sync.WaitGroup
	var done atomic.Bool
	for w := range 2 {
		wg.Go(func() {
			notes := l.NewBatch()
			c := r.Caller(nil)
			c.Note(notes)
			rnd := rand.New(rand.NewPCG(uint64(w), 3))
			for i := 0; !done.Load(); i++ {
				from, to := fmt.Appendf(nil, "t%d", rnd.IntN(trackers)), fmt.Appendf(nil, "t%d", rnd.IntN(2*trackers))
				switch i % 8 {
				case 0:
					c.Copy(from, to, true, nil)
				case 1:
					c.Rename(from, to, true)
				default: // or none would be left
					c.Rename(from, to, false)
				}
				l.Commit(notes)
			}
		})
	}
	for range 10 { // the others are at work when the last one ends: what it lacks is nowhere
		if err := l.Rewrite(context.Background()); err != nil {
			t.Error(err)
		}
	}
	done.Store(true)
	wg.Wait()
	want := picture(r)
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	again, _ := kept(t, dir)
	if got := picture(again); !slices.Equal(got, want) {
		t.Errorf("%d trackers come back of %d", len(got), len(want))
	}
}
