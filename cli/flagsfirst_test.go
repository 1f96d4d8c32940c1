package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestFlagsFirst(t *testing.T) {
	all := syntaxOf(newApp(rows()))
	for line, want := range map[string]string{
		"p":                                        "p",
		"p --addr run serve mix --clients 7":       "p --addr run serve mix --clients 7",
		"p --addr :1 sync mix --prefix 7":          "p --addr :1 sync mix --prefix 7",
		"p run mix --clients 7 read":               "p run --clients 7 mix read",
		"p --store x run mix --verify read":        "p --store x run --verify mix read",
		"p --store=x run mix -clients=7 --ids":     "p --store=x run -clients=7 --ids mix",
		"p --protected-mode=no run mix --rate -1":  "p --protected-mode=no run --rate -1 mix",
		"p run - --op --clients -- --duration mix": "p run --op --clients -- - --duration mix",
		"p run mix --bad x":                        "p run --bad mix x",
	} {
		if got := flagsFirst(all, strings.Fields(line)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %q", line, got)
		}
	}
}
