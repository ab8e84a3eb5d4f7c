package scenario

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.starlark.net/syntax"
)

// surveyor finds places in a source.
type surveyor struct {
	lines    []string
	starts   []int // of the lines, in UTF-16 code units
	hosts    map[place]*syntax.CallExpr
	scenario *syntax.CallExpr
	link     *syntax.CallExpr // within scenario()
}

type place struct{ line, col int32 }

func newSurveyor(text string) *surveyor {
	p := &surveyor{lines: strings.Split(text, "\n"), hosts: map[place]*syntax.CallExpr{}}
	at := 0
	for _, line := range p.lines {
		p.starts = append(p.starts, at)
		at += units(line) + 1
	}
	return p
}

// units is the length of a text in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// offset turns a line and a column in characters into an offset.
func (p *surveyor) offset(pos syntax.Position) int {
	line := p.lines[pos.Line-1]
	end := 0
	for range pos.Col - 1 {
		_, size := utf8.DecodeRuneInString(line[end:])
		end += size
	}
	return p.starts[pos.Line-1] + units(line[:end])
}

func (p *surveyor) span(n syntax.Node) (from, to int) {
	start, end := n.Span()
	return p.offset(start), p.offset(end)
}

// end is the end of the last statement's line.
func (p *surveyor) end(tree *syntax.File) int {
	if len(tree.Stmts) == 0 {
		return 0
	}
	_, end := tree.Stmts[len(tree.Stmts)-1].Span()
	return p.lineEnd(end.Line)
}

func (p *surveyor) lineEnd(line int32) int {
	return p.starts[line-1] + units(strings.TrimSuffix(p.lines[line-1], "\r"))
}

// survey notes the calls that declare hosts, the scenario and its link.
func (p *surveyor) survey(tree *syntax.File) {
	syntax.Walk(tree, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		switch {
		case isName(call.Fn, "host"):
			p.hosts[place{call.Lparen.Line, call.Lparen.Col}] = call
		case isName(call.Fn, "scenario") && p.scenario == nil:
			p.scenario = call
			if link, ok := argument(call, "link", 1).(*syntax.CallExpr); ok && isName(link.Fn, "link") {
				p.link = link
			}
		}
		return true
	})
}

// argument finds the argument of a name, or of that place among those without one; nil is none.
func argument(call *syntax.CallExpr, name string, index int) syntax.Expr {
	for i, arg := range call.Args {
		if key, value, ok := named(arg); ok && key == name {
			return value
		} else if !ok && i == index {
			return arg
		}
	}
	return nil
}

func hasArg(call *syntax.CallExpr, name string, index int) bool {
	return argument(call, name, index) != nil
}

// named takes "name = value" apart.
func named(arg syntax.Expr) (string, syntax.Expr, bool) {
	pair, ok := arg.(*syntax.BinaryExpr)
	if !ok || pair.Op != syntax.EQ {
		return "", nil, false
	}
	id, ok := pair.X.(*syntax.Ident)
	if !ok {
		return "", nil, false
	}
	return id.Name, pair.Y, true
}

// call describes a call; params names its positional arguments. One with *args or **kwargs can't be changed: nil.
func (p *surveyor) call(call *syntax.CallExpr, params []string) *CallOutline {
	c := &CallOutline{Last: p.offset(call.Lparen) + 1, Args: []ArgOutline{}}
	for i, arg := range call.Args {
		if star, ok := arg.(*syntax.UnaryExpr); ok && (star.Op == syntax.STAR || star.Op == syntax.STARSTAR) {
			return nil
		}
		from, to := p.span(arg)
		c.Last = to
		if name, value, ok := named(arg); ok {
			c.Args = append(c.Args, ArgOutline{name, from, p.value(value)})
		} else if i < len(params) {
			c.Args = append(c.Args, ArgOutline{params[i], from, p.value(arg)})
		}
	}
	return c
}

func (p *surveyor) value(e syntax.Expr) Value {
	v := Value{}
	v.From, v.To = p.span(e)
	v.Text, v.Literal = literal(e)
	return v
}

// dict describes a dict; entries whose keys are no texts have no name.
func (p *surveyor) dict(d *syntax.DictExpr) *DictOutline {
	out := &DictOutline{Last: p.offset(d.Lbrace) + 1, Entries: []ArgOutline{}}
	for _, e := range d.List {
		entry, ok := e.(*syntax.DictEntry)
		if !ok {
			continue
		}
		var from int
		from, out.Last = p.span(entry)
		if key, ok := literal(entry.Key); ok {
			out.Entries = append(out.Entries, ArgOutline{key, from, p.value(entry.Value)})
		}
	}
	return out
}

