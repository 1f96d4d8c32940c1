package filegraph

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.go":      "package p\n\nimport \"example.org/q\"\n\ntype A struct{ q.T; field int }\n\nfunc (a A) method() { q.F() }\n",
		"b.go":      "package p\n\nfunc b(a A) int { a.method(); c := 1; return c }\n",
		"c.go":      "package p\n\nfunc c() {}\n\nfunc d(a A) int { return a.field }\n",
		"d.go":      "package p\n\nvar e = c\n",
		"x_test.go": "package p\n\nvar f = e\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	g, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := Graph{"a.go": {}, "b.go": {"a.go"}, "c.go": {"a.go"}, "d.go": {"c.go"}}
	if len(g) != len(want) || g.Arrows() != 3 {
		t.Errorf("%v", g)
	}
	for file, uses := range want {
		if !slices.Equal(g[file], uses) {
			t.Errorf("%s uses %v, want %v", file, g[file], uses)
		}
	}
}
