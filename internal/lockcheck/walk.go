package lockcheck

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
)

// locks are those that are held somewhere, by name: package.Type.field, or
// package.variable.
type locks map[string]bool

func (l locks) String() string { return strings.Join(slices.Sorted(maps.Keys(l)), ", ") }

// walker goes through one function.
type walker struct {
	*graph
	fn       *function
	held     locks // where it is; nil where nobody comes
	deferred locks // that are let go of at the end
	gives    locks // of the caller's
	returns  []locks
	report   func(pos token.Pos, what string) // nil while summaries are made
}

// walk makes the summary of fn, and reports what waits while a lock is held.
func (g *graph) walk(fn *function, report func(token.Pos, string)) {
	w := &walker{graph: g, fn: fn, held: make(locks), deferred: make(locks), gives: make(locks), report: report}
	if l := g.rules.Called[fn.name]; l != "" {
		w.held[l], w.deferred[l] = true, true
	}
	w.stmt(fn.body)
	end := w.held
	for _, at := range w.returns {
		end = union(end, at)
	}
	maps.DeleteFunc(end, func(l string, _ bool) bool { return w.deferred[l] })
	fn.takes, fn.gives = end, w.gives
}

// union is what may be held at a place that is reached from both.
func union(a, b locks) locks {
	switch {
	case a == nil:
		return maps.Clone(b)
	case b == nil:
		return maps.Clone(a)
	}
	u := maps.Clone(a)
	maps.Copy(u, b)
	return u
}

func (w *walker) stmts(list []ast.Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

// branch walks alternatives, from where it is, and goes on behind all of them.
func (w *walker) branch(alternatives ...func()) {
	start, end := w.held, locks(nil)
	for _, walk := range alternatives {
		w.held = maps.Clone(start)
		walk()
		end = union(end, w.held)
	}
	w.held = end
}

// loop walks a body that is executed any number of times.
func (w *walker) loop(body func()) {
	start := w.held
	w.branch(body)
	once := w.held
	w.held = union(start, once)
	w.branch(body)
	w.held = union(w.held, start)
}

func (w *walker) stmt(s ast.Stmt) {
	if w.held == nil { // nobody comes here, but by a label
		w.held = make(locks)
	}
	switch s := s.(type) {
	case nil:
	case *ast.BlockStmt:
		w.stmts(s.List)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt)
	case *ast.IfStmt:
		w.stmt(s.Init)
		w.expr(s.Cond)
		w.branch(func() { w.stmt(s.Body) }, func() { w.stmtOrNone(s.Else) })
	case *ast.ForStmt:
		w.stmt(s.Init)
		w.loop(func() {
			w.expr(s.Cond)
			w.stmt(s.Body)
			w.stmt(s.Post)
		})
	case *ast.RangeStmt:
		w.expr(s.X)
		switch w.info.TypeOf(s.X).Underlying().(type) {
		case *types.Chan:
			w.wait(s.Pos(), "a channel")
		case *types.Signature:
			w.value(s.X, s.Pos())
		}
		w.loop(func() { w.stmt(s.Body) })
	case *ast.SwitchStmt:
		w.stmt(s.Init)
		w.expr(s.Tag)
		w.clauses(s.Body)
	case *ast.TypeSwitchStmt:
		w.stmt(s.Init)
		w.stmt(s.Assign)
		w.clauses(s.Body)
	case *ast.SelectStmt:
		if !slices.ContainsFunc(s.Body.List, func(c ast.Stmt) bool { return c.(*ast.CommClause).Comm == nil }) {
			w.wait(s.Pos(), "a channel")
		}
		w.clauses(s.Body)
	case *ast.SendStmt:
		w.expr(s.Chan)
		w.expr(s.Value)
		w.wait(s.Pos(), "a channel")
	case *ast.ReturnStmt:
		for _, e := range s.Results {
			w.expr(e)
		}
		w.returns = append(w.returns, w.held)
		w.held = nil
	case *ast.BranchStmt:
		// What is held at a break is held behind its loop or switch, as far as this
		// tells: it is one of the ways out of its block.
	case *ast.GoStmt:
		w.arguments(s.Call)
	case *ast.DeferStmt:
		w.deferCall(s.Call)
	case *ast.ExprStmt:
		w.expr(s.X)
	case *ast.AssignStmt:
		for _, e := range s.Rhs {
			w.expr(e)
		}
		for _, e := range s.Lhs {
			w.expr(e)
		}
	case *ast.IncDecStmt:
		w.expr(s.X)
	case *ast.DeclStmt:
		ast.Inspect(s, func(n ast.Node) bool {
			if e, ok := n.(ast.Expr); ok {
				w.expr(e)
				return false
			}
			return true
		})
	}
}

