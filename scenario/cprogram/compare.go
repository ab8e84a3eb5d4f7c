package cprogram

import (
	"fmt"
	"regexp"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func (f *cfunc) comparison(x *syntax.BinaryExpr) (condition, error) {
	left, right := x.X, x.Y
	if f.known(left) != nil { // 0 == x
		left, right = right, left
	}
	op := x.Op
	if left != x.X {
		op = map[syntax.Token]syntax.Token{
			syntax.LT: syntax.GT, syntax.GT: syntax.LT, syntax.LE: syntax.GE, syntax.GE: syntax.LE, syntax.EQL: syntax.EQL, syntax.NEQ: syntax.NEQ,
		}[op]
	}
	equality := op == syntax.EQL || op == syntax.NEQ
	v := f.known(right)
	if k := f.kindOf(left); v != nil && equality && (k == errnoKind || k == dataKind || k == textKind) {
		e, err := f.expr(left)
		if err != nil {
			return condition{}, err
		}
		var c condition
		switch k {
		case errnoKind:
			c, err = f.isError(x, left, e, v)
		case dataKind:
			c, err = f.isData(x, left, e, v)
		default:
			c, err = f.isText(x, e, v)
		}
		if op == syntax.NEQ {
			c = c.negated()
		}
		return c, err
	}
	a, err := f.number(left)
	if err != nil {
		return condition{}, err
	}
	b, err := f.number(right)
	return compare(a.in(addPrec), op.String(), b.in(addPrec)), err
}

var errnoForm = regexp.MustCompile(`^E[A-Z0-9]+$`)

// errnos are the errors that C has a name for, and calls on sockets give.
var errnos = map[string]bool{}

func init() {
	for _, name := range []string{
		"EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN", "EALREADY", "EBADF", "ECONNABORTED", "ECONNREFUSED",
		"ECONNRESET", "EDESTADDRREQ", "EFAULT", "EHOSTUNREACH", "EINPROGRESS", "EINTR", "EINVAL", "EIO", "EISCONN", "EMFILE",
		"EMSGSIZE", "ENETDOWN", "ENETUNREACH", "ENFILE", "ENOBUFS", "ENOMEM", "ENOPROTOOPT", "ENOSYS", "ENOTCONN", "ENOTSOCK",
		"EOPNOTSUPP", "EPERM", "EPIPE", "EPROTO", "ETIMEDOUT", "EWOULDBLOCK",
	} {
		errnos[name] = true
	}
}

// isError compares an error's number: os.errno, or what SO_ERROR gave, which may be 0 or -1 too.
func (f *cfunc) isError(at, left syntax.Expr, e cexpr, v starlark.Value) (condition, error) {
	id, _ := left.(*syntax.Ident)
	option := id != nil && f.locals[id.Name].option
	switch v := v.(type) {
	case starlark.String:
		switch name := string(v); {
		case name == "" && !option:
			return compare(e.text, "==", "0"), nil
		case errnoForm.MatchString(name) && errnos[name]:
			f.w.include("errno.h")
			return compare(e.text, "==", name), nil
		}
		return condition{}, noC(at, fmt.Sprintf("C has no error %q", string(v)), fmt.Sprintf("C 里没有错误 %q", string(v)))
	case starlark.Int:
		if option {
			return compare(e.text, "==", v.String()), nil
		}
	}
	return condition{}, noC(at, "os.errno is compared with the name of an error", "os.errno 要和错误的名字比较")
}

// isData compares what a read gave: None is an error, "" the end of file, and anything else those bytes.
func (f *cfunc) isData(at, left syntax.Expr, e cexpr, v starlark.Value) (condition, error) {
	n := f.lengthOf(left, e)
	if v == starlark.None {
		return compare(n, "==", "-1"), nil
	}
	text, ok := starlark.AsString(v)
	switch {
	case ok && text == "":
		return compare(n, "==", "0"), nil
	case !ok || len(text) > longestLiteral || e.call != "":
		return condition{}, noC(at, "give the data a name, and compare it with a short text", "请先给数据起个名字，再和短文本比较")
	}
	f.w.include("string.h")
	size := fmt.Sprint(len(text))
	same := "memcmp(" + e.text + ", " + quote(text) + ", " + size + ")"
	return condition{
		cexpr{text: n + " == " + size + " && " + same + " == 0", prec: andPrec, kind: intKind},
		cexpr{text: n + " != " + size + " || " + same + " != 0", prec: orPrec, kind: intKind},
	}, nil
}

func (f *cfunc) isText(at syntax.Expr, e cexpr, v starlark.Value) (condition, error) {
	c, err := f.value(at, v)
	if err != nil || c.kind != textKind {
		return condition{}, noC(at, "a text is compared with a short text", "文本要和短文本比较")
	}
	f.w.include("string.h")
	return compare("strcmp("+e.text+", "+c.text+")", "==", "0"), nil
}

// member is x in (…), "POLLIN" in ready[fd], and fd in ready.
func (f *cfunc) member(x *syntax.BinaryExpr) (condition, error) {
	if index, ok := x.Y.(*syntax.IndexExpr); ok {
		return f.hasEvent(x, index)
	}
	if id, ok := x.Y.(*syntax.Ident); ok && f.locals[id.Name] != nil && f.locals[id.Name].kind == pollKind {
		revents, err := f.revents(x.X, f.locals[id.Name])
		return compare(revents, "!=", "0"), err
	}
	items, ok := f.known(x.Y).(starlark.Tuple)
	if !ok || len(items) == 0 {
		return condition{}, noC(x, "in has C for a list written out, and for what os.poll() gave", "in 只有用于逐个写出的列表和 os.poll() 的结果时，才能写成 C")
	}
	var all condition
	for i, item := range items {
		c, err := f.oneOf(x, item)
		if err != nil {
			return c, err
		}
		if i == 0 {
			all = c
			continue
		}
		all = condition{either(all.cexpr, c.cexpr), both(all.not, c.not)}
	}
	if f.simple > 0 {
		return all, noC(x, "give the result a name, and compare that", "请先给结果起个名字，再比较")
	}
	return all, nil
}

func (f *cfunc) oneOf(x *syntax.BinaryExpr, item starlark.Value) (condition, error) {
	e, err := f.expr(x.X)
	if err != nil {
		return condition{}, err
	}
	switch e.kind {
	case errnoKind:
		return f.isError(x, x.X, e, item)
	case textKind:
		return f.isText(x, e, item)
	case intKind, longKind:
		if n, ok := item.(starlark.Int); ok {
			return compare(e.in(addPrec), "==", n.String()), nil
		}
	}
	return condition{}, noC(x, "in compares numbers, texts and errors in C", "写成 C 时，in 只比较数、文本和错误")
}
