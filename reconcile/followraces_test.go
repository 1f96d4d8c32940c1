package reconcile

import (
	"context"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/observe"
	"github.com/prefixtracker/prefixtracker/store"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/redis/rueidis"
)

// only is the range of one ID.
func only(id uint64) tracker.Range { return tracker.Range{Min: id, Max: id + 1} }

// Events that are heard when their ID is in other hands by then: nobody gets it a second time, and in the end the
// tracker has what the store has.
func TestFollow_LateEventsHandOutNothing(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	f := followSettling(t, "redis://"+s.Addr, 500*time.Millisecond) // longer than a worker here needs
	c := f.registry.Caller(nil)
	h := c.At(prefix)
	late := f.with.follower.Load()
	heard := func(what string) { // all that has happened before
		s.Do(t, "SET", prefix+"999", "v")
		f.until(what, func(o observe.Follow) bool { return h.Exists(999) })
		s.Do(t, "DEL", prefix+"999")
		f.until(what, func(o observe.Follow) bool { return !h.Exists(999) && o.Doubtful == 0 })
	}
	claim := func(id uint64) (n uint64) {
		runs, err := h.ClaimNext(nil, only(id), 1)
		if err != nil {
			t.Fatal(err)
		}
		return tracker.Total(runs)
	}
	take := func(id uint64) uint64 { return tracker.Total(h.TakeNext(nil, only(id), 1)) }
	inDoubt := func(o observe.Follow) bool { return o.Doubtful == 1 }
	settled := func(o observe.Follow) bool { return o.Doubtful == 0 && o.Deferred == 0 }
	heard("it works")
	applied := f.with.Figures().Follow.Applied

	// The DEL of one is heard when another has claimed the ID, and has not written yet.
	if claim(1) != 1 {
		t.Fatal("1 is not free")
	}
	late.Event(store.Event{Key: prefix + "1", Kind: store.Gone})
	f.until("1 is in doubt", inDoubt)
	if claim(1) != 0 {
		t.Error("1 is handed out twice")
	}
	s.Do(t, "SET", prefix+"1", "v")
	f.until("1 is settled", settled)
	if !h.Exists(1) || claim(1) != 0 {
		t.Error("1 does not exist, and was written")
	}

	// The SET of one is heard when another has taken the ID, and has not deleted yet.
	if take(1) != 1 {
		t.Fatal("1 is not to be had")
	}
	late.Event(store.Event{Key: prefix + "1", Kind: store.There})
	f.until("1 is in doubt", inDoubt)
	if take(1) != 0 {
		t.Error("1 is to be deleted twice")
	}
	s.Do(t, "DEL", prefix+"1")
	f.until("1 is settled", settled)
	if h.Exists(1) || take(1) != 0 {
		t.Error("1 exists, and was deleted")
	}
	if o := f.with.Figures().Follow; o.Applied != applied {
		t.Errorf("%d IDs were changed for workers that did nothing wrong", o.Applied-applied)
	}

	// What nobody knows is asked for, and nothing is put in flight for it that is as it should be.
	s.Do(t, "SET", prefix+"2", "v")
	f.until("2 is heard of", func(observe.Follow) bool { return h.Exists(2) })
	asked := f.with.Figures().Follow.Applied
	late.Event(store.Event{Key: prefix + "2", Kind: store.Perhaps})
	late.Event(store.Event{Key: prefix + "3", Kind: store.Perhaps})
	f.until("2 and 3 are asked for", settled)
	if o := f.with.Figures().Follow; o.Applied != asked || !h.Exists(2) || h.Exists(3) {
		t.Errorf("after events that say nothing: %+v", o)
	}
}

