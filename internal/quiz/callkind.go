package quiz

import (
	"errors"
	"fmt"

	"finwait/engine"
)

// callKind asks what a call returns. generate gives
//
//	{"run": run, "return": return event, "others": ["-1 EPIPE", …], "from": µs}
//
// where "others" are outcomes that may be thought of. The programs are shown, with the call's line marked.
type callKind struct{}

// outcomes are the wrong answers where generate names none.
var outcomes = []string{"0", "1", "-1 EAGAIN", "-1 EPIPE", "-1 ECONNRESET", "-1 ETIMEDOUT", "-1 ECONNREFUSED", "-1 ENOTCONN", "-1 EADDRINUSE"}

// Generate implements Kind.
func (callKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	ev, err := g.event("return")
	if err != nil {
		return nil, err
	}
	from, err := g.micros("from", 0)
	if err != nil {
		return nil, err
	}
	others, err := g.strings("others", outcomes)
	if err != nil {
		return nil, err
	}
	b, ok := ev.Body.(*engine.Returned)
	if !ok {
		return nil, errors.New(`"return" is not the return of a call`)
	}
	made := run.call(b.ID)
	p := &choice{name: "returns", label: engine.Text{En: b.Call + "() returns", Zh: b.Call + "() 返回"}, right: outcome(b)}
	p.because = decided{seq: ev.Seq, why: run.when(ev)}
	if cause := run.causeOf(ev); cause >= 0 {
		p.because.why = joined(run.when(run.events[cause]), p.because.why)
	}
	for _, v := range pick(g.chance(), p.right, others, 4) {
		p.options = append(p.options, plain(v))
	}
	it := &asked{run: run, parts: []part{p}, seq: ev.Seq, from: from, until: made.T, before: true, upto: ev.T,
		reads: bothEnds(b.Host), mark: b.Line}
	return it.with(g, run.asksFor(b, made, ev))
}

// asksFor is the prompt for a call's return: which time the line is executed, where it is not the first, and what the link
// does until then, where the call blocks.
func (r *Run) asksFor(b *engine.Returned, made, ev engine.Event) engine.Text {
	en, zh := who(b.Host)
	nthEn, nthZh := "", ""
	if n := r.calls(b.Host, b.Line, made.Seq); n > 1 {
		nthEn, nthZh = fmt.Sprintf(", for the %s time", ordinal(n)), fmt.Sprintf("第 %d 次", n)
	}
	given := engine.Text{
		En: fmt.Sprintf("At %s the %s’s program calls %s(), line %d%s.", clock(made.T), en, b.Call, b.Line, nthEn),
		Zh: fmt.Sprintf("%s，%s的程序在第 %d 行%s调用 %s()。", clock(made.T), zh, b.Line, nthZh, b.Call),
	}
	asks := engine.Text{En: "What does it return?", Zh: "它返回什么？"}
	if ev.T == made.T {
		return joined(given, asks)
	}
	return joined(given, r.ahead(made.T-1, ev), asks)
}

// calls counts how often a line of a host's program has been called up to an event.
func (r *Run) calls(host string, line, upto int) int {
	n := 0
	for _, ev := range r.events[:upto+1] {
		if c, ok := ev.Body.(*engine.CallMade); ok && c.Host == host && c.Line == line {
			n++
		}
	}
	return n
}

// call finds the call event of an id.
func (r *Run) call(id int) engine.Event {
	for _, ev := range r.events {
		if c, ok := ev.Body.(*engine.CallMade); ok && c.ID == id {
			return ev
		}
	}
	return engine.Event{}
}

// causeOf is the arrival or the timer that an event goes back to; -1 where there is none.
func (r *Run) causeOf(ev engine.Event) int {
	for seq := ev.Cause; seq >= 0; seq = r.events[seq].Cause {
		switch r.events[seq].Body.(type) {
		case *engine.Deliver, *engine.TimerChange:
			return seq
		}
	}
	return -1
}
