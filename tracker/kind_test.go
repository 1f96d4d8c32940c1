package tracker

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errNoPlace = errors.New("no place")

// seats is a kind with a number of places: what the table does for delete
// iterators it does for any kind.
type seats struct{ *guests }

type guests struct {
	places        int
	entered, left []*hold
}

func (s seats) enter(h *hold) error {
	if len(s.entered) == s.places {
		return errNoPlace
	}
	if h.token == "" || h.groups[ofTracker] == nil || h.over() {
		return errors.New("enters before it is complete")
	}
	s.entered = append(s.entered, h)
	return nil
}

func (s seats) leave(h *hold) { s.left = append(s.left, h) }

func TestHolds_AnyKindEntersAndLeavesOnce(t *testing.T) {
	for name, end := range map[string]func(r *Registry, owner *Caller, h *hold){
		"close": func(r *Registry, _ *Caller, h *hold) { r.holds.close(h.token, h.kind) },
		"time":  func(*Registry, *Caller, *hold) { time.Sleep(time.Minute) },
		"owner": func(_ *Registry, owner *Caller, _ *hold) { owner.Close() },
		"drop":  func(_ *Registry, owner *Caller, _ *hold) { owner.Drop("a:") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _, a := world(t)
				owner := r.Caller(nil)
				there := func() bool { return true }
				k := seats{&guests{places: 2}}
				var held [3]*hold
				for i, want := range []error{nil, nil, errNoPlace} {
					held[i] = &hold{kind: k, tracker: a, ttl: time.Minute}
					if err := r.holds.open(held[i], &owner.held, there); !errors.Is(err, want) {
						t.Fatal(i, err)
					}
				}
				if r.holds.kept() != 2 || len(k.entered) != 2 || a.Deleting() {
					t.Fatalf("%d kept, %d entered", r.holds.kept(), len(k.entered))
				}
				token := open(t, owner.At("a:"), time.Hour, false) // has a place of its own
				if r.holds.use(held[0].token, deleting{}) != nil || r.holds.close(held[0].token, seats{}) != nil || owner.CloseDelete(held[0].token) {
					t.Error("found as another kind")
				}
				if r.holds.use(token, k) != nil || r.holds.use(held[0].token, k) != held[0] || held[1].over() {
					t.Error("not found as its own")
				}
				r.holds.mu.Lock()
				held[1].end()
				held[1].end()
				r.holds.mu.Unlock()
				end(r, owner, held[0])
				synctest.Wait()
				if len(k.left) != 2 || k.left[0] != held[1] || k.left[1] != held[0] {
					t.Errorf("%d left", len(k.left))
				}
				if a.Deleting() != (name != "drop") {
					t.Error("the delete iterator ended with the others, or did not end with its tracker")
				}
			})
		})
	}
}

func TestHolds_ErrorsOfTheTableAreNoKinds(t *testing.T) {
	r, _, a := world(t)
	gone := r.Caller(nil)
	gone.Close()
	k := seats{&guests{places: 1}}
	h := &hold{kind: k, tracker: a, ttl: time.Minute}
	if err := r.holds.open(h, &gone.held, func() bool { return true }); !errors.Is(err, ErrCallerClosed) {
		t.Error(err)
	}
	if err := r.holds.open(h, nil, func() bool { return false }); !errors.Is(err, ErrNoPrefix) {
		t.Error(err)
	}
	if len(k.entered)+len(k.left)+r.holds.kept() != 0 {
		t.Error("refused, and entered")
	}
}
