package reconcile

import (
	"fmt"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/tracker"
)

// A prefix that cannot be repaired now holds up no other.
func TestFollow_OneHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	for _, prefix := range []string{"aaa:", "vec:"} {
		if _, err := g.registry.Create(prefix, tracker.Config{Width: width}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.caller.At("aaa:").Add([]uint64{1}); err != nil { // which the store has not
		t.Fatal(err)
	}
	g.set(5)
	long, err := g.Start(Request{Prefix: "aaa:", Mode: Verify, Settle: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Follow([]string{"aaa:", "vec:"}, true); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "the other is repaired", func() string {
		if g.state(5) == "x" {
			return ""
		}
		return "5 is missing"
	})
	if o := g.Figures().Follow; !o.CatchingUp {
		t.Errorf("%+v", o)
	}
	g.Stop(long)
	within(t, 10*time.Second, "all has been repaired", func() string {
		if !g.Figures().Follow.CatchingUp && g.registry.Get("aaa:").Count() == 0 {
			return ""
		}
		return "1 is stale"
	})
}

// A store full of keys that are none of IDs is not gone through for each of them, and the first that is one makes the prefix.
func TestFollow_WhatIsNoIDMakesNoRepair(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	if err := g.Follow([]string{"vec:"}, true); err != nil {
		t.Fatal(err)
	}
	within(t, 10*time.Second, "it is followed", func() string {
		if o := g.Figures().Follow; o.Gaps > 0 && !o.CatchingUp {
			return ""
		}
		return "it is not"
	})
	jobs := len(g.Figures().Jobs)
	for i := range 5 {
		ignored := g.Figures().Follow.Ignored
		g.Do(t, "SET", fmt.Sprintf("vec:%d of another width", i), "v")
		within(t, 10*time.Second, "it is ignored", func() string {
			o := g.Figures().Follow
			if o.Ignored > ignored && !o.CatchingUp {
				return ""
			}
			return fmt.Sprintf("%+v", o)
		})
	}
	if n := len(g.Figures().Jobs); n != jobs {
		t.Errorf("%d jobs, of which %d were there before", n, jobs)
	}
	g.set(7)
	within(t, 10*time.Second, "the prefix is made", func() string {
		if r := g.registry.Get("vec:"); r != nil && r.Count() == 1 {
			return ""
		}
		return "it is not"
	})
}
