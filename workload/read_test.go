package workload

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// samples has, for each field, a text that is not its default.
var samples = map[Place]map[string]string{
	OfWorkload: {"prefix": "vec:", "keys": "5M", "width": "7", "tag": "abc", "seed": "18446744073709551615", "value": "100-200", "phases": ""},
	OfPhase: {"name": "other", "ops": "", "sync": "verify", "clients": "17", "threads": "3", "pipeline": "12", "rate": "50k", "lease": "5s",
		"warmup": "1s", "duration": "1m", "requests": "1M", "until": "empty", "verify": "yes", "expect": "hit=0.9"},
	OfOp: {"command": "GETEX {key}", "name": "other", "share": "3", "ids": "claim", "hit": "0.9", "dist": "zipf 0.99", "scramble": "yes", "order": "random",
		"loop": "yes", "limit": "50%", "range": "0-50%", "except": "gt:", "only": "other:"},
}

// aPhase is a file with one phase, whose only operation is chosen in a way that a field belongs to, and with one line
// more at the top, in the phase or in the operation.
func aPhase(top, phase, op, field string) string {
	o := map[string]string{"command": "GET {key}", "ids": "sample"}
	if ways := onlyOf[field]; len(ways) > 0 {
		o["ids"] = string(ways[0])
	}
	if field == "ids" {
		o["command"] = "'PT.ADD vec: {id}'"
	}
	lines := func(indent string, of map[string]string, more string) (text string) {
		if name, value, ok := strings.Cut(more, ": "); ok {
			of[name] = value
		}
		for _, name := range slices.Sorted(maps.Keys(of)) {
			text += indent + name + ": " + of[name] + "\n"
		}
		return indent[2:] + "- " + strings.TrimLeft(text, " ")
	}
	p := map[string]string{"name": "a", "clients": "100"}
	if strings.HasPrefix(top, "clients") {
		delete(p, "clients")
	}
	text := top + "\nphases:\n" + lines("    ", p, phase)
	if strings.HasPrefix(phase, "sync") {
		return text
	}
	return text + "    ops:\n" + lines("      ", o, op)
}

func readText(t testing.TB, text string, set ...Setting) *Workload {
	t.Helper()
	w, err := Read(Request{File: "x.yaml", Text: []byte(text), Set: append([]Setting{{"prefix", "p:"}}, set...)})
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return w
}

// Each field is read where it belongs, from a file, at the top, from a flag, in the text of --op, and written again.
func TestRead_EveryField(t *testing.T) {
	for _, f := range Fields() {
		text, known := samples[f.Of][f.Name]
		if !known {
			t.Errorf("no text to try %s of %s with", f.Name, f.Of.one())
			continue
		}
		if text == "" {
			continue // of what others are in
		}
		plain := readText(t, aPhase("", "", "", f.Name))
		line := f.Name + ": \"" + text + "\"\n"
		said := map[string]*Workload{}
		switch f.Of {
		case OfWorkload:
			if f.Name != "prefix" {
				said["file"] = readText(t, aPhase(line, "", "", f.Name))
			} else if w, err := Read(Request{Text: []byte(aPhase(line, "", "", ""))}); err != nil {
				t.Error(err)
			} else {
				said["file"] = w
			}
		case OfPhase:
			said["file"] = readText(t, aPhase("", strings.TrimSpace(line), "", f.Name))
			if f.Top {
				said["top"] = readText(t, aPhase(line, "", "", f.Name))
			}
		case OfOp:
			said["file"] = readText(t, aPhase("", "", strings.TrimSpace(line), f.Name))
		}
		if f.Flag {
			said["flag"] = readText(t, aPhase("", "", "", f.Name), Setting{f.Name, text})
		}
		for where, w := range said {
			if f.Name == "share" {
				continue // of one operation it is all: see twoPhases
			}
			if reflect.DeepEqual(w.Phases, plain.Phases) && f.Of != OfWorkload || f.Of == OfWorkload && string(w.YAML()) == string(plain.YAML()) {
				t.Errorf("%s of %s in the %s changes nothing", f.Name, f.Of.one(), where)
			}
			checkWritten(t, w)
		}
	}
}

// checkWritten fails unless what is written is what was read.
func checkWritten(t testing.TB, w *Workload) {
	t.Helper()
	again, err := Read(Request{File: "again.yaml", Text: w.YAML()})
	if err != nil {
		t.Fatalf("%v in\n%s", err, w.YAML())
	}
	if !reflect.DeepEqual(again, w) {
		t.Fatalf("written and read again it is another one:\n%s\n%s", w.YAML(), again.YAML())
	}
}

