package commands

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prefixtracker/prefixtracker/engine"
	"github.com/prefixtracker/prefixtracker/internal/filegraph"
)

// fileName is the file that a command, a subcommand or a group has.
func fileName(name string) string {
	return strings.NewReplacer(".", "_", "|", "_", "-", "_").Replace(strings.ToLower(name)) + ".go"
}

// parent is the command of a subcommand, or the command itself.
func parent(name string) string {
	before, _, _ := strings.Cut(name, "|")
	return before
}

// specsOf returns the names of the commands in each file, and what stands above
// their specs.
func specsOf(t *testing.T) (commands map[string][]string, comments map[string]string) {
	t.Helper()
	commands, comments = make(map[string][]string), make(map[string]string)
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			ast.Inspect(decl, func(n ast.Node) bool {
				lit, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				if sel, ok := lit.Type.(*ast.SelectorExpr); !ok || sel.Sel.Name != "Spec" || len(lit.Elts) == 0 {
					return true
				}
				kv, ok := lit.Elts[0].(*ast.KeyValueExpr)
				if !ok {
					return true
				}
				name, err := strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				commands[path] = append(commands[path], name)
				comments[name] = decl.Doc.Text()
				return true
			})
		}
	}
	return commands, comments
}

// A newcomer finds a command in the file of its name, or of the command that it is
// a subcommand of, and above its spec how it is written.
func TestFiles_HoldTheCommandsOfTheirName(t *testing.T) {
	commands, comments := specsOf(t)
	for file, names := range commands {
		for _, name := range names {
			if file != fileName(name) && file != fileName(parent(name)) {
				t.Errorf("%s holds %s, which belongs into %s", file, name, fileName(name))
			}
		}
	}
	engine.Walk(newServer(t, 0).Commands(), false, func(c *engine.Command) {
		if !slices.Contains(commands[fileName(c.Name)], c.Name) && !slices.Contains(commands[fileName(parent(c.Name))], c.Name) {
			t.Errorf("%s is in no file of its name", c.Name)
		}
		if line, _, _ := strings.Cut(comments[c.Name], "\n"); line != c.Syntax() {
			t.Errorf("above the spec of %s stands %q, want %q", c.Name, line, c.Syntax())
		}
	})
}

// No command's file uses another command's, and what the commands of one group
// share stands in the file of the group. Arrows point one way: no file is used, by
// whatever way, by what it uses.
func TestFiles_UseNoOtherCommands(t *testing.T) {
	uses, err := filegraph.Read(".")
	if err != nil {
		t.Fatal(err)
	}
	commands, _ := specsOf(t)
	groups := make(map[string]string) // by file of a command
	families := make(map[string]bool) // files of groups
	for _, s := range table {
		families[fileName(s.Group)] = true
	}
	engine.Walk(newServer(t, 0).Commands(), false, func(c *engine.Command) {
		for _, file := range []string{fileName(c.Name), fileName(parent(c.Name))} {
			if slices.Contains(commands[file], c.Name) {
				groups[file] = c.Group
			}
		}
	})
	for from, to := range uses {
		for _, file := range to {
			switch used := commands[file]; {
			case from == "table.go" || from == "commands.go":
			case len(used) > 0 && (len(commands[from]) == 0 || parent(commands[from][0]) != parent(used[0])):
				t.Errorf("%s uses %s, the file of %s", from, file, used[0])
			case families[file] && fileName(groups[from]) != file:
				t.Errorf("%s, of the group %q, uses the file of another: %s", from, groups[from], file)
			}
		}
	}
	for file, others := range uses {
		if slices.Contains(others, file) {
			t.Errorf("%s uses itself", file)
		}
		if back := reach(uses, file); back[file] {
			t.Errorf("%s is used by what it uses", file)
		}
	}
	t.Logf("%d files use %d others", len(uses), uses.Arrows())
}

// reach returns all files that file uses, by whatever way.
func reach(uses filegraph.Graph, file string) map[string]bool {
	found := make(map[string]bool)
	var visit func(string)
	visit = func(f string) {
		for _, to := range uses[f] {
			if !found[to] {
				found[to] = true
				visit(to)
			}
		}
	}
	visit(file)
	return found
}
