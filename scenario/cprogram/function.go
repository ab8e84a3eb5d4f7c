package cprogram

import (
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// role is what a function of C is.
type role int

const (
	helperRole role = iota
	mainRole
	threadRole
)

// cfunc is a function of a program on its way to C.
type cfunc struct {
	w      *writer
	fn     *function
	name   string
	role   role
	env    *env // what its names mean, where that is always the same
	params []*local
	locals map[string]*local
	loops  map[*syntax.ForStmt]*local // their variables
	looped map[string]*syntax.ForStmt // a loop for each name that is a loop's variable
	names  scope
	result kind // what it returns; none for nothing

	fixed  []line            // declarations at its head
	named  map[string]int    // where in fixed a declaration is, by its text
	vars   map[string]string // and its name
	body   []line
	indent int

	bufSize int // of the buffer for reads whose data nobody keeps
	buf     string

	// Of the statement that is being written:
	calls  []int  // lines of the scenario whose calls it has
	before []line // what must stand before it
	simple int    // calls in the expression; two in one have no order in C
	strict bool   // nothing can stand before it
}

const tab = "    "

func (f *cfunc) write() error {
	w := f.w
	if w.nesting++; w.nesting > 20 {
		return noC(f.fn.def, "its functions call each other too deeply", "函数之间的调用太深")
	}
	defer func() { w.nesting-- }()
	f.named, f.vars = map[string]int{}, map[string]string{}
	if err := f.analyse(); err != nil {
		return err
	}
	f.shareBuffer(f.fn.def.Body)
	f.indent = 1
	if err := f.stmts(f.fn.def.Body); err != nil {
		return err
	}
	if f.result != none && !ends(f.fn.def.Body, f) {
		return noC(f.fn.def, "a function that gives a number has to give one on every path", "返回数的函数必须在每条路径上都返回")
	}
	w.done = append(w.done, f)
	return nil
}

// put adds the statement's line, after what must stand before it.
func (f *cfunc) put(format string, args ...any) {
	f.body = append(f.body, f.before...)
	f.body = append(f.body, line{text: f.indented(fmt.Sprintf(format, args...)), calls: f.calls})
	f.calls, f.before = nil, nil
}

func (f *cfunc) indented(text string) string { return strings.Repeat(tab, f.indent) + text }

// prepare adds a line that must stand before the statement, for the call on a line of the scenario.
func (f *cfunc) prepare(n syntax.Node, at int, format string, args ...any) error {
	if f.strict {
		return noC(n, "this call needs lines of its own in C: put it before the condition", "这个调用写成 C 需要单独的语句：请把它放到条件之前")
	}
	f.before = append(f.before, line{text: f.indented(fmt.Sprintf(format, args...)), helps: []int{at}})
	return nil
}

// fix declares something at the head of the function, once, and gives its name. The lines have {} where the name goes.
func (f *cfunc) fix(hint string, at int, lines ...string) string {
	key := strings.Join(lines, "\n")
	from, known := f.named[key]
	if !known {
		from = len(f.fixed)
		f.named[key], f.vars[key] = from, unique(hint, f.names, f.w.names)
		for _, text := range lines {
			f.fixed = append(f.fixed, line{text: tab + strings.ReplaceAll(text, "{}", f.vars[key])})
		}
	}
	for i := range lines {
		if at > 0 && !slices.Contains(f.fixed[from+i].helps, at) {
			f.fixed[from+i].helps = append(f.fixed[from+i].helps, at)
		}
	}
	return f.vars[key]
}

// lines is the whole function.
func (f *cfunc) lines() []line {
	var out []line
	put := func(text string) { out = append(out, line{text: text}) }
	put(f.signature())
	put("{")
	head := len(out)
	for _, l := range f.ordered() {
		name := l.name
		if l.kind == dataKind && l.reads > 0 {
			put(tab + f.buffer(l.name, l.size))
			name = l.length
		}
		if l.hoisted {
			put(tab + l.kind.c() + name + " = " + l.kind.unset() + ";")
		}
	}
	if f.buf != "" {
		put(tab + f.buffer(f.buf, f.bufSize))
	}
	out = append(out, f.fixed...)
	for _, p := range f.params {
		if p.reads == 0 && f.role == helperRole {
			put(tab + "(void)" + p.name + ";")
		}
	}
	if f.role == threadRole {
		f.unpack(put)
	}
	if len(out) > head && len(f.body) > 0 {
		put("")
	}
	if f.role == mainRole && f.w.writes {
		put(tab + "signal(SIGPIPE, SIG_IGN);")
	}
	out = append(out, f.body...)
	if last := f.lastReturn(); last != "" && !ends(f.fn.def.Body, f) {
		put(tab + last)
	}
	put("}")
	return out
}

func (f *cfunc) lastReturn() string {
	switch f.role {
	case mainRole:
		return "return 0;"
	case threadRole:
		return "return NULL;"
	}
	return ""
}

func (f *cfunc) signature() string {
	switch f.role {
	case mainRole:
		return "int main(void)"
	case threadRole:
		return "static void *" + f.name + "(void *arg)"
	}
	params := []string{}
	for _, p := range f.params {
		params = append(params, p.kind.c()+p.name)
	}
	if len(params) == 0 {
		params = []string{"void"}
	}
	return fmt.Sprintf("static %s%s(%s)", f.result.c(), f.name, strings.Join(params, ", "))
}

// unpack takes a thread's argument.
func (f *cfunc) unpack(put func(string)) {
	if len(f.params) == 0 || f.params[0].reads == 0 {
		put(tab + "(void)arg;")
	} else {
		p := f.params[0]
		put(tab + p.kind.c() + p.name + " = (" + strings.TrimSpace(p.kind.c()) + ")(intptr_t)arg;")
	}
}

// stackMost is how large a buffer on the stack of main may be. Those of other functions are not shared by threads.
const stackMost = 64 << 10

func (f *cfunc) buffer(name string, size int) string {
	static := ""
	if size > stackMost && f.role == mainRole {
		static = "static "
	}
	return fmt.Sprintf("%schar %s[%d];", static, name, max(size, 1))
}

// ends says whether statements never go on behind their end: by return, or by a loop that nothing leaves.
func ends(stmts []syntax.Stmt, f *cfunc) bool {
	if len(stmts) == 0 {
		return false
	}
	switch s := stmts[len(stmts)-1].(type) {
	case *syntax.ReturnStmt:
		return true
	case *syntax.IfStmt:
		if c := f.known(s.Cond); c != nil {
			if c.Truth() {
				return ends(s.True, f)
			}
			return ends(s.False, f)
		}
		return ends(s.True, f) && ends(s.False, f)
	case *syntax.WhileStmt:
		c := f.known(s.Cond)
		return c != nil && bool(c.Truth()) && !branches(s.Body)
	}
	return false
}

// known is the value of an expression where it is always the same, else nil.
func (f *cfunc) known(x syntax.Expr) starlark.Value { return f.w.foldIn(x, f.env) }
