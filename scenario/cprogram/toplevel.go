package cprogram

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// topLevel follows the statements of a scenario's top level as far as its constants lead, to find which function each host
// runs, and what the names that the function sees mean in this run.
// process is one that process() starts on a host.
type process struct {
	host, name string
	fn         *function
}

type topLevel struct {
	folder
	vary     map[string]string
	globals  *env
	programs map[string]*function // by host; nil for one that can't be told
	untold   map[string]syntax.Node

	processes []process   // those that process() starts
	lost      syntax.Node // a declaration of a host that can't be told
	unsure    int         // in statements of which it can't be told whether they are executed
}

// maxTurns bounds the turns of one loop of the top level.
const maxTurns = 256

func newTopLevel(src Source) *topLevel {
	t := &topLevel{vary: src.Vary, globals: (*env)(nil).inner(), programs: map[string]*function{}, untold: map[string]syntax.Node{}}
	t.folder.call = t.callKnown
	return t
}

func (t *topLevel) run(stmts []syntax.Stmt) { t.block(stmts, t.globals) }

// flow is how a block ends.
type flow int

const (
	goesOn flow = iota
	leaves      // break or continue
	returns
	unknown // it can't be told
)

// block follows statements in the names of e. The value is what they return.
func (t *topLevel) block(stmts []syntax.Stmt, e *env) (starlark.Value, flow) {
	for _, s := range stmts {
		if v, f := t.stmt(s, e); f != goesOn {
			return v, f
		}
	}
	return starlark.None, goesOn
}

func (t *topLevel) stmt(s syntax.Stmt, e *env) (starlark.Value, flow) {
	switch s := s.(type) {
	case *syntax.DefStmt:
		e.vars[s.Name.Name] = &function{def: s, env: e}
	case *syntax.AssignStmt:
		t.assign(s, e)
	case *syntax.ExprStmt:
		t.fold(s.X, e)
	case *syntax.ReturnStmt:
		if s.Result == nil {
			return starlark.None, returns
		}
		return t.fold(s.Result, e), returns
	case *syntax.BranchStmt:
		if s.Token != syntax.PASS {
			return nil, leaves
		}
	case *syntax.IfStmt:
		switch c := t.fold(s.Cond, e); {
		case c == nil:
			return t.forget(s, e)
		case bool(c.Truth()):
			return t.block(s.True, e)
		}
		return t.block(s.False, e)
	case *syntax.ForStmt:
		return t.loop(s, e)
	default: // while
		return t.forget(s, e)
	}
	return nil, goesOn
}

func (t *topLevel) assign(s *syntax.AssignStmt, e *env) {
	v := t.fold(s.RHS, e)
	if _, list := s.RHS.(*syntax.ListExpr); list {
		v = nil // it may be changed later
	}
	if s.Op != syntax.EQ {
		v = t.fold(&syntax.BinaryExpr{X: s.LHS, Op: s.Op - syntax.PLUS_EQ + syntax.PLUS, Y: s.RHS}, e)
	}
	t.bind(s.LHS, v, e)
}

// bind gives the names of a target the parts of a value.
func (t *topLevel) bind(target syntax.Expr, v starlark.Value, e *env) {
	var parts []syntax.Expr
	switch x := target.(type) {
	case *syntax.Ident:
		e.vars[x.Name] = v
		return
	case *syntax.ParenExpr:
		t.bind(x.X, v, e)
		return
	case *syntax.TupleExpr:
		parts = x.List
	case *syntax.ListExpr:
		parts = x.List
	case *syntax.IndexExpr: // what it changes is not known any more
		t.bind(x.X, nil, e)
		return
	}
	values, _ := v.(starlark.Tuple)
	for i, part := range parts {
		if len(values) == len(parts) {
			t.bind(part, values[i], e)
		} else {
			t.bind(part, nil, e)
		}
	}
}

func (t *topLevel) loop(s *syntax.ForStmt, e *env) (starlark.Value, flow) {
	items, ok := t.fold(s.X, e).(starlark.Tuple)
	if !ok || len(items) > maxTurns || branches(s.Body) {
		return t.forget(s, e)
	}
	for _, item := range items {
		t.bind(s.Vars, item, e)
		if v, f := t.block(s.Body, e); f != goesOn {
			return v, f
		}
	}
	return nil, goesOn
}

// branches says whether statements have a break, a continue or a return among them.
func branches(stmts []syntax.Stmt) bool {
	found := false
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.BranchStmt:
				found = found || n.Token != syntax.PASS
			case *syntax.ReturnStmt:
				found = true
			case *syntax.DefStmt:
				return false
			}
			return true
		})
	}
	return found
}

