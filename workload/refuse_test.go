package workload

import (
	"fmt"
	"strings"
	"testing"
)

// What cannot be is refused with its line, and with what can.
func TestRead_RefusesWithTheLine(t *testing.T) {
	op := func(lines ...string) string {
		return "phases:\n- name: a\n  ops:\n  - " + strings.Join(lines, "\n    ") + "\n"
	}
	for text, want := range map[string]string{
		"":                          "x.yaml: there is no workload in it",
		"# nothing\n":               "x.yaml: there is no workload in it",
		"- a\n":                     "x.yaml:1: a workload is lines",
		"keys: 5\n---\nkeys: 6":     "x.yaml:2: there is one workload",
		"a: b: c\n":                 "x.yaml:1: ",
		"\n\nkeyz: 5\n":             `x.yaml:3: "keyz" is no field of a workload: there are prefix, keys,`,
		"keys: 5\nkeys: 6\n":        "x.yaml:2: keys is there twice",
		"keys: many\n":              "x.yaml:1: keys: must be a whole number from 1 to 281474976710656",
		"keys: [1, 2]\n":            "x.yaml:1: keys needs a text",
		"keys:\n":                   "x.yaml:1: keys has no value",
		"keys: &a 5\n":              "x.yaml:1: keys needs a text",
		"keys: !!int 5\n":           "x.yaml:1: keys needs a text",
		"<<: {keys: 5}\n":           `x.yaml:1: "<<" is no field`,
		"width: 33\n":               "x.yaml:1: width: must be a whole number from 0 to 32",
		"tag: a{b\n":                "x.yaml:1: tag: must have 1 to 128 bytes without braces",
		"seed: -1\n":                "x.yaml:1: seed: must be a whole number",
		"value: 5-3\n":              "x.yaml:1: value: the size of a value is",
		"prefix: \"\"\n":            "x.yaml:1: prefix: must have 1 to 512 bytes",
		"duration: 5s\n":            `x.yaml:1: "duration" is no field of a workload`,
		"phases: 5\n":               "x.yaml:1: phases is a list",
		"phases: []\n":              "x.yaml:1: phases is a list",
		"phases:\n- a\n":            "x.yaml:2: a phase is lines",
		"phases:\n- sync: verify\n": "x.yaml:2: the phase has no name",
		"phases:\n- name: a b\n":    "x.yaml:2: name: must be a name",
		"phases:\n- name: a\n":      "x.yaml:2: a phase has either ops or sync",
		"phases:\n- {name: a, sync: verify, expect: hit=1}\n":                                             "x.yaml:2: sync has no figures",
		"phases:\n- {name: a, sync: all}\n":                                                               "x.yaml:2: sync: must be load, verify or repair",
		"phases:\n- {name: a, sync: verify}\n- {name: a, sync: verify}\n":                                 "x.yaml:3: phase a is at x.yaml:2 already",
		"expect: GET.hit=1\nphases:\n- {name: a, sync: verify}\n":                                         "x.yaml: expect: there is no operation GET",
		"phases:\n- name: a\n  clients: 0\n":                                                              "x.yaml:3: clients: must be a whole number from 1 to 100000",
		"phases:\n- name: a\n  rate: 0\n":                                                                 "x.yaml:3: rate: must be a number of operations per second",
		"phases:\n- name: a\n  lease: 5ms\n":                                                              "x.yaml:3: lease: must be at least 1s",
		"phases:\n- name: a\n  duration: 30\n":                                                            "x.yaml:3: duration: must be a time with its unit",
		"phases:\n- name: a\n  duration: -3s\n":                                                           "x.yaml:3: duration: must be a time with its unit",
		"phases:\n- name: a\n  until: 5s\n":                                                               "x.yaml:3: until: must be empty",
		"phases:\n- name: a\n  verify: maybe\n":                                                           "x.yaml:3: verify: must be yes or no",
		"phases:\n- name: a\n  expect:\n  - hit=1\n  - speed<1\n":                                         "x.yaml:5: expect: its figure must be",
		"phases:\n- name: a\n  clients: 2\n  threads: 3\n" + op("command: GET {key}", "ids: sample")[17:]: "x.yaml:2: 3 threads need as many clients",
		op("name: b"):                                                                                                        "x.yaml:4: the operation has no command",
		op("command: GET {key}"):                                                                                             "x.yaml:4: ids is missing",
		op("command: GET {keys}"):                                                                                            "x.yaml:4: command: {keys} is no place",
		op("command: GET {key}", "id: take"):                                                                                 `x.yaml:5: "id" is no field of an operation`,
		op("command: GET {key}", "ids: some"):                                                                                "x.yaml:5: ids: must be claim, take, sample or cursor",
		op("command: GET {key}", "ids: claim"):                                                                               "x.yaml:4: ids: claim is for commands that make a key, and GET does not",
		op("command: DEL {key}", "ids: claim"):                                                                               "x.yaml:4: ids: claim is for",
		op("command: exists {key}", "ids: take"):                                                                             "x.yaml:4: ids: take is for commands that end a key, and EXISTS does not",
		op("command: SET {key} 1", "ids: take"):                                                                              "x.yaml:4: ids: take is for",
		op("command: DEL {key}", "ids: sample"):                                                                              "x.yaml:4: DEL would end keys",
		op("command: UNLINK {key}", "ids: cursor"):                                                                           "x.yaml:4: UNLINK would end keys",
		op("command: SET {key} 1", "ids: sample", "hit: 0.9"):                                                                "x.yaml:4: SET would make keys",
		op("command: SET {key} 1", "ids: claim", "hit: 1"):                                                                   "x.yaml:4: hit is not for ids: claim",
		op("command: GET {key}", "ids: sample", "loop: yes"):                                                                 "x.yaml:4: loop is not for ids: sample",
		op("command: GET {key}", "ids: sample", "hit: 2"):                                                                    "x.yaml:6: hit: must be a ratio",
		op("command: GET {key}", "ids: sample", "dist: zipf"):                                                                "x.yaml:6: dist: must be uniform, zipf THETA",
		op("command: GET {key}", "ids: sample", "dist: zipf NaN"):                                                            "x.yaml:6: dist: must be",
		op("command: GET {key}", "ids: sample", "dist: exponential 1 0.5"):                                                   "x.yaml:6: dist: must be",
		op("command: GET {key}", "ids: sample", "share: 80%"):                                                                "x.yaml:2: share: together they are 80%, not 100%",
		op("command: GET {key}", "ids: sample", "share: 0"):                                                                  "x.yaml:6: share: must be a number",
		op("command: GET {key}", "ids: sample", "range: 50%-50%"):                                                            "x.yaml:6: range: must be from",
		op("command: GET {key}", "ids: sample", "range: [5, 3]"):                                                             "x.yaml:6: range: must be from",
		op("command: GET {key}", "ids: sample", "range: 5"):                                                                  "x.yaml:6: range: must be from",
		op("command: GET {key}", "ids: sample", "range: 0-0"):                                                                "x.yaml:6: range: must be from",
		op("command: GET {key}", "ids: cursor", "limit: 0"):                                                                  "x.yaml:6: limit: must be more than nothing",
		op("command: GET {key}", "ids: cursor", "limit: 101%"):                                                               "x.yaml:6: limit: must be a number or a part",
		op("command: GET {key}", "ids: cursor", "order: down"):                                                               "x.yaml:6: order: must be ascending or random",
		op("command: GET {key}", "ids: sample", "name: a/b"):                                                                 "x.yaml:6: name: must be a name",
		op("command: GET {key}", "ids: sample") + "  expect: SET.hit=1\n":                                                    "x.yaml:2: expect: SET.hit=1: there is no operation SET: there are GET",
		op("command: SET {key} {value:64000000}", "ids: claim") + "  pipeline: 20\n":                                         "x.yaml:4: a pipeline of 20 of SET has",
		op("command: SET {key} {value:64000000}", "ids: claim") + "  clients: 10\n  pipeline: 10\n":                          "x.yaml:4: 10 clients with a pipeline of 10 of SET have",
		op("command: GET {key}", "ids: sample", "share: 1") + "  - {command: \"TTL {key}\", ids: sample}\n":                  "x.yaml:2: share: either all",
		op("command: GET {key}", "ids: sample", "share: 1") + "  - {command: \"TTL {key}\", ids: sample, share: 99%}\n":      "x.yaml:2: share: either all",
		op("command: GET {key}", "ids: sample", "share: 0.000001") + "  - {command: \"TTL {key}\", ids: sample, share: 9}\n": "x.yaml:2: share: the smallest",
		op("command: GET {key}", "ids: sample", "name: b") + "  - {command: \"TTL {key}\", ids: sample, name: b}\n":          "x.yaml:7: another operation of the phase is called b",
	} {
		_, err := Read(Request{File: "x.yaml", Text: []byte(text), Set: []Setting{{"prefix", "p:"}}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q\n: %v\n, not %s", text, err, want)
		}
	}
}

func TestRead_RefusesWhatIsAskedFor(t *testing.T) {
	prefix := Setting{"prefix", "p:"}
	for _, test := range []struct {
		r    Request
		want string
	}{
		{Request{}, "there is nothing to do"},
		{Request{Set: []Setting{prefix}, Phases: []string{"reed"}}, `there is no phase "reed": there are churn, delete, delete-half, load, mix, prefill, read, repair, vectors, verify`},
		{Request{Phases: []string{"read"}}, "--prefix is missing"},
		{Request{Set: []Setting{prefix}, Phases: []string{"read"}, Ops: []string{"ids=sample GET {key}"}}, "--op makes a phase of its own"},
		{Request{Set: []Setting{prefix, {"clients", "x"}}, Phases: []string{"read"}}, "--clients: must be a whole number"},
		{Request{Set: []Setting{prefix, {"clients", "x"}}, Phases: []string{"verify"}}, "--clients: must be a whole number"},
		{Request{Set: []Setting{prefix, {"until", "empty"}}, Phases: []string{"read"}}, "--until: there is no such setting"},
		{Request{Set: []Setting{prefix, {"share", "1"}}, Phases: []string{"read"}}, "--share: there is no such setting"},
		{Request{Set: []Setting{prefix, {"value", "x"}}, Phases: []string{"read"}}, "--value: the size of a value"},
		{Request{Set: []Setting{prefix, {"expect", "GTE.hit=1"}}, Phases: []string{"read", "delete"}}, "--expect: there is no operation GTE: there are DEL, GET"},
		{Request{Set: []Setting{prefix, {"expect", "hit"}}, Phases: []string{"read"}}, "--expect: must be a figure"},
		{Request{Set: []Setting{prefix}, Ops: []string{"hit=0.9"}}, `--op "hit=0.9": a command is missing`},
		{Request{Set: []Setting{prefix}, Ops: []string{"hits=0.9 GET {key}"}}, `--op "hits=0.9 GET {key}": "hits" is no setting of an operation: there are name, share`},
		{Request{Set: []Setting{prefix}, Ops: []string{"command=GET GET {key}"}}, `--op "command=GET GET {key}": "command" is no setting`},
		{Request{Set: []Setting{prefix}, Ops: []string{"hit=1 hit=1 GET {key}"}}, `--op "hit=1 hit=1 GET {key}": hit is there twice`},
		{Request{Set: []Setting{prefix}, Ops: []string{"hit=2 GET {key}"}}, `--op "hit=2 GET {key}": hit: must be a ratio`},
		{Request{Set: []Setting{prefix}, Ops: []string{`dist="zipf 0.99 GET {key}`}}, `--op "dist=\"zipf 0.99 GET {key}": unbalanced quotes`},
		{Request{Set: []Setting{prefix}, Ops: []string{"GET {key}"}}, `--op "GET {key}": ids is missing`},
		{Request{Set: []Setting{prefix}, Ops: make([]string, 65)}, "--op: there are 65, at most 64 can be"},
		{Request{Set: []Setting{prefix}, Phases: strings.Split(strings.Repeat("read ", 257), " ")[:257]}, "there are 257 phases"},
		{Request{Set: []Setting{prefix}, Ops: []string{"ids=claim " + strings.Repeat("x", 1<<16)}}, `--op "ids=claim xxx`},
	} {
		if _, err := Read(test.r); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+.200v: %v, not %s", test.r, err, test.want)
		}
	}
}

