package quiz

import (
	"fmt"
	"sync"

	"finwait/engine"
	"finwait/internal/ss"

	"go.starlark.net/starlark"
)

// traceKind asks what happened, from a list of packets and the sockets as ss shows them. generate gives
//
//	{"run": run, "what": [{"label": text, "holds": function of the log}, …], "host": "client", "at": µs}
//
// Exactly one of them must hold. The packets are those that the host sends or receives until "at". What decides is the event
// from which on the one that holds does.
type traceKind struct{}

// Generate implements Kind.
func (traceKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	at, err := g.micros("at", run.events[len(run.events)-1].T)
	if err != nil {
		return nil, err
	}
	host, err := g.str("host", "client")
	if err != nil {
		return nil, err
	}
	p, holds, err := g.judged("what", run)
	if err != nil {
		return nil, err
	}
	last := run.lastUntil(at)
	p.judge = sync.OnceValue(func() decided {
		deciding := run.since(holds, last)
		return decided{seq: deciding, why: run.when(run.events[deciding])}
	})
	it := &asked{run: run, parts: []part{p}, seq: last, upto: run.events[last].T, noLadder: true}
	it.shows = func(lang string, _ bool) []Listing {
		return []Listing{
			{Title: in(lang, packetsTitle), Lines: run.seen(host, at)},
			run.sockets(host, at, lang),
		}
	}
	prompt := engine.Text{En: "What happened?", Zh: "发生了什么？"}
	return it.with(g, prompt)
}

var socketsTitle = engine.Text{En: "ss -tan on the %s at %s", Zh: "%[2]s 时%[1]s上的 ss -tan"}

// judged reads a list of {"label", "holds"}: a choice of which one holds for the run, and the function that says so.
func (g *Generated) judged(name string, run *Run) (*choice, starlark.Callable, error) {
	list, err := g.dicts(name)
	if err != nil {
		return nil, nil, err
	}
	var found starlark.Callable
	p := &choice{name: name, label: engine.Text{En: "What happened", Zh: "发生的事"}}
	for i, d := range list {
		label, err := d.text("label")
		if err != nil {
			return nil, nil, err
		}
		fn, err := d.function("holds")
		if err != nil {
			return nil, nil, err
		}
		holds, err := truth(fn, run.events)
		if err != nil {
			return nil, nil, err
		}
		o := optionText{value: string(rune('a' + i)), label: label}
		p.options = append(p.options, o)
		if holds && p.right != "" {
			return nil, nil, fmt.Errorf("%s: both %q and %q hold", name, p.text(p.right, "en"), label.En)
		}
		if holds {
			p.right, found = o.value, fn
		}
	}
	if p.right == "" || len(p.options) < 2 {
		return nil, nil, fmt.Errorf("%s: none of %d holds", name, len(p.options))
	}
	g.reorder(p)
	return p, found, nil
}

// since is the event from which on a function of the log holds, up to last: what it says is true of a run that ends there, and
// not of one that ends before. Where it never was otherwise, as what says that something has not happened, that is last.
func (r *Run) since(holds starlark.Callable, last int) int {
	first := last
	for seq := last; seq > 0; seq-- {
		if !tells(r.events[seq]) {
			continue
		}
		// A function may fail on a log that has not come to what it looks for.
		if ok, err := truth(holds, r.events[:seq+1]); err != nil || !ok {
			return first
		}
		first = seq
	}
	return last
}

// reorder shuffles the options of a choice, and names them anew: neither place nor name tells.
func (g *Generated) reorder(p *choice) {
	shuffle(g.chance(), p.options)
	for i, o := range p.options {
		if o.value == p.right {
			defer func() { p.right = string(rune('a' + i)) }()
		}
	}
	for i := range p.options {
		p.options[i].value = string(rune('a' + i))
	}
}

// lastUntil is the last segment, arrival, state or return not after a time.
func (r *Run) lastUntil(t engine.Micros) int {
	last := 0
	for _, ev := range r.events {
		if ev.T > t {
			break
		}
		if tells(ev) {
			last = ev.Seq
		}
	}
	return last
}

// tells says whether an event is one that a sentence can name: a segment, an arrival, a state or a return.
func tells(ev engine.Event) bool {
	switch ev.Body.(type) {
	case *engine.SegmentSent, *engine.Deliver, *engine.StateChange, *engine.Returned:
		return true
	}
	return false
}

// seen lists the packets that a host sends and receives until a time, as tcpdump there prints them.
func (r *Run) seen(host string, until engine.Micros) []string {
	var lines []string
	sent := map[int]*engine.SegmentSent{}
	for _, ev := range r.events {
		if ev.T > until {
			break
		}
		switch b := ev.Body.(type) {
		case *engine.SegmentSent:
			if sent[b.ID] = b; b.From == host {
				lines = append(lines, tcpdumpLine(ev.T, b, ""))
			}
		case *engine.Deliver:
			if s := sent[b.ID]; s != nil && b.Host == host && s.From != host {
				lines = append(lines, tcpdumpLine(ev.T, s, ""))
			}
		}
	}
	return lines
}

// sockets lists a host's sockets at a time as ss -tan does.
func (r *Run) sockets(host string, at engine.Micros, lang string) Listing {
	table := ss.Table{Host: host}
	for _, ev := range r.events {
		if ev.T > at {
			break
		}
		table.Take(ev)
	}
	lines := []string{"State       Recv-Q Send-Q  Local Address:Port   Peer Address:Port"}
	for _, s := range table.Listed() {
		lines = append(lines, fmt.Sprintf("%-11s %-6d %-6d  %-20s %s", ss.Name(s.State), s.RecvQ, s.SendQ, s.Local, s.Remote))
	}
	return Listing{Title: say(lang, socketsTitle, hostInside(lang, host), clock(at)), Lines: lines}
}
