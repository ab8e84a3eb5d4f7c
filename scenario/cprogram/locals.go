package cprogram

import (
	"slices"

	"go.starlark.net/syntax"
)

// kind is what a name holds, as C sees it.
type kind int

const (
	none      kind = iota
	intKind        // a descriptor, a small number, what most calls give
	longKind       // a number of bytes
	errnoKind      // an error's number; the scenario has its name
	textKind       // a constant text
	dataKind       // what read() gives: a buffer and a number of bytes, -1 for an error
	pollKind       // what poll() gives
)

// c is the type in C, with what stands between it and a name.
func (k kind) c() string {
	switch k {
	case intKind, errnoKind, pollKind:
		return "int "
	case longKind:
		return "long "
	case textKind:
		return "const char *"
	case dataKind:
		return "ssize_t "
	}
	return "void "
}

// unset is the value before the first assignment, which no program that runs ever sees.
func (k kind) unset() string {
	if k == textKind {
		return "NULL"
	}
	return "-1"
}

// join is a kind for both: a number of bytes is wide enough for a descriptor.
func (k kind) join(other kind) (kind, bool) {
	switch {
	case k == none || k == other:
		return other, true
	case other == none:
		return k, true
	case k == intKind && other == longKind, k == longKind && other == intKind:
		return longKind, true
	}
	return k, false
}

// local is a name of a function.
type local struct {
	name    string // in C
	length  string // of data: the name of its length
	kind    kind
	size    int // of data, at most
	writes  int
	reads   int
	first   *syntax.AssignStmt // the assignment that comes first, where one does
	block   *block             // the innermost that has all of it
	home    *block             // where it was first named
	hoisted bool               // declared at the head of the function
	order   int
	loop    bool          // a for loop's
	option  bool          // what SO_ERROR gives: a number too
	fds     string        // of poll's result: the array
	polled  []syntax.Expr // and the descriptors in it
}

// block is a block of C; branches that are always taken belong to the block around them.
type block struct {
	outer *block
	depth int
}

func (b *block) inner() *block { return &block{b, b.depth + 1} }

func common(a, b *block) *block {
	for a != b {
		if a.depth >= b.depth {
			a = a.outer
		} else {
			b = b.outer
		}
	}
	return a
}

// ordered are the locals as they first occur, parameters apart.
func (f *cfunc) ordered() []*local {
	var list []*local
	for _, l := range f.locals {
		if !slices.Contains(f.params, l) {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b *local) int { return a.order - b.order })
	return list
}

// analyse finds the function's names: which of them are constants, and what the others hold.
func (f *cfunc) analyse() error {
	def := f.fn.def
	os := osParam(def)
	if os == "" {
		return noC(def, "a function that has C takes os as its first parameter", "能写成 C 的函数，第一个参数是 os")
	}
	if f.role == helperRole || f.role == threadRole {
		f.name = unique(def.Name.Name, f.w.names)
	}
	f.names = scope{}
	f.locals, f.loops, f.looped = map[string]*local{}, map[*syntax.ForStmt]*local{}, map[string]*syntax.ForStmt{}
	f.env = f.fn.env.inner()
	for i, p := range def.Params[1:] {
		id, ok := p.(*syntax.Ident)
		if !ok || i >= len(f.params) {
			return noC(def, "only plain parameters have C", "只有普通参数能写成 C")
		}
		l := f.params[i]
		l.name, l.writes = unique(id.Name, f.names, f.w.names), 1
		f.locals[id.Name], f.env.vars[id.Name] = l, nil
	}
	f.env.vars[os] = osName{}
	f.constants(def)
	s := scanner{f: f, block: &block{}}
	for range 3 { // a number found to be long makes others so
		s.order = 0
		for _, l := range f.locals {
			if l.writes, l.reads = 0, 0; !slices.Contains(f.params, l) {
				l.home, l.block, l.first = nil, nil, nil
			}
		}
		f.result = none
		if err := s.stmts(def.Body); err != nil {
			return err
		}
	}
	return f.place()
}

