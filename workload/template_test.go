package workload

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/internal/keyslot"
)

var vec = Keys{Prefix: "vec:", Width: 12}

// readRequest reads one request, as a server does.
func readRequest(r *bufio.Reader) (words []string, err error) {
	count := func(kind byte) (n int, err error) {
		line, err := r.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if len(line) < 4 || line[0] != kind || line[len(line)-2] != '\r' {
			return 0, fmt.Errorf("%q", line)
		}
		return strconv.Atoi(line[1 : len(line)-2])
	}
	n, err := count('*')
	if err != nil {
		return nil, err
	}
	for range n {
		size, err := count('$')
		if err != nil {
			return nil, err
		}
		word := make([]byte, size+2)
		if _, err := io.ReadFull(r, word); err != nil {
			return nil, err
		}
		if string(word[size:]) != "\r\n" {
			return nil, fmt.Errorf("%q", word)
		}
		words = append(words, string(word[:size]))
	}
	return words, nil
}

// wordsOf are the words of the request for an ID.
func wordsOf(t testing.TB, w *Writer, id uint64) []string {
	t.Helper()
	request := w.Append([]byte("before"), id)
	if len(request)-len("before") > w.Longest() {
		t.Fatalf("%d bytes, at most %d were announced", len(request)-len("before"), w.Longest())
	}
	r := bufio.NewReader(bytes.NewReader(request[len("before"):]))
	words, err := readRequest(r)
	if err != nil {
		t.Fatalf("%v in %q", err, request)
	}
	if rest, _ := io.ReadAll(r); len(rest) > 0 || string(request[:6]) != "before" {
		t.Fatalf("%q", request)
	}
	return words
}

