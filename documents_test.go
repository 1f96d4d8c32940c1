package main

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the examples in the documents")

// documents are the texts for readers, by their paths.
func documents(t *testing.T) map[string]string {
	t.Helper()
	texts := make(map[string]string)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d documents, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			texts[path] = read(t, path)
		}
	}
	return texts
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// maxReadme is what a stranger reads before he decides.
const maxReadme = 160

func TestDocuments_ReadmeIsShort(t *testing.T) {
	if n := strings.Count(read(t, "README.md"), "\n"); n > maxReadme {
		t.Errorf("README.md has %d lines, at most %d are for it: there are pages in docs", n, maxReadme)
	}
}

// What a merge leaves behind is no text.
func TestDocuments_HaveNoConflicts(t *testing.T) {
	for path, text := range documents(t) {
		for n, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "<<<<<<<") || strings.HasPrefix(line, ">>>>>>>") || line == "=======" {
				t.Errorf("%s:%d: %s", path, n+1, line)
			}
		}
	}
}

var specField = regexp.MustCompile("(?m)^\\| ((?:`[A-Za-z]+`(?:, )?)+) \\|")

// What CONTRIBUTING says that the engine reads from a spec are fields of it.
func TestDocuments_SpecFieldsAreThere(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "engine/spec.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	fields := make(map[string]bool)
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok && spec.Name.Name == "Spec" {
			for _, field := range spec.Type.(*ast.StructType).Fields.List {
				for _, name := range field.Names {
					fields[name.Name] = true
				}
			}
		}
		return true
	})
	_, table, found := strings.Cut(read(t, "CONTRIBUTING.md"), "| in the spec | the engine |")
	table, _, ended := strings.Cut(table, "\n\n")
	if !found || !ended {
		t.Fatal("CONTRIBUTING.md has no table of the spec")
	}
	rows := specField.FindAllStringSubmatch(table, -1)
	for _, row := range rows {
		for _, name := range strings.Split(row[1], ", ") {
			if !fields[strings.Trim(name, "`")] {
				t.Errorf("CONTRIBUTING.md names %s, which engine.Spec does not have", name)
			}
		}
	}
	if len(rows) < 5 {
		t.Errorf("%d rows in the table of the spec", len(rows))
	}
}

var (
	link       = regexp.MustCompile(`\]\(([^)\s#]*)(#[^)\s]*)?\)`)
	heading    = regexp.MustCompile(`(?m)^#+ (.*)$`)
	codeBlock  = regexp.MustCompile("(?ms)^```.*?^```$")
	sourceFile = regexp.MustCompile("`([a-z_]+(?:/[a-z0-9_.-]+)*\\.(?:go|md|txt|svg))`")
)

func TestDocuments_LinksLeadSomewhere(t *testing.T) {
	for path, text := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			to := path
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(path), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: link to %s: %v", path, m[1], err)
			} else if m[2] != "" && !slices.Contains(anchors(read(t, to)), m[2]) {
				t.Errorf("%s: %s has no heading for %s", path, to, m[2])
			}
		}
		for _, m := range sourceFile.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(m[1]); err != nil && strings.Contains(m[1], "/") {
				t.Errorf("%s names a file that is not there: %v", path, err)
			}
		}
	}
}

// anchors are the places in a document that a link can lead to.
func anchors(text string) (all []string) {
	for _, m := range heading.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
		word := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z':
				return r
			}
			return -1
		}, strings.ToLower(m[1]))
		all = append(all, "#"+word)
	}
	return all
}

// Rows of tables that begin with a file and functions of it, as the walk
// through the source has them.
var walkRow = regexp.MustCompile("(?m)^\\| `([a-z_/]+\\.go)` \\| (.*?) \\|")

func TestDocuments_FunctionsAreWhereTheySay(t *testing.T) {
	rows := walkRow.FindAllStringSubmatch(read(t, "docs/source.md"), -1)
	if len(rows) == 0 {
		t.Fatal("docs/source.md has no rows of functions")
	}
	for _, row := range rows {
		known := functions(t, row[1])
		for _, name := range regexp.MustCompile("`([A-Za-z.]+)`").FindAllStringSubmatch(row[2], -1) {
			if _, ok := known[name[1]]; !ok {
				t.Errorf("docs/source.md: %s has no function %s", row[1], name[1])
			}
		}
	}
}

// functions are those of a file, methods as Type.Name, with the text of their
// bodies.
func functions(t *testing.T, path string) map[string]string {
	t.Helper()
	source, set := read(t, path), token.NewFileSet()
	f, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	bodies := make(map[string]string)
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		name := fn.Name.Name
		if fn.Recv != nil {
			of := fn.Recv.List[0].Type
			if p, ok := of.(*ast.StarExpr); ok {
				of = p.X
			}
			name = of.(*ast.Ident).Name + "." + name
		}
		bodies[name] = source[set.Position(fn.Body.Lbrace).Offset+1 : set.Position(fn.Body.Rbrace).Offset]
	}
	return bodies
}

// example is a place in a document for the body of an example, and the body.
var example = regexp.MustCompile("(?m)^<!-- example: (\\S+) (\\S+) -->\\n(?s:(```go\\n.*?^```\\n)?)")

// The examples in the documents are those that the packages' tests run.
func TestDocuments_ExamplesAreTheTests(t *testing.T) {
	found := false
	for path, text := range documents(t) {
		whole := example.ReplaceAllStringFunc(text, func(there string) string {
			found = true
			m := example.FindStringSubmatch(there)
			body, ok := functions(t, m[1])[m[2]]
			if !ok {
				t.Fatalf("%s: %s has no function %s", path, m[1], m[2])
			}
			var block strings.Builder
			block.WriteString("<!-- example: " + m[1] + " " + m[2] + " -->\n```go\n")
			for line := range strings.Lines(strings.TrimPrefix(body, "\n")) {
				block.WriteString(strings.TrimPrefix(line, "\t"))
			}
			block.WriteString("```\n")
			return block.String()
		})
		if whole == text {
			continue
		}
		if !*update {
			t.Errorf("%s: examples differ from the packages': run make readme", path)
		} else if err := os.WriteFile(path, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Error("no document has an example")
	}
}
