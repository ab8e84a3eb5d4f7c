package cprogram

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

func (f *cfunc) stmts(list []syntax.Stmt) error {
	for _, s := range list {
		if err := f.stmt(s); err != nil {
			return err
		}
	}
	return nil
}

func (f *cfunc) stmt(s syntax.Stmt) error {
	f.simple, f.strict = 0, false
	switch s := s.(type) {
	case *syntax.AssignStmt:
		return f.assign(s)
	case *syntax.ExprStmt:
		return f.exprStmt(s)
	case *syntax.IfStmt:
		return f.ifStmt(s)
	case *syntax.WhileStmt:
		return f.while(s)
	case *syntax.ForStmt:
		return f.forLoop(s)
	case *syntax.ReturnStmt:
		return f.returns(s)
	case *syntax.BranchStmt:
		if s.Token != syntax.PASS {
			f.put("%s;", s.Token)
		}
		return nil
	}
	return noC(s, "this statement has no C", "这个语句写不成 C")
}

func (f *cfunc) exprStmt(s *syntax.ExprStmt) error {
	if lit, ok := s.X.(*syntax.Literal); ok && lit.Token == syntax.STRING {
		return nil // a comment in the manner of Python
	}
	x, err := f.expr(s.X)
	if err != nil {
		return err
	}
	return f.ignore(s, x)
}

// ignore writes a call whose result the program does not look at. What can go wrong is said, and the program goes on, as
// the scenario's does.
func (f *cfunc) ignore(s syntax.Node, x cexpr) error {
	switch {
	case x.call == "":
		return noC(s, "this statement does nothing, in C too", "这个语句什么也不做，写成 C 也一样")
	case x.call == "sleep":
		return f.sleep(x.us)
	case checked[x.call]:
		f.put("if (%s == -1)", x.text)
		f.complain(x.call)
	case x.call == "spawn":
		f.put("%s;", x.text)
		f.put("pthread_detach(%s);", f.fix("thread", 0, threadDeclaration))
	default:
		f.put("%s;", x.text)
	}
	return nil
}

// checked are the calls whose failure a program reports where its scenario does not look.
var checked = map[string]bool{
	"bind": true, "listen": true, "accept": true, "connect": true, "read": true, "recv": true, "write": true, "send": true,
}

// complainAbout reports that a call gave -1 to a name.
func (f *cfunc) complainAbout(l *local, call string) {
	f.put("if (%s == -1)", l.name)
	f.complain(call)
}

// complain reports the failure of a call, under its if.
func (f *cfunc) complain(call string) {
	f.w.include("stdio.h")
	report := "perror"
	if f.w.errno {
		report, f.w.reports = "report", true
		f.w.include("errno.h")
	}
	f.indent++
	f.put("%s(%q);", report, call)
	f.indent--
}

func (f *cfunc) assign(s *syntax.AssignStmt) error {
	id := s.LHS.(*syntax.Ident) // as the scanner made sure
	l := f.locals[id.Name]
	if f.env.vars[id.Name] != nil {
		return nil // where it is read, its value stands
	}
	if s.Op != syntax.EQ {
		return f.addTo(s, l)
	}
	if call, ok := s.RHS.(*syntax.CallExpr); ok {
		if done, err := f.assignCall(s, l, call); done || err != nil {
			return err
		}
	}
	x, err := f.expr(s.RHS)
	if err != nil {
		return err
	}
	if l.reads == 0 {
		if x.call == "" {
			return nil
		}
		return f.ignore(s, x)
	}
	switch x.kind {
	case none:
		return noC(s, "this call has no result in C", "这个调用在 C 里没有结果")
	case dataKind:
		return noC(s, "in C the data stays in the buffer that it was read into", "写成 C 时，数据留在读入它的缓冲区里，不能再赋给别的名字")
	}
	f.put("%s = %s;", f.target(l, s), x.text)
	if x.call == "accept" {
		f.complainAbout(l, x.call)
	}
	return nil
}

// target is the left side of an assignment: with the type where it is the one that declares.
func (f *cfunc) target(l *local, s *syntax.AssignStmt) string {
	if s == l.first && !l.hoisted && !l.isParam(f) {
		return l.kind.c() + l.name
	}
	return l.name
}

func (l *local) isParam(f *cfunc) bool {
	for _, p := range f.params {
		if p == l {
			return true
		}
	}
	return false
}

// assignCall writes the calls that give more than a number.
func (f *cfunc) assignCall(s *syntax.AssignStmt, l *local, c *syntax.CallExpr) (done bool, err error) {
	if l.reads == 0 {
		return false, nil
	}
	switch f.syscall(c) {
	case "read", "recv":
		x, err := f.readInto(c, l)
		if err != nil {
			return true, err
		}
		target := l.length
		if s == l.first && !l.hoisted {
			target = "ssize_t " + l.length
		}
		f.put("%s = %s;", target, x.text)
		return true, nil
	case "poll":
		return true, f.assignPoll(s, l, c)
	case "getsockopt":
		return true, f.assignOption(s, l, c)
	}
	return false, nil
}