// A short text that wants to be a long one, and a long one, are refused; so is what nests too deep.
func TestRead_BearsStrangers(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString("a0: &a0 [x, x]\n")
	for i := range 30 {
		fmt.Fprintf(&laughs, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	most := func(text string) string { return strings.Repeat(text, maxFile/len(text)) }
	for name, text := range map[string]string{
		"laughs":     laughs.String(),
		"cycle":      "phases: &a [*a]",
		"long":       "keys: 5\n#" + most("x") + "x",
		"deep":       most("["),
		"deep maps":  most("{a: "),
		"deep lines": most("- "),
		"questions":  most("? "),
		"comments":   most("#\n"),
		"quotes":     "prefix: \"" + most("\\x41") + "\"",
		"phases":     "phases:\n" + most("- sync: verify\n"),
		"ops":        "phases:\n- ops:\n" + most("  - ids: take\n"),
		"expect":     "expect:\n" + most("- hit=1\n- hit=0.9\n"),
		"expects":    "expect: [" + most("p99<5ms, ") + "]",
		"braces":     "phases:\n- ops:\n  - command: '" + most("{a")[:maxFile-100] + "'\n",
		"places":     "phases:\n- ops:\n  - command: 'GET " + most("{key}")[:maxTemplate-100] + "'\n",
		"anchors":    most("&a "),
		"tags":       most("!a "),
		"documents":  most("---\n"),
		"folded":     "prefix: >\n" + most(" a\n"),
		"binary":     most("\x00\xff"),
		"keys":       most("? keys\n"),
	} {
		if w, err := Read(Request{File: "x.yaml", Text: []byte(text)}); err == nil {
			t.Errorf("%s: %d phases", name, len(w.Phases))
		} else if len(err.Error()) > 1000 {
			t.Errorf("%s: an error of %d bytes", name, len(err.Error()))
		}
	}
}

func FuzzFile(f *testing.F) {
	for _, e := range Shipped() {
		f.Add(string(e.Text))
	}
	f.Add(twoPhases)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Read(Request{File: "x.yaml", Text: []byte(text), Set: []Setting{{"prefix", "p:"}}})
		if err != nil {
			return
		}
		for i := range w.Phases {
			if w.Phases[i].Sync == "" {
				NewSequence(w.Phases[i].Ops, w.Seed).At(12345)
			}
		}
		checkWritten(t, w)
	})
}

func FuzzOp(f *testing.F) {
	f.Add(`share=80% ids=sample hit=0.9 dist="zipf 0.99" range=0-50% except=gt: GET {key}`)
	f.Add(`ids=claim name=x HSET {key} "a b" {vector:128} {value:3-5}`)
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Read(Request{Ops: []string{text}, Set: []Setting{{"prefix", "p:"}}})
		if err == nil {
			checkWritten(t, w)
		}
	})
}
