package quiz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// faultKind asks to drop or delay segments so that a run comes to a given end. generate gives
//
//	{"run": run, "segments": [segment event, …], "goal": function of the log, "prompt": text, "delay": µs}
//
// Any choice that reaches the goal is right: the answer is run. With "delay" a segment can also be delayed by that much.
type faultKind struct{}

// Fates of a segment.
const (
	letPass = "deliver"
	letDrop = "drop"
	letWait = "delay"
)

// Generate implements Kind.
func (faultKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	segments, err := g.events("segments")
	if err != nil {
		return nil, err
	}
	goal, err := g.function("goal")
	if err != nil {
		return nil, err
	}
	delay, err := g.micros("delay", 0)
	if err != nil {
		return nil, err
	}
	it := &faultItem{asked: asked{run: run, seq: len(run.events) - 1, upto: run.events[len(run.events)-1].T}, goal: goal, delay: delay}
	for i, ev := range segments {
		s, ok := ev.Body.(*engine.SegmentSent)
		if !ok {
			return nil, fmt.Errorf("segments: event %d is not a segment", ev.Seq)
		}
		it.segments = append(it.segments, ev)
		label := run.describe(ev)
		it.fields = append(it.fields, fateField{name: fmt.Sprintf("s%d", i+1), label: engine.Text{
			En: fmt.Sprintf("%s, %s", clock(ev.T), lowerFirst(label.En)), Zh: fmt.Sprintf("%s，%s", clock(ev.T), label.Zh)}, seg: s})
	}
	it.until = it.upto
	if err := it.solve(g.chance()); err != nil {
		return nil, err
	}
	if err := g.words(&it.asked, engine.Text{}); err != nil {
		return nil, err
	}
	return it, nil
}

// faultItem is a generated question of this kind.
type faultItem struct {
	asked
	segments []engine.Event
	fields   []fateField
	goal     starlark.Callable
	delay    engine.Micros
	solution map[string]string
}

type fateField struct {
	name  string
	label engine.Text
	seg   *engine.SegmentSent
}

var fateLabels = map[string]engine.Text{
	letPass: {En: "arrives", Zh: "送达"}, letDrop: {En: "is lost", Zh: "丢失"}, letWait: {En: "is delayed by %s", Zh: "迟到 %s"},
}

func (it *faultItem) fates() []string {
	if it.delay > 0 {
		return []string{letPass, letDrop, letWait}
	}
	return []string{letPass, letDrop}
}

// Show implements Item.
func (it *faultItem) Show(v *Variant, lang string) {
	v.Prompt = in(lang, it.prompt)
	for _, f := range it.fields {
		field := Field{Name: f.name, Label: in(lang, f.label), Type: typeChoice}
		for _, fate := range it.fates() {
			field.Options = append(field.Options, Option{Value: fate, Label: it.fateLabel(lang, fate)})
		}
		v.Fields = append(v.Fields, field)
	}
	v.Schema = object(v.Fields)
	v.Evidence = it.evidence(lang, false)
}

// Hand implements Item. The run as it is without a fault is given as a whole.
func (it *faultItem) Hand() Hand { return Hand{Run: it.run, Until: it.until + 1} }

// Key implements Item.
func (it *faultItem) Key() json.RawMessage {
	b, err := json.Marshal(it.solution)
	if err != nil {
		panic(err) // a map of strings
	}
	return b
}

// play runs the answer.
func (it *faultItem) play(answer map[string]string) (*Run, error) {
	next := it.run.log.Run
	next.Inputs = append([]engine.Input(nil), next.Inputs...)
	for i, f := range it.fields {
		ev := it.segments[i]
		in := engine.Input{At: ev.T + (f.seg.Arrives-ev.T)/2}
		switch answer[f.name] {
		case letDrop:
			in.Do.Drop = &engine.SegmentAction{Segment: f.seg.ID}
		case letWait:
			in.Do.Delay = &engine.DelayAction{Segment: f.seg.ID, By: it.delay}
		default:
			continue
		}
		next.Inputs = append(next.Inputs, in)
	}
	sortInputs(next.Inputs)
	l := &lab{lib: it.run.lab.lib, left: 1}
	return l.execute(next)
}

