//go:build linux

package main

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/load"
)

// Both sides of a row must do the same work: as many IDs in a request, of the
// same length, on a key of the same length.
func TestRows_SidesAreAlike(t *testing.T) {
	for _, r := range loadRows() {
		if r.ours.pipeline < 1 || r.ours.reply == 0 || r.ours.command[1] != key {
			t.Errorf("%s: our side is incomplete", r.name())
		}
		if r.against == "" {
			continue
		}
		if r.theirs.pipeline < 1 || r.theirs.reply == 0 {
			t.Errorf("%s: their side is incomplete", r.name())
		}
		ours, theirs := newTemplate(r.ours.command, 1), newTemplate(r.theirs.command, 1)
		if len(ours.ids) != len(theirs.ids) {
			t.Errorf("%s: %d random IDs beside %d", r.name(), len(ours.ids), len(theirs.ids))
		}
		if r.ids > 1 && len(ours.ids) != r.ids {
			t.Errorf("%s: %d IDs in a command, not %d", r.name(), len(ours.ids), r.ids)
		}
		if r.ours.pipeline != r.theirs.pipeline && r.note == "" {
			t.Errorf("%s: unequal pipelines and not a word about it", r.name())
		}
	}
}

func TestKeep(t *testing.T) {
	kept := keep(loadRows(), regexp.MustCompile(`pipeline 128 vs (SETBIT|INCR)`))
	if len(kept) != 2 {
		t.Errorf("%d rows", len(kept))
	}
}

func TestPrintRows_EveryLineHasItsCells(t *testing.T) {
	rows := loadRows()
	for i, r := range rows {
		results := []result{{requests: 1, took: 1, serverCPU: 1, latency: load.NewFigures().Latency}}
		r.series = []series{{who: "ours", results: results}}
		if r.against != "" {
			r.series = append(r.series, series{who: "Redis", results: results}, series{who: "Valkey", results: results})
		}
		r.rate = 2 * results[0].perSecond()
		if i == 0 {
			r.series, r.err = nil, io.EOF
		}
	}
	var out strings.Builder
	if err := printRows(&out, rows); err != nil {
		t.Fatal(err)
	}
	columns := 0
	for line := range strings.Lines(out.String()) {
		n := strings.Count(line, " | ")
		switch {
		case !strings.HasPrefix(line, "|"):
			columns = 0
		case columns == 0:
			columns = n
		case n != columns:
			t.Errorf("%d cells, not %d: %s", n+1, columns+1, line)
		}
	}
	for _, want := range []string{"failed, see below", "Failed: " + io.EOF.Error(), "Valkey", "did not hold it"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in the tables", want)
		}
	}
}

func TestCommandLine_CanBeTypedAgain(t *testing.T) {
	got := commandLine([]string{"-rows", "a|b c's", "-short"})
	if want := `go run ./bench/peers -rows 'a|b c'\''s' -short`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
