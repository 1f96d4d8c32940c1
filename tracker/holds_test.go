package tracker

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"
)

// ends is a Recorder that counts what it is told of each tracker.
type ends struct {
	mu sync.Mutex
	of map[*Tracker]int
	n  int
}

func (e *ends) Changed(t *Tracker) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.of == nil {
		e.of = make(map[*Tracker]int)
	}
	e.of[t]++
	e.n++
}

func (e *ends) ChangedAll() { panic("an end is not the end of all") }

func (e *ends) told() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n
}

// world is a registry with a tracker at "a:" of the IDs 0 to 99.
func world(t *testing.T) (r *Registry, notified *ends, a *Tracker) {
	t.Helper()
	r, err := NewRegistry(Config{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	notified = new(ends)
	r.Notify(notified)
	if _, err := r.Caller(nil).At("a:").AddRange(Range{Max: 100}); err != nil {
		t.Fatal(err)
	}
	return r, notified, r.Get("a:")
}

func open(t *testing.T, h Handle, ttl time.Duration, onClose bool) string {
	t.Helper()
	token, err := h.OpenDelete(Everything, ttl, onClose)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// kept is how many holds the table knows, in all of its parts.
func (s *holds) kept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byToken) != len(s.heap) {
		return -1
	}
	return len(s.byToken)
}

// A tracker shows the same bytes whether its bitmap's root is there or not.
func TestTracker_TheRootDoesNotShow(t *testing.T) {
	r, _, _ := world(t)
	tr, err := r.GetOrCreate("b:")
	if err != nil {
		t.Fatal(err)
	}
	before := tr.Stats()
	if _, err := tr.ClaimNext(nil, Range{}, 1); err != nil { // makes it
		t.Fatal(err)
	}
	if after := tr.Stats(); tr.bits.Memory() != rootBytes || after != before {
		t.Errorf("a root of %d bytes: before %+v, after %+v", tr.bits.Memory(), before, after)
	}
}

func TestTracker_StaysWithin128Bytes(t *testing.T) {
	if n := unsafe.Sizeof(Tracker{}); n > 128 {
		t.Errorf("%d bytes", n)
	}
}

// Every way to end: the token is dead and the prefix free from that moment on,
// before anything is reaped and after; Notify is told of ends that no Caller
// makes, once.
func TestHolds_EveryEndIsAtOnceAndToldOnce(t *testing.T) {
	for name, c := range map[string]struct {
		end      func(r *Registry, owner *Caller, token string)
		notified int
		gone     bool // the tracker is not there any more
		emptied  bool
	}{
		"close":            {end: func(_ *Registry, c *Caller, token string) { c.CloseDelete(token) }},
		"close by another": {end: func(r *Registry, _ *Caller, token string) { r.Caller(nil).CloseDelete(token) }},
		"time":             {end: func(*Registry, *Caller, string) { time.Sleep(time.Minute) }, notified: 1},
		"owner":            {end: func(_ *Registry, c *Caller, _ string) { c.Close(); c.Close() }, notified: 1},
		"drop":             {end: func(_ *Registry, c *Caller, _ string) { c.Drop("a:") }, gone: true, emptied: true},
		"flush":            {end: func(_ *Registry, c *Caller, _ string) { c.Clear() }, gone: true, emptied: true},
		"registry's drop":  {end: func(r *Registry, _ *Caller, _ string) { r.Drop("a:") }, gone: true},
	} {
		for _, reaping := range []bool{true, false} {
			t.Run(fmt.Sprint(name, ", reaping ", reaping), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r, notified, a := world(t)
					owner, other := r.Caller(nil), r.Caller(nil)
					token := open(t, owner.At("a:"), time.Minute, true)
					if _, runs, err := other.NextDelete(nil, token, 3); err != nil || Total(runs) != 3 || !a.Deleting() {
						t.Fatal(runs, err)
					}
					if _, err := other.At("a:").OpenDelete(Everything, time.Minute, false); !errors.Is(err, ErrDeleterInUse) {
						t.Error(err)
					}
					if !reaping {
						r.Close()
					}
					c.end(r, owner, token)
					if reaping {
						synctest.Wait()
					}
					if _, runs, err := other.NextDelete(nil, token, 1); !errors.Is(err, ErrNoDeleter) || len(runs) != 0 {
						t.Errorf("after its end: %v, %v", runs, err)
					}
					if other.CloseDelete(token) {
						t.Error("closed after its end")
					}
					left := uint64(97)
					if c.emptied {
						left = 0
					}
					if a.Deleting() || a.Count() != left {
						t.Errorf("deleting %v, %d left", a.Deleting(), a.Count())
					}
					if h := other.At("a:"); c.gone {
						if h.There() || r.Get("a:") == a {
							t.Error("still there")
						}
						if _, err := h.Add([]uint64{1}); err != nil {
							t.Fatal(err)
						}
					}
					again := open(t, other.At("a:"), time.Hour, false)
					if _, runs, err := other.NextDelete(nil, again, 1); err != nil || Total(runs) != 1 {
						t.Error(runs, err)
					}
					synctest.Wait()
					if !reaping { // what is taken out late must not take the next one along
						r.holds.reap(nil)
						if !other.At("a:").Read().Deleting() {
							t.Error("the old one took the new one's place along")
						}
						return
					}
					if n := notified.told(); n != c.notified || n != notified.of[a] {
						t.Errorf("notified %d times, want %d", n, c.notified)
					}
					if n := r.holds.kept(); n != 1 {
						t.Errorf("%d kept", n)
					}
				})
			})
		}
	}
}