// Leases of workers that have died after they had written or deleted: when they end, the tracker says the contrary of
// the store, and the event was long ago; or nobody heard it, and a repair has passed over what was in flight.
func TestFollow_LeasesOfTheDead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		unseen bool // the event
	}{{"heard", false}, {"in a gap", true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t)
			f := followSettling(t, "redis://"+s.Addr, 100*time.Millisecond)
			caller := f.registry.Caller(nil)
			h := caller.At(prefix)
			s.Do(t, "SET", prefix+"1", "v")
			f.until("1 exists", func(observe.Follow) bool { return h.Exists(1) })
			var tokens []string
			for of, id := range map[tracker.LeaseKind]uint64{tracker.TakeLease: 1, tracker.ClaimLease: 2} {
				lend := h.TakeLease
				if of == tracker.ClaimLease {
					lend = h.ClaimLease
				}
				token, _, err := lend(nil, only(id), tracker.Mask{}, 1, tracker.LeaseTerms{TTL: time.Hour})
				if err != nil || token == "" {
					t.Fatal(token, err)
				}
				tokens = append(tokens, token)
			}
			o := f.with.Figures().Follow
			if c.unseen {
				// To who is killed nothing more is told.
				var batch rueidis.Commands
				for _, words := range [][]string{{"MULTI"}, {"CLIENT", "KILL", "TYPE", "pubsub"}, {"DEL", prefix + "1"}, {"SET", prefix + "2", "v"}, {"EXEC"}} {
					batch = append(batch, s.Client(t).B().Arbitrary(words...).Build())
				}
				for _, r := range s.Client(t).DoMulti(context.Background(), batch...) {
					if err := r.Error(); err != nil {
						t.Fatal(err)
					}
				}
				f.until("it has caught up", func(now observe.Follow) bool { return now.Gaps > o.Gaps && !now.CatchingUp })
				if n := f.with.Figures().Follow.Events; n != o.Events {
					t.Fatalf("%d events were heard all the same", n-o.Events)
				}
			} else {
				s.Do(t, "DEL", prefix+"1")
				s.Do(t, "SET", prefix+"2", "v")
				f.until("both are heard", func(now observe.Follow) bool { return now.Events >= o.Events+2 })
			}
			if h.Exists(1) || h.Exists(2) {
				t.Error("what is in flight was touched")
			}
			for _, token := range tokens {
				if _, err := caller.Release(token, nil); err != nil {
					t.Error(err)
				}
			}
			if n := f.agrees(5 * time.Second); n != 1 || !h.Exists(2) {
				t.Errorf("%d IDs, 2 exists: %v", n, h.Exists(2))
			}
		})
	}
}

// Between the moment that a suspect is found free and the one that it is taken out of the suspects somebody claims it, writes, and has
// his key deleted by another: that is not forgotten with what made it a suspect before.
func TestFollow_SuspectsThatSomebodyGetsStaySuspects(t *testing.T) {
	t.Parallel()
	registry, err := tracker.NewRegistry(tracker.Config{}, tracker.NewBudget(0))
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	h := registry.Caller(nil).At(prefix)
	if _, err := h.Add([]uint64{1}); err != nil {
		t.Fatal(err)
	}
	f := &follower{Reconciler: &Reconciler{options: Options{Registry: registry}}, turn: make(chan struct{}, 1)}
	p := &followed{prefix: prefix}
	p.look(f, false)
	defer p.close()
	says := func(kind store.EventKind, id string) { p.suspect(f, store.Event{Key: prefix + id, Kind: kind}) }
	says(store.Gone, "1")
	says(store.There, "2")
	s := p.at.Load()
	for of, id := range map[tracker.LeaseKind]uint64{tracker.TakeLease: 1, tracker.ClaimLease: 2} {
		found := s.grounded(of)
		if len(found) != 1 || found[0] != id {
			t.Fatalf("%v: found %v", of, found)
		}
		token, _, err := h.LeaseOf(nil, tracker.RunsOf(found), of, tracker.LeaseTerms{TTL: time.Hour})
		if err != nil || token == "" {
			t.Fatal(token, err)
		}
		says(store.Gone, "1")
		says(store.There, "2")
		if in := p.takeOut(f, s, of, found); len(in) != 0 {
			t.Errorf("%v: the store is asked for %v, which is somebody's", of, in)
		}
	}
	if n := s.suspects.Count(); n != 2 {
		t.Errorf("%d suspects are left of 2", n)
	}
}

// A store that dies while an ID is in doubt leaves it as it was, long before the lease ends.
func TestFollow_GivesBackWhatCannotBeDecided(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	f := followSettling(t, "redis://"+s.Addr+"?wait=500ms", time.Second)
	s.Do(t, "SET", prefix+"1", "v")
	h := f.registry.Caller(nil).At(prefix)
	f.until("1 exists", func(o observe.Follow) bool { return h.Exists(1) && o.Doubtful == 0 })
	s.Do(t, "DEL", prefix+"1")
	f.until("1 is in doubt", func(o observe.Follow) bool { return o.Doubtful == 1 })
	s.Kill()
	f.until("1 exists again", func(o observe.Follow) bool { return h.Exists(1) && h.Read().Stats().Leased == 0 })
	s.Restart(t) // without any key
	f.until("it is heard again", func(o observe.Follow) bool { return o.Connected == 1 && !o.CatchingUp })
	if n := f.agrees(5 * time.Second); n != 0 {
		t.Errorf("%d IDs", n)
	}
}

// A load adds what it has found before.
func TestFollow_RepairsAfterALoad(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t)
	set(t, s.Client(t), 0, 99)
	f := followSettling(t, "redis://"+s.Addr, 10*time.Millisecond)
	f.registry.Caller(nil).At(prefix).Remove([]uint64{7}) // or there is nothing to add
	id, err := f.with.Start(Request{Prefix: prefix, Mode: Load})
	if err != nil {
		t.Fatal(err)
	}
	f.until("it is repaired after the load", func(o observe.Follow) bool {
		last := f.with.Figures().Jobs[0]
		return last.ID > id && last.Mode == "repair" && last.State == "done"
	})
}
