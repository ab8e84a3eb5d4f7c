package content

import (
	"errors"
	"fmt"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// Prediction is where the stage of a lesson waits for the reader's answer to the question of {.predict}, and what the run
// says to it.
type Prediction struct {
	Hold    int           // the last event that is shown before the answer
	Right   int           // the choice that holds, from 0
	Decides int           // the event that shows it
	At      engine.Micros // its time

	after, decides string
	choices        []starlark.Callable
	line           int
}

// predictBuiltin is predict(after = "fin-1", decides = "time-wait", choices = [lambda log: …, …]): moments of the lesson's own
// run, and for each choice of the text, in its order, whether it holds.
func (l *Lesson) predictBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	if l.Prediction != nil {
		return nil, fmt.Errorf("the prediction is already at line %d", l.Prediction.line)
	}
	p := &Prediction{line: here(th)}
	var choices *starlark.List
	if err := starlark.UnpackArgs(b.Name(), args, kw, "after", &p.after, "decides", &p.decides, "choices", &choices); err != nil {
		return nil, err
	}
	for i := range choices.Len() {
		fn, ok := choices.Index(i).(starlark.Callable)
		if !ok {
			return nil, fmt.Errorf("choice %d is not a function", i+1)
		}
		p.choices = append(p.choices, fn)
	}
	l.Prediction = p
	return starlark.None, nil
}

// predict fills the prediction from the lesson's run.
func (l *Lesson) predict(found places, logs map[string]*scenario.Log) error {
	p := l.Prediction
	if p == nil {
		return errors.New("calls no predict(…)")
	}
	for _, name := range []string{p.after, p.decides} {
		if found[name] == nil || l.momentRun(name) != "" {
			return fmt.Errorf("predict: the lesson's own run has no moment %q", name)
		}
	}
	_, p.Hold = found.micros(p.after)
	p.At, p.Decides = found.micros(p.decides)
	if p.Hold >= p.Decides {
		return fmt.Errorf("predict: %q does not come before %q", p.after, p.decides)
	}
	p.Right = -1
	for i, fn := range p.choices {
		v, err := l.ask(fn, []string{""}, logs)
		if err != nil {
			return fmt.Errorf("predict, choice %d: %w", i+1, err)
		}
		switch {
		case v == starlark.False:
		case v != starlark.True:
			return fmt.Errorf("predict, choice %d: says %s, not True or False", i+1, v.Type())
		case p.Right >= 0:
			return fmt.Errorf("predict: choices %d and %d both hold", p.Right+1, i+1)
		default:
			p.Right = i
		}
	}
	if p.Right < 0 {
		return errors.New("predict: no choice holds")
	}
	return nil
}

// momentRun is the name of the run that a moment is of.
func (l *Lesson) momentRun(name string) string {
	for _, m := range l.moments {
		if m.name == name {
			return m.run
		}
	}
	return ""
}
