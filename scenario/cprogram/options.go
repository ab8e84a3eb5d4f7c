package cprogram

import (
	"fmt"
	"math"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// options are the options of sockets, with the name that a variable for their value gets.
var options = map[string]string{
	"SO_ERROR": "error", "SO_KEEPALIVE": "on", "SO_LINGER": "linger", "SO_RCVBUF": "size", "SO_REUSEADDR": "on", "SO_SNDBUF": "size",
	"TCP_KEEPCNT": "probes", "TCP_KEEPIDLE": "seconds", "TCP_KEEPINTVL": "seconds", "TCP_LINGER2": "seconds",
	"TCP_NODELAY": "on", "TCP_USER_TIMEOUT": "msec",
}

// option is the option that a call names; empty where it is none that C knows.
func (f *cfunc) option(c *syntax.CallExpr) string {
	name := f.textAt(c, 1)
	if options[name] == "" {
		return ""
	}
	return name
}

// level is the level of an option; its header is included.
func (f *cfunc) level(option string) string {
	f.w.include("sys/socket.h")
	if option[:3] == "SO_" {
		return "SOL_SOCKET"
	}
	f.w.include("netinet/in.h", "netinet/tcp.h")
	return "IPPROTO_TCP"
}

func (f *cfunc) setsockopt(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 3, 4); err != nil {
		return cexpr{}, err
	}
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	option := f.option(c)
	if option == "" || option == "SO_ERROR" || len(c.Args) == 4 && option != "SO_LINGER" {
		return cexpr{}, noC(c, "os.setsockopt() has no C for this option", "os.setsockopt() 的这个选项不写成 C")
	}
	var values []int64
	for _, arg := range c.Args[2:] {
		n, ok := f.intConstant(arg)
		if !ok {
			return cexpr{}, noC(arg, "the value of an option is a constant in C here", "这里写成 C 时，选项的值必须是常数")
		}
		values = append(values, n)
	}
	at, hint := int(c.Lparen.Line), options[option]
	if hint == "on" && values[0] == 0 {
		hint = "off"
	}
	declaration := fmt.Sprintf("int {} = %d;", values[0])
	if option == "SO_LINGER" {
		values = append(values, 0)
		declaration = fmt.Sprintf("struct linger {} = { .l_onoff = %d, .l_linger = %d };", values[0], values[1])
	}
	v := f.fix(hint, at, declaration)
	return cexpr{text: fmt.Sprintf("setsockopt(%s, %s, %s, &%s, sizeof %s)", fd, f.level(option), option, v, v), kind: intKind}, nil
}

// intConstant is a constant that an int of C holds.
func (f *cfunc) intConstant(x syntax.Expr) (int64, bool) {
	switch v := f.known(x).(type) {
	case starlark.Int:
		n, ok := v.Int64()
		return n, ok && n >= math.MinInt32 && n <= math.MaxInt32
	case starlark.Bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// getsockoptInto reads an option into a variable.
func (f *cfunc) getsockoptInto(c *syntax.CallExpr, name string) (string, error) {
	if err := count(c, 2, 2); err != nil {
		return "", err
	}
	fd, err := f.fd(c)
	if err != nil {
		return "", err
	}
	option := f.option(c)
	if option == "" || option == "SO_LINGER" {
		return "", noC(c, "os.getsockopt() has no C for this option", "os.getsockopt() 的这个选项不写成 C")
	}
	size := f.fix("size", int(c.Lparen.Line), "socklen_t {} = sizeof(int);")
	return fmt.Sprintf("getsockopt(%s, %s, %s, &%s, &%s)", fd, f.level(option), option, name, size), nil
}

// ignoredOption is a getsockopt() whose value the program does not look at, as one that clears SO_ERROR.
func (f *cfunc) ignoredOption(c *syntax.CallExpr) (cexpr, error) {
	if f.kindOf(c) == none || f.strict {
		return cexpr{}, noC(c, "give the option's value a name first", "请先给选项的值起个名字")
	}
	text, err := f.getsockoptInto(c, f.fix("value", int(c.Lparen.Line), "int {} = -1;"))
	return cexpr{text: text, kind: none}, err
}

// assignOption gives a name an option's value; -1 where the call fails.
func (f *cfunc) assignOption(s *syntax.AssignStmt, l *local, c *syntax.CallExpr) error {
	text, err := f.getsockoptInto(c, l.name)
	if err != nil {
		return err
	}
	if err := f.prepare(c, int(c.Lparen.Line), "%s = -1;", f.target(l, s)); err != nil {
		return err
	}
	f.calls = append(f.calls, int(c.Lparen.Line))
	f.put("%s;", text)
	return nil
}
