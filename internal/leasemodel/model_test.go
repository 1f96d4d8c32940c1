package leasemodel

import (
	"os"
	"strings"
	"testing"
	"time"
)

// at is the span of the n-th of calls that come one after the other.
func at(n int64) Span { return Span{10 * n, 10*n + 5} }

const hour, soon = time.Hour, 20 * time.Nanosecond

// story is a history of two IDs, 100 and 101, and of leases on the first.
type story func(h *History, r *Recorder)

func told(t *testing.T, s story) error {
	t.Helper()
	t.Setenv("PT_RESULTS_DIR", t.TempDir())
	h := &History{Universe: Universe{100, 102}}
	s(h, h.Recorder())
	_, err := h.Check(t.Name())
	return err
}

func claim(r *Recorder, n int64, token string, ttl time.Duration) *Lease {
	return r.Granted(at(n), false, token, []uint64{100}, ttl, "")
}

func take(r *Recorder, n int64, ttl time.Duration) *Lease {
	r.ID(at(n-1), Add, 100, Yes, "")
	return r.Granted(at(n), true, "t", []uint64{100}, ttl, "")
}

// A checker is worth what it rejects.
func TestModel_RejectsKnownBadHistories(t *testing.T) {
	one := []uint64{100}
	for name, s := range map[string]story{
		"claimed twice":      func(_ *History, r *Recorder) { claim(r, 1, "a", hour); claim(r, 2, "b", hour) },
		"claimed plainly":    func(_ *History, r *Recorder) { claim(r, 1, "a", hour); r.ID(at(2), Add, 100, Yes, "") },
		"taken twice":        func(_ *History, r *Recorder) { take(r, 1, hour); r.ID(at(2), Remove, 100, Yes, "") },
		"a claim is seen":    func(_ *History, r *Recorder) { claim(r, 1, "a", hour); r.ID(at(2), Exists, 100, Yes, "") },
		"a take is seen":     func(_ *History, r *Recorder) { take(r, 1, hour); r.ID(at(2), Exists, 100, Yes, "") },
		"in flight and free": func(_ *History, r *Recorder) { claim(r, 1, "a", hour); r.ID(at(2), Free, 100, Yes, "") },
		"confirmed, not there": func(_ *History, r *Recorder) {
			r.Settled(at(2), claim(r, 1, "a", hour), Confirm, one, 1, "")
			r.ID(at(3), Exists, 100, No, "")
		},
		"a confirmed take is there": func(_ *History, r *Recorder) {
			r.Settled(at(2), take(r, 1, hour), Confirm, nil, 1, "")
			r.ID(at(3), Exists, 100, Yes, "")
		},
		"released, passed over": func(_ *History, r *Recorder) {
			r.Settled(at(2), claim(r, 1, "a", hour), Release, nil, 1, "")
			r.Others(at(3), Free, nil, 100, 101, "")
		},
		"a released take is gone": func(_ *History, r *Recorder) {
			r.Settled(at(2), take(r, 1, hour), Release, nil, 1, "")
			r.ID(at(3), Exists, 100, No, "")
		},
		"settled twice": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Settled(at(2), l, Confirm, one, 1, "")
			r.Settled(at(3), l, Release, one, 1, "")
		},
		"too many settled": func(_ *History, r *Recorder) {
			l := r.Granted(at(1), false, "a", []uint64{100, 101}, hour, "")
			r.Settled(at(2), l, Confirm, one, 1, "")
			r.Settled(at(3), l, Confirm, nil, 2, "")
		},
		"alive with nothing left": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Settled(at(2), l, Confirm, nil, 1, "")
			r.Renewed(at(3), l, hour, false, "")
		},
		"ended too early":      func(_ *History, r *Recorder) { r.Ended(at(2), claim(r, 1, "a", hour), "") },
		"given back too early": func(_ *History, r *Recorder) { claim(r, 1, "a", hour); r.ID(at(2), Free, 100, Yes, "") },
		"confirmed after it was given back": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", soon)
			r.ID(at(4), Add, 100, Yes, "")
			r.ID(at(5), Remove, 100, Yes, "")
			r.Settled(at(6), l, Confirm, nil, 1, "")
		},
		"renewed after it had ended": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", soon)
			r.Ended(at(4), l, "")
			r.Renewed(at(5), l, hour, false, "")
		},
		"renewed, and handed on": func(_ *History, r *Recorder) {
			r.Renewed(at(2), claim(r, 1, "a", soon), hour, false, "")
			claim(r, 6, "b", hour)
		},
		"confirmed silently": func(_ *History, r *Recorder) { claim(r, 1, "a", soon); r.ID(at(9), Exists, 100, Yes, "") },
		"ended twice": func(_ *History, r *Recorder) {
			claim(r, 1, "a", soon)
			claim(r, 4, "b", hour)
			claim(r, 5, "c", hour)
		},
		"alive after a clear": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Cleared(at(2), false, "")
			r.Renewed(at(3), l, hour, false, "")
		},
		"in flight after a clear": func(_ *History, r *Recorder) {
			claim(r, 1, "a", hour)
			r.Cleared(at(2), false, "")
			r.Others(at(3), Free, nil, 100, 101, "")
		},
		"listed after its end": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Settled(at(2), l, Confirm, nil, 1, "")
			r.Leases(at(3), map[string]int{"a": 1})
		},
		"not listed": func(_ *History, r *Recorder) { claim(r, 1, "a", hour); r.Leases(at(2), nil) },
		"listed with too many": func(_ *History, r *Recorder) {
			claim(r, 1, "a", hour)
			r.Leases(at(2), map[string]int{"a": 2})
		},
		"lost with a kill": func(h *History, r *Recorder) {
			r.Settled(at(2), claim(r, 1, "a", hour), Confirm, one, 1, "")
			h.Crashed(29)
			r.ID(at(3), Exists, 100, No, "")
		},
		"in flight by nobody": func(_ *History, r *Recorder) {
			r.Settled(at(2), claim(r, 1, "a", hour), Release, one, 1, "")
			r.ID(at(3), Exists, 100, No, "")
			r.ID(at(3), Free, 100, No, "")
		},
		"claimed where nothing was asked": func(h *History, r *Recorder) {
			r.Lost(at(1), Add, 101, 102, "")
			h.Crashed(19)
			r.ID(at(2), Exists, 100, Yes, "")
		},
	} {
		if told(t, s) == nil {
			t.Errorf("accepted: %s", name)
		}
	}
}

