package tracker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prefixtracker/prefixtracker/journal"
	"github.com/prefixtracker/prefixtracker/tracker"
)

// kept is a registry with a log in a directory.
func kept(t *testing.T, dir string) (*tracker.Registry, *journal.Log) {
	t.Helper()
	return keptWithin(t, dir, 0)
}

// keptWithin is one within so many bytes.
func keptWithin(t *testing.T, dir string, bytes int64) (*tracker.Registry, *journal.Log) {
	t.Helper()
	r, err := tracker.NewRegistry(tracker.Config{MaxID: 1 << 22}, tracker.NewBudget(bytes))
	if err != nil {
		t.Fatal(err)
	}
	fs, err := journal.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	to := r.Restore()
	l, _, err := journal.Open(journal.Options{FS: fs, Target: to, Objects: r.Entries(), BootID: [16]byte{1}, Growth: journal.DefaultGrowth})
	if err != nil {
		t.Fatal(err)
	}
	if err := to.Keep(l); err != nil {
		t.Fatal(err)
	}
	l.Start()
	t.Cleanup(func() { l.Close(context.Background()) })
	return r, l
}

// picture is all that is to come back.
func picture(r *tracker.Registry) (lines []string) {
	for _, t := range r.All() {
		runs, _ := t.Snapshot(nil)
		var ids []tracker.Run
		for r := range runs.Runs() {
			ids = append(ids, r)
		}
		runs.Close()
		lines = append(lines, fmt.Sprintf("%s %v %v %v", t.Prefix(), t.Config(), t.Created().UnixNano(), ids))
	}
	return lines
}

// Whatever a Caller does, with everything that there is to do, comes back from the log and from a base.
func TestRestore_AllThatWasDone(t *testing.T) {
	for seed := range uint64(20) {
		dir := t.TempDir()
		rnd := rand.New(rand.NewPCG(seed, 1))
		r, l := kept(t, dir)
		b := l.NewBatch()
		c := r.Caller(nil)
		c.Note(b)
		var sampler tracker.Sampler
		for range 400 {
			prefix := fmt.Sprintf("p%d:", rnd.IntN(5))
			h := c.At(prefix)
			ids := []uint64{rnd.Uint64N(1 << 21), rnd.Uint64N(300), rnd.Uint64N(1 << 23)}
			lo := rnd.Uint64N(1 << 20)
			rng := tracker.Range{Min: lo, Max: lo + rnd.Uint64N(5000)}
			switch rnd.IntN(20) {
			case 0, 1:
				h.Add(ids)
			case 2:
				h.Remove(ids)
			case 3:
				h.AddRange(rng)
			case 4:
				h.RemoveRange(rng)
			case 5:
				if rnd.IntN(4) == 0 {
					h.Clear()
				}
			case 6:
				if rnd.IntN(4) == 0 {
					h.Reset()
				}
			case 7:
				h.Claim(ids[0])
			case 8:
				h.ClaimAll(nil, ids)
			case 9, 10:
				h.ClaimNext([]tracker.Run{{Start: 0, Len: 1}}, tracker.Everything, rnd.IntN(300))
			case 11:
				h.TakeNext(nil, tracker.Everything, rnd.IntN(100))
			case 12:
				h.Pop(nil, rnd.IntN(20), &sampler)
			case 13:
				c.Create(prefix, tracker.Config{MaxID: 1 << 21, Width: rnd.IntN(20), Tag: "tag"})
			case 14:
				if rnd.IntN(4) == 0 {
					c.Drop(prefix)
				}
				if rnd.IntN(50) == 0 {
					c.Clear()
				}
			case 15:
				if token, err := h.OpenDelete(tracker.Everything, tracker.DefaultDeleterTTL, false); err == nil {
					c.NextDelete(nil, token, rnd.IntN(50))
					c.CloseDelete(token)
				}
			case 16:
				key := fmt.Sprintf("%s%012d", prefix, ids[1])
				c.AddKeys([]string{key})
				c.RemoveKeys([]string{fmt.Sprintf("%s%012d", prefix, ids[1]+1), key}[:1+rnd.IntN(2)])
			case 17:
				c.Copy([]byte(prefix), fmt.Appendf(nil, "p%d:", rnd.IntN(5)), rnd.IntN(2) == 0, nil)
			case 18:
				c.Rename([]byte(prefix), fmt.Appendf(nil, "p%d:", rnd.IntN(5)), rnd.IntN(2) == 0)
			case 19:
				op := tracker.Operation(rnd.IntN(int(tracker.One) + 1))
				of := [][]byte{[]byte(prefix), fmt.Appendf(nil, "p%d:", rnd.IntN(6)), fmt.Appendf(nil, "p%d:", rnd.IntN(6))}
				if op == tracker.Complement {
					of = of[:1]
				}
				if k, err := c.Combine(op, of, nil); err == nil {
					c.Store(fmt.Appendf(nil, "p%d:", rnd.IntN(5)), k)
				}
			}
			if rnd.IntN(3) == 0 {
				l.Commit(b)
			}
			if rnd.IntN(100) == 0 {
				l.Commit(b)
				if err := l.Rewrite(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
		}
		l.Commit(b)
		want := picture(r)
		if err := l.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		again, _ := kept(t, dir)
		if got := picture(again); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n%.3000v\nwant\n%.3000v", seed, got, want)
		}
	}
}
