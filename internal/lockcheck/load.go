package lockcheck

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Program is the source of packages, understood. It does not change.
type Program struct {
	fset     *token.FileSet
	packages map[string]*types.Package
	info     *types.Info
	files    []*ast.File
	dir      string
}

// listed is what `go list` tells of a package.
type listed struct {
	Dir, ImportPath, Export string
	GoFiles                 []string
	Standard                bool
	Module                  *struct{ Main bool }
}

// Load reads the packages that patterns name in the module of dir, and those of
// the module that they import, without tests.
func Load(dir string, patterns ...string) (*Program, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	list := exec.Command("go", append([]string{"list", "-deps", "-export", "-json=Dir,ImportPath,Export,GoFiles,Standard,Module"}, patterns...)...)
	list.Dir = dir
	out, err := list.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	p := &Program{fset: token.NewFileSet(), packages: make(map[string]*types.Package), dir: dir, info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object), Defs: make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}}
	exports := make(map[string]string)
	compiled := importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	config := types.Config{Importer: imports{p.packages, compiled}}
	// A package comes after those that it imports.
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var l listed
		if err := dec.Decode(&l); errors.Is(err, io.EOF) {
			return p, nil
		} else if err != nil {
			return nil, err
		}
		if l.Standard || l.Module == nil || !l.Module.Main {
			exports[l.ImportPath] = l.Export
			continue
		}
		var files []*ast.File
		for _, name := range l.GoFiles {
			f, err := parser.ParseFile(p.fset, filepath.Join(l.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
			if err != nil {
				return nil, err
			}
			files = append(files, f)
		}
		pkg, err := config.Check(l.ImportPath, p.fset, files, p.info)
		if err != nil {
			return nil, err
		}
		p.packages[l.ImportPath] = pkg
		p.files = append(p.files, files...)
	}
}

// imports finds the packages of the module as they were read, others as they
// were compiled.
type imports struct {
	read     map[string]*types.Package
	compiled types.Importer
}

func (i imports) Import(path string) (*types.Package, error) {
	if pkg := i.read[path]; pkg != nil {
		return pkg, nil
	}
	return i.compiled.Import(path)
}

// where returns a position for people.
func (p *Program) where(pos token.Pos) string {
	at := p.fset.Position(pos)
	if rel, err := filepath.Rel(p.dir, at.Filename); err == nil {
		at.Filename = rel
	}
	return fmt.Sprintf("%s:%d", at.Filename, at.Line)
}
