package content

import (
	"errors"
	"fmt"
	"slices"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// proof is what stands behind a claim of a lesson: a function of the logs of one run or more that says True or False; or,
// for what no run of today can show, the document that says it.
type proof struct {
	name   string
	runs   []string          // names in lesson.star; "" is the lesson's own
	holds  starlark.Callable // of as many logs; nil where source stands
	source string            // of history: "listen(2)"
	says   []string          // figures that stand there
	topics []string          // of the syllabus that the proof belongs to
	line   int
}

// figure is a number of a lesson's text that is no field of one event: a function of logs gives it.
type figure struct {
	name  string
	runs  []string
	value starlark.Callable
	as    string // "time" (µs, written as a clock does) or "number"
	line  int
}

// proofSteps bounds the computation of one check or figure.
const proofSteps = 5_000_000

// checkBuiltin is check("name", lambda log: …, run = "merged", topic = "eof"). run and topic may be lists: the function gets a
// log for each run.
func (l *Lesson) checkBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	p := &proof{line: here(th)}
	var run, topic starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kw, "name", &p.name, "holds", &p.holds, "run?", &run, "topic?", &topic); err != nil {
		return nil, err
	}
	var err error
	if p.runs, err = l.named(run); err != nil {
		return nil, err
	}
	return starlark.None, l.addProof(p, topic)
}

// historyBuiltin is history("backlog-2-2", source = "listen(2)", says = ["128"], topic = …): a claim about what was, or about
// a text, with the figures that may be quoted from there.
func (l *Lesson) historyBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	p := &proof{line: here(th)}
	var says, topic starlark.Value
	err := starlark.UnpackArgs(b.Name(), args, kw, "name", &p.name, "source", &p.source, "says?", &says, "topic?", &topic)
	if err != nil {
		return nil, err
	}
	if p.says, err = oneOrMore(says); err != nil {
		return nil, err
	}
	if p.source == "" {
		return nil, errors.New("a source is needed: the document that says it")
	}
	return starlark.None, l.addProof(p, topic)
}

func (l *Lesson) addProof(p *proof, topic starlark.Value) (err error) {
	if p.topics, err = oneOrMore(topic); err != nil {
		return err
	}
	if l.proofs[p.name] != nil {
		return fmt.Errorf("the check %q is already at line %d", p.name, l.proofs[p.name].line)
	}
	l.proofs[p.name] = p
	return nil
}

// figureBuiltin is figure("delack", lambda log: …, run = "…", unit = "time"): the text has it as {{delack}}.
func (l *Lesson) figureBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	f := &figure{as: "number", line: here(th)}
	var run starlark.Value
	err := starlark.UnpackArgs(b.Name(), args, kw, "name", &f.name, "value", &f.value, "run?", &run, "unit?", &f.as)
	if err != nil {
		return nil, err
	}
	if f.as != "number" && f.as != "time" {
		return nil, fmt.Errorf(`unit is "time" or "number", not %q`, f.as)
	}
	if f.runs, err = l.named(run); err != nil {
		return nil, err
	}
	l.figures = append(l.figures, f)
	return starlark.None, nil
}

// named reads which runs are meant; without any it is the lesson's own.
func (l *Lesson) named(v starlark.Value) ([]string, error) {
	names, err := oneOrMore(v)
	if err != nil || len(names) == 0 {
		return []string{""}, err
	}
	for _, name := range names {
		if _, ok := l.runs[name]; !ok {
			return nil, fmt.Errorf("no run %q is defined above", name)
		}
	}
	return names, nil
}

// oneOrMore reads a string or a list of strings.
func oneOrMore(v starlark.Value) ([]string, error) {
	switch v := v.(type) {
	case nil, starlark.NoneType:
		return nil, nil
	case starlark.String:
		return []string{string(v)}, nil
	case *starlark.List:
		return asList(v)
	}
	return nil, fmt.Errorf("want a string or a list of strings, got %s", v.Type())
}

// prove says why a proof does not hold; nil is that it does.
func (l *Lesson) prove(p *proof, logs map[string]*scenario.Log) error {
	if p.holds == nil {
		return nil
	}
	v, err := l.ask(p.holds, p.runs, logs)
	if err != nil {
		return fmt.Errorf("the check %s: %w", p.name, err)
	}
	switch v {
	case starlark.True:
		return nil
	case starlark.False:
		return fmt.Errorf("the check %s does not hold", p.name)
	}
	return fmt.Errorf("the check %s says %s, not True or False", p.name, v.Type())
}

// count evaluates a figure.
func (l *Lesson) count(f *figure, logs map[string]*scenario.Log) (string, error) {
	v, err := l.ask(f.value, f.runs, logs)
	if err != nil {
		return "", fmt.Errorf("the figure %s: %w", f.name, err)
	}
	n, ok := v.(starlark.Int)
	micros, fits := int64(0), false
	if ok {
		micros, fits = n.Int64()
	}
	if !fits {
		return "", fmt.Errorf("the figure %s is %s, not a number", f.name, v.Type())
	}
	if f.as == "time" {
		return Clock(engine.Micros(micros)), nil
	}
	return n.String(), nil
}

// ask calls a function of the lesson with the logs of the runs.
func (l *Lesson) ask(fn starlark.Callable, runs []string, logs map[string]*scenario.Log) (starlark.Value, error) {
	args := make(starlark.Tuple, len(runs))
	for i, name := range runs {
		log := logs[name]
		if log == nil {
			return nil, fmt.Errorf("the run %q failed", name)
		}
		args[i] = scenario.View(log.Events)
	}
	thread := &starlark.Thread{Name: l.dir}
	thread.SetMaxExecutionSteps(proofSteps)
	v, err := starlark.Call(thread, fn, args, nil)
	var eval *starlark.EvalError
	if errors.As(err, &eval) {
		err = errors.New(eval.Msg)
	}
	return v, err
}

// topics are those that the proofs cited by a text belong to.
func (l *Lesson) topicsOf(cited []string) []string {
	var all []string
	for _, name := range cited {
		all = append(all, l.proofs[name].topics...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
