package cprogram

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func (f *cfunc) isOS(x syntax.Expr) bool {
	id, ok := x.(*syntax.Ident)
	return ok && f.env.vars[id.Name] == osName{}
}

// syscall is the name of the system call that a call makes; empty where it makes none.
func (f *cfunc) syscall(x syntax.Expr) string {
	c, ok := x.(*syntax.CallExpr)
	if !ok {
		return ""
	}
	if dot, ok := c.Fn.(*syntax.DotExpr); ok && f.isOS(dot.X) {
		return dot.Name.Name
	}
	return ""
}

func (f *cfunc) callExpr(c *syntax.CallExpr) (cexpr, error) {
	name := f.syscall(c)
	if name == "" {
		return f.otherCall(c)
	}
	for _, arg := range c.Args {
		if key, _ := keyword(arg); key != "" && name != "fcntl" && name != "poll" && name != "exit" {
			return cexpr{}, noC(arg, "arguments with names have no C here", "带名字的参数这里不写成 C")
		}
	}
	if f.simple++; f.simple > 1 {
		return cexpr{}, noC(c, "two calls in one expression have no order in C: give the first one's result a name", "C 里同一个表达式中的两个调用没有先后：请先给第一个的结果起个名字")
	}
	f.calls = append(f.calls, int(c.Lparen.Line))
	write := map[string]func(*syntax.CallExpr) (cexpr, error){
		"socket": f.socket, "bind": f.bind, "listen": f.listen, "accept": f.accept, "connect": f.connect,
		"read": f.readAway, "recv": f.readAway, "write": f.writeData, "send": f.writeData,
		"close": f.closeCall, "shutdown": f.shutdown, "setsockopt": f.setsockopt, "getsockopt": f.ignoredOption,
		"fcntl": f.fcntl, "poll": f.poll, "sleep": f.sleepCall, "exit": f.exit, "spawn": f.spawn,
	}[name]
	if write == nil {
		return cexpr{}, noC(c, "os."+name+"() has no C here", "os."+name+"() 这里不写成 C")
	}
	x, err := write(c)
	x.call, x.prec = name, atomPrec
	return x, err
}

// fd is a call's first argument, its descriptor.
func (f *cfunc) fd(c *syntax.CallExpr) (string, error) {
	if len(c.Args) == 0 {
		return "", noC(c, "the descriptor is missing", "缺少描述符")
	}
	x, err := f.number(c.Args[0])
	return x.text, err
}

// constantAt is a call's argument where it is a constant, else nil.
func (f *cfunc) constantAt(c *syntax.CallExpr, i int) starlark.Value {
	if i >= len(c.Args) {
		return nil
	}
	return f.known(c.Args[i])
}

func (f *cfunc) textAt(c *syntax.CallExpr, i int) string {
	text, _ := starlark.AsString(orNone(f.constantAt(c, i)))
	return text
}

func count(c *syntax.CallExpr, least, most int) error {
	if len(c.Args) < least || len(c.Args) > most {
		return noC(c, "the call has too few or too many arguments", "调用的参数太少或太多")
	}
	return nil
}

func (f *cfunc) socket(c *syntax.CallExpr) (cexpr, error) {
	f.w.include("sys/socket.h")
	return cexpr{text: "socket(AF_INET, SOCK_STREAM, 0)", kind: intKind}, count(c, 0, 0)
}

func (f *cfunc) listen(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 2, 2); err != nil {
		return cexpr{}, err
	}
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	f.w.include("sys/socket.h")
	backlog, err := f.number(c.Args[1])
	return cexpr{text: fmt.Sprintf("listen(%s, %s)", fd, backlog.text), kind: intKind}, err
}

func (f *cfunc) accept(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 1, 1); err != nil {
		return cexpr{}, err
	}
	f.w.include("sys/socket.h", "unistd.h")
	fd, err := f.fd(c)
	return cexpr{text: "accept(" + fd + ", NULL, NULL)", kind: intKind}, err
}

func (f *cfunc) closeCall(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 1, 1); err != nil {
		return cexpr{}, err
	}
	f.w.include("unistd.h")
	fd, err := f.fd(c)
	return cexpr{text: "close(" + fd + ")", kind: intKind}, err
}

func (f *cfunc) shutdown(c *syntax.CallExpr) (cexpr, error) {
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	how := f.textAt(c, 1)
	if !slices.Contains([]string{"SHUT_RD", "SHUT_WR", "SHUT_RDWR"}, how) || len(c.Args) != 2 {
		return cexpr{}, noC(c, "os.shutdown() takes SHUT_RD, SHUT_WR or SHUT_RDWR", "os.shutdown() 要 SHUT_RD、SHUT_WR 或 SHUT_RDWR")
	}
	f.w.include("sys/socket.h")
	return cexpr{text: fmt.Sprintf("shutdown(%s, %s)", fd, how), kind: intKind}, nil
}

func (f *cfunc) fcntl(c *syntax.CallExpr) (cexpr, error) {
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	on := starlark.Value(starlark.True)
	if arg := argument(c, 2, "on"); arg != nil {
		on = f.known(arg)
	}
	if f.textAt(c, 1) != "O_NONBLOCK" || on == nil || len(c.Args) > 3 {
		return cexpr{}, noC(c, `os.fcntl() has C for "O_NONBLOCK", on or off`, `os.fcntl() 只有设置或清除 "O_NONBLOCK" 才能写成 C`)
	}
	f.w.include("fcntl.h")
	change := "| O_NONBLOCK"
	if !on.Truth() {
		change = "& ~O_NONBLOCK"
	}
	return cexpr{text: fmt.Sprintf("fcntl(%s, F_SETFL, fcntl(%s, F_GETFL) %s)", fd, fd, change), kind: intKind}, nil
}

