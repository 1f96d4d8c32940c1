package commands

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/transcript"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/prefixtracker/prefixtracker/tracker"
	"github.com/rs/zerolog"
)

// heard is what a client's commands say that they have changed.
type heard struct {
	prefixes map[string]bool
	all      bool
}

// Changed implements [tracker.Recorder].
func (h *heard) Changed(t *tracker.Tracker) { h.prefixes[t.Prefix()] = true }

// ChangedAll implements [tracker.Recorder].
func (h *heard) ChangedAll() { h.all = true }

// state is all that PT.INFO shows of each prefix.
func state(r *tracker.Registry) map[string]string {
	awaitEnds(r)
	shown := make(map[string]string)
	for _, t := range r.All() {
		shown[t.Prefix()] = fmt.Sprint(t.Config(), t.Created(), t.Stats(), t.Deleting())
	}
	return shown
}

// awaitEnds waits until the leases that a command has ended are no longer counted: that is done
// behind it, and told by who does it.
func awaitEnds(r *tracker.Registry) {
	for _, t := range r.All() {
		for t.Stats().Leases != uint64(len(t.Leases(nil, math.MaxInt))) {
			time.Sleep(time.Millisecond)
		}
	}
}

// cursors is all that PT.CURSOR INFO shows, without what remains.
func cursors(r *tracker.Registry) string {
	var b strings.Builder
	for _, name := range slices.Compact(slices.Sorted(r.Cursors())) {
		if i, err := r.Caller(nil).CursorInfo(name); err == nil {
			fmt.Fprintf(&b, "%s of %s: %+v %d %d %d %d %d\n", name, i.Tracker.Prefix(), i.Pass, i.Position, i.Issued, i.Outstanding, i.Returned, i.Loops)
		}
	}
	return b.String()
}

// TestChanges_AreToldByWhoMakesThem executes every command of the transcripts, in
// which each command of the table is: it must say that exactly those prefixes have
// changed of which something that can be read has.
func TestChanges_AreToldByWhoMakesThem(t *testing.T) {
	changing := make(map[string]bool)
	for path, f := range transcriptFiles(t) {
		for _, b := range f.Blocks {
			checkChanges(t, path, b, changing)
		}
	}
	engine.Walk(newServer(t, 0).Commands(), false, func(c *engine.Command) {
		for _, flag := range c.Flags {
			if flag == "write" && c.Run != nil && !changing[c.Name] && c.Name != "PT.RENEW" { // of a time that only PT.LEASES shows
				t.Errorf("%s has the flag write, and changes nothing in any transcript", c.Name)
			}
		}
	})
}

func checkChanges(t *testing.T, path string, b *transcript.Block, changing map[string]bool) {
	t.Helper()
	registry, err := tracker.NewRegistry(tracker.Config{Width: tracker.DefaultWidth}, tracker.NewBudget(0))
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	told := &heard{prefixes: make(map[string]bool)}
	v := newVocabulary(registry, Options{MaxCount: 65536})
	e := engine.New(engine.Config{Specs: table, Phrase: phrase, Open: func(s *engine.Session) engine.State {
		c := v.open(s).(*session)
		c.caller = registry.Caller(told)
		return c
	}})
	var out bytes.Buffer
	c := resp.NewConn(&out)
	c.Server = resp.NewServer(e, zerolog.Nop(), resp.DefaultConfig())
	s := e.Open(c)
	names := transcript.Names{}
	for _, step := range b.Steps {
		words, err := transcript.Words(names.Expand(step.Command))
		if err != nil {
			t.Fatal(err)
		}
		args := make([][]byte, len(words))
		for i, w := range words {
			args[i] = []byte(w)
		}
		before, passes := state(registry), cursors(registry)
		clear(told.prefixes)
		told.all = false
		out.Reset()
		s.Serve(args)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		after := state(registry)
		if reply, err := transcript.Format(out.Bytes(), transcript.Plain(words)); err == nil {
			names.Match(step.Reply.In(c.Protocol()), reply) // the tokens in it
		}
		if cursors(registry) != passes { // nobody who watches a prefix is told of its cursors
			note(changing, words)
		}
		for prefix := range before {
			if _, there := after[prefix]; !there {
				after[prefix] = "not there"
			}
		}
		for prefix, now := range after {
			changed, said := before[prefix] != now, told.prefixes[prefix]
			if changed && (said || told.all) {
				note(changing, words)
			}
			if changed != said && !(changed && told.all) {
				t.Errorf("%s:%d: %s: of %q it says that it has changed: %t\nbefore %s\nafter  %s",
					path, step.Line, step.Command, prefix, said, before[prefix], now)
			}
		}
		for prefix := range told.prefixes {
			if _, known := after[prefix]; !known {
				t.Errorf("%s:%d: %s: it says that %q has changed, which is not and was not there", path, step.Line, step.Command, prefix)
			}
		}
	}
}

// note notes the command that words are of, and the subcommand.
func note(changing map[string]bool, words []string) {
	name := string(bytes.ToUpper([]byte(words[0])))
	changing[name] = true
	if len(words) > 1 {
		changing[name+"|"+string(bytes.ToUpper([]byte(words[1])))] = true
	}
}
