package reconcile

import (
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
	"github.com/prefixtracker/prefixtracker/journal"
)

// As long as the log takes nothing, nothing is changed by what is heard; then all of it is made good.
func TestFollow_WaitsForTheLog(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	disk := g.keep(t.TempDir(), journal.EverySec)
	if err := g.Follow([]string{"vec:"}, true); err != nil {
		t.Fatal(err)
	}
	redistest.Eventually(t, "it follows", func() bool { o := g.Figures().Follow; return o.Connected == 1 && o.Gaps > 0 && !o.CatchingUp })
	g.fill("vec:", 0, 99)
	redistest.Eventually(t, "all are there", func() bool { at := g.registry.Get("vec:"); return at != nil && at.Count() == 100 })
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%+v", g.Figures())
		}
	})
	disk.full.Store(true)
	g.set(200) // perhaps this is changed still
	g.add(7000)
	redistest.Eventually(t, "the log refuses", func() bool { g.rem(7000); return g.log.Refusing() != nil })
	before := g.Figures().Follow
	g.del(1, 2)
	g.set(300)
	redistest.Eventually(t, "they are heard, or missed", func() bool {
		o := g.Figures().Follow
		return o.Events >= before.Events+3 && o.Deferred >= 3 || o.Gaps > before.Gaps
	})
	if h := g.caller.At("vec:"); !h.Exists(1) || !h.Exists(2) || h.Exists(300) {
		t.Error("something was changed that the log does not take")
	}
	disk.full.Store(false)
	redistest.Eventually(t, "all is made good", func() bool {
		h := g.caller.At("vec:")
		return !h.Exists(1) && !h.Exists(2) && h.Exists(200) && h.Exists(300) && h.Read().Stats().Leased == 0
	})
}

// A store that is not there yet is told of, and tried again.
func TestFollow_BeginsWhenTheStoreIsThere(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	g.Kill()
	if err := g.Follow([]string{"vec:"}, true); err != nil {
		t.Fatal(err)
	}
	redistest.Eventually(t, "it says that it hears nothing", func() bool { return strings.Contains(g.Figures().Follow.LastGap, "not heard") })
	g.Restart(t)
	g.fill("vec:", 0, 9)
	redistest.Eventually(t, "it follows", func() bool {
		o, at := g.Figures().Follow, g.registry.Get("vec:")
		return o.Connected == 1 && !o.CatchingUp && at != nil && at.Count() == 10
	})
}

// Who has ended follows nothing more, and does not begin to.
func TestFollow_EndsWithItsReconciler(t *testing.T) {
	t.Parallel()
	g := newRig(t)
	if err := g.Follow(nil, false); err == nil {
		t.Error("follows no prefix")
	}
	if err := g.Follow([]string{"vec:"}, true); err != nil {
		t.Fatal(err)
	}
	if err := g.Follow([]string{"vec:"}, true); err != ErrBusy {
		t.Errorf("follows twice: %v", err)
	}
	g.Reconciler.Close()
	if n := g.Figures().Follow.Deferred; n != 0 {
		t.Errorf("%d suspects after the end", n)
	}
	late := newRig(t)
	late.Reconciler.Close()
	if err := late.Follow([]string{"vec:"}, true); err != ErrClosed {
		t.Errorf("follows after the end: %v", err)
	}
}
