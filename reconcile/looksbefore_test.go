package reconcile

import "testing"

// The tracker is looked at before the store is, too: an ID that was right when a look began, and is wrong at its end, was handed out or
// given back meanwhile. At another look that may be so again.
func TestVerify_LooksAtTheTrackerBeforeTheStore(t *testing.T) {
	g := newRig(t)
	g.set(10, 11)
	g.add(1)
	g.between.asked = func(n int, _ []string) {
		if n%2 == 1 { // of what is stale; then comes what is missing
			g.add(10)
		} else {
			g.rem(10)
		}
	}
	g.only(g.done(Request{Prefix: "vec:", Mode: Verify}), []string{key(1)}, []string{key(11)}, 1)
}
