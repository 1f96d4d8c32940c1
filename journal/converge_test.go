package journal

import (
	"context"
	"fmt"
	"math/rand"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// goesOn opens a real directory and starts its log.
func goesOn(t *testing.T, dir string, r *registry, p Policy) *Log {
	t.Helper()
	fs, err := Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions(fs, r, p)
	o.step = 64 << 10
	l, _ := opened(t, o)
	l.Start()
	return l
}

// replayed reads what a directory has, as a process would that starts after this
// one was killed: the files are read while they are open.
func replayed(t *testing.T, dir string) *registry {
	t.Helper()
	r := newRegistry()
	h := &history{fs: directory(dir), boot: boot(0), replay: newReplay(r), report: new(Report)}
	if _, err := h.list(); err != nil {
		t.Fatal(err)
	}
	if err := h.read(); err != nil {
		t.Fatal(err)
	}
	return r
}

func sameTrackers(t *testing.T, r, s *registry) {
	t.Helper()
	if len(r.all) != len(s.all) {
		t.Errorf("%d trackers, read back %d", len(r.all), len(s.all))
	}
	for id, was := range r.all {
		is := s.all[id]
		if is == nil {
			t.Errorf("%s is gone", was.name)
			continue
		}
		if wi, ok := was.b.equal(is.b); !ok {
			t.Errorf("%s: word %d is %x, read back %x", was.name, wi, was.b.Word(wi), is.b.Word(wi))
		}
	}
}

// Many goroutines on the same words, with ranges, claims and clears, and bases
// and backups meanwhile: what is read back is what there is.
func TestConverge_ManyAtTheSameWords(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		dir := t.TempDir()
		r := newRegistry()
		l := goesOn(t, dir, r, []Policy{EverySec, Always, No}[round%3])
		a, c := r.get(l, "a"), r.get(l, "c")
		var wg sync.WaitGroup
		for g := range 3 + round%4 {
			wg.Go(func() {
				rng := rand.New(rand.NewSource(int64(round*100 + g)))
				b := l.NewBatch()
				for range 100 {
					b.Open()
					for range 1 + rng.Intn(20) {
						id := uint64(rng.Intn(3000)) + uint64(rng.Intn(2))*30000
						switch rng.Intn(14) {
						case 0:
							a.b.changeRange(id, id+9000, true)
							b.ChangedRange(a, id, id+9000)
						case 1:
							a.b.changeRange(id, id+60000, false)
							b.ChangedRange(a, id, id+60000)
						case 2:
							l.Clear(c)
						case 3, 4:
							c.b.claim(0, bitsLimit, 1+rng.Intn(200), func(id uint64) { b.Claimed(c, id, 1) })
						case 5:
							b.Relied(a, id)
						case 6:
							name := fmt.Sprint("t", g, rng.Intn(3))
							if rng.Intn(2) == 0 {
								r.drop(l, name)
								break
							}
							x := r.get(l, name)
							x.b.set(id)
							b.Changed(x, id)
						case 7, 8:
							a.b.unset(id)
							b.Changed(a, id)
						default:
							a.b.set(id)
							b.Changed(a, id)
						}
						b.Append()
					}
					l.Wait(l.Commit(b), nil)
				}
			})
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range 5 {
				if err := l.Rewrite(context.Background()); err != nil {
					t.Error(err)
				}
				if err := l.Backup(context.Background(), "dump.pt"); err != nil {
					t.Error(err)
				}
			}
		}()
		wg.Wait()
		<-done
		sameTrackers(t, r, replayed(t, dir))
		if err := l.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		sameTrackers(t, r, replayed(t, dir))
		if t.Failed() {
			return
		}
	}
}

// Each word, and each tracker that is cleared, is met once by all at the same
// time: no later record repairs what a wrong order has done (J1, J4).
func TestConverge_EachOnlyOnce(t *testing.T) {
	gs, words, clears := 3, 4000, 1000
	if testing.Short() {
		words, clears = 500, 200
	}
	dir := t.TempDir()
	r := newRegistry()
	l := goesOn(t, dir, r, No)
	a := r.get(l, "a")
	var cleared []*tracked
	for i := range clears {
		cleared = append(cleared, r.get(l, fmt.Sprint("c", i)))
	}
	met := make([]atomic.Int32, words+clears)
	meet := func(i int) {
		met[i].Add(1)
		for int(met[i].Load()) < gs {
			runtime.Gosched()
		}
	}
	var wg sync.WaitGroup
	for g := range gs {
		wg.Go(func() {
			b := l.NewBatch()
			for w := range words {
				meet(w)
				b.Open()
				id := uint64(w*64 + g*7)
				a.b.set(id)
				b.Changed(a, id)
				l.Wait(l.Commit(b), nil)
			}
			for i, c := range cleared {
				meet(words + i)
				b.Open()
				if g == 0 {
					l.Clear(c)
				} else {
					c.b.set(uint64(g))
					b.Changed(c, uint64(g))
				}
				l.Wait(l.Commit(b), nil)
			}
		})
	}
	wg.Wait()
	sameTrackers(t, r, replayed(t, dir))
	if err := l.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A reply that only tells what was found rests on somebody else's change: if the
// process ends then, the change is there (J9).
func TestConverge_WhatIsReliedUponIsThere(t *testing.T) {
	d := newRecorder()
	l, r, _, err := start(d, EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	x, one, other := r.get(l, "x"), l.NewBatch(), l.NewBatch()
	one.Open()
	x.b.set(7) // and it does not come to its commit
	other.Open()
	if x.b.set(7) {
		t.Fatal("it was free")
	}
	other.Relied(x, 7)
	if g := l.Commit(other); !l.Reached(g) {
		t.Fatal("not written")
	}
	_, s, _, err := start(d.kill(), EverySec, 0)
	if err != nil {
		t.Fatal(err)
	}
	if !s.find("x").b.test(7) {
		t.Error("what the reply said is not so any more")
	}
	// Alone, nothing is to be said.
	one.Changed(x, 7)
	l.Commit(one)
	before := l.Position()
	other.Open()
	other.Relied(x, 7)
	l.Commit(other)
	if l.Position() != before {
		t.Error("a note is logged that nobody needs")
	}
}
