package quiz

import (
	"fmt"

	"finwait/engine"
)

// timerKind asks when a timer fires, or when a socket is gone. generate gives
//
//	{"run": run, "event": timer or state event, "since": event, "from": µs}
//
// The time is asked from "since" on, the last event that the evidence shows.
type timerKind struct{}

// Generate implements Kind.
func (timerKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	ev, err := g.event("event")
	if err != nil {
		return nil, err
	}
	since, err := g.event("since")
	if err != nil {
		return nil, err
	}
	from, err := g.micros("from", 0)
	if err != nil {
		return nil, err
	}
	if ev.T <= since.T {
		return nil, fmt.Errorf(`"event" at %d µs does not come after "since" at %d µs`, ev.T, since.T)
	}
	wait := ev.T - since.T
	because := decided{seq: ev.Seq, why: run.when(ev)}
	because.why.En += fmt.Sprintf(" That is %s later.", clock(wait))
	because.why.Zh += fmt.Sprintf("也就是 %s 之后。", clock(wait))
	label := engine.Text{En: "How much later?", Zh: "再过多久？"}
	it := &asked{run: run, seq: ev.Seq, from: from, until: since.T, upto: ev.T,
		parts: []part{numberOf("after", label, wait, max(8*engine.Millisecond, wait/20), because)}}
	what, then := run.describe(since), run.describe(ev)
	prompt := engine.Text{
		En: fmt.Sprintf("At %s: %s. How much later does this happen: %s?", clock(since.T), lowerFirst(what.En), lowerFirst(then.En)),
		Zh: fmt.Sprintf("%s：%s。再过多久会发生这件事：%s？", clock(since.T), what.Zh, then.Zh),
	}
	return it.with(g, prompt)
}