func (f *cfunc) addTo(s *syntax.AssignStmt, l *local) error {
	op, ok := map[syntax.Token]string{syntax.PLUS_EQ: "+=", syntax.MINUS_EQ: "-=", syntax.STAR_EQ: "*="}[s.Op]
	x, err := f.number(s.RHS)
	if err != nil {
		return err
	}
	if !ok {
		return noC(s, "this assignment has no C here", "这种赋值这里不写成 C")
	}
	f.put("%s %s %s;", l.name, op, x.text)
	return nil
}

// inBlock writes statements one step further in, and gives their lines.
func (f *cfunc) inBlock(list []syntax.Stmt) ([]line, error) {
	outer := f.body
	f.body = nil
	f.indent++
	err := f.stmts(list)
	f.indent--
	inner := f.body
	f.body = outer
	return inner, err
}

// ifStmt writes a chain of if, else if and else. Braces stand where a branch has more than one line.
func (f *cfunc) ifStmt(s *syntax.IfStmt) error {
	if c := f.known(s.Cond); c != nil {
		if c.Truth() {
			return f.stmts(s.True)
		}
		return f.stmts(s.False)
	}
	var (
		heads    []line
		branches [][]line
		last     []syntax.Stmt
	)
	for {
		f.strict, f.simple = len(heads) > 0, 0
		cond, err := f.cond(s.Cond)
		if err != nil {
			return err
		}
		if len(heads) == 0 {
			f.body = append(f.body, f.before...)
		}
		heads = append(heads, line{text: fmt.Sprintf("if (%s)", cond.text), calls: f.calls})
		f.calls, f.before = nil, nil
		inner, err := f.inBlock(s.True)
		if err != nil {
			return err
		}
		branches, last = append(branches, inner), s.False
		next, ok := elseIf(last)
		if !ok || f.known(next.Cond) != nil {
			break
		}
		s = next
	}
	otherwise, err := f.inBlock(last)
	if err != nil {
		return err
	}
	f.chain(heads, branches, otherwise)
	return nil
}

// elseIf is the one if that an else consists of.
func elseIf(list []syntax.Stmt) (*syntax.IfStmt, bool) {
	if len(list) != 1 {
		return nil, false
	}
	s, ok := list[0].(*syntax.IfStmt)
	return s, ok
}

func (f *cfunc) chain(heads []line, branches [][]line, otherwise []line) {
	braces := len(otherwise) > 1
	for _, b := range branches {
		braces = braces || len(b) != 1
	}
	if len(otherwise) > 0 {
		heads, branches = append(heads, line{}), append(branches, otherwise)
	}
	for i, head := range heads {
		parts := []string{}
		if i > 0 && braces {
			parts = append(parts, "}")
		}
		if i > 0 {
			parts = append(parts, "else")
		}
		if head.text != "" {
			parts = append(parts, head.text)
		}
		if braces {
			parts = append(parts, "{")
		}
		f.body = append(f.body, line{text: f.indented(strings.Join(parts, " ")), calls: head.calls})
		f.body = append(f.body, branches[i]...)
	}
	if braces {
		f.body = append(f.body, line{text: f.indented("}")})
	}
}

func (f *cfunc) while(s *syntax.WhileStmt) error {
	head := "for (;;)"
	if c := f.known(s.Cond); c == nil {
		f.strict = true
		cond, err := f.cond(s.Cond)
		if err != nil {
			return err
		}
		f.strict, head = false, fmt.Sprintf("while (%s)", cond.text)
	} else if !c.Truth() {
		return nil
	}
	return f.loopOver(head, nil, s.Body)
}

// loopOver writes a loop: its head, what each turn begins with, and its body.
func (f *cfunc) loopOver(head string, begin []line, list []syntax.Stmt) error {
	top := line{text: head, calls: f.calls}
	f.body = append(f.body, f.before...)
	f.calls, f.before = nil, nil
	inner, err := f.inBlock(list)
	if err != nil {
		return err
	}
	inner = append(begin, inner...)
	switch {
	case len(inner) == 0:
		inner = []line{{text: f.indented(tab + ";")}}
	case len(inner) > 1:
		top.text += " {"
		inner = append(inner, line{text: f.indented("}")})
	}
	top.text = f.indented(top.text)
	f.body = append(append(f.body, top), inner...)
	return nil
}

func (f *cfunc) forLoop(s *syntax.ForStmt) error {
	l, name := f.loops[s], s.Vars.(*syntax.Ident).Name
	around := f.locals[name]
	f.locals[name] = l
	defer func() {
		if delete(f.locals, name); around != nil {
			f.locals[name] = around
		}
	}()
	if c, ok := s.X.(*syntax.CallExpr); ok && isName(c.Fn, "range") {
		return f.rangeLoop(s, l, c)
	}
	items, ok := f.known(s.X).(starlark.Tuple)
	if !ok {
		return f.listLoop(s, l)
	}
	var texts []string
	for _, item := range items {
		switch v := item.(type) {
		case starlark.String:
			texts = append(texts, quote(string(v)))
		case starlark.Int:
			texts = append(texts, v.String())
		}
	}
	typ := map[kind]string{textKind: "const char *{}[] = ", intKind: "int {}[] = "}[l.kind]
	if typ == "" || len(texts) != len(items) || len(items) == 0 {
		return noC(s, "only a loop over numbers or texts has C", "只有遍历数或文本的循环能写成 C")
	}
	array := f.fix(plural(l.name), 0, typ+"{ "+strings.Join(texts, ", ")+" };")
	return f.items(s, l, array, len(items))
}

