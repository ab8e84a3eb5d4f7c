package quiz

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
)

// Types of fields.
const (
	typeChoice = "choice" // one of the options
	typeNumber = "number"
	typeOrder  = "order" // the options' values, put in order
	typeText   = "text"
)

// part is one thing that a question asks for: a field of its own, with what is right.
type part interface {
	field(lang string) Field
	key() any // a member of the answer that is worth all
	// grade says what a given member is worth. It fits the field.
	grade(given json.RawMessage, lang string) (graded, error)
	// mark is the same without the run.
	mark() Mark
}

// graded is what one member of an answer is worth, 0 to 1, and why.
type graded struct {
	share      float64
	given, key string      // as people read them
	why        engine.Text // one or two sentences that name the deciding event
	seq        int         // that event; -1 for none
	run        *Run        // whose event; nil is the question's
}

// decided is what decides an answer.
type decided struct {
	seq int         // the event; -1 for none
	run *Run        // whose event; nil is the question's
	why engine.Text // names it
}

// choice asks for one of several options.
type choice struct {
	name    string
	label   engine.Text
	options []optionText
	right   string // a value
	because decided
	judge   func() decided     // finds because, where that takes long: asked when an answer is graded; nil where it is known
	against map[string]decided // by wrong value: what refutes it, where that is another event
}

// optionText is an option in both languages.
type optionText struct {
	value string
	label engine.Text
	note  engine.Text
}

// plain is an option that reads alike in both languages.
func plain(s string) optionText { return optionText{value: s, label: engine.Text{En: s, Zh: s}} }

func (p *choice) field(lang string) Field {
	f := Field{Name: p.name, Label: in(lang, p.label), Type: typeChoice}
	for _, o := range p.options {
		f.Options = append(f.Options, Option{Value: o.value, Label: in(lang, o.label), Note: in(lang, o.note)})
	}
	return f
}

func (p *choice) key() any { return p.right }

func (p *choice) mark() Mark { return Mark{Field: p.name, Right: p.right} }

func (p *choice) grade(raw json.RawMessage, lang string) (graded, error) {
	var given string
	if err := json.Unmarshal(raw, &given); err != nil {
		return graded{}, err
	}
	because := p.because
	if p.judge != nil {
		because = p.judge()
	}
	g := graded{given: p.text(given, lang), key: p.text(p.right, lang), why: because.why, seq: because.seq, run: because.run}
	if given == p.right {
		g.share = 1
	} else if d, ok := p.against[given]; ok {
		g.why, g.seq, g.run = d.why, d.seq, d.run
	}
	return g, nil
}

// text is an option's label.
func (p *choice) text(value, lang string) string {
	for _, o := range p.options {
		if o.value == value {
			return in(lang, o.label)
		}
	}
	return value
}

// number asks for a whole number; one that is off by no more than slack is right, too.
type number struct {
	name    string
	label   engine.Text
	unit    string // "ms", "s", "" for a count
	right   int64  // in that unit
	slack   int64
	from    int64 // bounds of what is taken
	to      int64
	because decided
}

func (p *number) field(lang string) Field {
	return Field{Name: p.name, Label: in(lang, p.label), Type: typeNumber, Unit: p.unit, Min: p.from, Max: p.to}
}

func (p *number) key() any { return p.right }

func (p *number) mark() Mark { return Mark{Field: p.name, Number: p.right, Slack: p.slack} }

func (p *number) grade(raw json.RawMessage, _ string) (graded, error) {
	var given float64
	if err := json.Unmarshal(raw, &given); err != nil {
		return graded{}, err
	}
	g := graded{given: p.text(int64(given)), key: p.text(p.right), why: p.because.why, seq: p.because.seq, run: p.because.run}
	if math.Abs(given-float64(p.right)) <= float64(p.slack) {
		g.share = 1
	}
	return g, nil
}

func (p *number) text(n int64) string {
	return strings.TrimSpace(strconv.FormatInt(n, 10) + " " + p.unit)
}

// numberOf reads a time for a person: in ms up to ten seconds, else in s; slack grows with it.
func numberOf(name string, label engine.Text, t, slack engine.Micros, because decided) *number {
	p := &number{name: name, label: label, unit: "ms", right: int64(t / engine.Millisecond), slack: int64(slack / engine.Millisecond), to: 3_600_000, because: because}
	if t >= 10*engine.Second {
		p.unit, p.right, p.slack, p.to = "s", int64((t+engine.Second/2)/engine.Second), max(1, int64(slack/engine.Second)), 86_400
	}
	return p
}

// pick puts the right one of values among others, in no telling order: at most n in all.
func pick(c *chance, right string, others []string, n int) []string {
	others = slices.Clone(others)
	slices.Sort(others)
	others = slices.DeleteFunc(slices.Compact(others), func(s string) bool { return s == right })
	shuffle(c, others)
	chosen := append(others[:min(n-1, len(others)):min(n-1, len(others))], right)
	shuffle(c, chosen)
	return chosen
}
