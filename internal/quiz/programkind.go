package quiz

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/syntax"
)

// programKind asks for a program that survives the grader's faults. generate gives
//
//	{"source": a scenario with the line "# PROGRAM", "defines": "client", "start": text, "model": text,
//	 "cases": [{"label": text, "vary": {…}}, …], "prompt": text}
//
// The learner's text takes the place of that line: functions alone, and none that the scenario has, so that it can't judge
// itself. The scenario runs once for each case, and its expectations judge; a case counts when all of them hold.
type programKind struct{}

const programLine = "# PROGRAM"

// maxProgram bounds a learner's program, in bytes.
const maxProgram = 4096

// Generate implements Kind.
func (programKind) Generate(g *Generated) (Item, error) {
	it := &programItem{seed: g.seed}
	for name, into := range map[string]*string{"source": &it.source, "start": &it.start, "model": &it.model, "defines": &it.defines} {
		var err error
		if *into, err = g.str(name, ""); err != nil {
			return nil, err
		}
	}
	if it.line = slices.Index(strings.Split(it.source, "\n"), programLine); it.line < 0 {
		return nil, fmt.Errorf("the source has no line %q", programLine)
	}
	cases, err := g.dicts("cases")
	if err != nil {
		return nil, err
	}
	for _, d := range cases {
		label, err := d.text("label")
		if err != nil {
			return nil, err
		}
		vary, err := d.choices("vary")
		if err != nil {
			return nil, err
		}
		it.cases = append(it.cases, programCase{label, vary})
	}
	var words asked
	if err := g.words(&words, engine.Text{}); err != nil {
		return nil, err
	}
	it.prompt, it.explain = words.prompt, words.explain
	return it, nil
}

// programItem is a generated question of this kind.
type programItem struct {
	prompt, explain               engine.Text
	source, start, model, defines string
	line                          int // of the place for the program, from 0
	seed                          int64
	cases                         []programCase
}

type programCase struct {
	label engine.Text
	vary  map[string]string
}

var (
	programLabel = engine.Text{En: "Your program (Starlark)", Zh: "你的程序（Starlark）"}
	casesTitle   = engine.Text{En: "What it will meet", Zh: "它会遇到的情形"}
)

// Show implements Item.
func (it *programItem) Show(v *Variant, lang string) {
	v.Prompt = in(lang, it.prompt)
	v.Fields = []Field{{Name: "program", Label: in(lang, programLabel), Type: typeText, Max: maxProgram, Text: it.start}}
	v.Schema = object(v.Fields)
	var lines []string
	for _, c := range it.cases {
		lines = append(lines, in(lang, c.label))
	}
	v.Listings = []Listing{
		{Title: in(lang, casesTitle), Lines: lines},
		numbered("scenario.star", it.source),
	}
}

// Hand implements Item. There is no run before there is a program.
func (it *programItem) Hand() Hand { return Hand{} }

// Key implements Item.
func (it *programItem) Key() json.RawMessage {
	b, err := json.Marshal(map[string]string{"program": it.model})
	if err != nil {
		panic(err) // a map of strings
	}
	return b
}

// run is the scenario with the program in it, for one case.
func (it *programItem) run(program string, c programCase) scenario.Run {
	lines := strings.Split(it.source, "\n")
	lines[it.line] = program
	return scenario.Run{Source: strings.Join(lines, "\n"), Vary: c.vary, Seed: it.seed}
}

var programDialect = &syntax.FileOptions{Set: true, While: true}

// checkProgram says what keeps a text from being the program that is asked for; nil is that nothing does.
func (it *programItem) checkProgram(text string) *engine.Text {
	own, err := programDialect.Parse("scenario.star", it.source, 0)
	if err != nil {
		return &engine.Text{En: err.Error(), Zh: err.Error()}
	}
	f, err := programDialect.Parse("program", text, 0)
	var syn syntax.Error
	if errors.As(err, &syn) {
		return &engine.Text{En: fmt.Sprintf("Line %d: %s.", syn.Pos.Line, syn.Msg), Zh: fmt.Sprintf("第 %d 行：%s。", syn.Pos.Line, syn.Msg)}
	}
	taken := definitions(own)
	found := false
	for _, s := range f.Stmts {
		def, ok := s.(*syntax.DefStmt)
		start, _ := s.Span()
		switch {
		case !ok:
			return &engine.Text{En: fmt.Sprintf("Line %d: the program consists of functions alone.", start.Line), Zh: fmt.Sprintf("第 %d 行：程序只能由函数组成。", start.Line)}
		case slices.Contains(taken, def.Name.Name):
			return &engine.Text{En: fmt.Sprintf("Line %d: the scenario has a %s() of its own.", start.Line, def.Name.Name), Zh: fmt.Sprintf("第 %d 行：场景里已经有 %s()。", start.Line, def.Name.Name)}
		}
		found = found || def.Name.Name == it.defines
	}
	if !found {
		return &engine.Text{En: fmt.Sprintf("The program defines no %s(os).", it.defines), Zh: fmt.Sprintf("程序没有定义 %s(os)。", it.defines)}
	}
	return nil
}