func plural(name string) string { return name + "s" }

// listLoop is a loop over names of numbers, as for fd in [a, b].
func (f *cfunc) listLoop(s *syntax.ForStmt, l *local) error {
	var list []syntax.Expr
	switch x := s.X.(type) {
	case *syntax.ListExpr:
		list = x.List
	case *syntax.TupleExpr:
		list = x.List
	case *syntax.ParenExpr:
		if t, ok := x.X.(*syntax.TupleExpr); ok {
			list = t.List
		}
	}
	var texts []string
	for _, item := range list {
		x, err := f.number(item)
		if err != nil {
			return err
		}
		texts = append(texts, x.text)
	}
	if len(texts) == 0 || f.simple > 0 {
		return noC(s, "only a loop over range(), or over numbers or texts written out, has C", "只有遍历 range()、或逐个写出的数和文本的循环能写成 C")
	}
	array := unique(plural(l.name), f.names, f.w.names)
	f.put("%s%s[] = { %s };", l.kind.c(), array, strings.Join(texts, ", "))
	return f.items(s, l, array, len(texts))
}

func (f *cfunc) items(s *syntax.ForStmt, l *local, array string, n int) error {
	i := unique("i", f.names, f.w.names)
	delete(f.names, i) // it ends with the loop, unless that has another in it
	var begin []line
	if l.reads > 0 {
		begin = []line{{text: f.indented(tab + l.kind.c() + l.name + " = " + array + "[" + i + "];")}}
	}
	f.names[i] = true
	err := f.loopOver(fmt.Sprintf("for (int %s = 0; %s < %d; %s++)", i, i, n, i), begin, s.Body)
	delete(f.names, i)
	return err
}

func (f *cfunc) rangeLoop(s *syntax.ForStmt, l *local, c *syntax.CallExpr) error {
	if len(c.Args) < 1 || len(c.Args) > 3 {
		return noC(s, "range() takes one to three numbers", "range() 要一到三个数")
	}
	from, to, step := "0", "", int64(1)
	for i, arg := range c.Args {
		x, err := f.number(arg)
		if err != nil {
			return err
		}
		switch {
		case i == 2:
			n, ok := f.known(arg).(starlark.Int)
			if step, _ = n.Int64(); !ok || step == 0 {
				return noC(s, "the step of range() is a constant in C here", "range() 的步长在这里必须是常数")
			}
		case i == 1 || len(c.Args) == 1:
			to = x.atom()
		default:
			from = x.text
		}
		if f.known(arg) == nil && (f.simple > 0 || f.assignedIn(arg, s.Body)) {
			return noC(s, "the bounds of this loop change in it", "循环的边界在循环里会变")
		}
	}
	compare, next := "<", l.name+"++"
	if step < 0 {
		compare = ">"
	}
	if step != 1 {
		next = fmt.Sprintf("%s += %d", l.name, step)
	}
	return f.loopOver(fmt.Sprintf("for (%s%s = %s; %s %s %s; %s)", l.kind.c(), l.name, from, l.name, compare, to, next), nil, s.Body)
}

// assignedIn says whether one of the names of an expression is assigned in statements.
func (f *cfunc) assignedIn(x syntax.Expr, list []syntax.Stmt) bool {
	names := map[string]bool{}
	syntax.Walk(x, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok {
			names[id.Name] = true
		}
		return true
	})
	found := false
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			if a, ok := n.(*syntax.AssignStmt); ok {
				id, one := a.LHS.(*syntax.Ident)
				found = found || one && names[id.Name]
			}
			return true
		})
	}
	return found
}

func (f *cfunc) returns(s *syntax.ReturnStmt) error {
	if f.role == helperRole && f.result != none {
		if s.Result == nil {
			return noC(s, "a function that gives a number has to give one on every path", "返回数的函数必须在每条路径上都返回")
		}
		x, err := f.number(s.Result)
		if err != nil {
			return err
		}
		f.put("return %s;", x.text)
		return nil
	}
	if s.Result != nil && f.known(s.Result) == nil { // nobody looks at it
		if err := f.exprStmt(&syntax.ExprStmt{X: s.Result}); err != nil {
			return err
		}
	}
	if last := f.lastReturn(); last != "" {
		f.put("%s", last)
	} else {
		f.put("return;")
	}
	return nil
}

func isName(x syntax.Expr, name string) bool {
	id, ok := x.(*syntax.Ident)
	return ok && id.Name == name
}
