package integration_test

import (
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/internal/redistest"
)

// TestDrift_ManyDiffer: more IDs differ than are looked at, asked for or put in flight together.
func TestDrift_ManyDiffer(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	d := newDrift(t, 20*time.Millisecond, redistest.Start(t))
	const n = 70_000
	stale := keysOf("vec:", 0, 2*n, 2)
	set(t, d.redis, stale...)
	d.sync(t, "vec: MODE LOAD")
	del(t, d.redis, stale...)
	set(t, d.redis, keysOf("vec:", 1, 2*n, 2)...)
	d.sync(t, "vec: MODE VERIFY").mustDiffer(n, n)
	repaired := d.sync(t, "vec: MODE REPAIR")
	if repaired.mustDiffer(n, n); repaired.number("repaired") != 2*n || repaired.number("left") != 0 {
		t.Errorf("it says %v", repaired)
	}
	if got := mustBeEqual(t, d.admin, "vec:", "vec:", d.redis); got != n {
		t.Errorf("%d IDs exist, want %d", got, n)
	}
}

// TestDrift_PausesBetweenLooks: between two looks is as much time as was promised to those who write, and what is repaired is in flight
// for as long.
func TestDrift_PausesBetweenLooks(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	const settle = 150 * time.Millisecond
	d := newDrift(t, settle, redistest.Start(t))
	set(t, d.redis, keysOf("vec:", 1, 3, 1)...)
	d.admin.mustDo(t, "PT.ADD vec: 1 7", integer(2)) // 7 is stale, 2 missing
	for _, test := range []struct {
		line  string
		least time.Duration
	}{
		{"vec: MODE VERIFY", 2 * settle},
		{"vec: MODE VERIFY SETTLE 250", 500 * time.Millisecond},
		{"vec: MODE REPAIR DRYRUN", 2 * settle},
		{"vec: MODE REPAIR", 4 * settle}, // one more while stale ones are in flight, and one while missing ones are
	} {
		began := time.Now()
		d.sync(t, test.line).mustDiffer(1, 1)
		if took := time.Since(began); took < test.least {
			t.Errorf("%s took %v, and pauses for %v", test.line, took, test.least)
		}
	}
	began := time.Now()
	d.sync(t, "vec: MODE VERIFY SETTLE 3600000").mustDiffer(0, 0)
	if took := time.Since(began); took > patience {
		t.Errorf("where nothing differs it waited %v", took)
	}
}

// TestDrift_CachesAreTold: who keeps replies about a prefix is told when a sync has changed it, and by no verify.
func TestDrift_CachesAreTold(t *testing.T) {
	t.Parallel()
	d := newDrift(t, 20*time.Millisecond, redistest.Start(t))
	d.admin.mustDo(t, "PT.CREATE vec:", simple("OK"))
	d.admin.mustDo(t, "PT.CREATE mark:", simple("OK"))
	set(t, d.redis, keysOf("vec:", 0, 50, 1)...)
	reader := newCacheReader(t, d.tracker.addr)
	mark := 0
	for _, step := range []struct {
		line    string
		changes bool
		before  func()
	}{
		{line: "vec: DRYRUN"},
		{line: "vec: MODE VERIFY"},
		{line: "vec: MODE REPAIR DRYRUN"},
		{line: "vec: MODE LOAD", changes: true},
		{line: "vec: MODE LOAD"},
		{line: "vec: MODE REPAIR"},
		{line: "vec: MODE REPAIR", changes: true, before: func() { del(t, d.redis, keyOf("vec:", 7)) }},
		{line: "vec: MODE REPAIR", changes: true, before: func() { set(t, d.redis, keyOf("vec:", 70)) }},
	} {
		if step.before != nil {
			step.before()
		}
		reader.keep(t, "vec:")
		reader.keep(t, "mark:")
		d.sync(t, step.line)
		d.admin.mustReply(t, "PT.ADDRANGE", "mark:", "0", keyOf("", uint64(mark+1)))
		mark++
		if told := reader.next(t); step.changes != (told == "vec:") {
			t.Errorf("%s: told first of %s", step.line, told)
		} else if step.changes {
			if told := reader.next(t); told != "mark:" {
				t.Errorf("%s: told then of %s", step.line, told)
			}
		}
	}
}

// TestDrift_FarApart: what differs lies behind a long way of words of which each has an ID, and none that differs.
func TestDrift_FarApart(t *testing.T) {
	t.Parallel()
	sameForEveryListener(t)
	d := newDrift(t, 20*time.Millisecond, redistest.Start(t))
	const words = 40_000
	set(t, d.redis, keysOf("vec:", 0, 64*words, 64)...)
	d.sync(t, "vec: MODE LOAD")
	del(t, d.redis, keyOf("vec:", 64*(words-1)))
	set(t, d.redis, keyOf("vec:", 64*(words-1)+5))
	d.sync(t, "vec: MODE VERIFY").mustDiffer(1, 1)
	d.sync(t, "vec: MODE REPAIR").mustDiffer(1, 1)
	if got := mustBeEqual(t, d.admin, "vec:", "vec:", d.redis); got != words {
		t.Errorf("%d IDs exist, want %d", got, words)
	}
}