func (w *walker) stmtOrNone(s ast.Stmt) {
	if s != nil {
		w.stmt(s)
	}
}

// clauses walks those of a switch or a select. A switch without a default may
// take none of them.
func (w *walker) clauses(body *ast.BlockStmt) {
	var alternatives []func()
	complete := false
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			complete = complete || c.List == nil
			alternatives = append(alternatives, func() {
				for _, e := range c.List {
					w.expr(e)
				}
				w.stmts(c.Body)
			})
		case *ast.CommClause: // what it receives or sends is the select's business
			complete = true
			alternatives = append(alternatives, func() { w.stmts(c.Body) })
		}
	}
	if !complete {
		alternatives = append(alternatives, func() {})
	}
	w.branch(alternatives...)
}

// expr finds the calls in e, the inner ones first.
func (w *walker) expr(e ast.Expr) {
	switch e := e.(type) {
	case nil, *ast.FuncLit:
	case *ast.CallExpr:
		w.call(e)
	case *ast.UnaryExpr:
		w.expr(e.X)
		if e.Op == token.ARROW {
			w.wait(e.Pos(), "a channel")
		}
	default:
		ast.Inspect(e, func(n ast.Node) bool {
			if inner, ok := n.(ast.Expr); ok && n != e {
				w.expr(inner)
				return false
			}
			return true
		})
	}
}

func (w *walker) arguments(call *ast.CallExpr) {
	w.expr(call.Fun)
	for _, a := range call.Args {
		w.expr(a)
	}
}

func (w *walker) call(call *ast.CallExpr) {
	w.arguments(call)
	if how, l := w.lockCall(call); how != "" {
		switch how {
		case "Lock", "RLock", "TryLock", "TryRLock":
			w.held[l] = true
		case "Unlock", "RUnlock":
			if !w.held[l] {
				w.gives[l] = true
			}
			delete(w.held, l)
		}
		return
	}
	t, ok := w.targets(call)
	if !ok {
		return
	}
	w.act(call, t)
}

// act is what a call does to the function that it is in.
func (w *walker) act(call *ast.CallExpr, t target) {
	if t.named != nil && len(t.bodies) == 0 || t.named != nil && types.IsInterface(orNil(recvOf(t.named))) {
		var first types.Type
		if len(call.Args) > 0 {
			first = w.info.TypeOf(call.Args[0])
		}
		what := waitsFor(t, first)
		if what == "sync.Cond.Wait" && len(w.held) == 1 {
			// It lets go of the one that is held; but callers may hold more.
			w.fn.wait(what)
		} else if what != "" {
			w.wait(call.Pos(), what)
		}
	}
	if t.named != nil && w.rules.Foreign[nameOf(t.named)] != "" {
		w.wait(call.Pos(), nameOf(t.named))
	}
	if t.named != nil && len(t.bodies) == 0 && !slices.Contains(later, nameOf(t.named)) {
		for _, a := range call.Args { // it calls what it is given
			if _, ok := w.info.TypeOf(a).Underlying().(*types.Signature); ok {
				w.value(a, call.Pos())
			}
		}
	}
	if slices.Contains(w.rules.Quiet, typeName(orNil(t.on))) {
		return
	}
	for _, fn := range t.bodies {
		w.enter(fn, call.Pos())
	}
}

