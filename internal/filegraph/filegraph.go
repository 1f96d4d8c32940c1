// Package filegraph tells which file of a package uses which: a file uses
// another when it has the name of a constant, type, function, variable, method or
// field that is declared there.
//
// It knows Go source. It must not know what any package of this module is for;
// tests ask it whether the files are cut as the documents say.
package filegraph

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// Graph is the files that each file of a package uses, sorted, without tests and
// without itself. Names are those of files, without directories.
type Graph map[string][]string

// Read returns the graph of the package in dir. Files for other systems count,
// too.
func Read(dir string) (Graph, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	config := types.Config{
		// What is imported is of no interest, and what cannot be understood without
		// it is of another package.
		Importer: emptyImporter{},
		Error:    func(error) {},
	}
	pkg, _ := config.Check(dir, fset, files, info) // the errors are those of the imports
	used := make(map[string]map[string]bool)
	for _, f := range files {
		used[fileOf(fset, f.Pos())] = make(map[string]bool)
	}
	for id, obj := range info.Uses {
		if obj.Pkg() != pkg || !shared(obj) {
			continue
		}
		if from, to := fileOf(fset, id.Pos()), fileOf(fset, obj.Pos()); from != to {
			used[from][to] = true
		}
	}
	g := make(Graph, len(used))
	for from, to := range used {
		g[from] = []string{}
		for name := range to {
			g[from] = append(g[from], name)
		}
		slices.Sort(g[from])
	}
	return g, nil
}

// shared tells whether other files can name obj: it is declared at package level,
// or a method or a field.
func shared(obj types.Object) bool {
	if obj.Parent() == obj.Pkg().Scope() {
		return true
	}
	switch o := obj.(type) {
	case *types.Func:
		return true
	case *types.Var:
		return o.IsField()
	}
	return false
}

func fileOf(fset *token.FileSet, pos token.Pos) string {
	return filepath.Base(fset.Position(pos).Filename)
}

// Arrows returns how many uses there are.
func (g Graph) Arrows() (n int) {
	for _, to := range g {
		n += len(to)
	}
	return n
}

// emptyImporter gives every import a package without names.
type emptyImporter struct{}

func (emptyImporter) Import(path string) (*types.Package, error) {
	p := types.NewPackage(path, filepath.Base(path))
	p.MarkComplete()
	return p, nil
}
