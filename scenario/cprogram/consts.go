package cprogram

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Bounds of what the constants of a scenario may come to.
const (
	maxSteps = 100_000  // expressions evaluated
	maxDepth = 200      // of an expression or of calls
	maxBytes = 1 << 20  // of a string, which is what one write() takes
	maxSpent = 16 << 20 // of all strings and lists together
	maxItems = 1 << 12  // of a list
)

// env has the values of names, as far as they can be told; nil is one that can't.
type env struct {
	outer *env
	vars  map[string]starlark.Value
}

func (e *env) inner() *env { return &env{e, map[string]starlark.Value{}} }

// get is the value of a name; bound is whether the name is known at all.
func (e *env) get(name string) (v starlark.Value, bound bool) {
	for ; e != nil; e = e.outer {
		if v, bound = e.vars[name]; bound {
			return v, true
		}
	}
	return nil, false
}

// function is a def with the names that it sees.
type function struct {
	starlark.Value // none; it is never used as one
	def            *syntax.DefStmt
	env            *env
}

func (*function) String() string       { return "function" }
func (*function) Type() string         { return "function" }
func (*function) Truth() starlark.Bool { return true }

// folder evaluates what can be known without executing a program. Whatever it does not know is nil.
type folder struct {
	steps, depth, spent int

	call func(c *syntax.CallExpr, e *env) starlark.Value // calls that are not builtin
}

func (f *folder) fold(x syntax.Expr, e *env) starlark.Value {
	f.steps++
	f.depth++
	defer func() { f.depth-- }()
	if f.steps > maxSteps || f.depth > maxDepth || f.spent > maxSpent {
		return nil
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return f.fold(x.X, e)
	case *syntax.Literal:
		return literal(x)
	case *syntax.Ident:
		return f.ident(x, e)
	case *syntax.UnaryExpr:
		return f.unary(x, e)
	case *syntax.BinaryExpr:
		return f.binary(x, e)
	case *syntax.CondExpr:
		switch c := f.fold(x.Cond, e); {
		case c == nil:
			return nil
		case bool(c.Truth()):
			return f.fold(x.True, e)
		}
		return f.fold(x.False, e)
	case *syntax.TupleExpr:
		if list := f.all(x.List, e); list != nil {
			return starlark.Tuple(list)
		}
	case *syntax.ListExpr:
		if list := f.all(x.List, e); list != nil {
			return starlark.Tuple(list) // nothing here changes one
		}
	case *syntax.DotExpr:
		return constant(x, e)
	case *syntax.CallExpr:
		return f.callExpr(x, e)
	}
	return nil
}

func literal(x *syntax.Literal) starlark.Value {
	switch v := x.Value.(type) {
	case string:
		if x.Token == syntax.BYTES {
			return starlark.Bytes(v)
		}
		return starlark.String(v)
	case int64:
		return starlark.MakeInt64(v)
	}
	return nil
}

func (f *folder) ident(x *syntax.Ident, e *env) starlark.Value {
	if v, bound := e.get(x.Name); bound {
		return v
	}
	switch x.Name {
	case "True", "False":
		return starlark.Bool(x.Name == "True")
	case "None":
		return starlark.None
	}
	return nil
}

// osName marks the name by which a program knows its system calls.
type osName struct{ starlark.NoneType }

// constant is os.SHUT_WR and its like, which are texts equal to their names.
func constant(x *syntax.DotExpr, e *env) starlark.Value {
	id, ok := x.X.(*syntax.Ident)
	if !ok {
		return nil
	}
	if v, _ := e.get(id.Name); v == (osName{}) && x.Name.Name == strings.ToUpper(x.Name.Name) {
		return starlark.String(x.Name.Name)
	}
	return nil
}

func (f *folder) all(list []syntax.Expr, e *env) []starlark.Value {
	out := make([]starlark.Value, 0, len(list))
	for _, x := range list {
		v := f.fold(x, e)
		if v == nil {
			return nil
		}
		out = append(out, v)
	}
	return out
}

func (f *folder) unary(x *syntax.UnaryExpr, e *env) starlark.Value {
	if x.X == nil {
		return nil
	}
	v := f.fold(x.X, e)
	switch {
	case v == nil:
		return nil
	case x.Op == syntax.NOT:
		return !v.Truth()
	}
	return f.small(starlark.Unary(x.Op, v))
}

func (f *folder) binary(x *syntax.BinaryExpr, e *env) starlark.Value {
	a := f.fold(x.X, e)
	if a == nil {
		return nil
	}
	switch x.Op {
	case syntax.AND, syntax.OR:
		if bool(a.Truth()) == (x.Op == syntax.OR) {
			return a
		}
		return f.fold(x.Y, e)
	}
	b := f.fold(x.Y, e)
	if b == nil {
		return nil
	}
	switch x.Op {
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		ok, err := starlark.CompareDepth(x.Op, a, b, maxDepth)
		if err != nil {
			return nil
		}
		return starlark.Bool(ok)
	case syntax.STAR:
		if !fits(a, b) {
			return nil
		}
	case syntax.PERCENT:
		if _, text := a.(starlark.String); text {
			return nil // a format
		}
	}
	return f.small(starlark.Binary(x.Op, a, b))
}

// fits says whether a * b is of a size to be worked with.
func fits(a, b starlark.Value) bool {
	if _, number := a.(starlark.Int); number {
		a, b = b, a
	}
	n, err := starlark.AsInt32(b)
	if _, number := a.(starlark.Int); number {
		return true // small() looks at it
	}
	length := starlark.Len(a)
	return err == nil && length >= 0 && (n <= 0 || length <= maxBytes/n)
}

// small keeps what an int of 64 bits, a string or a list of moderate size holds.
func (f *folder) small(v starlark.Value, err error) starlark.Value {
	if err != nil {
		return nil
	}
	switch v := v.(type) {
	case starlark.Int:
		if _, ok := v.Int64(); ok {
			return v
		}
	case starlark.String, starlark.Bytes:
		f.spent += starlark.Len(v)
		if starlark.Len(v) <= maxBytes {
			return v
		}
	case starlark.Tuple:
		f.spent += 16 * len(v)
		if len(v) <= maxItems {
			return v
		}
	case starlark.Bool:
		return v
	}
	return nil
}

func (f *folder) callExpr(x *syntax.CallExpr, e *env) starlark.Value {
	id, ok := x.Fn.(*syntax.Ident)
	if !ok {
		return nil
	}
	if _, bound := e.get(id.Name); !bound {
		if b, ok := starlark.Universe[id.Name]; ok {
			return f.builtin(id.Name, b, x, e)
		}
	}
	if f.call == nil {
		return nil
	}
	return f.call(x, e)
}

// pure are the builtins of the language whose values are known where their arguments are.
var pure = map[string]bool{"int": true, "str": true, "len": true, "min": true, "max": true, "abs": true, "bool": true, "range": true, "tuple": true, "list": true}

func (f *folder) builtin(name string, b starlark.Value, x *syntax.CallExpr, e *env) starlark.Value {
	args := f.all(x.Args, e)
	if !pure[name] || args == nil {
		return nil
	}
	for _, a := range args {
		if starlark.Len(a) > maxItems && name != "len" {
			return nil
		}
	}
	v, err := starlark.Call(&starlark.Thread{}, b, args, nil)
	if it, ok := v.(starlark.Iterable); ok && err == nil { // a range or a list
		if starlark.Len(it) > maxItems {
			return nil
		}
		var items starlark.Tuple
		for item := range starlark.Elements(it) {
			items = append(items, item)
		}
		return items
	}
	return f.small(v, err)
}
