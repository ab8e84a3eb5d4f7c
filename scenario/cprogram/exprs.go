package cprogram

import (
	"fmt"
	"math"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Precedences of C's operators, as far as they are written here.
const (
	orPrec = iota + 1
	andPrec
	bitPrec
	equalPrec
	lessPrec
	addPrec
	mulPrec
	unaryPrec
	atomPrec
)

// cexpr is an expression of C.
type cexpr struct {
	text string
	prec int
	kind kind
	call string // the system call, or the function, that it is
	us   int64  // of sleep: how long
}

// atom is the expression as an operand of anything.
func (x cexpr) atom() string { return x.in(unaryPrec) }

// in is the expression as an operand of an operator.
func (x cexpr) in(prec int) string {
	if x.prec < prec {
		return "(" + x.text + ")"
	}
	return x.text
}

// kindOf is what an expression gives; none where that is not known (yet).
func (f *cfunc) kindOf(x syntax.Expr) kind {
	switch v := f.known(x).(type) {
	case starlark.String, starlark.Bytes:
		return textKind
	case starlark.Int:
		if n, _ := v.Int64(); n > math.MaxInt32 || n < math.MinInt32 {
			return longKind
		}
		return intKind
	case starlark.Bool:
		return intKind
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return f.kindOf(x.X)
	case *syntax.Ident:
		if l := f.locals[x.Name]; l != nil {
			return l.kind
		}
	case *syntax.DotExpr:
		return errnoKind
	case *syntax.CondExpr:
		return f.joined(x.True, x.False)
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			return intKind
		}
		return f.kindOf(x.X)
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.PLUS, syntax.MINUS, syntax.STAR:
			return f.joined(x.X, x.Y)
		}
		return intKind
	case *syntax.CallExpr:
		return f.kindOfCall(x)
	}
	return none
}

func (f *cfunc) joined(a, b syntax.Expr) kind {
	k, _ := f.kindOf(a).join(f.kindOf(b))
	return k
}

func (f *cfunc) kindOfCall(c *syntax.CallExpr) kind {
	switch f.syscall(c) {
	case "read", "recv":
		return dataKind
	case "write", "send":
		return longKind
	case "sleep", "spawn", "exit":
		return none
	case "poll":
		return pollKind
	case "getsockopt":
		if f.option(c) == "SO_ERROR" {
			return errnoKind
		}
	case "":
		if isName(c.Fn, "len") {
			return longKind
		}
		if helper, err := f.helper(c); err == nil {
			return helper.result
		}
		return none
	}
	return intKind
}

// itemKind is what a loop over an expression gives.
func (f *cfunc) itemKind(x syntax.Expr) kind {
	k := none
	if items, ok := f.known(x).(starlark.Tuple); ok && len(items) > 0 {
		if _, text := items[0].(starlark.String); text {
			return textKind
		}
		return intKind
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return f.itemKind(x.X)
	case *syntax.ListExpr:
		for _, item := range x.List {
			k, _ = k.join(f.kindOf(item))
		}
	case *syntax.TupleExpr:
		for _, item := range x.List {
			k, _ = k.join(f.kindOf(item))
		}
	case *syntax.CallExpr:
		k = intKind
	}
	return k
}

// number is an expression that gives a number.
func (f *cfunc) number(x syntax.Expr) (cexpr, error) {
	e, err := f.expr(x)
	if err != nil {
		return e, err
	}
	switch e.kind {
	case intKind, longKind:
		return e, nil
	}
	return e, noC(x, "C needs a number here", "写成 C 时，这里要一个数")
}

