package quiz

import (
	"fmt"
	"strings"

	"finwait/engine"
)

// bugKind asks which line of a program has the mistake. generate gives
//
//	{"source": a scenario, "symptom": function of the log, "lines": [{"line": text of a line, "fix": what to put there}, …],
//	 "prompt": text, "host": "server"}
//
// Each of the lines is replaced in turn, and the scenario runs again: the mistake is in the one line whose replacement makes
// the symptom go away.
type bugKind struct{}

// Generate implements Kind.
func (bugKind) Generate(g *Generated) (Item, error) {
	source, err := g.str("source", "")
	if err != nil {
		return nil, err
	}
	host, err := g.str("host", "server")
	if err != nil {
		return nil, err
	}
	lines, err := g.dicts("lines")
	if err != nil {
		return nil, err
	}
	run, err := g.source(source)
	if err != nil {
		return nil, err
	}
	sick, err := g.ask("symptom", run)
	if err != nil {
		return nil, err
	}
	if !sick {
		return nil, fmt.Errorf("the program does not show its symptom")
	}
	p := &choice{name: "line", label: engine.Text{En: "The mistake is in", Zh: "错在"}, against: map[string]decided{}}
	for _, d := range lines {
		if err := g.candidate(p, d, run, source); err != nil {
			return nil, err
		}
	}
	if p.right == "" {
		return nil, fmt.Errorf("no replacement makes the symptom go away")
	}
	shuffle(g.chance(), p.options)
	last := run.lastUntil(run.events[len(run.events)-1].T)
	why := run.when(run.events[last])
	p.because = decided{seq: last, why: engine.Text{
		En: fmt.Sprintf("With line %s changed the symptom is gone. As it is: %s", p.right, why.En),
		Zh: fmt.Sprintf("改掉第 %s 行，症状就消失了。照现在这样：%s", p.right, why.Zh),
	}}
	it := &asked{run: run, parts: []part{p}, seq: last, noLadder: true, upto: run.events[last].T, reads: []string{host}}
	return it.with(g, engine.Text{})
}

// candidate tries one line's replacement, and adds the line as an option.
func (g *Generated) candidate(p *choice, d dict, run *Run, source string) error {
	line, err := d.str("line", "")
	if err != nil {
		return err
	}
	fix, err := d.str("fix", "")
	if err != nil {
		return err
	}
	all := strings.Split(source, "\n")
	at := -1
	for i, l := range all {
		if strings.TrimSpace(l) == line {
			if at >= 0 {
				return fmt.Errorf("the line %q stands twice", line)
			}
			at = i
		}
	}
	if at < 0 {
		return fmt.Errorf("the source has no line %q", line)
	}
	indent := all[at][:len(all[at])-len(strings.TrimLeft(all[at], " "))]
	all[at] = indent + strings.ReplaceAll(fix, "\n", "\n"+indent)
	mended, err := g.source(strings.Join(all, "\n"))
	if err != nil {
		return fmt.Errorf("with %q in place of %q: %w", fix, line, err)
	}
	sick, err := g.ask("symptom", mended)
	if err != nil {
		return err
	}
	o := plain(fmt.Sprint(at + 1))
	o.label = engine.Text{En: fmt.Sprintf("line %d: %s", at+1, line), Zh: fmt.Sprintf("第 %d 行：%s", at+1, line)}
	p.options = append(p.options, o)
	if sick {
		last := mended.lastUntil(mended.events[len(mended.events)-1].T)
		why := mended.when(mended.events[last])
		p.against[o.value] = decided{seq: last, run: mended, why: engine.Text{
			En: fmt.Sprintf("With line %d changed to %q the symptom stays. %s", at+1, fix, why.En),
			Zh: fmt.Sprintf("把第 %d 行改成 %q，症状还在。%s", at+1, fix, why.Zh),
		}}
		return nil
	}
	if p.right != "" {
		return fmt.Errorf("both lines %s and %s mend it", p.right, o.value)
	}
	p.right = o.value
	return nil
}