func TestHolds_WhatDoesNotEndThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, notified, a := world(t)
		owner, other := r.Caller(nil), r.Caller(nil)
		token := open(t, owner.At("a:"), time.Minute, false)
		owner.Close() // it is nobody's
		other.Close()
		other.At("a:").Clear()
		for range 10 { // each use begins its time anew
			time.Sleep(59 * time.Second)
			if _, _, err := r.Caller(nil).NextDelete(nil, token, 0); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if !a.Deleting() || notified.told() != 0 {
			t.Error(a.Deleting(), notified.told())
		}
		time.Sleep(time.Minute - 1)
		if !a.Deleting() {
			t.Error("ended early")
		}
		time.Sleep(1)
		synctest.Wait()
		if a.Deleting() || notified.told() != 1 || r.holds.kept() != 0 {
			t.Error(a.Deleting(), notified.told(), r.holds.kept())
		}
		// Times that no clock reaches do not wrap around.
		open(t, other.At("a:"), 1<<63-1, false)
		time.Sleep(time.Hour)
		if !a.Deleting() {
			t.Error("the longest time is over")
		}
	})
}

// The two kinds of delete iterator exclude each other.
func TestHolds_OneDeleterInProcessOrByToken(t *testing.T) {
	r, _, a := world(t)
	h := r.Caller(nil).At("a:")
	d, err := a.Iter().Delete()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.OpenDelete(Everything, time.Hour, false); !errors.Is(err, ErrDeleterInUse) {
		t.Error(err)
	}
	if r.holds.kept() != 0 {
		t.Error("a refused hold is kept")
	}
	d.Close()
	token := open(t, h, time.Hour, false)
	if _, err := a.Iter().Delete(); !errors.Is(err, ErrDeleterInUse) {
		t.Error(err)
	}
	d.Close() // must not end the other
	if !a.Deleting() {
		t.Error("an old Close ended a new iterator")
	}
	h.caller.CloseDelete(token)
	if d, err = a.Iter().Delete(); err != nil {
		t.Error(err)
	}
	// One in process goes on when its tracker leaves.
	r.Drop("a:")
	if _, ok := d.Next(); !ok || !a.Deleting() {
		t.Error("ended with the registry")
	}
}

func TestHolds_NothingIsOpenedForWhoHasGone(t *testing.T) {
	r, _, a := world(t)
	c := r.Caller(nil)
	c.Close()
	if token, err := c.At("a:").OpenDelete(Everything, time.Hour, true); !errors.Is(err, ErrCallerClosed) || token != "" {
		t.Error(token, err)
	}
	h := r.Caller(nil).At("a:")
	r.Drop("a:")
	if _, err := h.OpenDelete(Everything, time.Hour, false); !errors.Is(err, ErrNoPrefix) {
		t.Error(err)
	}
	if a.Deleting() || r.holds.kept() != 0 {
		t.Error("held")
	}
	// A tracker may come back; what was held of it does not.
	if _, added := r.Add(a); !added {
		t.Fatal("not added")
	}
	token := open(t, r.Caller(nil).At("a:"), time.Hour, false)
	r.Drop("a:")
	if _, added := r.Add(a); !added {
		t.Fatal("not added")
	}
	if _, _, err := h.caller.NextDelete(nil, token, 1); !errors.Is(err, ErrNoDeleter) || a.Deleting() {
		t.Error(err)
	}
	open(t, r.Caller(nil).At("a:"), time.Hour, false)
	if !a.Deleting() {
		t.Error("what came back cannot be held")
	}
}

// A hold that somebody has seen to be late is not revived by a renewal that had
// read the clock before.
func TestHolds_LateIsForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _, a := world(t)
		open(t, r.Caller(nil).At("a:"), time.Second, false)
		h := a.extras.Load().deleter.Load()
		if h.over() || !h.renew() {
			t.Fatal("over")
		}
		r.Close()
		time.Sleep(time.Second)
		before := h.deadline.Load()
		if !h.over() || h.deadline.CompareAndSwap(before, 1<<62) || h.renew() || !h.over() {
			t.Error("revived")
		}
	})
}
