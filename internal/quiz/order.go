package quiz

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// orderKind asks to put events of a run into an order in which they can happen. generate gives
//
//	{"run": run, "events": [event, …]}
//
// What must come before what is Lamport's relation: a host's events in its own order, and a segment before its arrival. Two
// events without such a chain between them may stand either way round.
type orderKind struct{}

// Generate implements Kind.
func (orderKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	events, err := g.events("events")
	if err != nil {
		return nil, err
	}
	if len(events) < 3 || len(events) > 8 {
		return nil, fmt.Errorf("want 3 to 8 events to order, got %d", len(events))
	}
	slices.SortFunc(events, func(a, b engine.Event) int { return a.Seq - b.Seq })
	p := &order{name: "order", label: engine.Text{En: "First to last", Zh: "从先到后"}, run: run, events: events}
	p.before = run.chains(events)
	if len(p.before) == 0 {
		return nil, fmt.Errorf("none of the events must come before another")
	}
	for i, ev := range events {
		p.shown = append(p.shown, i)
		p.names = append(p.names, run.name(ev))
	}
	shuffle(g.chance(), p.shown)
	prompt := engine.Text{
		En: "Each way takes " + clock(run.delay()) + ". Put these into an order in which they can happen.",
		Zh: "单程 " + clock(run.delay()) + "。把它们排成可能发生的先后顺序。",
	}
	last := events[len(events)-1]
	it := &asked{run: run, parts: []part{p}, seq: last.Seq, upto: last.T, noLadder: true, reads: bothEnds("client")}
	return it.with(g, prompt)
}

// order is a part: items to put in order.
type order struct {
	name   string
	label  engine.Text
	run    *Run
	events []engine.Event // as they happened
	names  []engine.Text  // of the events, no two alike
	before [][2]int       // pairs of indices: the first must come before the second
	shown  []int          // indices, in the order in which the field lists them
}

func (p *order) value(i int) string { return string(rune('a' + slices.Index(p.shown, i))) }

func (p *order) field(lang string) Field {
	f := Field{Name: p.name, Label: in(lang, p.label), Type: typeOrder}
	for _, i := range p.shown {
		f.Options = append(f.Options, Option{Value: p.value(i), Label: in(lang, p.names[i])})
	}
	return f
}

func (p *order) key() any {
	var all []string
	for i := range p.events {
		all = append(all, p.value(i))
	}
	return all
}

func (p *order) mark() Mark {
	m := Mark{Field: p.name}
	for _, pair := range p.before {
		m.Before = append(m.Before, [2]string{p.value(pair[0]), p.value(pair[1])})
	}
	return m
}

func (p *order) grade(raw json.RawMessage, lang string) (graded, error) {
	var given []string
	if err := json.Unmarshal(raw, &given); err != nil {
		return graded{}, err
	}
	g := graded{given: strings.Join(given, " "), key: strings.Join(p.key().([]string), " "), seq: -1}
	held := 0
	for _, pair := range p.before {
		if slices.Index(given, p.value(pair[0])) < slices.Index(given, p.value(pair[1])) {
			held++
		} else if g.seq < 0 {
			a, b := p.names[pair[0]], p.names[pair[1]]
			g.seq = p.events[pair[0]].Seq
			g.why = engine.Text{
				En: fmt.Sprintf("“%s” comes before “%s”.", a.En, b.En),
				Zh: fmt.Sprintf("“%s”在“%s”之前。", a.Zh, b.Zh),
			}
		}
	}
	g.share = float64(held) / float64(len(p.before))
	if g.share == 1 {
		g.why = engine.Text{En: fmt.Sprintf("All %d orders hold.", held), Zh: fmt.Sprintf("%d 处先后都对。", held)}
	}
	return g, nil
}

// chains lists the pairs of events (indices) of which the first must come before the second.
func (r *Run) chains(events []engine.Event) [][2]int {
	clocks := r.clocks()
	var pairs [][2]int
	for i, a := range events {
		for j := i + 1; j < len(events); j++ {
			b := events[j]
			if at := r.host(a); at != "" && clocks[b.Seq][at] >= a.Seq {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	return pairs
}

// clocks gives, for each event of the run, the latest event of each host that it may depend on (vector clocks).
func (r *Run) clocks() []map[string]int {
	all := make([]map[string]int, len(r.events))
	last := map[string]map[string]int{} // by host
	sent := map[int]map[string]int{}    // by segment
	for i, ev := range r.events {
		at := r.host(ev)
		now := map[string]int{}
		merge(now, last[at])
		if d, ok := ev.Body.(*engine.Deliver); ok {
			merge(now, sent[d.ID])
		}
		if at != "" {
			now[at] = ev.Seq
			last[at] = now
		}
		if s, ok := ev.Body.(*engine.SegmentSent); ok {
			sent[s.ID] = now
		}
		all[i] = now
	}
	return all
}

func merge(into, from map[string]int) {
	for host, seq := range from {
		if have, ok := into[host]; !ok || seq > have {
			into[host] = seq
		}
	}
}

// host is where an event happens; empty where it is not on one host.
func (r *Run) host(ev engine.Event) string {
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		return b.From
	case *engine.Deliver:
		return b.Host
	case *engine.CallMade:
		return b.Host
	case *engine.Returned:
		return b.Host
	case *engine.StateChange:
		return b.Host
	case *engine.TimerChange:
		return b.Host
	case *engine.Process:
		return b.Host
	}
	return ""
}
