package main

import (
	"maps"
	"runtime"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/lockcheck"
)

// aroundLocks is what the rule below excepts and adds, and why.
var aroundLocks = lockcheck.Rules{
	Turns: map[string]string{
		"resp.pusher.sending": "one connection's own: it orders what goes to its client, and nobody else takes it",
		"journal.Log.turn":    "who waits for it waits for a write of what he has to have written himself",
		"journal.Log.syncing": "for who has something on the disk: the syncer, who writes a base, who ends the log",
	},
	Called: map[string]string{
		"resp.Server.closed": "redcon's lock", // which all that connect and leave take
	},
	Foreign: map[string]string{
		"tracker.Recorder.Changed":    "a program that has the library may wait there",
		"tracker.Recorder.ChangedAll": "the same",
	},
	Prompt: map[string]string{
		"journal.Log.stopWalking": "there is room in the channel: who gives back has taken what was in it",
		"resp.loop.rouse":         "an eventfd takes what is written at once, or is full and has roused",
		"resp.guardConn.kill":     "it closes a socket, which ends the work of whoever is at it",
		"resp.guardConn.ending":   "it polls with no patience at all",
		"resp.pusher.close":       "the connection is closed: what its goroutine sends fails, and it ends",
	},
	Quiet: []string{module + "/resp.Message"}, // it has nowhere to be flushed to
}

// No lock is held over what may wait for somebody else: a reply, a line of the
// log, a channel. Who holds one while a client does not read stops all who want
// it, event loops included.
func TestLocks_NobodyWaitsUnderOne(t *testing.T) {
	p, err := lockcheck.Load(".", ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range p.Check(aroundLocks) {
		t.Error(place)
	}
	if runtime.GOOS != "linux" { // there is less to except
		return
	}
	for name := range aroundLocks.Turns {
		without := aroundLocks
		without.Turns = except(without.Turns, name)
		if len(p.Check(without)) == 0 {
			t.Errorf("%s is a turn that needs no exception any more", name)
		}
	}
	for name := range aroundLocks.Prompt {
		without := aroundLocks
		without.Prompt = except(without.Prompt, name)
		if len(p.Check(without)) == 0 {
			t.Errorf("%s needs no exception any more", name)
		}
	}
}

func except(all map[string]string, name string) map[string]string {
	others := maps.Clone(all)
	delete(others, name)
	return others
}
