package scenario

import (
	"fmt"
	"maps"
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"finwait/engine"
)

// source is the text of a scenario with the name that errors show.
type source struct {
	file, text string
	tree       *syntax.File // once parsed
}

// setup is what a scenario's top level declared.
type setup struct {
	source  *source
	machine *machine
	chosen  map[string]string // the run's choices

	title    *engine.Text
	delay    engine.Micros
	until    engine.Micros
	hosts    []*hostDef
	procs    []procDef
	faults   []*standing
	actions  []*action
	vary     []Choice
	expected []expectation
	late     []lateName
	closed   bool // the top level is done
}

// lateName is a host, or a process of it, that may be declared below the line that names it.
type lateName struct {
	host, proc string
	pos        syntax.Position
}

// defaultDelay is the link's one-way delay where the scenario names none.
const defaultDelay = 10 * engine.Millisecond

// Bounds of what one scenario declares.
const (
	maxHosts   = 16
	maxProcs   = 64
	maxFaults  = 64
	maxActions = 256
	maxExpects = 32
	maxText    = 400 // bytes of a title, a claim or a choice
)

type hostDef struct {
	engine.HostConfig
	pos syntax.Position
}

type procDef struct {
	host, name string
	at         engine.Micros
	fn         starlark.Callable
	pos        syntax.Position
}

// Choice is one vary() of a scenario: the choices and the run's.
type Choice struct {
	Name    string
	Choices []string
	Chosen  string
}

type expectation struct {
	text  engine.Text
	check starlark.Callable
	pos   syntax.Position
}

// dialect is the Starlark of scenarios: while loops and plain statements at the top level are welcome, recursion and
// load() are not.
var dialect = &syntax.FileOptions{Set: true, While: true, TopLevelControl: true, GlobalReassign: true}

// Parse reads a scenario's text as it stands, without executing it. How deep it may be nested, the parser bounds.
func Parse(file, text string) (*syntax.File, error) { return dialect.Parse(file, text, 0) }

// read parses and executes the source's top level.
func (s *setup) read() error {
	tree, err := dialect.Parse(s.source.file, s.source.text, 0)
	if err != nil {
		return err
	}
	if err := refuseLoad(tree); err != nil {
		return err
	}
	s.source.tree = tree
	guardRepeats(tree)
	builtins := s.builtins()
	program, err := starlark.FileProgram(tree, builtins.Has)
	if err != nil {
		return err
	}
	thread := s.machine.thread("top level")
	var globals starlark.StringDict
	err = s.machine.spend(thread, func() error {
		globals, err = program.Init(thread, builtins)
		return err
	})
	s.closed = true
	globals.Freeze() // programs share nothing that can change
	if err != nil {
		return err
	}
	return s.check()
}

func refuseLoad(tree *syntax.File) error {
	for _, stmt := range tree.Stmts {
		if load, ok := stmt.(*syntax.LoadStmt); ok {
			p := wrong("load() is not available: a scenario is one file", "不能使用 load()：一个场景就是一个文件")
			p.pos = load.Load
			return p
		}
	}
	return nil
}

// check looks at the declarations as a whole, and gives the hosts their addresses.
func (s *setup) check() error {
	if len(s.hosts) == 0 {
		p := wrong("the scenario has no host: call host(name, program)", "场景里没有主机：请调用 host(名字, 程序)")
		p.pos = syntax.MakePosition(&s.source.file, 1, 1)
		return p
	}
	for _, name := range slices.Sorted(maps.Keys(s.chosen)) {
		if !slices.ContainsFunc(s.vary, func(c Choice) bool { return c.Name == name }) {
			return refuse(CodeBadVary, "the scenario varies nothing called %q", "场景里没有名为 %q 的变化项", name)
		}
	}
	if err := s.checkNames(); err != nil {
		return err
	}
	for _, f := range s.faults {
		if f.By == oneDelay {
			f.By = s.delay
		}
	}
	s.orderHosts()
	return s.address()
}

func (s *setup) checkNames() error {
	for _, n := range s.late {
		var p *problem
		switch {
		case s.host(n.host) == nil:
			p = wrong("there is no host %q", "没有名为 %q 的主机", n.host)
		case n.proc != "" && !s.hasProc(n.host, n.proc):
			p = wrong("the host %q has no process %q", "主机 %q 上没有进程 %q", n.host, n.proc)
		default:
			continue
		}
		p.pos = n.pos
		return p
	}
	return nil
}

func (s *setup) hasProc(host, name string) bool {
	return slices.ContainsFunc(s.procs, func(p procDef) bool { return p.host == host && p.name == name })
}

// orderHosts puts the client first and the server second, as diagrams do; the others keep the order of their calls.
func (s *setup) orderHosts() {
	rank := func(h *hostDef) int {
		if i := slices.Index([]string{"client", "server"}, h.Name); i >= 0 {
			return i
		}
		return 2
	}
	slices.SortStableFunc(s.hosts, func(a, b *hostDef) int { return rank(a) - rank(b) })
}

// address gives 10.0.0.1, 10.0.0.2, … in the hosts' order to those that named no address, past those that are taken.
func (s *setup) address() error {
	taken := map[string]bool{}
	for _, h := range s.hosts {
		if h.Addr != "" && taken[h.Addr] {
			p := wrong("the address %s is taken by another host", "地址 %s 已被另一台主机占用", h.Addr)
			p.pos = h.pos
			return p
		}
		taken[h.Addr] = true
	}
	next := 1
	for _, h := range s.hosts {
		for ; h.Addr == ""; next++ {
			if a := fmt.Sprintf("10.0.0.%d", next); !taken[a] {
				h.Addr = a
			}
		}
	}
	return nil
}

func (s *setup) host(name string) *hostDef {
	for _, h := range s.hosts {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// literal is the place of a text in the source at or after a position; the position itself where the text is not there.
// It names the line of one key of a dict that a call got.
func (s *source) literal(text string, from syntax.Position) syntax.Position {
	found := from
	syntax.Walk(s.tree, func(n syntax.Node) bool {
		lit, ok := n.(*syntax.Literal)
		if ok && lit.Value == text && found == from && !before(lit.TokenPos, from) {
			found = lit.TokenPos
		}
		return true
	})
	return found
}

func before(a, b syntax.Position) bool {
	return a.Line < b.Line || a.Line == b.Line && a.Col < b.Col
}