// enter is a call of fn.
func (w *walker) enter(fn *function, pos token.Pos) {
	if w.rules.Prompt[fn.name] != "" {
		return
	}
	if fn.waits != "" {
		w.wait(pos, fn.name+" → "+fn.waits)
	}
	for l := range fn.gives {
		if !w.held[l] {
			w.gives[l] = true
		}
		delete(w.held, l)
	}
	for l := range fn.takes {
		w.held[l] = true
	}
}

// value is a call of what e stands for, if that is known here, else of any
// function of its type.
func (w *walker) value(e ast.Expr, pos token.Pos) {
	e = ast.Unparen(e)
	if fn := w.inner[e]; fn != nil {
		w.enter(fn, pos)
		return
	}
	if id := nameIn(e); id != nil {
		if f, ok := w.info.Uses[id].(*types.Func); ok {
			for _, fn := range w.bodies(f) {
				w.enter(fn, pos)
			}
			return
		}
	}
	s := w.info.TypeOf(e).Underlying().(*types.Signature)
	for _, fn := range w.valuesLike(s) {
		w.enter(fn, pos)
	}
}

// deferCall takes what is deferred for called where it stands, but for an
// unlocking, until which the lock is held.
func (w *walker) deferCall(call *ast.CallExpr) {
	w.arguments(call)
	if how, l := w.lockCall(call); how == "Unlock" || how == "RUnlock" {
		w.deferred[l] = true
		return
	}
	t, ok := w.targets(call)
	if !ok {
		return
	}
	for _, fn := range t.bodies {
		maps.Copy(w.deferred, fn.gives)
	}
	held := maps.Clone(w.held)
	w.act(call, t)
	w.held = held
}

// wait notes that the function waits for something.
func (w *walker) wait(pos token.Pos, what string) {
	w.fn.wait(what)
	held := maps.Clone(w.held)
	maps.DeleteFunc(held, func(l string, _ bool) bool { return w.rules.Turns[l] != "" })
	if len(held) > 0 && w.report != nil {
		w.report(pos, w.fn.name+" holds "+held.String()+" and waits: "+what)
	}
}

func (fn *function) wait(what string) {
	if fn.waits == "" {
		fn.waits = what
	}
}

func recvOf(f *types.Func) types.Type {
	if recv := f.Signature().Recv(); recv != nil {
		return recv.Type()
	}
	return nil
}

// lockCall tells whether a call is one of a lock's methods, of which lock, and
// which.
func (w *walker) lockCall(call *ast.CallExpr) (how, name string) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	f, ok := w.info.Uses[sel.Sel].(*types.Func)
	if !ok || recvOf(f) == nil {
		return "", ""
	}
	switch typeName(recvOf(f)) {
	case "sync.Mutex", "sync.RWMutex", "sync.Locker":
	default:
		return "", ""
	}
	switch f.Name() {
	case "Lock", "RLock", "TryLock", "TryRLock", "Unlock", "RUnlock":
		return f.Name(), w.lockName(sel.X)
	}
	return "", ""
}

func (w *walker) lockName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		if s := w.info.Selections[e]; s != nil {
			owner := typeName(s.Recv())
			if owner == "" {
				owner = w.lockName(e.X)
			}
			return path.Base(owner) + "." + e.Sel.Name
		}
		return e.Sel.Name
	case *ast.Ident:
		if t := typeName(w.info.TypeOf(e)); t != "" && !strings.HasPrefix(t, "sync.") {
			return path.Base(t) // embedded
		}
		return e.Name
	case *ast.IndexExpr:
		return w.lockName(e.X)
	case *ast.StarExpr:
		return w.lockName(e.X)
	case *ast.UnaryExpr:
		return w.lockName(e.X)
	}
	return "a lock"
}
