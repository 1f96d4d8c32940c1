package lockcheck

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Each line of the fixture that says so is found, and no other.
func TestCheck_Fixture(t *testing.T) {
	const file = "testdata/fixture/fixture.go"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; strings.HasSuffix(line, "// want\n") {
			want = append(want, fmt.Sprintf("%s:%d", file, n))
		}
	}
	p, err := Load(".", "./testdata/fixture")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, line := range p.Check(Rules{
		Called:  map[string]string{"fixture.called": "somebody's lock"},
		Foreign: map[string]string{"fixture.listener.hear": "it is anybody's"},
		Turns:   map[string]string{"fixture.turn.mu": "it is there for that"},
		Prompt:  map[string]string{"fixture.rouse": "it only looks so"},
		Quiet:   []string{"github.com/prefixtracker/prefixtracker/internal/lockcheck/testdata/fixture.memo"},
	}) {
		at, what, _ := strings.Cut(line, ": ")
		found[at] = what
		if !slices.Contains(want, at) {
			t.Errorf("found: %s", line)
		}
	}
	for _, at := range want {
		if found[at] == "" {
			t.Errorf("%s: not found", at)
		}
	}
}