// expr writes an expression for its value.
func (f *cfunc) expr(x syntax.Expr) (cexpr, error) {
	if v := f.known(x); v != nil {
		return f.value(x, v)
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return f.expr(x.X)
	case *syntax.Ident:
		if l := f.locals[x.Name]; l != nil && l.kind != none {
			return cexpr{text: l.name, prec: atomPrec, kind: l.kind}, nil
		}
		return cexpr{}, noC(x, "what "+x.Name+" is can't be told from the text alone", "单看源代码，不知道 "+x.Name+" 是什么")
	case *syntax.DotExpr:
		if f.isOS(x.X) && x.Name.Name == "errno" {
			f.w.include("errno.h")
			return cexpr{text: "errno", prec: atomPrec, kind: errnoKind}, nil
		}
	case *syntax.UnaryExpr:
		if x.Op == syntax.MINUS {
			e, err := f.number(x.X)
			return cexpr{text: "-" + e.in(atomPrec), prec: unaryPrec, kind: e.kind}, err
		}
		if x.Op == syntax.NOT {
			return f.cond(x)
		}
	case *syntax.BinaryExpr:
		return f.binary(x)
	case *syntax.CondExpr:
		return f.choice(x)
	case *syntax.CallExpr:
		return f.callExpr(x)
	}
	return cexpr{}, noC(x, "this expression has no C here", "这个表达式这里不写成 C")
}

// value writes a constant.
func (f *cfunc) value(x syntax.Expr, v starlark.Value) (cexpr, error) {
	switch v := v.(type) {
	case starlark.Int:
		n, _ := v.Int64()
		e := cexpr{text: v.String(), prec: atomPrec, kind: f.kindOf(x)}
		if e.kind == longKind {
			e.text += "L"
		}
		if n < 0 {
			e.prec = unaryPrec
		}
		if n != math.MinInt64 {
			return e, nil
		}
	case starlark.Bool:
		if v {
			return cexpr{text: "1", prec: atomPrec, kind: intKind}, nil
		}
		return cexpr{text: "0", prec: atomPrec, kind: intKind}, nil
	case starlark.String:
		if len(v) <= longestLiteral && !strings.Contains(string(v), "\x00") {
			return cexpr{text: quote(string(v)), prec: atomPrec, kind: textKind}, nil
		}
	}
	return cexpr{}, noC(x, "this value has no C here", "这个值这里不写成 C")
}

func (f *cfunc) binary(x *syntax.BinaryExpr) (cexpr, error) {
	op, prec := "", 0
	switch x.Op {
	case syntax.PLUS:
		op, prec = "+", addPrec
	case syntax.MINUS:
		op, prec = "-", addPrec
	case syntax.STAR:
		op, prec = "*", mulPrec
	case syntax.SLASHSLASH, syntax.PERCENT, syntax.SLASH, syntax.AMP, syntax.PIPE, syntax.CIRCUMFLEX, syntax.LTLT, syntax.GTGT:
		return cexpr{}, noC(x, x.Op.String()+" means something else in C, or has no C here", x.Op.String()+" 在 C 里意思不同，或者这里不写成 C")
	default:
		return f.cond(x)
	}
	a, err := f.number(x.X)
	if err != nil {
		return a, err
	}
	b, err := f.number(x.Y)
	k, _ := a.kind.join(b.kind)
	return cexpr{text: a.in(prec) + " " + op + " " + b.in(prec+1), prec: prec, kind: k}, err
}

// choice is a if c else b, of numbers.
func (f *cfunc) choice(x *syntax.CondExpr) (cexpr, error) {
	if c := f.known(x.Cond); c != nil {
		if c.Truth() {
			return f.expr(x.True)
		}
		return f.expr(x.False)
	}
	c, err := f.cond(x.Cond)
	if err != nil {
		return c, err
	}
	a, err := f.number(x.True)
	if err != nil {
		return a, err
	}
	b, err := f.number(x.False)
	k, _ := a.kind.join(b.kind)
	return cexpr{text: fmt.Sprintf("(%s ? %s : %s)", c.in(bitPrec), a.text, b.text), prec: atomPrec, kind: k}, err
}

// cond writes an expression for its truth.
func (f *cfunc) cond(x syntax.Expr) (cexpr, error) {
	c, err := f.condition(x)
	return c.cexpr, err
}

// condition is an expression that is true or not, with its opposite.
type condition struct {
	cexpr
	not cexpr
}