// reached says whether a run comes to the goal. An answer whose later segments are never sent does not.
func (it *faultItem) reached(answer map[string]string) (*Run, bool, error) {
	run, err := it.play(answer)
	if _, refused := err.(*scenario.Error); refused {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	ok, err := truth(it.goal, run.events)
	return run, ok, err
}

// solve finds an answer that reaches the goal with as few faults as can be; doing nothing must not.
func (it *faultItem) solve(c *chance) error {
	plain := map[string]string{}
	for _, f := range it.fields {
		plain[f.name] = letPass
	}
	if _, ok, err := it.reached(plain); err != nil || ok {
		return fmt.Errorf("the goal is reached without a fault: %w", orNothing(err))
	}
	tries := slices.Clone(it.fields)
	shuffle(c, tries) // so that no place is favoured
	for _, first := range tries {
		for _, fate := range it.fates()[1:] {
			answer := map[string]string{}
			for k, v := range plain {
				answer[k] = v
			}
			answer[first.name] = fate
			_, ok, err := it.reached(answer)
			if err != nil {
				return err
			}
			if ok {
				it.solution = answer
				return nil
			}
		}
	}
	return fmt.Errorf("no single fault of %d segments reaches the goal", len(it.fields))
}

func orNothing(err error) error {
	if err == nil {
		return errNothing
	}
	return err
}

var (
	goalMet   = engine.Text{En: "The run comes to that end.", Zh: "运行确实到了这个结局。"}
	goalUnmet = engine.Text{En: "With these, the run ends otherwise.", Zh: "这样安排，得不到这个结局。"}
	goalNever = engine.Text{En: "With these, one of the segments is never sent.", Zh: "这样安排，其中一个报文段根本不会发出。"}
	oneWay    = engine.Text{En: "It comes to that end when this one %[2]s: %[1]s.", Zh: "让这一个%[2]s就行：%[1]s。"}
)

// model says which fault reaches the goal.
func (it *faultItem) model(lang string) string {
	for _, f := range it.fields {
		if fate := it.solution[f.name]; fate != letPass {
			return say(lang, oneWay, in(lang, f.label), it.fateLabel(lang, fate))
		}
	}
	return ""
}

func (it *faultItem) fateLabel(lang, fate string) string {
	label := in(lang, fateLabels[fate])
	if fate == letWait {
		label = fmt.Sprintf(label, clock(it.delay))
	}
	return label
}

// between stands between two sentences.
var between = engine.Text{En: " ", Zh: ""}

// Grade implements Item.
func (it *faultItem) Grade(a Answer) (*Result, error) {
	lang := a.Lang
	var answer map[string]string
	if err := json.Unmarshal(a.Body, &answer); err != nil {
		return nil, err
	}
	run, ok, err := it.reached(answer)
	if err != nil {
		return nil, err
	}
	r := &Result{Key: it.Key(), Evidence: it.evidence(lang, true), Run: it.run.place(it.seq)}
	why := in(lang, goalUnmet)
	switch {
	case ok:
		r.Score, why = 1, in(lang, goalMet)
	case run == nil:
		why = in(lang, goalNever)
		r.Refutation = &r.Run
	default:
		at := run.place(run.lastUntil(run.events[len(run.events)-1].T))
		r.Refutation = &at
	}
	if run != nil {
		r.Run = run.place(run.lastUntil(run.events[len(run.events)-1].T))
	}
	if !ok {
		why += in(lang, between) + it.model(lang)
	}
	r.Explain = strings.TrimSpace(why + in(lang, between) + in(lang, it.explain))
	for _, f := range it.fields {
		given, key := answer[f.name], it.solution[f.name]
		r.Fields = append(r.Fields, FieldResult{Name: f.name, Right: ok || given == key, Given: given, Key: key, Why: why})
	}
	r.settle(lang, 0, 1)
	return r, nil
}
