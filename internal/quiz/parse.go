package quiz

import (
	"cmp"
	"errors"
	"fmt"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Question is a family of variants: the data of one quiz.star.
type Question struct {
	Info
	Hints []engine.Text

	file string
	gen  starlark.Callable
	line int // of quiz(…)

	written map[string]int // the line of each string in the source
}

// Budgets of a question's Starlark.
const (
	parseSteps    = 1_000_000
	generateSteps = 1_000_000
	generateRuns  = 16
)

// Parse reads a question. An error of Starlark comes as it is, with its positions in file.
func Parse(id, file, src string) (*Question, error) {
	q := &Question{file: file, Info: Info{ID: id}}
	env := starlark.StringDict{
		"quiz": starlark.NewBuiltin("quiz", q.quizBuiltin),
		"rng":  starlark.NewBuiltin("rng", rngBuiltin),
		"run":  starlark.NewBuiltin("run", runBuiltin),
	}
	thread := newThread(file, parseSteps)
	tree, program, err := starlark.SourceProgramOptions(&syntax.FileOptions{}, file, src, env.Has)
	if err != nil {
		return nil, err
	}
	q.written = written(tree)
	globals, err := program.Init(thread, env)
	if err != nil {
		return nil, err
	}
	globals.Freeze()
	var ok bool
	if q.gen, ok = globals["generate"].(starlark.Callable); !ok {
		return nil, errors.New("defines no generate(seed)")
	}
	if q.Kind == "" {
		return nil, errors.New("calls no quiz(…)")
	}
	return q, nil
}

// written finds where the strings of a source stand.
func written(tree *syntax.File) map[string]int {
	lines := map[string]int{}
	syntax.Walk(tree, func(n syntax.Node) bool {
		if l, ok := n.(*syntax.Literal); ok {
			if s, ok := l.Value.(string); ok && lines[s] == 0 {
				lines[s] = int(l.TokenPos.Line)
			}
		}
		return true
	})
	return lines
}

// Line is where a text of the question stands; the line of quiz(…) for one that is put together.
func (q *Question) Line(text string) int { return cmp.Or(q.written[text], q.line) }

func newThread(name string, steps uint64) *starlark.Thread {
	t := &starlark.Thread{Name: name, Print: func(*starlark.Thread, string) {}}
	t.SetMaxExecutionSteps(steps)
	return t
}

// quizBuiltin is quiz(kind = "state", lesson = "four-way", title = {"en": …, "zh": …}, hints = […]).
func (q *Question) quizBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var (
		title starlark.Value
		hints *starlark.List
	)
	err := starlark.UnpackArgs(b.Name(), args, kw, "kind", &q.Kind, "lesson", &q.Lesson, "title", &title, "hints?", &hints)
	if err != nil {
		return nil, err
	}
	q.line = int(th.CallFrame(1).Pos.Line)
	if kinds[q.Kind] == nil {
		return nil, fmt.Errorf("there is no kind %q", q.Kind)
	}
	if q.Title, err = asText(title); err != nil {
		return nil, fmt.Errorf("title: %w", err)
	}
	for i := 0; hints != nil && i < hints.Len(); i++ {
		h, err := asText(hints.Index(i))
		if err != nil {
			return nil, fmt.Errorf("hint %d: %w", i+1, err)
		}
		q.Hints = append(q.Hints, h)
	}
	return starlark.None, nil
}

// asText reads {"en": …, "zh": …}, as scenarios write texts.
func asText(v starlark.Value) (engine.Text, error) {
	d, ok := v.(*starlark.Dict)
	if !ok || d.Len() != 2 {
		return engine.Text{}, errors.New(`want {"en": "…", "zh": "…"}`)
	}
	get := func(lang string) string {
		v, _, _ := d.Get(starlark.String(lang))
		s, _ := starlark.AsString(v)
		return s
	}
	t := engine.Text{En: get("en"), Zh: get("zh")}
	if t.En == "" || t.Zh == "" {
		return t, errors.New(`a text is needed in both languages: {"en": "…", "zh": "…"}`)
	}
	return t, nil
}

// Generated is what a question's generate gave for a seed: members by name, read by the kind.
type Generated struct {
	dict
	seed int64
	lab  *lab
}

// chance gives a stream of the seed that is the kind's own.
func (g *Generated) chance() *chance { return newChance(g.seed, "kind") }

// source runs a scenario that the question brings itself.
func (g *Generated) source(text string) (*Run, error) {
	return g.lab.execute(scenario.Run{Source: text, Seed: g.seed})
}

// words reads what the author says of the question: "prompt", where the kind has none of its own or another is wanted, and
// "explain", which follows each answer.
func (g *Generated) words(it *asked, prompt engine.Text) (err error) {
	if it.prompt = prompt; g.has("prompt") {
		if it.prompt, err = g.text("prompt"); err != nil {
			return err
		}
	}
	if it.prompt.En == "" {
		return errors.New(`generate gave no "prompt"`)
	}
	if g.has("explain") {
		it.explain, err = g.text("explain")
	}
	return err
}

// generate calls the question's generate(seed).
func (q *Question) generate(lib scenario.Library, seed int64) (*Generated, error) {
	thread := newThread(q.file, generateSteps)
	lab := &lab{lib: lib, left: generateRuns}
	thread.SetLocal(labKey, lab)
	v, err := starlark.Call(thread, q.gen, starlark.Tuple{starlark.MakeInt64(seed)}, nil)
	if err != nil {
		return nil, err
	}
	d, ok := v.(*starlark.Dict)
	if !ok {
		return nil, fmt.Errorf("generate gave %s, not a dict", v.Type())
	}
	return &Generated{newDict(d), seed, lab}, nil
}