// forget lets go of what a statement may change, where it can't be told whether it is executed.
func (t *topLevel) forget(s syntax.Stmt, e *env) (starlark.Value, flow) {
	t.unsure++
	defer func() { t.unsure-- }()
	leaving := branches([]syntax.Stmt{s})
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			t.bind(n.LHS, nil, e)
		case *syntax.ForStmt:
			t.bind(n.Vars, nil, e)
		case *syntax.CallExpr:
			t.fold(n, e)
		case *syntax.DefStmt:
			e.vars[n.Name.Name] = nil
			return false
		}
		return true
	})
	if leaving {
		return nil, unknown
	}
	return nil, goesOn
}

// callKnown is a call of vary(), host(), process() or of a function of the scenario's own.
func (t *topLevel) callKnown(c *syntax.CallExpr, e *env) starlark.Value {
	id, ok := c.Fn.(*syntax.Ident)
	if !ok {
		return nil
	}
	if v, bound := e.get(id.Name); bound {
		if fn, ok := v.(*function); ok && t.unsure == 0 {
			return t.callFunction(fn, c, e)
		}
		return nil
	}
	switch id.Name {
	case "vary":
		if name := argument(c, 0, "name"); name != nil {
			text, _ := starlark.AsString(orNone(t.fold(name, e)))
			if chosen, ok := t.vary[text]; ok {
				return starlark.String(chosen)
			}
		}
	case "host":
		t.host(argument(c, 0, "name"), argument(c, 1, "program"), e)
	case "process":
		t.host(argument(c, 0, "host"), argument(c, 2, "program"), e)
		t.process(argument(c, 0, "host"), argument(c, 1, "name"), argument(c, 2, "program"), e)
	default: // drop(…, nth = vary(…)) and the like
		for _, arg := range c.Args {
			_, value := keyword(arg)
			t.fold(value, e)
		}
	}
	return nil
}

func orNone(v starlark.Value) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return v
}

// argument is the i-th argument of a call, or the one of that name; nil where there is none.
func argument(c *syntax.CallExpr, i int, name string) syntax.Expr {
	for at, arg := range c.Args {
		if key, value := keyword(arg); key == name {
			return value
		} else if key == "" && at == i {
			return arg
		}
	}
	return nil
}

// keyword takes name = value apart; the name is empty where the argument has none.
func keyword(arg syntax.Expr) (name string, value syntax.Expr) {
	named, ok := arg.(*syntax.BinaryExpr)
	if !ok || named.Op != syntax.EQ {
		return "", arg
	}
	id, _ := named.X.(*syntax.Ident) // the parser takes nothing else
	return id.Name, named.Y
}

// process notes the program of a process beside the host's own.
func (t *topLevel) process(host, name, program syntax.Expr, e *env) {
	if host == nil || name == nil || program == nil || t.unsure > 0 {
		return
	}
	on, known := starlark.AsString(orNone(t.fold(host, e)))
	called, named := starlark.AsString(orNone(t.fold(name, e)))
	fn, _ := t.fold(program, e).(*function)
	if known && named && fn != nil {
		t.processes = append(t.processes, process{on, called, fn})
	}
}

// host notes a host's program; the first one counts.
func (t *topLevel) host(name, program syntax.Expr, e *env) {
	if name == nil || program == nil {
		return
	}
	host, ok := starlark.AsString(orNone(t.fold(name, e)))
	v := t.fold(program, e)
	if !ok {
		t.lost = name
	}
	if _, known := t.programs[host]; !ok || known || v == starlark.None {
		return
	}
	fn, _ := v.(*function)
	if t.unsure > 0 {
		fn = nil
	}
	t.programs[host], t.untold[host] = fn, program
}

// callFunction follows a function of the top level that makes a program, as opener("server", 80).
func (t *topLevel) callFunction(fn *function, c *syntax.CallExpr, e *env) starlark.Value {
	t.depth++
	defer func() { t.depth-- }()
	if t.depth > maxDepth {
		return nil
	}
	inner := fn.env.inner()
	if !t.bindParams(fn.def, c, e, inner) {
		return nil
	}
	v, f := t.block(fn.def.Body, inner)
	switch {
	case f == unknown:
		return nil
	case f != returns:
		return starlark.None
	}
	return v
}

// bindParams gives a function's parameters their values; false where it takes them in a way that is not followed.
func (t *topLevel) bindParams(def *syntax.DefStmt, c *syntax.CallExpr, e, inner *env) bool {
	given := 0
	for i, p := range def.Params {
		if _, star := p.(*syntax.UnaryExpr); star {
			return false
		}
		name, fallback := keyword(p)
		if name == "" {
			name, fallback = p.(*syntax.Ident).Name, nil
		}
		switch arg := argument(c, i, name); {
		case arg != nil:
			inner.vars[name] = t.fold(arg, e)
			given++
		case fallback != nil:
			inner.vars[name] = t.fold(fallback, inner.outer) // it stands beside the definition
		default:
			return false
		}
	}
	return given == len(c.Args)
}