// compare is a condition of one operator.
func compare(a, op, b string) condition {
	opposite := map[string]string{"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
	write := func(op string) cexpr {
		prec := lessPrec
		if op == "==" || op == "!=" {
			prec = equalPrec
		}
		return cexpr{text: a + " " + op + " " + b, prec: prec, kind: intKind}
	}
	return condition{write(op), write(opposite[op])}
}

func (c condition) negated() condition { return condition{c.not, c.cexpr} }

// plain is a condition whose opposite is written with !.
func plain(x cexpr) condition {
	return condition{x, cexpr{text: "!" + x.in(atomPrec), prec: unaryPrec, kind: intKind}}
}

func (f *cfunc) condition(x syntax.Expr) (condition, error) {
	if v := f.known(x); v != nil {
		text := map[bool]string{true: "1", false: "0"}
		yes := bool(v.Truth())
		return condition{cexpr{text: text[yes], prec: atomPrec, kind: intKind}, cexpr{text: text[!yes], prec: atomPrec, kind: intKind}}, nil
	}
	switch x := x.(type) {
	case *syntax.ParenExpr:
		return f.condition(x.X)
	case *syntax.UnaryExpr:
		if x.Op == syntax.NOT {
			c, err := f.condition(x.X)
			return c.negated(), err
		}
	case *syntax.BinaryExpr:
		switch x.Op {
		case syntax.AND, syntax.OR:
			return f.logic(x)
		case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
			return f.comparison(x)
		case syntax.IN, syntax.NOT_IN:
			c, err := f.member(x)
			if x.Op == syntax.NOT_IN {
				c = c.negated()
			}
			return c, err
		}
	}
	return f.truth(x)
}

// logic is and, or. Their right side may not be reached, so that nothing can be prepared for it; and its calls come after
// those of the left side.
func (f *cfunc) logic(x *syntax.BinaryExpr) (condition, error) {
	a, err := f.condition(x.X)
	if err != nil {
		return a, err
	}
	strict := f.strict
	f.strict, f.simple = true, 0
	b, err := f.condition(x.Y)
	f.strict = strict
	if x.Op == syntax.AND {
		return condition{both(a.cexpr, b.cexpr), either(a.not, b.not)}, err
	}
	return condition{either(a.cexpr, b.cexpr), both(a.not, b.not)}, err
}

func both(a, b cexpr) cexpr {
	return cexpr{text: a.in(andPrec) + " && " + b.in(bitPrec), prec: andPrec, kind: intKind}
}

// either puts && beside || into parentheses, as gcc asks.
func either(a, b cexpr) cexpr {
	left := a.in(bitPrec)
	if a.prec == orPrec {
		left = a.text
	}
	return cexpr{text: left + " || " + b.in(bitPrec), prec: orPrec, kind: intKind}
}

// truth is an expression that is no comparison, as a condition.
func (f *cfunc) truth(x syntax.Expr) (condition, error) {
	e, err := f.expr(x)
	if err != nil {
		return condition{}, err
	}
	switch e.kind {
	case dataKind:
		return compare(f.lengthOf(x, e), ">", "0"), nil
	case pollKind:
		return compare(e.in(addPrec), ">", "0"), nil
	case intKind, longKind, errnoKind:
		return compare(e.in(addPrec), "!=", "0"), nil
	case textKind:
		c := plain(cexpr{text: "*" + e.text, prec: unaryPrec, kind: intKind})
		return compare(c.text, "!=", `'\0'`), nil
	}
	return condition{}, noC(x, "this is no condition in C", "这在 C 里不能作条件")
}

// lengthOf is how many bytes data has: the name's, or what read() gives.
func (f *cfunc) lengthOf(x syntax.Expr, e cexpr) string {
	if paren, ok := x.(*syntax.ParenExpr); ok {
		return f.lengthOf(paren.X, e)
	}
	if id, ok := x.(*syntax.Ident); ok {
		return f.locals[id.Name].length
	}
	return e.text
}
