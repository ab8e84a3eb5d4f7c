package quiz

import (
	"errors"
	"fmt"

	"finwait/engine"
)

// headerKind asks for numbers and flags of a segment's header. generate gives
//
//	{"run": run, "segment": segment event}
//
// The evidence is the list of the packets before it, as tcpdump prints them, and the programs.
type headerKind struct{}

// Generate implements Kind.
func (headerKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	ev, err := g.event("segment")
	if err != nil {
		return nil, err
	}
	s, ok := ev.Body.(*engine.SegmentSent)
	if !ok || s.Flags&engine.ACK == 0 {
		return nil, errors.New(`"segment" is not a segment with an ACK`)
	}
	because := decided{seq: ev.Seq, why: engine.Text{
		En: fmt.Sprintf("It carries sequence number %d, acknowledges up to %d and has %d bytes; a SYN and a FIN count as one byte each.", s.Seqno, s.Ackno, s.Len),
		Zh: fmt.Sprintf("它的序号是 %d，确认号是 %d，数据 %d 字节；SYN 和 FIN 各占一个序号。", s.Seqno, s.Ackno, s.Len),
	}}
	flags := &choice{name: "flags", label: engine.Text{En: "Flags", Zh: "标志"}, right: s.Flags.String(), because: because}
	for _, v := range pick(g.chance(), flags.right, []string{"A", "PA", "FA", "FPA", "SA", "S", "R", "RA"}, 4) {
		flags.options = append(flags.options, plain(v))
	}
	for i, o := range flags.options {
		flags.options[i].label = engine.Text{En: lettersLabel(o.value), Zh: lettersLabel(o.value)}
	}
	const most = 1 << 31
	parts := []part{
		&number{name: "seqno", label: engine.Text{En: "Sequence number (relative)", Zh: "序号（相对）"}, right: s.Seqno, to: most, because: because},
		&number{name: "ackno", label: engine.Text{En: "Acknowledgment number (relative)", Zh: "确认号（相对）"}, right: s.Ackno, to: most, because: because},
		flags,
	}
	it := &asked{run: run, parts: parts, seq: ev.Seq, until: ev.T - 1, upto: s.Arrives, noLadder: true, reads: bothEnds(s.From)}
	it.shows = func(lang string, answered bool) []Listing {
		until := ev.Seq
		if answered {
			until++
		}
		return []Listing{{Title: in(lang, packetsTitle), Lines: run.packets(until)}}
	}
	en, zh := who(s.From)
	what := engine.Text{En: fmt.Sprintf("%d bytes of data", s.Len), Zh: fmt.Sprintf("%d 字节数据", s.Len)}
	if s.Len == 0 {
		what = engine.Text{En: "no data", Zh: "不带数据"}
	}
	prompt := engine.Text{
		En: fmt.Sprintf("Next, at %s, the %s sends a segment with %s. What does its header say?", clock(ev.T), en, what.En),
		Zh: fmt.Sprintf("接着在 %s，%s发出一个报文段（%s）。它的首部里写着什么？", clock(ev.T), zh, what.Zh),
	}
	return it.with(g, prompt)
}

var packetsTitle = engine.Text{En: "Packets so far (tcpdump)", Zh: "到目前为止的分组（tcpdump）"}

// packets lists the segments sent before event seq, as tcpdump prints them.
func (r *Run) packets(seq int) []string {
	var lines []string
	for _, ev := range r.events[:seq] {
		s, ok := ev.Body.(*engine.SegmentSent)
		if !ok {
			continue
		}
		lines = append(lines, tcpdumpLine(ev.T, s, fmt.Sprintf(", win %d", s.Win)))
	}
	return lines
}

// tcpdumpLine is a segment as tcpdump prints it, seen at t: without the sequence number of what is an ACK alone. more follows
// the acknowledgment.
func tcpdumpLine(t engine.Micros, s *engine.SegmentSent, more string) string {
	line := fmt.Sprintf("%9.6f %s > %s: Flags [%s]", float64(t)/1e6, s.From, s.To, tcpdumpFlags(s.Flags))
	switch {
	case s.Len > 0:
		line += fmt.Sprintf(", seq %d:%d", s.Seqno, s.Seqno+int64(s.Len))
	case s.Flags&(engine.SYN|engine.FIN|engine.RST) != 0:
		line += fmt.Sprintf(", seq %d", s.Seqno)
	}
	if s.Flags&engine.ACK != 0 {
		line += fmt.Sprintf(", ack %d", s.Ackno)
	}
	return line + more + fmt.Sprintf(", length %d", s.Len)
}

// tcpdumpFlags writes flags as tcpdump does: "S.", "P.", ".".
func tcpdumpFlags(f engine.Flags) string {
	var out string
	for _, n := range flagNames {
		if f&n.flag == 0 {
			continue
		}
		if n.flag == engine.ACK {
			out += "."
		} else {
			out += n.name[:1]
		}
	}
	return out
}