// constants gives the names that are assigned once, and always the same, their value; the others none.
func (f *cfunc) constants(def *syntax.DefStmt) {
	count := map[string]int{}
	for _, p := range f.fn.def.Params[1:] {
		if id, ok := p.(*syntax.Ident); ok {
			count[id.Name] = 2
		}
	}
	var once []*syntax.AssignStmt
	bind := func(target syntax.Expr, n int) {
		syntax.Walk(target, func(n2 syntax.Node) bool {
			if id, ok := n2.(*syntax.Ident); ok {
				count[id.Name] += n
			}
			return true
		})
	}
	for _, stmt := range def.Body {
		syntax.Walk(stmt, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.AssignStmt:
				if id, ok := n.LHS.(*syntax.Ident); ok {
					count[id.Name]++
					if once = append(once, n); n.Op != syntax.EQ {
						count[id.Name]++
					}
				} else {
					bind(n.LHS, 2)
				}
			case *syntax.ForStmt:
				bind(n.Vars, 2)
			case *syntax.DefStmt:
				count[n.Name.Name] += 2
				return false
			}
			return true
		})
	}
	for name := range count {
		f.env.vars[name] = nil
	}
	for _, s := range once {
		id := s.LHS.(*syntax.Ident)
		if _, list := s.RHS.(*syntax.ListExpr); count[id.Name] == 1 && !list {
			f.env.vars[id.Name] = f.known(s.RHS)
		}
	}
}

// place decides where each local is declared: at its first assignment, where that is in the block that has all of it.
func (f *cfunc) place() error {
	for name, loop := range f.looped {
		if f.locals[name] != nil {
			return noC(loop, name+" is used outside of its loop too", name+" 在循环之外也用到了")
		}
	}
	for _, l := range f.ordered() {
		if l.reads > 0 && l.writes == 0 {
			return noC(f.fn.def, l.name+" is read and never assigned", l.name+" 没有赋值就被读取")
		}
		if l.kind == dataKind && l.reads > 0 {
			l.length = "n"
			if _, taken := f.locals["n"]; taken || f.names["n"] {
				l.length = l.name + "_len"
			}
			l.length = unique(l.length, f.names, f.w.names)
		}
		l.hoisted = l.reads > 0 && (l.first == nil || l.home != l.block)
	}
	return nil
}

// scanner goes through a function in the order of its text, as far as it is executed.
type scanner struct {
	f     *cfunc
	block *block
	order int
}

