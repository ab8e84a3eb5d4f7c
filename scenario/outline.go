package scenario

import (
	"maps"

	"go.starlark.net/syntax"

	"finwait/engine"
)

// Outline is what a scenario's top level declares, and where in the source it stands, so that an editor can change it
// there. Places are offsets into the source in UTF-16 code units, as browsers count.
type Outline struct {
	Title    engine.Text    `json:"title"`
	Vary     []VaryOutline  `json:"vary"`
	Hosts    []HostOutline  `json:"hosts"`
	Link     LinkOutline    `json:"link"`
	Faults   []FaultOutline `json:"faults"`   // of the top level's statements, those that are commented out too
	Computed int            `json:"computed"` // faults that other statements made, which have no place of their own
	End      int            `json:"end"`      // where one more statement may be put: the end of the last one's line
}

// VaryOutline is one vary().
type VaryOutline struct {
	Name    string   `json:"name"`
	Choices []string `json:"choices"`
	Chosen  string   `json:"chosen"`
}

// HostOutline is one host with the settings that its scenario gives it.
type HostOutline struct {
	Name    string           `json:"name"`
	Profile string           `json:"profile"`
	Sysctl  map[string]int64 `json:"sysctl"`
	Call    *CallOutline     `json:"call,omitempty"` // absent where one call makes several hosts
	Dict    *DictOutline     `json:"dict,omitempty"` // the sysctl argument, where it is written out
}

// LinkOutline is the link's one-way delay. Without a Call, Scenario is where link(…) can be added.
type LinkOutline struct {
	DelayUS  engine.Micros `json:"delay_us"`
	Call     *CallOutline  `json:"call,omitempty"`
	Scenario *CallOutline  `json:"scenario,omitempty"`
}

// FaultOutline is a rule of the link as one statement.
type FaultOutline struct {
	Kind string       `json:"kind"`           // "drop", "delay", "duplicate", "reorder", or "at" where at() has several
	At   string       `json:"at,omitempty"`   // the time of an at() around it, as written
	On   bool         `json:"on"`             // false: it is commented out
	From int          `json:"from"`           // of its lines
	To   int          `json:"to"`             // of its lines, without the last line's end
	Text string       `json:"text"`           // the statement as it is written
	Call *CallOutline `json:"call,omitempty"` // of the rule; the places in it hold where it is on
}

// CallOutline is a call in the source.
type CallOutline struct {
	Last int          `json:"last"` // where one more argument can be put: after the last one, or after "("
	Args []ArgOutline `json:"args"`
}

// ArgOutline is an argument under the name that the function gives it, and its value where it is a literal.
type ArgOutline struct {
	Name  string `json:"name"`
	From  int    `json:"from"` // of the whole argument, with its name
	Value Value  `json:"value"`
}

// DictOutline is a dict that is written out. Last is as in CallOutline, after "{".
type DictOutline struct {
	Last    int          `json:"last"`
	Entries []ArgOutline `json:"entries"`
}

// Value is an expression in the source. Literal says that it is a text, a number or a truth value, which Text has then.
type Value struct {
	From    int    `json:"from"`
	To      int    `json:"to"`
	Literal bool   `json:"literal"`
	Text    string `json:"text"`
}

// Check reads a source and executes its top level, and no program of it. It gives what is declared, or a mistake, which
// is of type *Error. A call of os that does not exist is one too, wherever it stands.
func Check(r Run, limits Limits) (*Outline, error) {
	src, r, err := find(nil, r)
	if err != nil {
		return nil, err
	}
	m := &machine{source: src, limits: limits, steps: MaxSteps, hosts: map[string]string{}}
	defer m.stop()
	s := &setup{source: src, machine: m, chosen: r.Vary, delay: defaultDelay}
	if err := s.read(); err != nil {
		return nil, src.explain(err)
	}
	tree, err := dialect.Parse(src.file, src.text, syntax.RetainComments) // the one that was executed has been changed
	if err != nil {
		return nil, src.explain(err)
	}
	if err := checkCalls(tree); err != nil {
		return nil, src.explain(err)
	}
	return newSurveyor(src.text).outline(s, tree), nil
}