// What stands before a command is what a file has.
func TestRead_OpsAreAsInAFile(t *testing.T) {
	for name, text := range samples[OfOp] {
		if name == "command" || name == "ids" {
			continue
		}
		file := readText(t, aPhase("", "", name+": \""+text+"\"", name)).Phases[0].Ops
		ids := file[0].Choose.Way
		w, err := Read(Request{Ops: []string{fmt.Sprintf("ids=%s %s=%q GET {key}", ids, name, text)}, Set: []Setting{{"prefix", "p:"}}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(w.Phases[0].Ops, file) {
			t.Errorf("%s: %+v, not %+v", name, w.Phases[0].Ops, file)
		}
	}
}

func TestRead_DefaultsAreThere(t *testing.T) {
	w := readText(t, aPhase("", "", "", ""))
	p := w.Phases[0]
	if w.Seed != 1 || w.Value != (Size{512, 512}) || p.Threads != 1 || p.Pipeline != 1 || p.Lease.Seconds() != 30 || p.Duration.Seconds() != 10 || p.Ops[0].Choose.Hit != 1 || p.Ops[0].Name != "GET" {
		t.Errorf("%+v", w)
	}
	w, err := Read(Request{Phases: []string{"prefill", "verify"}, Set: []Setting{{"prefix", "p:"}}})
	if err != nil || w.Phases[0].Clients != 50 || w.Phases[0].Duration != 0 || w.Phases[1].Sync != "verify" {
		t.Errorf("%+v, %v", w, err)
	}
}

const twoPhases = `
prefix: "vec:"
clients: 7
expect: [errors=0, SET.p99<5ms]
phases:
  - name: write
    ops:
      - {command: "SET {key} {value}", ids: claim}
  - name: look
    clients: 9
    duration: 1m
    ops:
      - {command: "GET {key}", ids: sample, share: 80%}
      - {command: "EXISTS {key}", ids: sample, share: 15%, range: [0, 2500000]}
      - {command: "GET {key}", ids: sample, share: 5%, hit: 0, range: 1M-50%}
  - name: check
    sync: verify
`

func TestRead_SettingsAndTheTopReachPhases(t *testing.T) {
	w := readText(t, twoPhases, Setting{"duration", "5s"}, Setting{"expect", "hit>=0.9"}, Setting{"expect", "errors=0"}, Setting{"expect", "EXISTS.hit=1"}, Setting{"threads", "2"}, Setting{"prefix", "own:"})
	var got []string
	for _, p := range w.Phases {
		got = append(got, fmt.Sprintf("%s c%d t%d %s %v", p.Name, p.Clients, p.Threads, p.Duration, p.Expect))
		for _, o := range p.Ops {
			min, max := o.Choose.Range(10_000_000)
			got = append(got, fmt.Sprintf("%s %d %d-%d %g", o.Name, o.Share, min, max, o.Choose.Hit))
		}
	}
	want := `write c7 t2 0s [errors=0 SET.p99<5ms hit>=0.9]
SET 1 0-10000000 1
look c9 t2 5s [errors=0 hit>=0.9 EXISTS.hit=1]
GET 16 0-10000000 1
EXISTS 3 0-2500000 1
GET-2 1 1000000-5000000 0
check c50 t1 0s []`
	if s := strings.Join(got, "\n"); s != want || w.Prefix != "own:" {
		t.Errorf("%s\nnot\n%s", s, want)
	}
	w = readText(t, twoPhases, Setting{"requests", "1000"})
	if w.Phases[0].Requests != 0 || w.Phases[1].Requests != 1000 || w.Phases[1].Duration != 0 {
		t.Errorf("%+v", w.Phases)
	}
	w, err := Read(Request{Text: []byte(twoPhases), Phases: []string{"look", "read", "look", "repair"}, Set: []Setting{{"requests", "5"}, {"duration", "1s"}}})
	if err != nil || w.Phases[1].Name != "read" || w.Phases[2].Name != "look-2" || w.Phases[3].Sync != "repair" || w.Phases[0].Requests != 5 || w.Phases[0].Duration.Seconds() != 1 {
		t.Errorf("%v\n%s", err, w.YAML())
	}
}

// A phase of --op ends as the flags say, also where it would end by itself.
func TestRead_OpsEndAsFlagsSay(t *testing.T) {
	w, err := Read(Request{Ops: []string{"ids=claim SET {key} {value}"}, Set: []Setting{{"prefix", "p:"}, {"duration", "3s"}}})
	if err != nil || w.Phases[0].Duration.Seconds() != 3 {
		t.Errorf("%v", err)
	}
	w, err = Read(Request{Ops: []string{"ids=claim SET {key} {value}"}, Set: []Setting{{"prefix", "p:"}}})
	if err != nil || w.Phases[0].Duration != 0 {
		t.Errorf("%v", err)
	}
}

func TestPhase_Ends(t *testing.T) {
	for text, ends := range map[string]bool{
		"ids=claim SET {key} x":                            true,
		"ids=take DEL {key}":                               true,
		"ids=cursor GET {key}":                             true,
		"ids=cursor loop=yes GET {key}":                    false,
		"ids=cursor loop=yes limit=5 GET {key}":            true,
		"ids=sample GET {key}":                             false,
		"ids=claim SET {key} x|ids=take DEL {key}":         false,
		"ids=claim SET {key} x|ids=take limit=5 DEL {key}": true,
		"ids=claim SET {key} x|ids=sample GET {key}":       false,
		"ids=claim SET {key} x|ids=cursor GET {key}":       true,
	} {
		w, err := Read(Request{Ops: strings.Split(text, "|"), Set: []Setting{{"prefix", "p:"}}})
		if err != nil {
			t.Fatal(err)
		}
		if p := w.Phases[0]; p.Ends() != ends || ends != (p.Duration == 0) {
			t.Errorf("%s: it ends: %v, after %s", text, p.Ends(), p.Duration)
		}
	}
	w := readText(t, aPhase("", "until: empty", "", ""))
	w.Phases[0].Ops = append(w.Phases[0].Ops, Op{Choose: Choice{Way: Take}})
	if !w.Phases[0].Ends() {
		t.Error("until: empty does not end when nothing is left to take")
	}
}
