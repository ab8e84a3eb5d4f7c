package quiz

import (
	"fmt"

	"finwait/engine"
)

// backlogKind asks how many connections get in, and what the others see. generate gives
//
//	{"run": run, "prompt": text, "ask": [{"name": …, "label": text, "count": function of the log}, …], "at": µs}
type backlogKind struct{}

// Generate implements Kind.
func (backlogKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	at, err := g.micros("at", run.events[len(run.events)-1].T)
	if err != nil {
		return nil, err
	}
	asks, err := g.dicts("ask")
	if err != nil {
		return nil, err
	}
	last := run.lastUntil(at)
	it := &asked{run: run, seq: last, upto: at, noLadder: true, reads: []string{"server"}}
	for _, d := range asks {
		name, err := d.str("name", "")
		if err != nil {
			return nil, err
		}
		label, err := d.text("label")
		if err != nil {
			return nil, err
		}
		n, err := d.count("count", run)
		if err != nil {
			return nil, err
		}
		it.parts = append(it.parts, &number{name: name, label: label, right: n, to: 1_000_000, because: decided{seq: last, why: engine.Text{
			En: fmt.Sprintf("%s: %d.", label.En, n), Zh: fmt.Sprintf("%s：%d。", label.Zh, n),
		}}})
	}
	it.reveals = func(lang string) Listing { return run.sockets("server", at, lang) }
	return it.with(g, engine.Text{})
}
