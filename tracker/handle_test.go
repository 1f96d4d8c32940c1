package tracker_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

func TestHandle_WhatIsNotThereIsEmptyAndStaysAway(t *testing.T) {
	r := newRegistry(t, 0)
	var rec told
	c := r.Caller(&rec)
	h := c.At("a:")
	var s tracker.Sampler
	if h.There() || h.Exists(1) || h.Exists(1<<63) || h.Remove([]uint64{1, 1 << 63}) != 0 || h.RemoveRange(tracker.Everything) != 0 ||
		len(h.TakeNext(nil, tracker.Everything, 5)) != 0 || len(h.Pop(nil, 5, &s)) != 0 || h.Clear() != 0 || h.Reset() != 0 || h.Read().Count() != 0 {
		t.Error("not empty")
	}
	if _, err := h.OpenDelete(tracker.Everything, time.Hour, false); !errors.Is(err, tracker.ErrNoPrefix) {
		t.Error(err)
	}
	if r.Len() != 0 || len(rec.trackers) != 0 || h.Read().Stats().OutOfRange != 0 {
		t.Errorf("%d trackers, %d told, %+v", r.Len(), len(rec.trackers), h.Read().Stats())
	}
	if c.Drop("a:") || c.Clear() != 0 || len(rec.trackers)+rec.all != 0 {
		t.Error("nothing was dropped, and told")
	}
}

