package tracker

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// Who may ask the bitmap of a tracker which IDs it has, and why that is right though
// some of them may be in flight. All others ask a Selection, or what stands here.
var readsBits = map[string]string{
	"selection.go":      "it is what knows both bitmaps",
	"selectionread.go":  "as long as the tracker's bitmap alone knows (Plain)",
	"selectioncount.go": "as long as the tracker's bitmap alone knows (Plain)",
	"walk.go":           "each bitmap for itself, where to look",
	"cellcount.go":      "both bitmaps, one less the other",
	"flight.go":         "both bitmaps",
	"takeaway.go":       "under the lease lock",
	"sample.go":         "what is drawn is looked at then",
	"ends.go":           "what is found is looked at then",
	"iterator.go":       "as long as the tracker's bitmap alone knows (Plain)",
	"pieces.go":         "what exists and what is in flight",
	"effort.go":         "as long as the tracker's bitmap alone knows (Plain), and estimates",
	"journaled.go":      "for the log: a note says what is in flight",
	"write.go":          "what is free has no bit",
	"restore.go":        "what is free has no bit",
	"source.go":         "what it finds is looked at then",
	"leaserestore.go":   "no reader is there yet",
}

var bitReaders = []string{"Test", "Next", "Prev", "AppendSet", "AppendClear", "Count", "IsEmpty", "Iter", "Word", "Spans", "Piece", "Reaches", "DrawCost"}

// Whoever asks the bitmap itself takes what is in flight for existing. So that the next
// reader does not, all do it in a few files.
func TestReaders_AskASelection(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		note := func(at token.Pos, what string) {
			asked[name] = true
			if _, may := readsBits[name]; !may {
				t.Errorf("%s: %s asks the bitmap, which does not know what is in flight: ask a Selection", fset.Position(at), what)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if inner, ok := n.X.(*ast.SelectorExpr); ok && inner.Sel.Name == "bits" {
					for _, reader := range bitReaders {
						if strings.HasPrefix(n.Sel.Name, reader) && !strings.HasPrefix(n.Sel.Name, "TestAnd") {
							note(n.Pos(), n.Sel.Name)
						}
					}
				}
			case *ast.UnaryExpr: // somebody else is to ask
				if inner, ok := n.X.(*ast.SelectorExpr); ok && n.Op == token.AND && inner.Sel.Name == "bits" {
					note(n.Pos(), "who gets it")
				}
			}
			return true
		})
	}
	for name := range readsBits {
		if !asked[name] {
			t.Errorf("%s asks no bitmap any more", name)
		}
	}
}