func (f *cfunc) exit(c *syntax.CallExpr) (cexpr, error) {
	f.w.include("stdlib.h")
	status := cexpr{text: "0"}
	if arg := argument(c, 0, "status"); arg != nil {
		var err error
		if status, err = f.number(arg); err != nil {
			return status, err
		}
	}
	return cexpr{text: "exit(" + status.text + ")"}, count(c, 0, 1)
}

// otherCall is a call of len(), or of a function of the scenario.
func (f *cfunc) otherCall(c *syntax.CallExpr) (cexpr, error) {
	if isName(c.Fn, "len") && len(c.Args) == 1 {
		e, err := f.expr(c.Args[0])
		switch {
		case err != nil:
			return e, err
		case e.kind == dataKind:
			return cexpr{text: f.lengthOf(c.Args[0], e), prec: atomPrec, kind: longKind}, nil
		case e.kind == textKind:
			f.w.include("string.h")
			return cexpr{text: "(long)strlen(" + e.text + ")", prec: unaryPrec, kind: longKind}, nil
		}
		return e, noC(c, "len() has C for data and for texts", "len() 只有用于数据和文本才能写成 C")
	}
	helper, err := f.helper(c)
	if err != nil {
		return cexpr{}, err
	}
	if f.simple++; f.simple > 1 {
		return cexpr{}, noC(c, "two calls in one expression have no order in C: give the first one's result a name", "C 里同一个表达式中的两个调用没有先后：请先给第一个的结果起个名字")
	}
	text := helper.name + "("
	for i, arg := range c.Args[1:] {
		x, err := f.expr(arg)
		if err != nil {
			return x, err
		}
		if k, ok := x.kind.join(helper.params[i].kind); !ok || x.kind == dataKind || x.kind == pollKind || k == none {
			return x, noC(arg, "numbers and texts can be given to a function in C here", "这里写成 C 时，只能把数和文本传给函数")
		}
		if i > 0 {
			text += ", "
		}
		text += x.text
	}
	return cexpr{text: text + ")", prec: atomPrec, kind: helper.result, call: helper.name}, nil
}

// helper is the function that a call means, written when it is first met.
func (f *cfunc) helper(c *syntax.CallExpr) (*cfunc, error) {
	fn := f.scenarioFunction(c.Fn)
	if fn == nil {
		return nil, noC(c, "only calls of os and of the scenario's own functions have C", "只有 os 的调用和场景自己的函数能写成 C")
	}
	if len(c.Args) == 0 || !f.isOS(c.Args[0]) || len(c.Args) != len(fn.def.Params) {
		return nil, noC(c, "a function that has C gets os first, and each of its arguments", "能写成 C 的函数，先传 os，再传齐每个参数")
	}
	return f.ready(fn, helperRole, c.Args[1:])
}

func (f *cfunc) scenarioFunction(x syntax.Expr) *function {
	id, ok := x.(*syntax.Ident)
	if !ok {
		return nil
	}
	v, _ := f.env.get(id.Name)
	fn, _ := v.(*function)
	return fn
}

// ready is the function of C for one of the scenario's, which takes what this call gives it.
func (f *cfunc) ready(fn *function, r role, args []syntax.Expr) (*cfunc, error) {
	known := f.w.funcs[fn]
	if known == nil {
		known = &cfunc{w: f.w, fn: fn, role: r}
		for _, arg := range args {
			known.params = append(known.params, &local{kind: f.kindOf(arg)})
		}
		f.w.funcs[fn] = known
		if err := known.write(); err != nil {
			return nil, err
		}
	}
	if known.role != r {
		return nil, noC(fn.def, "a function that is a thread and is called too has no C here", "既作线程又被直接调用的函数，这里不写成 C")
	}
	return known, nil
}

const threadDeclaration = "pthread_t {};"

// spawn starts a thread, which gets one number at most.
func (f *cfunc) spawn(c *syntax.CallExpr) (cexpr, error) {
	var fn *function
	if len(c.Args) > 0 {
		fn = f.scenarioFunction(c.Args[0])
	}
	if fn == nil || len(c.Args) > 2 || len(c.Args) != len(fn.def.Params) {
		return cexpr{}, noC(c, "os.spawn() has C for a function of the scenario with one number at most", "os.spawn() 只有用于场景自己的函数、最多带一个数时，才能写成 C")
	}
	given := "NULL"
	if len(c.Args) == 2 {
		x, err := f.number(c.Args[1])
		if err != nil {
			return x, err
		}
		given = "(void *)(intptr_t)" + x.in(atomPrec)
		f.w.include("stdint.h")
	}
	thread, err := f.ready(fn, threadRole, c.Args[1:])
	if err != nil {
		return cexpr{}, err
	}
	f.w.include("pthread.h")
	at := int(c.Lparen.Line)
	id := f.fix("thread", at, threadDeclaration)
	return cexpr{text: fmt.Sprintf("pthread_create(&%s, NULL, %s, %s)", id, thread.name, given), kind: none}, nil
}