// What adds IDs makes the tracker, also if all are out of bounds; the Handle then has it.
func TestHandle_WhatAddsMakesTheTracker(t *testing.T) {
	for name, add := range map[string]func(tracker.Handle) error{
		"Add":       func(h tracker.Handle) error { _, err := h.Add([]uint64{1 << 62}); return err },
		"AddRange":  func(h tracker.Handle) error { _, err := h.AddRange(tracker.Range{Min: 5, Max: 6}); return err },
		"Claim":     func(h tracker.Handle) error { _, err := h.Claim(1 << 62); return err },
		"ClaimAll":  func(h tracker.Handle) error { _, err := h.ClaimAll(nil, nil); return err },
		"ClaimNext": func(h tracker.Handle) error { _, err := h.ClaimNext(nil, tracker.Everything, 1); return err },
		"Reserve":   func(h tracker.Handle) error { return h.Reserve(1) },
	} {
		r := newRegistry(t, 0)
		var rec told
		h := r.Caller(&rec).At("a:")
		if err := add(h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		made := r.Get("a:")
		if made == nil || h.Read() != tracker.Reader(made) || !h.There() || !slices.Contains(rec.trackers, made) {
			t.Errorf("%s: %p made, %p read, %d told", name, made, h.Read(), len(rec.trackers))
		}
	}
	// Within a budget without room there is none, and no memory of it: neither
	// if the IDs have no room nor if only the tracker has none.
	for _, id := range []uint64{1 << 40, 1} {
		r := newRegistry(t, 600)
		var rec told
		h := r.Caller(&rec).At("a:")
		if _, err := h.Add([]uint64{id}); !errors.Is(err, tracker.ErrOutOfMemory) {
			t.Error(err)
		}
		if h.There() || r.Len() != 0 || r.Budget().Used() != 0 || len(rec.trackers) != 0 {
			t.Errorf("%d is refused, and there: %d bytes", id, r.Budget().Used())
		}
	}
}

// seen is a Recorder that keeps what could be seen when it was told.
type seen struct{ stats []tracker.Stats }

func (s *seen) Changed(t *tracker.Tracker) { s.stats = append(s.stats, t.Stats()) }
func (s *seen) ChangedAll()                {}

func TestHandle_ClaimAllAnswersInOrderAndCountsBeforeItTells(t *testing.T) {
	r := newRegistry(t, 200<<10)
	var rec seen
	h := r.Caller(&rec).At("a:")
	if _, err := h.Add([]uint64{7}); err != nil {
		t.Fatal(err)
	}
	rec.stats = nil
	got, err := h.ClaimAll([]bool{true}, []uint64{5, 7, 6, 5, 1 << 60})
	if err != nil || !slices.Equal(got, []bool{true, true, false, true, false, false}) {
		t.Error(got, err)
	}
	if n := len(rec.stats); n != 1 || rec.stats[0] != h.Read().Stats() {
		t.Fatalf("told %d times, of %+v", n, rec.stats)
	}
	if s := rec.stats[0]; s.Claims != 2 || s.Conflicts != 2 || s.OutOfRange != 1 {
		t.Errorf("%+v", s)
	}
	refused := make([]uint64, 20)
	for i := range refused {
		refused[i] = uint64(i) << 30
	}
	if got, err = h.ClaimAll(got[:1], refused); !errors.Is(err, tracker.ErrOutOfMemory) || !slices.Equal(got, []bool{true}) || h.Read().Count() != 3 {
		t.Error(got, err)
	}
	if got, err = h.ClaimAll(got[:1], nil); err != nil || !slices.Equal(got, []bool{true}) || len(rec.stats) != 1 {
		t.Error(got, err, rec.stats)
	}
}

// What asks for nothing makes no tracker, and works where there is one.
func TestHandle_WhatAsksForNothingMakesNone(t *testing.T) {
	r, err := tracker.NewRegistry(tracker.Config{MaxID: 100}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	for _, there := range []bool{false, true} {
		for name, ask := range map[string]func(tracker.Handle) error{
			"AddRange, empty":         func(h tracker.Handle) error { _, err := h.AddRange(tracker.Range{Min: 5, Max: 5}); return err },
			"AddRange, out of bounds": func(h tracker.Handle) error { _, err := h.AddRange(tracker.Range{Min: 100, Max: 200}); return err },
			"ClaimNext of none":       func(h tracker.Handle) error { _, err := h.ClaimNext(nil, tracker.Everything, 0); return err },
			"ClaimNext, empty":        func(h tracker.Handle) error { _, err := h.ClaimNext(nil, tracker.Range{Min: 9, Max: 3}, 1); return err },
			"ClaimNext, out of bounds": func(h tracker.Handle) error {
				_, err := h.ClaimNext(nil, tracker.Range{Min: 100, Max: 101}, 1)
				return err
			},
			"Reserve": func(h tracker.Handle) error { return h.Reserve(0) },
		} {
			var rec told
			h := r.Caller(&rec).At("a:")
			if err := ask(h); err != nil || h.There() != there || len(rec.trackers) != 0 || h.Read().Count() != 0 {
				t.Errorf("%s: %v, there %t, %d told", name, err, h.There(), len(rec.trackers))
			}
		}
		if _, err := r.GetOrCreate("a:"); err != nil {
			t.Fatal(err)
		}
	}
}

// Where trackers are made on purpose only, nothing else makes one, and one that is
// there is as ever.
func TestHandle_NothingIsMadeButOnPurpose(t *testing.T) {
	r := newRegistry(t, 0)
	r.CreateOnlyOnPurpose()
	var rec told
	c := r.Caller(&rec)
	adds := map[string]func(tracker.Handle) error{
		"Add":       func(h tracker.Handle) error { _, err := h.Add([]uint64{1}); return err },
		"AddRange":  func(h tracker.Handle) error { _, err := h.AddRange(tracker.Range{Min: 5, Max: 6}); return err },
		"Claim":     func(h tracker.Handle) error { _, err := h.Claim(1); return err },
		"ClaimAll":  func(h tracker.Handle) error { _, err := h.ClaimAll(nil, []uint64{1}); return err },
		"ClaimNext": func(h tracker.Handle) error { _, err := h.ClaimNext(nil, tracker.Everything, 1); return err },
		"Reserve":   func(h tracker.Handle) error { return h.Reserve(1) },
	}
	for name, add := range adds {
		if err := add(c.At("a:")); !errors.Is(err, tracker.ErrNotCreated) || r.Len() != 0 || len(rec.trackers) != 0 {
			t.Errorf("%s: %v, %d trackers, %d told", name, err, r.Len(), len(rec.trackers))
		}
	}
	if _, err := r.GetOrCreate("a:"); !errors.Is(err, tracker.ErrNotCreated) {
		t.Error(err)
	}
	if _, err := c.Create("a:", tracker.Config{}); err != nil {
		t.Fatal(err)
	}
	for name, add := range adds {
		if err := add(c.At("a:")); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that has gone since it was found is not made again.
	h := c.At("a:")
	r.Drop("a:")
	if _, err := h.Add([]uint64{300000}); !errors.Is(err, tracker.ErrNotCreated) || r.Len() != 0 {
		t.Errorf("%v, %d trackers", err, r.Len())
	}
}

func TestHandle_AsMade(t *testing.T) {
	c := newRegistry(t, 0).Caller(nil)
	if made, err := c.At("a:").AsMade(); err != nil || made.Prefix() != "a:" || c.At("a:").There() {
		t.Error(made, err)
	}
	if made, err := c.At("").AsMade(); !errors.Is(err, tracker.ErrInvalidPrefix) || made != nil {
		t.Error(made, err)
	}
	there, err := c.Create("a:", tracker.Config{Width: 3})
	if err != nil {
		t.Fatal(err)
	}
	if made, err := c.At("a:").AsMade(); err != nil || made != there {
		t.Error(made, err)
	}
	if again, err := c.Create("a:", tracker.Config{}); !errors.Is(err, tracker.ErrExists) || again != there {
		t.Error(again, err)
	}
}

func TestCaller_ClearIsToldOnceForAll(t *testing.T) {
	r := newRegistry(t, 0)
	var rec told
	c := r.Caller(&rec)
	for _, p := range []string{"a", "b"} {
		if _, err := c.At(p).Add([]uint64{1}); err != nil {
			t.Fatal(err)
		}
	}
	rec = told{}
	if n := c.Clear(); n != 2 || rec.all != 1 || len(rec.trackers) != 0 || c.At("a").There() {
		t.Error(n, rec)
	}
}

// A Handle must not make one tracker pass for another of the same name.
func TestHandle_ReadsWhatAtFound(t *testing.T) {
	r := newRegistry(t, 0)
	c := r.Caller(nil)
	if _, err := c.At("a").Add([]uint64{1}); err != nil {
		t.Fatal(err)
	}
	c.Drop("a")
	if h := c.At("a"); h.There() || h.Read().Count() != 0 || h.Exists(1) {
		t.Error("a dropped tracker is read")
	}
}
