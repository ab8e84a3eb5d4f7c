package quiz

import (
	"errors"
	"strings"

	"finwait/engine"
)

// timelineKind asks which segment comes next, and when. generate gives
//
//	{"run": run, "next": segment event of run.nexts, "from": µs}
//
// where the evidence runs from "from" to just before that segment. The programs are shown.
type timelineKind struct{}

// Generate implements Kind.
func (timelineKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	next, err := g.event("next")
	if err != nil {
		return nil, err
	}
	from, err := g.micros("from", 0)
	if err != nil {
		return nil, err
	}
	s, ok := next.Body.(*engine.SegmentSent)
	if !ok || next.T == 0 {
		return nil, errors.New(`"next" is not a segment that comes after something`)
	}
	if !run.comesNext(next, s) {
		return nil, errors.New(`"next" is not one of run.nexts: at its time another segment is sent, which may be taken for the next one`)
	}
	since := run.before(next)
	because := decided{seq: next.Seq, why: run.when(next)}
	segment := &choice{name: "segment", label: engine.Text{En: "The next segment", Zh: "下一个报文段"}, right: sender(s), because: because}
	for _, v := range pick(g.chance(), segment.right, senders, 4) {
		segment.options = append(segment.options, senderOption(v))
	}
	slack := max(8*engine.Millisecond, (next.T-since)/20)
	label := engine.Text{En: "Sent how long after the run began?", Zh: "在运行开始后多久发出？"}
	it := &asked{run: run, seq: next.Seq, from: from, until: next.T, before: true, upto: s.Arrives,
		reads: bothEnds("client"), // whose comes first must not tell who sends next
		parts: []part{segment, numberOf("when", label, next.T, slack, because)}}
	given := engine.Text{En: "The run has come to " + clock(since) + ".", Zh: "运行进行到 " + clock(since) + "。"}
	asks := engine.Text{En: "Which segment is sent next, and when?", Zh: "接下来发出的是哪个报文段，什么时候发出？"}
	return it.with(g, joined(given, run.ahead(next.T-1, next), asks))
}

// comesNext says whether a segment is the next one of its time beyond doubt: its sender sends none before it, and no other
// host sends any.
func (r *Run) comesNext(next engine.Event, s *engine.SegmentSent) bool {
	for _, ev := range r.events {
		if o, ok := ev.Body.(*engine.SegmentSent); ok && ev.T == next.T && (ev.Seq < next.Seq || o.From != s.From) {
			return false
		}
	}
	return true
}

// nexts are the segments that may be asked for as the next one.
func (r *Run) nexts() []engine.Event {
	var all []engine.Event
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && r.comesNext(ev, s) {
			all = append(all, ev)
		}
	}
	return all
}

// before is the time of the last event that lies before another one's time.
func (r *Run) before(ev engine.Event) engine.Micros {
	last := engine.Micros(0)
	for _, other := range r.events {
		if other.T < ev.T {
			last = other.T
		}
	}
	return last
}

// senders are the segments that may be thought of: host and flags.
var senders = []string{"client A", "client FA", "client R", "client PA", "client S", "server A", "server FA", "server R", "server PA", "server SA"}

// sender is a segment by its host and flags.
func sender(s *engine.SegmentSent) string { return s.From + " " + s.Flags.String() }

func senderOption(v string) optionText {
	host, letters, _ := strings.Cut(v, " ")
	label := lettersLabel(letters)
	en, zh := who(host)
	return optionText{value: v, label: engine.Text{En: label + " from the " + en, Zh: zh + "发出的 " + label}}
}

// lettersLabel spells the letters of flags out: "FA" is "FIN,ACK".
func lettersLabel(letters string) string {
	var names []string
	for _, n := range flagNames {
		if strings.Contains(letters, n.name[:1]) {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}