// checkCalls refuses names of os that there are not, in functions that call their argument so.
func checkCalls(tree *syntax.File) error {
	os := &osValue{}
	known := map[string]bool{}
	for _, name := range os.AttrNames() {
		known[name] = true
	}
	var found *problem
	for _, stmt := range tree.Stmts {
		def, ok := stmt.(*syntax.DefStmt)
		if !ok || len(def.Params) == 0 || !isName(def.Params[0], "os") {
			continue
		}
		syntax.Walk(def, func(n syntax.Node) bool {
			dot, ok := n.(*syntax.DotExpr)
			if ok && found == nil && isName(dot.X, "os") && !known[dot.Name.Name] {
				found = &problem{code: CodeScenario, text: translate("os has no ." + dot.Name.Name + " field or method"), pos: dot.Name.NamePos}
			}
			return found == nil
		})
	}
	if found == nil {
		return nil
	}
	return found
}

func isName(e syntax.Expr, name string) bool {
	id, ok := e.(*syntax.Ident)
	return ok && id.Name == name
}

// outline puts together what the top level made and where the source says it.
func (p *surveyor) outline(s *setup, tree *syntax.File) *Outline {
	o := &Outline{Vary: []VaryOutline{}, Hosts: []HostOutline{}, Faults: []FaultOutline{}, End: p.end(tree)}
	if s.title != nil {
		o.Title = *s.title
	}
	for _, c := range s.vary {
		o.Vary = append(o.Vary, VaryOutline(c))
	}
	p.survey(tree)
	for _, h := range s.hosts {
		o.Hosts = append(o.Hosts, p.host(s, h))
	}
	o.Link = LinkOutline{DelayUS: s.delay}
	if call := p.link; call != nil {
		o.Link.Call = p.call(call, []string{"delay"})
	} else if p.scenario != nil && !hasArg(p.scenario, "link", 1) {
		o.Link.Scenario = p.call(p.scenario, []string{"title", "link", "until"})
	}
	made := 0
	for _, stmt := range tree.Stmts {
		if f, calls := p.fault(stmt); calls > 0 {
			made += calls
			o.Faults = append(o.Faults, *f)
		}
	}
	o.Computed = max(0, len(s.faults)-made)
	o.Faults = p.withSilent(o.Faults, tree)
	return o
}

// host finds the call that made a host, by its place.
func (p *surveyor) host(s *setup, h *hostDef) HostOutline {
	out := HostOutline{Name: h.Name, Profile: h.Profile, Sysctl: map[string]int64{}}
	maps.Copy(out.Sysctl, h.Sysctl)
	for _, other := range s.hosts {
		if other != h && other.pos == h.pos {
			return out
		}
	}
	call := p.hosts[place{h.pos.Line, h.pos.Col}]
	if call == nil {
		return out
	}
	names := []string{"name", "program", "sysctl", "profile", "addr"}
	sysctl := argument(call, "sysctl", 2)
	if sysctl == nil {
		out.Call = p.call(call, names)
		return out
	}
	if dict, ok := sysctl.(*syntax.DictExpr); ok {
		out.Call, out.Dict = p.call(call, names), p.dict(dict)
	}
	return out
}

// literal is the text of a literal and whether it is one.
func literal(e syntax.Expr) (string, bool) {
	switch e := e.(type) {
	case *syntax.Literal:
		switch v := e.Value.(type) {
		case string:
			return v, e.Token == syntax.STRING
		default:
			return e.Raw, true
		}
	case *syntax.Ident:
		return e.Name, e.Name == "True" || e.Name == "False" || e.Name == "None"
	}
	return "", false
}
