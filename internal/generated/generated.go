// Package generated keeps a part of a document, between two of its lines, what the code says that
// it is.
//
// It is for tests, and knows files of text. It must not know what stands in them.
package generated

import (
	"os"
	"strings"
	"testing"
)

// Check fails the test unless what stands in the file between start and end is want. With update
// it writes want there instead, and fails only if it cannot. What is about names the part.
func Check(t testing.TB, about, file, start, end, want string, update bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), start)
	there, after, ok2 := strings.Cut(rest, end)
	switch {
	case !ok1 || !ok2:
		t.Fatalf("%s has no place for %s", file, about)
	case there == want:
	case !update:
		t.Fatalf("%s in %s differs from the code: run make readme", about, file)
	default:
		if err := os.WriteFile(file, []byte(before+start+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