// definitions are the names that a scenario's top level defines, and those that the language declares things by.
func definitions(f *syntax.File) []string {
	var names []string
	for _, w := range scenario.Catalogue() {
		if w.Kind == scenario.WordDeclaration {
			names = append(names, w.Name)
		}
	}
	for _, s := range f.Stmts {
		switch s := s.(type) {
		case *syntax.DefStmt:
			names = append(names, s.Name.Name)
		case *syntax.AssignStmt:
			if id, ok := s.LHS.(*syntax.Ident); ok {
				names = append(names, id.Name)
			}
		}
	}
	return names
}

// verdictOf is how a program did in one case.
type verdictOf struct {
	held   bool
	why    engine.Text
	refute *Place
}

// meet runs one case.
func (it *programItem) meet(program string, c programCase, try Try) (verdictOf, error) {
	run := it.run(program, c)
	lines, err := try(run)
	var mistake *scenario.Error
	switch {
	case errors.As(err, &mistake):
		line := mistake.Line - it.line
		m := mistake.Message
		if line >= 1 && line <= strings.Count(program, "\n")+1 {
			m = engine.Text{En: fmt.Sprintf("line %d: %s", line, m.En), Zh: fmt.Sprintf("第 %d 行：%s", line, m.Zh)}
		}
		return verdictOf{why: m}, nil
	case err != nil:
		return verdictOf{}, err
	}
	v := verdictOf{held: true}
	for i := range lines.Len() {
		var e struct {
			Seq   int
			T     engine.Micros
			Kind  string
			Text  engine.Text
			Holds bool
		}
		if err := json.Unmarshal(lines.Line(i), &e); err != nil {
			return v, err
		}
		if e.Kind == "expect" && !e.Holds && v.held {
			v = verdictOf{why: e.Text, refute: &Place{Token: run.Token(), Seq: e.Seq, At: e.T}}
		}
	}
	return v, nil
}

var (
	caseHeld  = engine.Text{En: "✓ %s", Zh: "✓ %s"}
	caseUnmet = engine.Text{En: "✗ %s: not so: %s", Zh: "✗ %s：没有做到：%s"}
	fullStop  = engine.Text{En: ".", Zh: "。"}
	casesHeld = engine.Text{En: "%d of %d cases survived.", Zh: "%[2]d 种情形中通过 %[1]d 种。"}
)

// sentence ends a text with a full stop, unless it ends a sentence already.
func sentence(lang, text string) string {
	if strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") {
		return text
	}
	return strings.TrimRight(text, ".。") + in(lang, fullStop)
}

// Grade implements Item.
func (it *programItem) Grade(a Answer) (*Result, error) {
	var answer struct{ Program string }
	if err := json.Unmarshal(a.Body, &answer); err != nil {
		return nil, err
	}
	if why := it.checkProgram(answer.Program); why != nil {
		return nil, &MisfitError{*why}
	}
	r := &Result{Key: it.Key()}
	report := Listing{Title: in(a.Lang, casesTitle)}
	held := 0
	for _, c := range it.cases {
		v, err := it.meet(answer.Program, c, a.Try)
		if err != nil {
			return nil, err
		}
		if v.held {
			held++
			report.Lines = append(report.Lines, say(a.Lang, caseHeld, in(a.Lang, c.label)))
			continue
		}
		report.Lines = append(report.Lines, say(a.Lang, caseUnmet, in(a.Lang, c.label), sentence(a.Lang, in(a.Lang, v.why))))
		if r.Refutation == nil {
			r.Refutation = v.refute
		}
	}
	r.Score = float64(held) / float64(len(it.cases))
	r.Run = Place{Token: it.run(answer.Program, it.cases[0]).Token()}
	r.Listings = []Listing{report}
	r.Explain = strings.TrimSpace(say(a.Lang, casesHeld, held, len(it.cases)) + " " + in(a.Lang, it.explain))
	r.Fields = []FieldResult{{Name: "program", Right: held == len(it.cases), Why: r.Explain}}
	r.settle(a.Lang, held, len(it.cases))
	return r, nil
}
