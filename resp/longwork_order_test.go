package resp

import (
	"sync"
	"testing"
	"time"
)

// crowded is longWork all of whose places are taken, by owners, and for which some wait.
type crowded struct {
	*longWork
	owners, waiting []*labour
	all             sync.WaitGroup // ends when all who wait have a place, or have given up
}

func newCrowded(t *testing.T, waiting int, gone func() bool) *crowded {
	t.Helper()
	w := &crowded{longWork: newLongWork(time.Hour)}
	if gone() {
		w.patience = time.Millisecond
	}
	for range w.places() {
		w.owners = append(w.owners, new(labour))
	}
	for _, l := range w.owners {
		w.enter(l, stays)
	}
	w.mu.Lock()
	for _, l := range w.owners {
		l.since = time.Now().Add(time.Hour) // a busy machine has nobody lose it
	}
	w.mu.Unlock()
	for i := range waiting {
		l := new(labour)
		w.waiting = append(w.waiting, l)
		w.all.Go(func() { w.enter(l, gone) })
		for began := time.Now(); w.waits() != i+1 && !gone(); time.Sleep(100 * time.Microsecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%d wait, want %d", w.waits(), i+1)
			}
		}
	}
	return w
}

func stays() bool { return false }

func (w *crowded) waits() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.longWork.waiting)
}

// has fails unless these have the places.
func (w *crowded) has(t *testing.T, want ...*labour) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	got := w.longWork.owners
	if len(got) != len(want) {
		t.Fatalf("%d have a place, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("another one has place %d", i)
		}
	}
}

// Places are had in the order in which they were asked for, whether their owners give them up or lose
// them.
func TestLongWork_InOrder(t *testing.T) {
	const n = 10
	for name, next := range map[string]func(w *longWork, l *labour){
		"given up": func(w *longWork, l *labour) { w.leave(l) },
		"lost": func(w *longWork, l *labour) {
			w.mu.Lock()
			l.since = time.Time{}
			w.mu.Unlock()
			w.look()
			w.leave(l) // has no place to give back
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCrowded(t, n, stays)
			owners := w.owners
			for _, l := range w.waiting {
				next(w.longWork, owners[0])
				owners = append(owners[1:], l)
				w.has(t, owners...)
			}
			w.all.Wait()
			for _, l := range owners {
				w.leave(l)
			}
			w.has(t)
		})
	}
}

// Who has gone waits no longer, and takes no place with him.
func TestLongWork_WhoHasGone(t *testing.T) {
	w := newCrowded(t, 3, func() bool { return true })
	w.all.Wait()
	w.has(t, w.owners...)
	for _, l := range w.waiting {
		if l.entered {
			t.Error("who has gone is said to have a place")
		}
	}
	if w.waits() != 0 {
		t.Error("who has gone still waits")
	}
}
