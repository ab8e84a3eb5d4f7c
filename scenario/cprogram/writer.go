package cprogram

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// line is a line of C, and the lines of the scenario that it belongs to.
type line struct {
	text  string
	calls []int // whose call it has
	helps []int // whose call it prepares
}

// writer writes one program.
type writer struct {
	folder
	src     Source
	headers scope
	feature string // the macro that makes the headers declare all that is used
	names   scope  // of functions
	funcs   map[*function]*cfunc
	done    []*cfunc // callees before their callers
	errno   bool     // the program looks at it
	writes  bool     // so that SIGPIPE is to be ignored
	reports bool     // uses report()
	nesting int
}

func write(src Source, program *function) (string, map[int][]int, error) {
	w := &writer{src: src, headers: scope{}, names: scope{}, funcs: map[*function]*cfunc{}}
	w.errno = looksAtErrno(program)
	f := &cfunc{w: w, fn: program, name: "main", role: mainRole}
	if err := f.write(); err != nil {
		return "", nil, err
	}
	return w.assemble()
}

// looksAtErrno says whether a program, or a function beside it, reads os.errno: then nothing between may change it.
func looksAtErrno(program *function) bool {
	found := false
	look := func(def *syntax.DefStmt) {
		os := osParam(def)
		syntax.Walk(def, func(n syntax.Node) bool {
			if dot, ok := n.(*syntax.DotExpr); ok && dot.Name.Name == "errno" {
				id, ok := dot.X.(*syntax.Ident)
				found = found || ok && os != "" && id.Name == os
			}
			return true
		})
	}
	look(program.def)
	for e := program.env; e != nil; e = e.outer {
		for _, v := range e.vars {
			if fn, ok := v.(*function); ok {
				look(fn.def)
			}
		}
	}
	return found
}

// osParam is the name under which a function knows its system calls.
func osParam(def *syntax.DefStmt) string {
	if len(def.Params) == 0 {
		return ""
	}
	id, ok := def.Params[0].(*syntax.Ident)
	if !ok {
		return ""
	}
	return id.Name
}

// assemble puts the parts of the program together and finds out which line is which.
func (w *writer) assemble() (string, map[int][]int, error) {
	var all []line
	put := func(format string, args ...any) { all = append(all, line{text: fmt.Sprintf(format, args...)}) }
	if w.feature != "" {
		put("#define %s", w.feature)
	}
	for _, header := range slices.Sorted(maps.Keys(w.headers)) {
		put("#include <%s>", header)
	}
	put("")
	if w.reports {
		for _, text := range reportFunction {
			put("%s", text)
		}
	}
	for i, f := range w.done {
		if i > 0 {
			put("")
		}
		all = append(all, f.lines()...)
	}
	var b strings.Builder
	calls, helps := map[int][]int{}, map[int][]int{}
	for i, l := range all {
		b.WriteString(l.text)
		b.WriteByte('\n')
		for _, at := range l.calls {
			calls[at] = append(calls[at], i+1)
		}
		for _, at := range l.helps {
			if !slices.Contains(helps[at], i+1) {
				helps[at] = append(helps[at], i+1)
			}
		}
	}
	if b.Len() > maxText {
		return "", nil, tooLong(w.done[len(w.done)-1].fn.def)
	}
	for at := range calls {
		calls[at] = append(calls[at], helps[at]...)
	}
	return b.String(), calls, nil
}

var reportFunction = []string{
	"/* perror(), for a program that looks at errno afterwards */",
	"static void report(const char *call)",
	"{",
	"    int saved = errno;",
	"    perror(call);",
	"    errno = saved;",
	"}",
	"",
}

func (w *writer) include(headers ...string) {
	for _, h := range headers {
		w.headers[h] = true
	}
}

// declare asks the headers for more than the C standard and plain POSIX have.
func (w *writer) declare(feature string) {
	if w.feature != "_GNU_SOURCE" {
		w.feature = feature
	}
}

// foldIn is the value of an expression of a program, where it is always the same.
func (w *writer) foldIn(x syntax.Expr, e *env) starlark.Value {
	w.depth = 0
	return w.fold(x, e)
}
