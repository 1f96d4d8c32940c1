package commands

import (
	"io"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/transcript"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// deaf is a client that takes no reply before another one has done what it says.
type deaf struct{ beforeTaking func() }

func (d *deaf) Write(p []byte) (int, error) {
	if d.beforeTaking != nil {
		d.beforeTaking()
	}
	return len(p), nil
}

// shortestSent returns the length of the shortest line that a connection sends
// without being told to.
func shortestSent() int {
	return sort.Search(1<<20, func(n int) bool {
		sent := false
		resp.NewConn(&deaf{func() { sent = true }}).SimpleString(strings.Repeat("x", n))
		return sent
	})
}

// TestHandlers_HoldNothingWhileTheyReply replays the transcripts to a client that
// does not take the beginning of a reply before another client has had the same
// command executed. A handler that replies while it holds a lock waits for ever.
func TestHandlers_HoldNothingWhileTheyReply(t *testing.T) {
	room := shortestSent()
	seen := make(map[string]bool)
	for path, f := range transcriptFiles(t) {
		for _, b := range f.Blocks {
			// The beginning is so long.
			for _, n := range []int{1, 8, 30, 100, 300} {
				replayToDeaf(t, path, b, strings.Repeat("x", room-n), seen)
			}
		}
	}
	engine.Walk(newServer(t, 0).Commands(), false, func(m *engine.Command) {
		if m.Run != nil && !seen[m.Name] && !onlyOK[m.Name] && needNoReply[m.Name] == "" {
			t.Errorf("no transcript has %s send a reply", m.Name)
		}
	})
}

// replayToDeaf replays a block, with padding before each reply, and notes in seen
// whose replies have been sent by their handlers.
func replayToDeaf(t *testing.T, path string, b *transcript.Block, padding string, seen map[string]bool) {
	t.Helper()
	slow, latency := engine.NewSlowLog(), engine.NewLatency()
	slow.SetThreshold(0)
	latency.SetThreshold(1) // so that both have something to tell
	x := newServerWith(t, 0, Options{MaxCount: 65536, Version: "test", SlowLog: slow, Latency: latency})
	var out deaf
	c, session := x.connect(&out)
	c2, other := x.connect(io.Discard)
	c.Server = resp.NewServer(x.Engine, zerolog.Nop(), resp.DefaultConfig())
	c2.Server = c.Server
	log := keep(t, c.Server, x.registry, x.Changes)
	session.Note(log.NewBatch())
	other.Note(log.NewBatch())
	names := transcript.Names{}
	for _, s := range b.Steps {
		words, err := transcript.Words(names.Expand(s.Command))
		if err != nil || len(words) == 0 {
			t.Fatalf("%s:%d: %q, %v", path, s.Line, words, err)
		}
		c.SimpleString(padding)
		out.beforeTaking = func() {
			out.beforeTaking = nil
			seen[strings.ToUpper(words[0])] = true
			seen[strings.ToUpper(strings.Join(words[:min(2, len(words))], "|"))] = true
			mustServe(t, other, words)
		}
		session.Serve(argumentsOf(words))
		out.beforeTaking = nil
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}

// onlyOK are commands that say nothing else, for which no buffer is sent.
var onlyOK = map[string]bool{"QUIT": true, "SAVE": true, "CONFIG|RESETSTAT": true}

func argumentsOf(words []string) [][]byte {
	args := make([][]byte, len(words))
	for i, w := range words {
		args[i] = []byte(w)
	}
	return args
}

// mustServe has a command executed, on a goroutine of its own.
func mustServe(t *testing.T, s resp.Session, words []string) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(argumentsOf(words))
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("%q waits for a client that does not take its reply to it", words)
	}
}
