package content

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"finwait/engine"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Rule is an entry of the rules catalogue: why events that name it happen.
type Rule struct {
	ID      engine.Rule
	Why     engine.Text // one sentence
	Sources []Source    // at least one
	Example string      // a scenario in which it acts; empty while there is none
	File    string
	Line    int
}

// Source is where a rule comes from: a section of an RFC, a kernel function, or our own model of what is around TCP.
type Source struct {
	Label string // "RFC 9293 §3.10.7.4" or "Linux tcp_fin()"
	Href  string // empty where there is no page
}

// Label joins the labels of all sources.
func (r *Rule) Label() string {
	labels := make([]string, len(r.Sources))
	for i, s := range r.Sources {
		labels[i] = s.Label
	}
	return strings.Join(labels, " · ")
}

// Href is the first source's address that there is; empty where all are kernel functions.
func (r *Rule) Href() string {
	for _, s := range r.Sources {
		if s.Href != "" {
			return s.Href
		}
	}
	return ""
}

var sectionForm = regexp.MustCompile(`^(\d+(\.\d+)*|[A-Z](\.\d+)*)$`)

// RFC is a section of an RFC as a source; an empty section is the whole.
func RFC(number int, section string) Source {
	s := Source{
		Label: fmt.Sprintf("RFC %d", number),
		Href:  fmt.Sprintf("https://www.rfc-editor.org/rfc/rfc%d", number),
	}
	switch {
	case section == "":
	case section[0] >= 'A':
		s.Label += " §" + section
		s.Href += "#appendix-" + section
	default:
		s.Label += " §" + section
		s.Href += "#section-" + section
	}
	return s
}

// rulesFile reads one file of the catalogue into rules.
func rulesFile(fsys fs.FS, file string, rules map[engine.Rule]*Rule) error {
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	env := starlark.StringDict{
		"rfc":   starlark.NewBuiltin("rfc", rfcBuiltin),
		"linux": starlark.NewBuiltin("linux", linuxBuiltin),
		"model": starlark.NewBuiltin("model", modelBuiltin),
		"rule": starlark.NewBuiltin("rule", func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
			r, err := ruleBuiltin(b.Name(), args, kw)
			if err != nil {
				return nil, err
			}
			if old := rules[r.ID]; old != nil {
				return nil, fmt.Errorf("rule %s is already at %s:%d", r.ID, old.File, old.Line)
			}
			r.File, r.Line = file, here(th)
			rules[r.ID] = r
			return starlark.None, nil
		}),
	}
	return runData(file, string(src), env)
}

// ruleBuiltin is rule(id, en = …, zh = …, source = … or [...], example = "close/four-way").
func ruleBuiltin(name string, args starlark.Tuple, kw []starlark.Tuple) (*Rule, error) {
	var (
		id, en, zh, example string
		source              starlark.Value
	)
	if err := starlark.UnpackArgs(name, args, kw, "id", &id, "en", &en, "zh", &zh, "source", &source, "example?", &example); err != nil {
		return nil, err
	}
	r := &Rule{ID: engine.Rule(id), Why: engine.Text{En: en, Zh: zh}, Example: example}
	if en == "" || zh == "" {
		return nil, errors.New("a sentence is needed in both languages")
	}
	list, ok := source.(*starlark.List)
	if !ok {
		list = starlark.NewList([]starlark.Value{source})
	}
	for i := range list.Len() {
		s, ok := list.Index(i).(*starlarkstruct.Struct)
		if !ok {
			return nil, fmt.Errorf("source: want rfc(…), linux(…) or model(…), got %s", list.Index(i).Type())
		}
		label, _ := s.Attr("label")
		href, _ := s.Attr("href")
		r.Sources = append(r.Sources, Source{Label: string(label.(starlark.String)), Href: string(href.(starlark.String))})
	}
	if len(r.Sources) == 0 {
		return nil, errors.New("source: a rule needs one")
	}
	return r, nil
}

// rfcBuiltin is rfc(9293, "3.10.7.4").
func rfcBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var number int
	var section string
	if err := starlark.UnpackArgs(b.Name(), args, kw, "number", &number, "section?", &section); err != nil {
		return nil, err
	}
	if section != "" && !sectionForm.MatchString(section) {
		return nil, fmt.Errorf("%q is not a section: write it as 3.10.7.4", section)
	}
	return sourceValue(RFC(number, section)), nil
}

// linuxBuiltin is linux("tcp_fin").
func linuxBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var function string
	if err := starlark.UnpackArgs(b.Name(), args, kw, "function", &function); err != nil {
		return nil, err
	}
	return sourceValue(Source{Label: "Linux " + function + "()"}), nil
}

// modelBuiltin is model("link"): a rule of the simulation itself.
func modelBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var part string
	if err := starlark.UnpackArgs(b.Name(), args, kw, "part", &part); err != nil {
		return nil, err
	}
	return sourceValue(Source{Label: "finwait " + part}), nil
}

func sourceValue(s Source) starlark.Value {
	return starlarkstruct.FromStringDict(starlark.String("source"), starlark.StringDict{
		"label": starlark.String(s.Label), "href": starlark.String(s.Href)})
}

// loadRules reads rules/*.star.
func loadRules(fsys fs.FS, ps *Problems) map[engine.Rule]*Rule {
	rules := map[engine.Rule]*Rule{}
	for _, e := range entries(fsys, "rules", ps) {
		if f := path.Join("rules", e.Name()); path.Ext(f) == ".star" {
			ps.add(f, 0, rulesFile(fsys, f, rules))
		}
	}
	return rules
}
