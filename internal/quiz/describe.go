package quiz

import (
	"fmt"
	"sort"
	"strings"

	"finwait/engine"
)

// who is a host's name inside a sentence, in both languages.
func who(host string) (en, zh string) { return hostInside("en", host), hostInside("zh", host) }

// segmentLabel is a segment's flags, with its bytes where it carries any: "PSH,ACK 100 B".
func segmentLabel(s *engine.SegmentSent) string {
	if s.Len > 0 {
		return fmt.Sprintf("%s, %d B", flagLabel(s.Flags), s.Len)
	}
	return flagLabel(s.Flags)
}

// describe says what an event is, in both languages, as a line that stands for itself. Segments by id are needed for
// arrivals.
func (r *Run) describe(ev engine.Event) engine.Text {
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		en, zh := who(b.From)
		if b.Retransmission {
			return engine.Text{En: fmt.Sprintf("The %s sends %s again", en, segmentLabel(b)), Zh: fmt.Sprintf("%s重传 %s", zh, segmentLabel(b))}
		}
		return engine.Text{En: fmt.Sprintf("The %s sends %s", en, segmentLabel(b)), Zh: fmt.Sprintf("%s发出 %s", zh, segmentLabel(b))}
	case *engine.Deliver:
		en, zh := who(b.Host)
		label := segmentLabel(r.segment(b.ID))
		return engine.Text{En: fmt.Sprintf("%s arrives at the %s", label, en), Zh: fmt.Sprintf("%s 到达%s", label, zh)}
	case *engine.CallMade:
		en, zh := who(b.Host)
		return engine.Text{En: fmt.Sprintf("The %s’s program calls %s()", en, b.Call), Zh: fmt.Sprintf("%s的程序调用 %s()", zh, b.Call)}
	case *engine.Returned:
		en, zh := who(b.Host)
		return engine.Text{En: fmt.Sprintf("%s() returns %s at the %s", b.Call, outcome(b), en), Zh: fmt.Sprintf("%s的 %s() 返回 %s", zh, b.Call, outcome(b))}
	case *engine.StateChange:
		en, zh := who(b.Host)
		if b.From == engine.Listen {
			return engine.Text{En: fmt.Sprintf("The %s’s listening socket enters %s", en, b.To), Zh: fmt.Sprintf("%s的监听套接字进入 %s", zh, b.To)}
		}
		return engine.Text{En: fmt.Sprintf("The %s’s socket enters %s", en, b.To), Zh: fmt.Sprintf("%s的套接字进入 %s", zh, b.To)}
	case *engine.TimerChange:
		en, zh := who(b.Host)
		return engine.Text{En: fmt.Sprintf("The %s’s %s timer fires", en, b.Timer), Zh: fmt.Sprintf("%s的 %s 定时器到期", zh, b.Timer)}
	case *engine.Process:
		en, zh := who(b.Host)
		return engine.Text{En: fmt.Sprintf("The %s’s program ends", en), Zh: fmt.Sprintf("%s的程序结束", zh)}
	}
	return engine.Text{En: string(ev.Body.Kind()), Zh: string(ev.Body.Kind())}
}

// when says what happens and at which time: "At 90 ms the client sends FIN,ACK."
func (r *Run) when(ev engine.Event) engine.Text {
	t := r.describe(ev)
	return engine.Text{
		En: fmt.Sprintf("At %s: %s.", clock(ev.T), lowerFirst(t.En)),
		Zh: fmt.Sprintf("%s：%s。", clock(ev.T), t.Zh),
	}
}

func lowerFirst(s string) string {
	if rest, ok := strings.CutPrefix(s, "The "); ok {
		return "the " + rest
	}
	return s
}

// outcome is a return as C tells it: "5", or "-1 ECONNRESET".
func outcome(b *engine.Returned) string {
	if b.Errno != "" {
		return fmt.Sprintf("%d %s", b.Ret, b.Errno)
	}
	return fmt.Sprint(b.Ret)
}

// segment finds a segment of the run by its id.
func (r *Run) segment(id int) *engine.SegmentSent {
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.ID == id {
			return s
		}
	}
	return nil
}

// sortStates orders stretches by host, then by time.
func sortStates(all []EvidenceState) {
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].Host != all[j].Host {
			return all[i].Host < all[j].Host
		}
		return all[i].From < all[j].From
	})
}

// joined puts sentences one after another.
func joined(sentences ...engine.Text) engine.Text {
	var en, zh []string
	for _, s := range sentences {
		en, zh = append(en, s.En), append(zh, s.Zh)
	}
	return engine.Text{En: strings.TrimSpace(strings.Join(en, " ")), Zh: strings.Join(zh, "")}
}

// name describes an event so that no other of the run is meant: a segment by its numbers, and what is alike even so by which
// time it is.
func (r *Run) name(ev engine.Event) engine.Text {
	t := r.describe(ev)
	s, alike, nth := r.sentIn(ev), 0, 0
	for _, other := range r.events[1:] {
		if r.describe(other) != t {
			continue
		}
		alike++
		if other.Seq <= ev.Seq && (s == nil || sameNumbers(s, r.sentIn(other))) {
			nth++
		}
	}
	if alike == 1 {
		return t
	}
	if s != nil {
		t = engine.Text{En: fmt.Sprintf("%s (seq %d, ack %d)", t.En, s.Seqno, s.Ackno), Zh: fmt.Sprintf("%s（seq %d，ack %d）", t.Zh, s.Seqno, s.Ackno)}
	}
	if nth > 1 {
		t = engine.Text{En: fmt.Sprintf("%s, for the %s time", t.En, ordinal(nth)), Zh: fmt.Sprintf("%s，第 %d 次", t.Zh, nth)}
	}
	return t
}

// sentIn is the segment that an event sends or brings; nil is none.
func (r *Run) sentIn(ev engine.Event) *engine.SegmentSent {
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		return b
	case *engine.Deliver:
		return r.segment(b.ID)
	}
	return nil
}

func sameNumbers(a, b *engine.SegmentSent) bool { return a.Seqno == b.Seqno && a.Ackno == b.Ackno }