func TestModel_AcceptsKnownGoodHistories(t *testing.T) {
	one := []uint64{100}
	for name, s := range map[string]story{
		"nothing": func(*History, *Recorder) {},
		"a claim confirmed": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Leases(at(2), map[string]int{"a": 1})
			r.Settled(at(3), l, Confirm, one, 1, "")
			r.ID(at(4), Exists, 100, Yes, "")
			r.Ended(at(5), l, "")
			r.Leases(at(6), nil)
		},
		"a take released": func(_ *History, r *Recorder) {
			r.Settled(at(3), take(r, 1, hour), Release, nil, 1, "")
			r.ID(at(4), Exists, 100, Yes, "")
		},
		"ended by time, given back later": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", soon)
			r.Ended(at(4), l, "")
			r.Others(at(5), Free, nil, 100, 101, "")
			r.ID(at(6), Add, 100, Yes, "")
		},
		"confirmed in the last moment": func(_ *History, r *Recorder) {
			r.Settled(at(9), claim(r, 1, "a", soon), Confirm, one, 1, "")
			r.ID(at(10), Exists, 100, Yes, "")
		},
		"settled by somebody else meanwhile": func(h *History, r *Recorder) {
			l := r.Granted(at(1), false, "a", []uint64{100, 101}, hour, "")
			r.Settled(Span{20, 40}, l, Confirm, nil, 1, "")
			h.Recorder().Settled(Span{25, 35}, l, Release, one, 1, "")
			r.ID(at(5), Exists, 100, No, "")
			r.ID(at(6), Exists, 101, Yes, "")
		},
		"a clear": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Cleared(at(2), false, "")
			r.Ended(at(3), l, "")
			claim(r, 4, "b", hour)
		},
		"with its connection": func(_ *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.Doomed(15, l, "")
			r.Renewed(at(2), l, hour, false, "")
			r.Ended(at(3), l, "")
			claim(r, 4, "b", hour)
		},
		"lost claims, one of which was none": func(h *History, r *Recorder) {
			r.Granted(Span{1, 15}, false, "", []uint64{100, 101}, hour, "")
			h.Crashed(15)
			r.ID(at(2), Free, 100, Yes, "")
			r.ID(at(3), Exists, 101, No, "")
			r.ID(at(4), Free, 101, No, "")
		},
		"a lost confirmation, seen and gone": func(h *History, r *Recorder) {
			l := claim(r, 1, "a", hour)
			r.LostSettle(Span{20, 45}, l, Confirm, nil, "")
			r.ID(at(3), Exists, 100, Yes, "")
			h.Crashed(45)
			r.ID(at(5), Exists, 100, No, "")
		},
	} {
		if err := told(t, s); err != nil {
			t.Errorf("rejected: %s: %v", name, err)
		}
	}
}

// What fails is there to be looked at.
func TestCheck_SavesTheHistoryThatFailed(t *testing.T) {
	err := told(t, func(_ *History, r *Recorder) { claim(r, 1, "a", hour); claim(r, 2, "b", hour) })
	if err == nil {
		t.Fatal("accepted")
	}
	for _, file := range []string{".html", ".json"} {
		text, broken := os.ReadFile(os.Getenv("PT_RESULTS_DIR") + "/" + t.Name() + file)
		if broken != nil || !strings.Contains(string(text), "claim") {
			t.Errorf("%s: %v", file, broken)
		}
	}
}
