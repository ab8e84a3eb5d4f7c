package scenario

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/syntax"
)

// SourceLine is a line of a source; Number counts from 1.
type SourceLine struct {
	Number int
	Text   string
}

// Program gives what of the run's source one needs in order to follow the program that a line stands in: its function, and
// what that uses of the top level, and its hosts' settings, in the order of the source. In place of a vary() stands what it
// gave in this run. Comments are left out. A line outside of all functions gives nothing.
func (l *Log) Program(line int) []SourceLine {
	tree, err := dialect.Parse(l.File, l.Source, syntax.RetainComments)
	if err != nil {
		panic(err) // the source has been executed
	}
	t := &programText{tree: tree, lines: strings.Split(l.Source, "\n"), defined: definitions(tree), kept: map[int]bool{}}
	for _, stmt := range tree.Stmts {
		first, last := stmt.Span()
		if def, ok := stmt.(*syntax.DefStmt); ok && int(first.Line) <= line && line <= int(last.Line) {
			t.keep(def)
			t.keepHosts(def.Name.Name)
		}
	}
	t.cut(l.Vary)
	return t.text()
}

// programText is a source of which some lines are kept.
type programText struct {
	tree    *syntax.File
	lines   []string
	defined map[string]syntax.Stmt // of the top level, by what they define
	kept    map[int]bool           // by number
}

// keep takes a statement of the top level and those that define what it uses.
func (t *programText) keep(stmt syntax.Stmt) {
	first, last := stmt.Span()
	if t.kept[int(first.Line)] {
		return
	}
	for n := first.Line; n <= last.Line; n++ {
		t.kept[int(n)] = true
	}
	own := assigned(stmt)
	syntax.Walk(stmt, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok && !own[id.Name] && t.defined[id.Name] != nil {
			t.keep(t.defined[id.Name])
		}
		return true
	})
}

// keepHosts takes the host() calls of a program that say more than its name: its arguments, or the host's settings.
func (t *programText) keepHosts(program string) {
	for _, stmt := range t.tree.Stmts {
		expr, ok := stmt.(*syntax.ExprStmt)
		if !ok {
			continue
		}
		call, ok := expr.X.(*syntax.CallExpr)
		if !ok || !isName(call.Fn, "host") || len(call.Args) < 2 {
			continue
		}
		plain := isName(call.Args[1], program)
		if made, ok := call.Args[1].(*syntax.CallExpr); ok && isName(made.Fn, program) || plain && len(call.Args) > 2 {
			t.keep(stmt)
		}
	}
}

// definitions are the statements of the top level that give a name its value.
func definitions(tree *syntax.File) map[string]syntax.Stmt {
	defined := map[string]syntax.Stmt{}
	for _, stmt := range tree.Stmts {
		if def, ok := stmt.(*syntax.DefStmt); ok {
			defined[def.Name.Name] = stmt
			continue
		}
		for name := range assigned(stmt) {
			defined[name] = stmt
		}
	}
	return defined
}

// assigned are the names that a statement or a function binds: by =, for and as parameters.
func assigned(stmt syntax.Stmt) map[string]bool {
	names := map[string]bool{}
	bind := func(e syntax.Node) {
		syntax.Walk(e, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Ident:
				names[n.Name] = true
			case *syntax.DotExpr, *syntax.IndexExpr:
				return false
			}
			return true
		})
	}
	syntax.Walk(stmt, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			bind(n.LHS)
		case *syntax.ForStmt:
			bind(n.Vars)
		case *syntax.DefStmt:
			for _, p := range n.Params {
				if b, ok := p.(*syntax.BinaryExpr); ok {
					p = b.X // a default value
				}
				bind(p)
			}
		}
		return true
	})
	return names
}

// cut takes comments out of the lines, and puts the values of vary() in.
func (t *programText) cut(vary []Choice) {
	chosen := map[string]string{}
	for _, v := range vary {
		chosen[v.Name] = v.Chosen
	}
	var calls []*syntax.CallExpr
	comments := map[int32]int32{} // line to column
	syntax.Walk(t.tree, func(n syntax.Node) bool {
		if n == nil {
			return false
		}
		if c := n.Comments(); c != nil {
			for _, c := range slices.Concat(c.Before, c.Suffix, c.After) {
				comments[c.Start.Line] = c.Start.Col
			}
		}
		if call, ok := n.(*syntax.CallExpr); ok && isName(call.Fn, "vary") && len(call.Args) > 0 {
			calls = append(calls, call)
		}
		return true
	})
	for line, col := range comments {
		t.replace(int(line), col, -1, "")
	}
	for _, call := range slices.Backward(calls) {
		first, last := call.Span()
		name, ok := literal(call.Args[0])
		if value, known := chosen[name]; ok && known && first.Line == last.Line {
			t.replace(int(first.Line), first.Col, last.Col, strconv.Quote(value))
		}
	}
}

// replace puts a text in place of columns of a line, from col to before end; an end of -1 is the line's.
func (t *programText) replace(line int, col, end int32, text string) {
	chars := []rune(t.lines[line-1])
	if end < 0 {
		end = int32(len(chars)) + 1
	}
	t.lines[line-1] = strings.TrimRight(string(chars[:col-1])+text+string(chars[end-1:]), " ")
}

func (t *programText) text() []SourceLine {
	var out []SourceLine
	for _, n := range slices.Sorted(maps.Keys(t.kept)) {
		if text := t.lines[n-1]; strings.TrimSpace(text) != "" {
			out = append(out, SourceLine{n, text})
		}
	}
	return out
}
