package cprogram

import (
	"fmt"

	"finwait/engine"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func (f *cfunc) connect(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 3, 3); err != nil {
		return cexpr{}, err
	}
	return f.withAddress(c, c.Args[1], c.Args[2])
}

func (f *cfunc) bind(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 2, 3); err != nil {
		return cexpr{}, err
	}
	if len(c.Args) == 2 {
		return f.withAddress(c, nil, c.Args[1])
	}
	return f.withAddress(c, c.Args[1], c.Args[2])
}

// withAddress is a call that gets a descriptor and an address; host is nil for any of the host's own.
func (f *cfunc) withAddress(c *syntax.CallExpr, host, port syntax.Expr) (cexpr, error) {
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	name, err := f.address(c, host, port)
	f.w.include("sys/socket.h", "netinet/in.h")
	return cexpr{text: fmt.Sprintf("%s(%s, (struct sockaddr *)&%s, sizeof %s)", f.syscall(c), fd, name, name), kind: intKind}, err
}

// address declares a struct sockaddr_in at the head of the function and gives its name.
func (f *cfunc) address(c *syntax.CallExpr, host, port syntax.Expr) (string, error) {
	at, call := int(c.Lparen.Line), f.syscall(c)
	hint, addr := "local", ""
	if host != nil {
		text, ok := starlark.AsString(orNone(f.known(host)))
		if !ok || text == "" && call == "connect" {
			return "", noC(host, "the host is a constant in C here", "这里写成 C 时，主机必须是常量")
		}
		var err error
		if addr, err = f.hostAddress(host, text); err != nil {
			return "", err
		}
		if call == "connect" {
			if hint = "peer"; addr != text {
				hint = text
			}
		}
	}
	lines := []string{"struct sockaddr_in {} = {", tab + ".sin_family = AF_INET,"}
	p, err := f.port(port)
	if err != nil {
		return "", err
	}
	f.w.include("arpa/inet.h")
	if f.known(port) != nil {
		lines = append(lines, tab+fmt.Sprintf(".sin_port = htons(%s),", p))
	}
	if addr == "" {
		lines = append(lines, tab+".sin_addr.s_addr = htonl(INADDR_ANY),", "};")
	} else {
		lines = append(lines, "};", fmt.Sprintf("inet_pton(AF_INET, %s, &{}.sin_addr);", quote(addr)))
	}
	name := f.fix(hint, at, lines...)
	if f.known(port) == nil {
		err = f.prepare(port, at, "%s.sin_port = htons(%s);", name, p)
	}
	return name, err
}

// hostAddress is the address of a host of the run, or the address that the text is; empty for any.
func (f *cfunc) hostAddress(at syntax.Node, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	for _, h := range f.w.src.Hosts {
		if h.Name == text {
			return h.Addr, nil
		}
	}
	if _, err := engine.ParseAddr(text); err != nil {
		return "", noC(at, fmt.Sprintf("there is no host %q in this run", text), fmt.Sprintf("这次运行里没有主机 %q", text))
	}
	return text, nil
}

func (f *cfunc) port(x syntax.Expr) (string, error) {
	if n, ok := f.known(x).(starlark.Int); ok {
		if port, ok := n.Uint64(); !ok || port > 65535 {
			return "", noC(x, "C's sockaddr_in has room for ports from 0 to 65535", "C 的 sockaddr_in 只能放 0 到 65535 的端口")
		}
	}
	p, err := f.number(x)
	return p.text, err
}
