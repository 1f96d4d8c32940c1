package lockcheck

import (
	"go/ast"
	"go/types"
	"path"
	"strings"
)

// function is something with a body that can be called: a declared function, a
// literal, or the body of a range over a function, which that calls.
type function struct {
	name      string
	signature *types.Signature
	body      *ast.BlockStmt
	isValue   bool // it is used other than to be called at once

	waits string // what it may wait for, "" for nothing
	takes locks  // those that it returns with
	gives locks  // those of its caller that it lets go of
}

// graph is all functions of a program, and finds what a call calls.
type graph struct {
	*Program
	rules    Rules
	declared map[*types.Func]*function
	inner    map[ast.Node]*function // literals and bodies of ranges
	all      []*function
	types    []types.Type // that are declared, and no interfaces

	// What was looked for before.
	called map[*ast.CallExpr]target
	values map[string][]*function
}

func newGraph(p *Program, rules Rules) *graph {
	g := &graph{Program: p, rules: rules, declared: make(map[*types.Func]*function), inner: make(map[ast.Node]*function),
		called: make(map[*ast.CallExpr]target), values: make(map[string][]*function)}
	for _, pkg := range p.packages {
		for _, name := range pkg.Scope().Names() {
			if t, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() && !types.IsInterface(t.Type()) {
				g.types = append(g.types, t.Type())
			}
		}
	}
	for _, f := range p.files {
		g.collect(f)
	}
	for _, f := range p.files {
		g.markValues(f)
	}
	return g
}

func (g *graph) add(name string, s *types.Signature, body *ast.BlockStmt) *function {
	fn := &function{name: name, signature: s, body: body, takes: make(locks), gives: make(locks)}
	g.all = append(g.all, fn)
	return fn
}

// collect finds the functions of a file.
func (g *graph) collect(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if obj := g.info.Defs[n.Name].(*types.Func); n.Body != nil {
				g.declared[obj] = g.add(nameOf(obj), obj.Signature(), n.Body)
			}
		case *ast.FuncLit:
			g.inner[n] = g.add("function at "+g.where(n.Pos()), g.info.TypeOf(n).(*types.Signature), n.Body)
			g.inner[n].isValue = true
		case *ast.RangeStmt:
			if yield := yieldOf(g.info.TypeOf(n.X)); yield != nil {
				g.inner[n] = g.add("loop at "+g.where(n.Pos()), yield, n.Body)
				g.inner[n].isValue = true
			}
		}
		return true
	})
}

// yieldOf returns the type of the body of a range over t, nil if t is no
// function.
func yieldOf(t types.Type) *types.Signature {
	if s, ok := t.Underlying().(*types.Signature); ok {
		return s.Params().At(0).Type().Underlying().(*types.Signature)
	}
	return nil
}

// markValues finds the declared functions that a file uses other than in calls.
func (g *graph) markValues(f *ast.File) {
	called := make(map[*ast.Ident]bool)
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if id := nameIn(n.Fun); id != nil {
				called[id] = true
			}
		case *ast.Ident:
			if obj, ok := g.info.Uses[n].(*types.Func); ok && !called[n] {
				for _, fn := range g.bodies(obj) {
					fn.isValue = true
				}
			}
		}
		return true
	})
}

// nameIn returns the name that a called expression ends in, nil for none.
func nameIn(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	case *ast.IndexExpr:
		return nameIn(e.X)
	case *ast.IndexListExpr:
		return nameIn(e.X)
	}
	return nil
}

// target is what a call calls.
type target struct {
	named  *types.Func // nil for a value
	on     types.Type  // what a method is called on, nil for none
	bodies []*function // of the program
}

// targets returns what a call calls; ok is false for a conversion or what is
// built in.
func (g *graph) targets(call *ast.CallExpr) (t target, ok bool) {
	if t, ok = g.called[call]; !ok {
		if t, ok = g.find(call); ok {
			g.called[call] = t
		}
	}
	return t, ok
}

// find is targets for the first time.
func (g *graph) find(call *ast.CallExpr) (t target, ok bool) {
	fun := ast.Unparen(call.Fun)
	if g.info.Types[fun].IsType() || g.info.Types[fun].IsBuiltin() {
		return target{}, false
	}
	if lit, ok := fun.(*ast.FuncLit); ok {
		return target{bodies: []*function{g.inner[lit]}}, true
	}
	if id := nameIn(fun); id != nil {
		if t.named, _ = g.info.Uses[id].(*types.Func); t.named != nil {
			if sel, ok := fun.(*ast.SelectorExpr); ok && g.info.Selections[sel] != nil {
				t.on = g.info.Selections[sel].Recv()
			}
			t.bodies = g.bodies(t.named)
			return t, true
		}
	}
	if s, ok := g.info.TypeOf(fun).Underlying().(*types.Signature); ok {
		t.bodies = g.valuesLike(s)
	}
	return t, true
}

// bodies returns the functions of the program that f may be: itself, or all that
// an interface's method may be.
func (g *graph) bodies(f *types.Func) (list []*function) {
	f = f.Origin()
	if recv := f.Signature().Recv(); recv != nil && types.IsInterface(recv.Type()) {
		face, _ := recv.Type().Underlying().(*types.Interface)
		for _, t := range g.types {
			if pointer := types.NewPointer(t); types.Implements(pointer, face) {
				obj, _, _ := types.LookupFieldOrMethod(pointer, true, f.Pkg(), f.Name())
				if m, ok := obj.(*types.Func); ok && g.declared[m.Origin()] != nil {
					list = append(list, g.declared[m.Origin()])
				}
			}
		}
		return list
	}
	if fn := g.declared[f]; fn != nil {
		return []*function{fn}
	}
	return nil
}

// valuesLike returns the functions that are used as values of a type.
func (g *graph) valuesLike(s *types.Signature) []*function {
	words := s.Params().String() + s.Results().String()
	list, known := g.values[words]
	if !known {
		for _, fn := range g.all {
			if fn.isValue && sameWords(fn.signature, s) {
				list = append(list, fn)
			}
		}
		g.values[words] = list
	}
	return list
}

// sameWords tells whether functions have the same parameters and results,
// whatever they are methods of.
func sameWords(a, b *types.Signature) bool {
	return types.Identical(a.Params(), b.Params()) && types.Identical(a.Results(), b.Results())
}

// nameOf returns the name of a function: package.Type.method.
func nameOf(f *types.Func) string {
	name := f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		name = path.Base(typeName(recv.Type())) + "." + name
	} else if f.Pkg() != nil {
		name = path.Base(f.Pkg().Path()) + "." + name
	}
	return name
}

// typeName returns the name of a type, or of what it points to, with its
// package; "" for one without.
func typeName(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(n.Obj().Name(), "[")
	if n.Obj().Pkg() == nil {
		return name
	}
	return n.Obj().Pkg().Path() + "." + name
}
