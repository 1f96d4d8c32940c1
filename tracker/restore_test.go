package tracker_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

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
	return keptAs(t, dir, bytes, func(*tracker.Restored) {})
}

// keptOf is kept, with more to be done with what was read.
func keptOf(t *testing.T, dir string, read func(*tracker.Restored)) (*tracker.Registry, *journal.Log) {
	t.Helper()
	return keptAs(t, dir, 0, read)
}

func keptAs(t *testing.T, dir string, bytes int64, read func(*tracker.Restored)) (*tracker.Registry, *journal.Log) {
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
	read(to)
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
		var leases []string
		for _, l := range t.Leases(nil, 1<<20) {
			leases = append(leases, fmt.Sprint(l.Token, l.Kind, l.Outstanding, l.Client, l.Name, l.TTL > time.Minute))
		}
		slices.Sort(leases)
		free, _, _ := t.Scan(nil, tracker.Unset, tracker.Range{Max: 1 << 14}, 0, 1<<14)
		lines = append(lines, fmt.Sprintf("%s %v %v %v %v %d %v", t.Prefix(), t.Config(), t.Created().UnixNano(), ids, free, t.Stats().Leased, leases))
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
		var leases lessee
		for range 400 {
			prefix := fmt.Sprintf("p%d:", rnd.IntN(5))
			h := c.At(prefix)
			ids := []uint64{rnd.Uint64N(1 << 21), rnd.Uint64N(300), rnd.Uint64N(1 << 23)}
			lo := rnd.Uint64N(1 << 20)
			rng := tracker.Range{Min: lo, Max: lo + rnd.Uint64N(5000)}
			switch rnd.IntN(24) {
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
			case 17, 18, 19, 20:
				leases.act(c, h, rnd)
			case 21:
				c.Copy([]byte(prefix), fmt.Appendf(nil, "p%d:", rnd.IntN(5)), rnd.IntN(2) == 0, nil)
			case 22:
				c.Rename([]byte(prefix), fmt.Appendf(nil, "p%d:", rnd.IntN(5)), rnd.IntN(2) == 0)
			case 23:
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

// lessee does all that one does with leases.
type lessee struct {
	tokens []string
	ids    [][]tracker.Run
}

func (x *lessee) act(c *tracker.Caller, h tracker.Handle, rnd *rand.Rand) {
	o := tracker.LeaseTerms{TTL: time.Hour, Client: rnd.Uint64N(9), Name: "somebody"}
	lend := h.ClaimLease
	switch k := rnd.IntN(10); {
	case k < 2:
		lend = h.TakeLease
		fallthrough
	case k < 5 || len(x.tokens) == 0:
		from := rnd.Uint64N(3000)
		token, runs, _ := lend(nil, tracker.Range{Min: from, Max: from + 4000}, tracker.Mask{}, rnd.IntN(200), o)
		x.tokens, x.ids = append(x.tokens, token), append(x.ids, runs)
		if len(x.tokens) > 50 {
			c.Release(x.tokens[0], nil)
			x.tokens, x.ids = x.tokens[1:], x.ids[1:]
		}
	default:
		i := rnd.IntN(len(x.tokens))
		var some []uint64
		for _, r := range x.ids[i] {
			some = append(some, r.Start+rnd.Uint64N(r.Len))
		}
		switch k {
		case 5:
			c.Confirm(x.tokens[i], nil)
		case 6:
			c.Release(x.tokens[i], nil)
		case 7:
			c.Confirm(x.tokens[i], some)
		case 8:
			c.Release(x.tokens[i], some)
		case 9:
			c.Renew(x.tokens[i], 2*time.Hour)
		}
	}
}

// Leases come back from a base that was written while they came and went.
func TestRestore_LeasesBesideBases(t *testing.T) {
	dir := t.TempDir()
	r, l := kept(t, dir)
	var work sync.WaitGroup
	for seed := range uint64(2) {
		work.Go(func() {
			b := l.NewBatch()
			c := r.Caller(nil)
			c.Note(b)
			rnd := rand.New(rand.NewPCG(seed, 2))
			var leases lessee
			for n := range 20_000 {
				h := c.At(fmt.Sprintf("p%d:", rnd.IntN(2)))
				switch {
				case n%500 == 499 && seed == 0:
					h.Clear()
				case n%700 == 699:
					h.Reset()
				case n%5 == 0:
					h.ClaimNext(nil, tracker.Everything, 3)
					h.TakeNext(nil, tracker.Everything, 2)
				}
				leases.act(c, h, rnd)
				l.Commit(b)
			}
		})
	}
	ended := make(chan struct{})
	go func() { work.Wait(); close(ended) }()
	for bases := 0; ; bases++ {
		if err := l.Rewrite(context.Background()); err != nil {
			t.Error(err)
		}
		select {
		case <-ended:
			want := picture(r)
			if err := l.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			again, _ := kept(t, dir)
			if got := picture(again); !slices.Equal(got, want) {
				t.Fatalf("%d bases:\n%.3000v\nwant\n%.3000v", bases, got, want)
			}
			t.Log(bases, "bases")
			return
		default:
		}
	}
}