func (s *scanner) stmts(list []syntax.Stmt) error {
	for _, stmt := range list {
		if err := s.stmt(stmt); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) within(list []syntax.Stmt) error {
	outer := s.block
	s.block = outer.inner()
	defer func() { s.block = outer }()
	return s.stmts(list)
}

func (s *scanner) stmt(stmt syntax.Stmt) error {
	switch n := stmt.(type) {
	case *syntax.AssignStmt:
		return s.assign(n)
	case *syntax.ExprStmt:
		s.expr(n.X)
	case *syntax.IfStmt:
		switch c := s.f.known(n.Cond); {
		case c == nil:
			s.expr(n.Cond)
			if err := s.within(n.True); err != nil {
				return err
			}
			return s.within(n.False)
		case bool(c.Truth()):
			return s.stmts(n.True)
		}
		return s.stmts(n.False)
	case *syntax.WhileStmt:
		s.expr(n.Cond)
		return s.within(n.Body)
	case *syntax.ForStmt:
		return s.loop(n)
	case *syntax.DefStmt:
		return noC(n, "a function within a program has no C", "程序里面再定义函数，写不成 C")
	case *syntax.ReturnStmt:
		if n.Result == nil || s.f.role != helperRole {
			if n.Result != nil {
				s.expr(n.Result)
			}
			return nil
		}
		s.expr(n.Result)
		k, ok := s.f.result.join(s.f.kindOf(n.Result))
		if !ok || k == dataKind || k == pollKind || k == textKind {
			return noC(n, "a function can give back only numbers in C", "写成 C 时，函数只能返回数")
		}
		s.f.result = k
	}
	return nil
}

func (s *scanner) assign(n *syntax.AssignStmt) error {
	s.expr(n.RHS)
	id, ok := n.LHS.(*syntax.Ident)
	if !ok {
		return noC(n, "only an assignment to one name has C", "只有对单个名字的赋值能写成 C")
	}
	if s.f.env.vars[id.Name] != nil {
		return nil // a constant needs no variable
	}
	k := s.f.kindOf(n.RHS)
	if n.Op != syntax.EQ {
		s.read(id)
		if k != intKind && k != longKind {
			return noC(n, "only numbers can be added up in C here", "这里写成 C 时，只有数可以累加")
		}
	}
	l := s.name(id.Name)
	if l.loop {
		return noC(n, "the variable of a for loop can't be assigned in C here", "for 循环的变量在循环里赋值，这里不写成 C")
	}
	l.writes++
	if s.order++; l.home == nil {
		l.home, l.order = s.block, s.order
		if n.Op == syntax.EQ {
			l.first = n
		}
	}
	s.seen(l)
	if l.kind, ok = l.kind.join(k); !ok {
		return noC(n, id.Name+" would hold values of two kinds", id.Name+" 会保存两种不同的值")
	}
	c, isCall := n.RHS.(*syntax.CallExpr)
	if option := isCall && s.f.syscall(c) == "getsockopt"; k == errnoKind {
		if l.writes > 1 && l.option != option {
			return noC(n, id.Name+" would hold values of two kinds", id.Name+" 会保存两种不同的值")
		}
		l.option = option
	}
	if k == dataKind {
		l.size = max(l.size, s.f.readSize(n.RHS))
	}
	return nil
}

func (s *scanner) loop(n *syntax.ForStmt) error {
	s.expr(n.X)
	id, ok := n.Vars.(*syntax.Ident)
	if !ok {
		return noC(n, "a for loop with one variable has C", "只有单个变量的 for 循环能写成 C")
	}
	l := s.f.loops[n]
	if l == nil {
		l = &local{name: unique(loopName(id.Name), s.f.names, s.f.w.names), loop: true}
		s.f.loops[n] = l
	}
	l.reads, l.kind = 0, s.f.itemKind(n.X)
	outer, around := s.block, s.f.locals[id.Name]
	s.f.locals[id.Name], s.f.looped[id.Name] = l, n
	s.block = outer.inner()
	defer func() {
		s.block = outer
		delete(s.f.names, l.name) // the next loop may have the name too
		if delete(s.f.locals, id.Name); around != nil {
			s.f.locals[id.Name] = around
		}
	}()
	return s.stmts(n.Body)
}

// loopName is i for a variable that nobody reads.
func loopName(name string) string {
	if name == "_" {
		return "i"
	}
	return name
}

// expr notes the names that an expression reads.
func (s *scanner) expr(x syntax.Expr) {
	if s.f.known(x) != nil {
		return
	}
	syntax.Walk(x, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Ident:
			s.read(n)
		case *syntax.DotExpr:
			return false
		case syntax.Expr:
			return n == x || s.f.known(n) == nil
		}
		return true
	})
}

func (s *scanner) read(id *syntax.Ident) {
	if v, bound := s.f.env.vars[id.Name]; !bound || v != nil {
		return
	}
	l := s.name(id.Name)
	l.reads++
	s.order++
	if l.home == nil {
		l.home, l.order = s.block, s.order
	}
	s.seen(l)
}

func (s *scanner) name(name string) *local {
	l := s.f.locals[name]
	if l == nil {
		l = &local{name: unique(name, s.f.names, s.f.w.names)}
		s.f.locals[name] = l
	}
	return l
}

func (s *scanner) seen(l *local) {
	if l.block == nil {
		l.block = s.block
	} else {
		l.block = common(l.block, s.block)
	}
}
