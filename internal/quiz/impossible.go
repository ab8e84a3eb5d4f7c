package quiz

import (
	"fmt"
	"slices"

	"finwait/engine"
)

// impossibleKind asks which of four transitions can't happen. generate gives
//
//	{"runs": [run, …]}
//
// The three that can are taken from these runs, so that each can be shown; the one that can't is an arrow that RFC 9293's
// diagram does not have, between states that the runs pass.
type impossibleKind struct{}

// taken is a transition that a run makes.
type taken struct {
	arrow string
	run   *Run
	seq   int
}

// Generate implements Kind.
func (impossibleKind) Generate(g *Generated) (Item, error) {
	runs, err := g.runs("runs")
	if err != nil {
		return nil, err
	}
	possible := transitions(runs)
	if len(possible) < 3 {
		return nil, fmt.Errorf("the runs make only %d transitions", len(possible))
	}
	c := g.chance()
	wrong := impossible(possible)
	if len(wrong) == 0 {
		return nil, errNothing
	}
	right := wrong[c.below(len(wrong))]
	p := &choice{name: "transition", label: engine.Text{En: "Can’t happen", Zh: "不可能发生"}, right: right, against: map[string]decided{}}
	p.because = decided{seq: -1, why: engine.Text{
		En: fmt.Sprintf("RFC 9293’s diagram has no arrow %s.", right),
		Zh: fmt.Sprintf("RFC 9293 的状态图里没有 %s 这条箭头。", right),
	}}
	shuffle(c, possible)
	options := []string{right}
	for _, t := range possible[:3] {
		options = append(options, t.arrow)
		why := t.run.when(t.run.events[t.seq])
		why.En = fmt.Sprintf("%s happens. %s", t.arrow, why.En)
		why.Zh = fmt.Sprintf("%s 会发生。%s", t.arrow, why.Zh)
		p.against[t.arrow] = decided{seq: t.seq, run: t.run, why: why}
	}
	shuffle(c, options)
	for _, o := range options {
		p.options = append(p.options, plain(o))
	}
	it := &asked{parts: []part{p}, run: runs[0], seq: len(runs[0].events) - 1, noLadder: true}
	prompt := engine.Text{En: "Which of these transitions can’t happen?", Zh: "下面哪个状态转换不可能发生？"}
	return it.with(g, prompt)
}

// transitions lists the steps between states that the runs' connections make, each once.
func transitions(runs []*Run) []taken {
	var all []taken
	for _, r := range runs {
		for _, ev := range r.events {
			s, ok := ev.Body.(*engine.StateChange)
			if !ok || s.Remote == "*" || s.From == s.To {
				continue
			}
			arrow := arrowText(s.From, s.To)
			if !slices.ContainsFunc(all, func(t taken) bool { return t.arrow == arrow }) {
				all = append(all, taken{arrow, r, ev.Seq})
			}
		}
	}
	return all
}

// impossible lists arrows between the states of the possible ones that neither they nor the diagram have. What leads to
// CLOSED is left out: a reset leads there from everywhere.
func impossible(possible []taken) []string {
	have := map[string]bool{}
	for _, a := range engine.Arrows {
		have[arrowText(a.From, a.To)] = true
		have[arrowText(a.Logged.From, a.Logged.To)] = true
	}
	for _, t := range possible {
		have[t.arrow] = true
	}
	var out []string
	states := []engine.State{engine.SynSent, engine.SynReceived, engine.Established, engine.FinWait1, engine.FinWait2,
		engine.Closing, engine.TimeWait, engine.CloseWait, engine.LastAck}
	for _, from := range states {
		for _, to := range states {
			if a := arrowText(from, to); from != to && !have[a] {
				out = append(out, a)
			}
		}
	}
	return out
}

func arrowText(from, to engine.State) string { return string(from) + " → " + string(to) }
