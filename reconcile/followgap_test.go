package reconcile

import (
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
