package cprogram

import (
	"errors"
	"strings"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/syntax"
)

// CodeNoC is the code of the error that says which line has no C.
const CodeNoC = "no_c"

// Bounds of what is written, in bytes: one program, and all of a scenario.
const (
	maxText = 64 << 10
	maxAll  = 256 << 10
)

// Source is a scenario's text, and what the run made of it.
type Source struct {
	File, Text string
	Vary       map[string]string // the run's choices
	Hosts      []engine.HostMeta
}

// Program is the program of a host, or of a process beside it. Where Err is set, a line of it has no C, and Text and Lines are empty.
type Program struct {
	Host     string
	Process  string // empty for the host's first
	From, To int    // its function's lines in the scenario, from 1
	Text     string
	// Lines are the lines of C for each line of the scenario that has some; the one with the call comes first.
	Lines map[int][]int
	Err   *scenario.Error
}

// Generate writes the program of each host whose program can be told from the text, in the hosts' order, and then those of
// the processes that process() starts and whose programs can be told. The error is one of syntax.
func Generate(src Source) ([]Program, error) {
	tree, err := scenario.Parse(src.File, src.Text)
	if err != nil {
		return nil, err
	}
	top := newTopLevel(src)
	top.run(tree.Stmts)
	var out []Program
	total := 0
	for _, host := range src.Hosts {
		fn, known := top.programs[host.Name]
		if fn == nil {
			if at := top.declaration(host.Name); known || at != nil {
				out = append(out, Program{Host: host.Name, Err: src.explain(noC(at, "which function "+host.Name+" runs can't be told from the text alone", "单看源代码，不知道 "+host.Name+" 运行哪个函数"))})
			}
			continue
		}
		out = append(out, one(src, fn, host.Name, "", &total))
	}
	for _, p := range top.processes {
		out = append(out, one(src, p.fn, p.host, p.name, &total))
	}
	return out, nil
}

// one writes one program; total counts the text of all.
func one(src Source, fn *function, host, process string, total *int) Program {
	from, to := fn.def.Span()
	p := Program{Host: host, Process: process, From: int(from.Line), To: int(to.Line)}
	var err error
	p.Text, p.Lines, err = write(src, fn)
	if *total += len(p.Text); err == nil && *total > maxAll {
		err = tooLong(fn.def)
	}
	if err != nil {
		p.Text, p.Lines, p.Err = "", nil, src.explain(err)
	}
	return p
}

// declaration is where the program of a host is named, if it is known; else where one is that it may be.
func (t *topLevel) declaration(host string) syntax.Node {
	if at := t.untold[host]; at != nil {
		return at
	}
	return t.lost
}

func tooLong(n syntax.Node) error {
	return noC(n, "this is too long to be shown in C", "太长了，这里不显示它的 C")
}

// gap is a place of the source that has no C, and why.
type gap struct {
	pos  syntax.Position
	text engine.Text
}

func (g *gap) Error() string { return g.text.En }

func noC(n syntax.Node, en, zh string) error {
	pos, _ := n.Span()
	return &gap{pos, engine.Text{En: en, Zh: zh}}
}

// explain makes the error that people see.
func (src Source) explain(err error) *scenario.Error {
	e := &scenario.Error{Code: CodeNoC, Message: engine.Text{En: err.Error(), Zh: err.Error()}, File: src.File}
	var g *gap
	if !errors.As(err, &g) {
		return e
	}
	e.Message, e.Line, e.Col = g.text, int(g.pos.Line), int(g.pos.Col)
	if lines := strings.Split(src.Text, "\n"); e.Line >= 1 && e.Line <= len(lines) {
		text := strings.TrimSpace(lines[e.Line-1])
		e.Text = strings.ToValidUTF8(text[:min(len(text), 200)], "")
	}
	return e
}
