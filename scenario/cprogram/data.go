package cprogram

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Bounds of what stands in a program as a text.
const (
	longestLiteral = 100
	maxRead        = 1 << 20
)

// readSize is how much a read asks for, where that is a constant.
func (f *cfunc) readSize(x syntax.Expr) int {
	c, ok := x.(*syntax.CallExpr)
	if !ok {
		return 0
	}
	n, ok := f.constantAt(c, 1).(starlark.Int)
	if !ok {
		return 0
	}
	size, ok := n.Int64()
	if !ok || size < 0 || size > maxRead {
		return 0
	}
	return int(size)
}

// shareBuffer finds the reads whose data nobody keeps, as far as they are executed, and makes the buffer for them.
func (f *cfunc) shareBuffer(list []syntax.Stmt) {
	for _, stmt := range list {
		syntax.Walk(stmt, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.IfStmt:
				c := f.known(n.Cond)
				if c != nil && bool(c.Truth()) {
					f.shareBuffer(n.True)
				} else if c != nil {
					f.shareBuffer(n.False)
				}
				return c == nil
			case *syntax.AssignStmt:
				id, one := n.LHS.(*syntax.Ident)
				return !one || f.locals[id.Name] == nil || f.locals[id.Name].reads == 0 || f.locals[id.Name].kind != dataKind
			case *syntax.CallExpr:
				if name := f.syscall(n); name == "read" || name == "recv" {
					if f.buf == "" {
						f.buf = unique("buf", f.names, f.w.names)
					}
					f.bufSize = max(f.bufSize, f.readSize(n))
				}
			}
			return true
		})
	}
}

// readCall is a read of a constant size into a buffer.
func (f *cfunc) readCall(c *syntax.CallExpr, buf string, size int) (cexpr, error) {
	if err := count(c, 2, 2); err != nil {
		return cexpr{}, err
	}
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	n := f.readSize(c)
	if v, ok := f.constantAt(c, 1).(starlark.Int); !ok || n == 0 && v.Sign() != 0 {
		return cexpr{}, noC(c, "how much to read is a constant of at most 1 MiB in C here", "这里写成 C 时，读多少必须是不超过 1 MiB 的常数")
	}
	length := fmt.Sprint(n)
	if n == size {
		length = "sizeof " + buf
	}
	if f.syscall(c) == "recv" {
		f.w.include("sys/socket.h")
		return cexpr{text: fmt.Sprintf("recv(%s, %s, %s, 0)", fd, buf, length), kind: dataKind}, nil
	}
	f.w.include("unistd.h")
	return cexpr{text: fmt.Sprintf("read(%s, %s, %s)", fd, buf, length), kind: dataKind}, nil
}

// readAway reads into the buffer that all such reads share.
func (f *cfunc) readAway(c *syntax.CallExpr) (cexpr, error) {
	return f.readCall(c, f.buf, f.bufSize)
}

// readInto reads into a name's own buffer.
func (f *cfunc) readInto(c *syntax.CallExpr, l *local) (cexpr, error) {
	f.calls = append(f.calls, int(c.Lparen.Line))
	return f.readCall(c, l.name, l.size)
}

// writeData sends a constant, a text or what was read.
func (f *cfunc) writeData(c *syntax.CallExpr) (cexpr, error) {
	if err := count(c, 2, 2); err != nil {
		return cexpr{}, err
	}
	fd, err := f.fd(c)
	if err != nil {
		return cexpr{}, err
	}
	data, length, err := f.payload(c)
	if err != nil {
		return cexpr{}, err
	}
	f.w.writes = true
	f.w.include("signal.h")
	if f.syscall(c) == "send" {
		f.w.include("sys/socket.h")
		return cexpr{text: fmt.Sprintf("send(%s, %s, %s, 0)", fd, data, length), kind: longKind}, nil
	}
	f.w.include("unistd.h")
	return cexpr{text: fmt.Sprintf("write(%s, %s, %s)", fd, data, length), kind: longKind}, nil
}

func (f *cfunc) payload(c *syntax.CallExpr) (data, length string, err error) {
	x := c.Args[1]
	switch v := f.known(x).(type) {
	case starlark.String:
		return f.constantData(c, string(v))
	case starlark.Bytes:
		return f.constantData(c, string(v))
	}
	e, err := f.expr(x)
	switch {
	case err != nil:
		return "", "", err
	case e.kind == dataKind && e.call == "":
		return e.text, f.lengthOf(x, e), nil
	case e.kind == textKind:
		f.w.include("string.h")
		return e.text, "strlen(" + e.text + ")", nil
	}
	return "", "", noC(x, "what is sent is a constant, or what was read, in C here", "这里写成 C 时，发送的只能是常量，或读到的数据")
}

// constantData writes a constant as a literal, or, where it is long, as a buffer that is filled first.
func (f *cfunc) constantData(c *syntax.CallExpr, text string) (data, length string, err error) {
	if len(text) <= longestLiteral {
		return quote(text), fmt.Sprint(len(text)), nil
	}
	unit := period(text)
	if unit == "" {
		return "", "", noC(c, "a text of more than 100 bytes that does not repeat itself has no C here", "超过 100 字节又不是重复的文本，这里不写成 C")
	}
	fill := []string{fmt.Sprintf("memset({}, %s, sizeof {});", char(unit))}
	if len(unit) > 1 {
		fill = []string{"for (size_t i = 0; i < sizeof {}; i++)", tab + fmt.Sprintf("{}[i] = %s[i %% %d];", quote(unit), len(unit))}
	}
	f.w.include("string.h")
	name := f.fix("data", int(c.Lparen.Line), append([]string{f.buffer("{}", len(text))}, fill...)...)
	return name, "sizeof " + name, nil
}

// period is the short text that a long one repeats; empty where there is none.
func period(text string) string {
	for n := 1; n <= longestLiteral; n++ {
		if text[n:] == text[:len(text)-n] {
			return text[:n]
		}
	}
	return ""
}

// char is a character of C.
func char(c string) string {
	switch text := quote(c); text {
	case `"'"`:
		return `'\''`
	case `"\""`:
		return `'"'`
	default:
		return "'" + text[1:len(text)-1] + "'"
	}
}
