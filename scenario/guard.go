package scenario

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Starlark bounds steps, not memory, and x * n makes any amount of it in one step. So each * of a source becomes a call
// of a builtin that looks at the size first. Its name is no identifier: a source can't reach or shadow it.
const repeatName = "*"

// Bounds of one repeated value.
const (
	maxRepeatBytes = 16 << 20 // of a string
	maxRepeatItems = 1 << 20  // of a list or tuple
	maxIntBits     = 1 << 16  // of a product of integers
)

// guardRepeats rewrites the multiplications of a parsed file. An augmented assignment to an element or a field stays: its
// target would be evaluated twice. The sandbox's limits stand behind it.
func guardRepeats(tree *syntax.File) { guardStmts(tree.Stmts) }

func guardStmts(stmts []syntax.Stmt) {
	for i, stmt := range stmts {
		stmts[i] = guardStmt(stmt)
	}
}

func guardStmt(stmt syntax.Stmt) syntax.Stmt {
	switch s := stmt.(type) {
	case *syntax.AssignStmt:
		s.LHS, s.RHS = guardExpr(s.LHS), guardExpr(s.RHS)
		if id, ok := s.LHS.(*syntax.Ident); ok && s.Op == syntax.STAR_EQ {
			s.Op, s.RHS = syntax.EQ, repeatCall(&syntax.Ident{NamePos: id.NamePos, Name: id.Name}, s.OpPos, s.RHS)
		}
	case *syntax.DefStmt:
		guardExprs(s.Params)
		guardStmts(s.Body)
	case *syntax.ExprStmt:
		s.X = guardExpr(s.X)
	case *syntax.ForStmt:
		s.X = guardExpr(s.X)
		guardStmts(s.Body)
	case *syntax.WhileStmt:
		s.Cond = guardExpr(s.Cond)
		guardStmts(s.Body)
		markLoop(s)
	case *syntax.IfStmt:
		s.Cond = guardExpr(s.Cond)
		guardStmts(s.True)
		guardStmts(s.False)
	case *syntax.ReturnStmt:
		if s.Result != nil {
			s.Result = guardExpr(s.Result)
		}
	}
	return stmt
}

// The interpreter knows a place by the last call or operator. Where a loop begins with neither, its condition becomes the
// argument of a builtin that gives it back: a loop that never ends has a line then.
const loopName = "while" // no identifier either

func markLoop(s *syntax.WhileStmt) {
	if !leavesPlace(s.Cond) && !beginsWithPlace(s.Body) {
		s.Cond = call(loopName, s.While, s.Cond)
	}
}

func beginsWithPlace(body []syntax.Stmt) bool {
	switch s := body[0].(type) {
	case *syntax.ExprStmt:
		return leavesPlace(s.X)
	case *syntax.AssignStmt:
		return s.Op != syntax.EQ || leavesPlace(s.RHS)
	}
	return false
}

func leavesPlace(e syntax.Expr) bool {
	switch e := e.(type) {
	case *syntax.CallExpr:
		return true
	case *syntax.BinaryExpr:
		return e.Op != syntax.AND && e.Op != syntax.OR
	}
	return false
}

// loop gives the condition of a loop back.
func loop(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return args[0], nil
}

func guardExprs(list []syntax.Expr) {
	for i, e := range list {
		list[i] = guardExpr(e)
	}
}

func guardExpr(expr syntax.Expr) syntax.Expr {
	switch e := expr.(type) {
	case *syntax.BinaryExpr:
		e.X, e.Y = guardExpr(e.X), guardExpr(e.Y)
		if e.Op == syntax.STAR {
			return repeatCall(e.X, e.OpPos, e.Y)
		}
	case *syntax.UnaryExpr:
		if e.X != nil {
			e.X = guardExpr(e.X)
		}
	case *syntax.CallExpr:
		e.Fn = guardExpr(e.Fn)
		guardExprs(e.Args)
	case *syntax.Comprehension:
		e.Body = guardExpr(e.Body)
		for _, clause := range e.Clauses {
			switch c := clause.(type) {
			case *syntax.ForClause:
				c.X = guardExpr(c.X)
			case *syntax.IfClause:
				c.Cond = guardExpr(c.Cond)
			}
		}
	case *syntax.CondExpr:
		e.Cond, e.True, e.False = guardExpr(e.Cond), guardExpr(e.True), guardExpr(e.False)
	case *syntax.DictEntry:
		e.Key, e.Value = guardExpr(e.Key), guardExpr(e.Value)
	case *syntax.DictExpr:
		guardExprs(e.List)
	case *syntax.DotExpr:
		e.X = guardExpr(e.X)
	case *syntax.IndexExpr:
		e.X, e.Y = guardExpr(e.X), guardExpr(e.Y)
	case *syntax.LambdaExpr:
		guardExprs(e.Params)
		e.Body = guardExpr(e.Body)
	case *syntax.ListExpr:
		guardExprs(e.List)
	case *syntax.ParenExpr:
		e.X = guardExpr(e.X)
	case *syntax.SliceExpr:
		e.X = guardExpr(e.X)
		for _, part := range []*syntax.Expr{&e.Lo, &e.Hi, &e.Step} {
			if *part != nil {
				*part = guardExpr(*part)
			}
		}
	case *syntax.TupleExpr:
		guardExprs(e.List)
	}
	return expr
}

func repeatCall(x syntax.Expr, op syntax.Position, y syntax.Expr) syntax.Expr {
	return call(repeatName, op, x, y)
}

func call(name string, at syntax.Position, args ...syntax.Expr) syntax.Expr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: at, Name: name}, Lparen: at, Args: args, Rparen: at}
}

// repeat is x * y with bounds.
func repeat(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	if err := boundRepeat(args[0], args[1]); err != nil {
		return nil, err
	}
	return starlark.Binary(syntax.STAR, args[0], args[1])
}

func boundRepeat(x, y starlark.Value) error {
	if _, number := x.(starlark.Int); number {
		x, y = y, x
	}
	times, number := y.(starlark.Int)
	if !number || times.Sign() <= 0 {
		return nil
	}
	n, err := starlark.AsInt32(times)
	tooMany := func(length, most int) bool { return length > 0 && (err != nil || n > most/length) }
	switch v := x.(type) {
	case starlark.Int:
		if bits(v)+bits(times) > maxIntBits {
			return tooLarge("a number of more than %d bits", "超过 %d 位的二进制数", maxIntBits)
		}
	case starlark.String, starlark.Bytes:
		if tooMany(starlark.Len(v), maxRepeatBytes) {
			return tooLarge("a text of more than %d MiB", "超过 %d MiB 的文本", maxRepeatBytes>>20)
		}
	case *starlark.List, starlark.Tuple:
		if tooMany(starlark.Len(v), maxRepeatItems) {
			return tooLarge("a list of more than %d items", "超过 %d 项的列表", maxRepeatItems)
		}
	}
	return nil
}

func bits(n starlark.Int) int {
	if _, small := n.Int64(); small {
		return 0
	}
	return n.BigInt().BitLen()
}

func tooLarge(en, zh string, most int) error {
	return &problem{code: CodeMemory, text: both("this would make "+en, "这会得到"+zh, most)}
}
