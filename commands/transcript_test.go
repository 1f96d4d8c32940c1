package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/transcript"
	"github.com/prefixtracker/prefixtracker/resp"
	"github.com/rs/zerolog"
)

// newSession returns what executes a command on one connection of a server of
// its own, and gives back the bytes of the reply.
func newSession(t *testing.T, protocol int) (do func(words []string) []byte) {
	t.Helper()
	slow := engine.NewSlowLog()
	// So that a slow machine has no say, the transcripts turn them off.
	off := func(name string, change func()) Setting {
		return Setting{Name: name, Set: func(string) (func(), error) { return change, nil }}
	}
	x := newServerWith(t, 0, Options{MaxCount: 65536, Version: "test", SlowLog: slow, SyncFrom: AccessYes, Settings: []Setting{
		off("slowlog-log-slower-than", func() { slow.SetThreshold(-1) }),
		off("latency-monitor-threshold", func() {}),
	}})
	var out bytes.Buffer
	c, session := x.connect(&out)
	c.Server = resp.NewServer(x.Engine, zerolog.Nop(), resp.DefaultConfig())
	session.Note(keep(t, c.Server, x.registry, x.Changes).NewBatch())
	c.SetProtocol(protocol)
	return func(words []string) []byte {
		args := make([][]byte, len(words))
		for i, w := range words {
			args[i] = []byte(w)
		}
		out.Reset()
		session.Serve(args)
		if err := c.Flush(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
}

func transcriptFiles(t *testing.T) map[string]*transcript.File {
	t.Helper()
	paths, err := filepath.Glob("testdata/transcripts/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d transcripts, %v", len(paths), err)
	}
	files := make(map[string]*transcript.File, len(paths))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if files[path], err = transcript.Parse(string(text)); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return files
}

// thePrograms is the transcript of what the program tells the commands: its
// settings. The built server replays it.
const thePrograms = "testdata/transcripts/config.txt"

// TestTranscripts replays the files in both protocols. With -update it writes
// the replies of today into them.
func TestTranscripts(t *testing.T) {
	for path, f := range transcriptFiles(t) {
		if path == thePrograms {
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			for _, b := range f.Blocks {
				replay(t, path, b, 2)
				replay(t, path, b, 3)
			}
			if !*update {
				return
			}
			if err := os.WriteFile(path, []byte(f.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// replay executes a block and compares the replies; with -update it notes them
// in its steps.
func replay(t *testing.T, path string, b *transcript.Block, protocol int) {
	t.Helper()
	do, names := newSession(t, protocol), transcript.Names{}
	for _, s := range b.Steps {
		words, err := transcript.Words(names.Expand(s.Command))
		if err != nil || len(words) == 0 {
			t.Fatalf("%s:%d: %q, %v", path, s.Line, words, err)
		}
		got, err := transcript.Format(do(words), transcript.Plain(words))
		if err != nil {
			t.Fatalf("%s:%d: %v", path, s.Line, err)
		}
		want := s.Reply.In(protocol)
		switch {
		case *update:
			s.Reply.Set(protocol, names.Rewrite(want, got))
		case !names.Match(want, got):
			t.Errorf("%s:%d: RESP%d %s\n%s\nwant\n%s", path, s.Line, protocol, s.Command, got, want)
		}
	}
}

// What the transcripts of a command need not show, and why.
var (
	needNoReply = map[string]string{
		"COMMAND":     "it is as long as the table; COMMAND INFO has the form",
		"INFO":        "text of numbers that do not come again",
		"MONITOR":     "others make the lines",
		"SHUTDOWN":    "there is none: the server ends",
		"DEBUG|SLEEP": "it is refused until a setting allows it",
		"CLUSTER":     "it is always refused",
		"READONLY":    "it is always refused",
		"READWRITE":   "it is always refused",
	}
	needNoError = map[string]string{
		"QUIT":              "any arguments will do",
		"INFO":              "any section will do",
		"COMMAND|DOCS":      "any name will do",
		"COMMAND|INFO":      "any name will do",
		"LATENCY|HISTOGRAM": "any name will do",
		"LATENCY|RESET":     "any name will do",
	}
)

// A command that is added to the table needs a reply and an error.
func TestTranscripts_LeaveNoCommandOut(t *testing.T) {
	known, replied, failed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	commands := newServer(t, 0).Commands()
	engine.Walk(commands, true, func(c *engine.Command) { known[c.Name] = true })
	for path, f := range transcriptFiles(t) {
		for _, b := range f.Blocks {
			for _, s := range b.Steps {
				words, err := transcript.Words(s.Command)
				if err != nil || len(words) == 0 {
					t.Fatalf("%s:%d: %q, %v", path, s.Line, words, err)
				}
				name := strings.ToUpper(strings.Join(words[:min(2, len(words))], "|"))
				if !known[name] {
					name = strings.ToUpper(words[0])
				}
				if s.IsError() {
					failed[name] = true
				} else {
					replied[name] = true
				}
			}
		}
	}
	engine.Walk(commands, false, func(s *engine.Command) {
		// A family's name alone may answer nothing.
		if needed := needNoReply[s.Name] == ""; needed != replied[s.Name] && s.Run != nil {
			t.Errorf("%s has a reply in a transcript: %v, needs one: %v", s.Name, replied[s.Name], needed)
		}
		if needed := needNoError[s.Name] == ""; needed != failed[s.Name] {
			t.Errorf("%s has an error in a transcript: %v, needs one: %v", s.Name, failed[s.Name], needed)
		}
	})
}