func writerOf(t testing.TB, text string, k Keys) *Writer {
	t.Helper()
	template, err := ParseTemplate(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return template.NewWriter(k, NewValues(1, Size{20, 20}))
}

func TestTemplate_WritesWhatItSays(t *testing.T) {
	tagged, plain := Keys{"vec:", "abc", 12}, Keys{"k", "", 0}
	for _, test := range []struct {
		text string
		keys Keys
		id   uint64
		want string // words, with a | between them
	}{
		{"GET {key}", vec, 42, "GET|vec:000000000042"},
		{"get {key}", vec, 42, "get|vec:000000000042"},
		{"GET {key}", tagged, 42, "GET|vec:{abc}:000000000042"},
		{"GET {key}", plain, 0, "GET|k0"},
		{"GET {key}", vec, 999_999_999_999, "GET|vec:999999999999"},
		{"GET {key}", vec, 1_000_000_000_000, "GET|vec:1000000000000"},
		{"GET {key}", vec, MaxIDs - 1, "GET|vec:281474976710655"},
		{"GET {key}", Keys{"w", "", 20}, 7, "GET|w00000000000000000007"},
		{"HSET {key} id {id}", vec, 100, "HSET|vec:000000000100|id|100"},
		{"SET a:{id}:b:{key} '{id}{id}'", vec, 9, "SET|a:9:b:vec:000000000009|99"},
		{`SET {key} "two words"`, vec, 1, "SET|vec:000000000001|two words"},
		{`SET {key} '{"a": {id}, "b": {}, {1}}'`, vec, 5, `SET|vec:000000000005|{"a": 5, "b": {}, {1}}`},
		{"SET {{tag}:{id} x", vec, 5, "SET|{tag}:5|x"},
		{"SET {{{id}} {{{{", vec, 5, "SET|{5}|{{"},
		{"SET {Key} {id} }", vec, 5, "SET|{Key}|5|}"},
		{`SET {key} "" ''`, vec, 5, "SET|vec:000000000005||"},
		{`SET {key} "\x41\n\"" 'it\'s'`, vec, 5, "SET|vec:000000000005|A\n\"|it's"},
		{"  PT.ADD\tvec:   {id}\n", vec, 5, "PT.ADD|vec:|5"},
	} {
		if got := strings.Join(wordsOf(t, writerOf(t, test.text, test.keys), test.id), "|"); got != test.want {
			t.Errorf("%s: %q, not %q", test.text, got, test.want)
		}
	}
}

func TestTemplate_ValuesAreThoseOfTheID(t *testing.T) {
	for text, sizes := range map[string]Size{
		"SET {key} {value}":                      {20, 20},
		"SET {key} {value:512}":                  {512, 512},
		"SET {key} {value:0}":                    {0, 0},
		"SET {key} {value:0-3}":                  {0, 3},
		"SET {key} {value:90-110}":               {90, 110},
		"HSET {key} a {id} b {value:100000}":     {100_000, 100_000},
		"HSET {key} {vector:128} a {value:7-13}": {7, 13},
	} {
		w := writerOf(t, text, vec)
		lengths := make(map[int]bool)
		for id := range uint64(200) {
			words := wordsOf(t, w, id)
			body := words[len(words)-1]
			lengths[len(body)] = true
			if len(body) < sizes.Min || len(body) > sizes.Max || !w.IsValue([]byte(body), id) {
				t.Fatalf("%s: %q of %d", text, body, id)
			}
		}
		if sizes.Max-sizes.Min < 50 && len(lengths) != sizes.Max-sizes.Min+1 {
			t.Errorf("%s: %d different lengths", text, len(lengths))
		}
	}
	words := wordsOf(t, writerOf(t, "HSET {key} v {vector:128} x={value:5}", vec), 3)
	if len(words[3]) != 512 || len(words[4]) != 7 {
		t.Errorf("%q", words)
	}
}

func TestTemplate_Refuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                       "a command is missing",
		"  ":                                     "a command is missing",
		`"" {key}`:                               "a command is missing",
		"PING":                                   "nothing in it changes",
		"{key} a":                                "the first word is the command",
		"GET {keys}":                             "{keys} is no place",
		"GET {key:3}":                            "{key:3} is no place",
		"GET {key} {a:1}":                        "{a:1} is no place",
		"SET {key} {value:}":                     "the size of a value",
		"SET {key} {value:-1}":                   "the size of a value",
		"SET {key} {value:9-3}":                  "the size of a value",
		"SET {key} {value:99999999999999999999}": "the size of a value",
		"SET {key} {value:67108865}":             "the size of a value",
		"SET {key} {vector}":                     "{vector:DIM}",
		"SET {key} {vector:0}":                   "{vector:DIM}",
		"SET {key} {vector:9999999}":             "{vector:DIM}",
		"SET {key} \xff":                         "is text",
		`SET {key} "a`:                           "quotes",
		`SET {key} "a"b`:                         "quotes",
		"GET {key}" + strings.Repeat(" a", 1023): "at most",
		"GET " + strings.Repeat("a", 1<<16):      "at most",
	} {
		if _, err := ParseTemplate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

func TestWriter_SlotIsThatOfTheKey(t *testing.T) {
	for _, test := range []struct {
		text string
		keys Keys
		word int
	}{
		{"GET {key}", vec, 1}, {"GET {key}", Keys{"vec:", "abc", 12}, 1}, {"GET {key}", Keys{"{}vec:", "", 3}, 1},
		{"GET {key}", Keys{"{", "", 0}, 1}, {"EVAL x 1 {key}", vec, 3}, {"SET a:{id} {value:3}", vec, 1}, {"SET {id}:{key} 1", vec, 1},
		{"SET {{{id}} {value:3}", vec, 1}, {"FT.SEARCH idx {vector:3}", vec, 1}, {"SET {{a}{id} 3", vec, 1},
		{"SET x{value:3-7} 1", vec, 1}, {"SET x{vector:2} 1", vec, 1}, {"SET {key}:{{x} 1", vec, 1}, {"SET a{{b}:{key} 1", vec, 1},
		{"SET {key}:{value:3} 1", vec, 1},
	} {
		w := writerOf(t, test.text, test.keys)
		for _, id := range []uint64{0, 1, 77, 123_456, MaxIDs - 1} {
			words := wordsOf(t, w, id)
			if got, want := w.Slot(id), keyslot.Of(words[test.word]); got != want {
				t.Errorf("%s of %d: slot %d, not %d of %s", test.text, id, got, want, words[test.word])
			}
		}
	}
}

func TestWriter_TextIsForPeople(t *testing.T) {
	for text, want := range map[string]string{
		"GET {key}":                      "GET vec:000000000042",
		"SET {key} {value:8}":            "SET vec:000000000042 Cw-fFG0U",
		"SET {key} {value:512}":          "SET vec:000000000042 5s5GvcikM6eoJSrnHAbqIYO9…(488 bytes more)",
		`SET {key} "a b" ""`:             `SET vec:000000000042 "a b" ""`,
		"HSET {key} v {vector:3}":        `HSET vec:000000000042 v "<vector of 3>"`,
		`SET {key} "\x00\xff" "it's \""`: `SET vec:000000000042 "\x00\xff" "it's \""`,
	} {
		if got := writerOf(t, text, vec).Text(42); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

var written = []string{"GET {key}", "SET {key} {value:512}", "SET {key} {value:100-200}", "HSET {key} v {vector:128} i {id}"}

func TestWriter_AllocatesNothing(t *testing.T) {
	for _, text := range written {
		w := writerOf(t, text, vec)
		var buffer []byte
		id := uint64(0)
		if n := testing.AllocsPerRun(1000, func() {
			buffer = w.Append(buffer[:0], id)
			buffer[0] += byte(w.Slot(id))
			id += 123_456_789_012
		}); n > 0 {
			t.Errorf("%s: %g allocations", text, n)
		}
	}
}

func BenchmarkWriter(b *testing.B) {
	for _, text := range written {
		b.Run(text, func(b *testing.B) {
			w := writerOf(b, text, vec)
			var buffer []byte
			id := uint64(0)
			for b.Loop() {
				buffer = w.Append(buffer[:0], id)
				id++
			}
		})
	}
}

func FuzzTemplate(f *testing.F) {
	for _, text := range written {
		f.Add(text, uint64(42), "vec:", 12)
	}
	f.Add(`SET {{a}{id} "\x41{value:3-5}" '{'`, uint64(1<<47), "{", 0)
	f.Fuzz(func(t *testing.T, text string, id uint64, prefix string, width int) {
		template, err := ParseTemplate(text)
		if err != nil || width < 0 || width > 20 || len(prefix) > 512 {
			return
		}
		id %= MaxIDs
		w := template.NewWriter(Keys{Prefix: prefix, Width: width}, NewValues(1, Size{3, 9}))
		if w.Longest() > 1<<20 {
			return
		}
		words := wordsOf(t, w, id)
		if len(words) != len(template.words) || strings.ToUpper(words[0]) != template.Name() {
			t.Fatalf("%q", words)
		}
		w.Slot(id)
		w.Text(id)
	})
}
