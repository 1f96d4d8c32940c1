package integration_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestKillNotices: what TestKill compares is right while nobody is killed, and each kind of loss would be seen.
func TestKillNotices(t *testing.T) {
	t.Parallel()
	k := newKilled(t, "", *killSeed)
	s := startServer(t, "--unix-socket", k.socket, "--max-count", everything)
	k.addr = s.addr
	c := connect(t, s.addr)
	w := k.workers[3]
	p, long := w.owned[1], w.owned[2]
	// work has all workers at work for a while, with a seldom FLUSHALL and what each life begins with.
	work := func() {
		t.Helper()
		if _, err := k.renewPools(c); err != nil {
			t.Fatal(err)
		}
		k.ending.Store(false)
		var all sync.WaitGroup
		for _, w := range k.workers {
			all.Go(func() {
				if err := w.work(); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(100 * time.Millisecond)
		if r, alive, err := k.operation(c, "FLUSHALL"); err != nil || !alive || r.text != "OK" {
			t.Errorf("FLUSHALL replied %q", r.text)
		}
		time.Sleep(200 * time.Millisecond)
		k.ending.Store(true)
		all.Wait()
		if t.Failed() {
			t.FailNow()
		}
		for _, o := range []op{ // so that there is something of each kind
			p.addRange(7, 9), long.addRange(1, 3),
			k.claims.handingOut(w, k.claims.name, 5, "PT.CLAIMNEXT", k.claims.name, "COUNT", "5"),
			k.queue.handingOut(w, k.queue.name, 5, "PT.TAKENEXT", k.queue.name, "COUNT", "5"),
		} {
			if _, err := o.apply([]reply{c.mustReply(t, o.commands[0]...)}); err != nil {
				t.Fatalf("%q: %v", o.commands, err)
			}
		}
		if err := k.verify(c); err != nil {
			t.Fatal(err)
		}
	}
	first := func(of bitset, in bool) string {
		for i := range uint64(len(of) * 64) {
			if of.has(i) == in {
				return strconv.FormatUint(i, 10)
			}
		}
		return ""
	}
	for what, spoil := range map[string]func() string{
		"an ID is lost":             func() string { return "PT.REM " + p.name + " " + first(p.bits, true) },
		"an ID is back":             func() string { return "PT.ADD " + p.name + " " + first(p.bits, false) },
		"a part of a range is lost": func() string { return fmt.Sprintf("PT.REM %s %d", long.name, 2*long.unit) },
		"a prefix is lost":          func() string { return "PT.DROP " + p.name },
		"a claim is forgotten":      func() string { return "PT.REM " + k.claims.name + " " + first(k.claims.out, true) },
		"a claim is nobody's":       func() string { return "PT.CLAIMNEXT " + k.claims.name },
		"what was taken is back":    func() string { return "PT.ADD " + k.queue.name + " " + first(k.queue.out, true) },
		"nobody has what was taken": func() string { return "PT.TAKENEXT " + k.queue.name },
		"a prefix is nobody's":      func() string { return "PT.ADD nobody: 1" },
		"all is lost":               func() string { return "FLUSHALL" },
	} {
		work()
		c.mustReply(t, words(spoil())...)
		if err := k.verify(c); err == nil {
			t.Errorf("%s, and it is not seen", what)
		} else {
			t.Logf("%s: %v", what, err)
		}
		// From here on there is nothing, as far as the server and the workers know.
		c.mustDo(t, "FLUSHALL", simple("OK"))
		k.flushed()
	}
	t.Log(k)
}

// killedElsewhere are commands that change something together with more than one prefix or with
// what is held, which TestKill keeps no account of: tests of their own kill the server beside them.
var killedElsewhere = map[string][]string{
	"TestLinearizable":                {"pt.confirm", "pt.release", "pt.renew"},
	"TestScene_ElasticCursor":         {"pt.cursor|open", "pt.cursor|next"},
	"TestCursor_CutsLoseNothing":      {"pt.cursor|seek", "pt.cursor|close"}, // of package tracker: the log is cut behind each change
	"TestSeveralPrefixesOutliveAKill": {"copy", "rename", "renamenx", "bitop", "sinterstore", "sunionstore", "sdiffstore"},
}

// TestKillSendsAll: every command that changes something is among those that TestKill draws, or is killed elsewhere.
func TestKillSendsAll(t *testing.T) {
	t.Parallel()
	sent := map[string]bool{"flushall": true, "flushdb": true} // by the one who looks after the server
	for _, names := range killedElsewhere {
		for _, name := range names {
			sent[name] = true
		}
	}
	w := newKilled(t, "", 1).workers[0]
	for i := range 20_000 {
		w.token = []string{"", "of an iterator"}[i%2]
		for _, command := range w.pick().commands {
			name := strings.ToLower(command[0])
			if name == "pt.deliter" {
				name += "|" + strings.ToLower(command[1])
			}
			sent[name] = true
		}
	}
	for _, name := range commandNames(t, connect(t, startServer(t).addr), " FILTERBY ACLCAT write") {
		if !sent[name] {
			t.Errorf("%s changes something, and nobody sends it", name)
		}
	}
}
