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
	then := run.describe(ev)
	if n := run.times(then, since, ev); n > 1 {
		then = engine.Text{En: fmt.Sprintf("%s, for the %s time from then on", then.En, ordinal(n)), Zh: fmt.Sprintf("从那时起第 %d 次，%s", n, then.Zh)}
	}
	given := run.when(since)
	asks := engine.Text{
		En: fmt.Sprintf("How much later does this happen: %s?", lowerFirst(then.En)),
		Zh: fmt.Sprintf("再过多久会发生这件事：%s？", then.Zh),
	}
	return it.with(g, joined(given, run.ahead(since.T, ev), asks))
}

// times counts what reads alike after an event, up to another one.
func (r *Run) times(what engine.Text, after, upto engine.Event) int {
	n := 0
	for _, ev := range r.events[after.Seq+1 : upto.Seq+1] {
		if r.describe(ev) == what {
			n++
		}
	}
	return n
}