// faultParams are the positional arguments of the rules of the link.
var faultParams = map[string][]string{
	"drop":      {"sender", "flags", "lacks", "data", "nth"},
	"delay":     {"by", "sender", "flags", "lacks", "data", "nth"},
	"duplicate": {"sender", "flags", "lacks", "data", "nth", "by"},
	"reorder":   {"sender", "flags", "lacks", "data", "nth", "by"},
}

// fault describes a statement that is a rule of the link, by itself or within at(), and says how many rules it makes.
func (p *surveyor) fault(stmt syntax.Stmt) (*FaultOutline, int) {
	expr, ok := stmt.(*syntax.ExprStmt)
	if !ok {
		return nil, 0
	}
	outer, ok := expr.X.(*syntax.CallExpr)
	if !ok {
		return nil, 0
	}
	start, end := stmt.Span()
	f := &FaultOutline{On: true, From: p.offset(start), To: p.offset(end)}
	f.Text = p.text(start, end)
	if !isName(outer.Fn, "at") {
		return f, p.rule(f, outer)
	}
	made := 0
	for _, arg := range outer.Args {
		if call, ok := arg.(*syntax.CallExpr); ok {
			made += p.rule(f, call)
		}
	}
	if made > 0 && len(outer.Args) != 2 { // other things happen then as well
		f.Kind, f.Call = "at", nil
	}
	if made > 0 {
		f.At = p.text(outer.Args[0].Span())
	}
	return f, made
}

// rule fills in what a call says, and gives 1 where it is a rule of the link.
func (p *surveyor) rule(f *FaultOutline, call *syntax.CallExpr) int {
	id, ok := call.Fn.(*syntax.Ident)
	if !ok || faultParams[id.Name] == nil {
		return 0
	}
	f.Kind, f.Call = id.Name, p.call(call, faultParams[id.Name])
	return 1
}

// text is what stands between two places.
func (p *surveyor) text(from, to syntax.Position) string {
	var b strings.Builder
	for line := from.Line; line <= to.Line; line++ {
		s := []rune(p.lines[line-1])
		if line == to.Line {
			s = s[:to.Col-1]
		}
		if line == from.Line {
			s = s[from.Col-1:]
		}
		b.WriteString(string(s))
		if line < to.Line {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

var silentRule = regexp.MustCompile(`^# ?(drop|delay|duplicate|reorder|at)\(`)

// maxSilentLines bounds how many lines of comment are tried as one statement.
const maxSilentLines = 8

// withSilent adds the rules that are commented out, and puts all in the order of the source.
func (p *surveyor) withSilent(faults []FaultOutline, tree *syntax.File) []FaultOutline {
	comments := map[int32]bool{} // the lines that have a comment from their start
	syntax.Walk(tree, func(n syntax.Node) bool {
		if n == nil || n.Comments() == nil {
			return true
		}
		for _, c := range slices.Concat(n.Comments().Before, n.Comments().After) {
			comments[c.Start.Line] = comments[c.Start.Line] || c.Start.Col == 1
		}
		return true
	})
	for line := range p.lines {
		first := int32(line) + 1
		if !comments[first] || !silentRule.MatchString(p.lines[line]) {
			continue
		}
		text := ""
		for last := first; last < first+maxSilentLines && comments[last]; last++ {
			text += strings.TrimPrefix(strings.TrimPrefix(p.lines[last-1], "#"), " ") + "\n"
			if f := silent(text); f != nil {
				f.From, f.To, f.On = p.starts[first-1], p.lineEnd(last), false
				faults = append(faults, *f)
				break
			}
		}
	}
	slices.SortStableFunc(faults, func(a, b FaultOutline) int { return a.From - b.From })
	return faults
}

// silent reads a rule that is commented out; nil where the text is none.
func silent(text string) *FaultOutline {
	tree, err := dialect.Parse("", text, 0)
	if err != nil || len(tree.Stmts) != 1 {
		return nil
	}
	f, made := newSurveyor(text).fault(tree.Stmts[0])
	if made == 0 {
		return nil
	}
	return f
}
