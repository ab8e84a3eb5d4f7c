package quiz

import (
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// ahead says what the link does between a time and an event, to what is in flight and to what is still sent. Nobody can know
// it from what came before, and the answer may hang on it.
func (r *Run) ahead(from engine.Micros, to engine.Event) engine.Text {
	w := weather{segments: map[int]aheadSegment{}, sent: map[aheadKind]int{}}
	for _, ev := range r.events[:to.Seq+1] {
		switch b := ev.Body.(type) {
		case *engine.SegmentSent:
			w.send(b, ev.T, ev.T > from)
		case *engine.Fate:
			if ev.T > from || b.Fate == engine.Duplicated && b.Arrives > from {
				w.decide(b)
			}
		}
	}
	return w.sentence()
}

// aheadKind is what tells segments apart in a sentence.
type aheadKind struct{ host, label string }

// aheadSegment is the nth of its kind, from 1; 0 is in flight already.
type aheadSegment struct {
	kind    aheadKind
	nth     int
	sent    engine.Micros
	arrives engine.Micros
}

// misfortune is what happens to segments of one kind.
type misfortune struct {
	fate engine.FateKind
	kind aheadKind
	by   engine.Micros // later than it would have been, or than the first copy
	sent engine.Micros // of one that is in flight already
	nth  []int
}

// weather gathers what the link does.
type weather struct {
	segments map[int]aheadSegment // by id
	sent     map[aheadKind]int
	list     []misfortune
}

func (w *weather) send(s *engine.SegmentSent, t engine.Micros, ahead bool) {
	seg := aheadSegment{kind: aheadKind{s.From, flagLabel(s.Flags)}, sent: t, arrives: s.Arrives}
	if ahead {
		w.sent[seg.kind]++
		seg.nth = w.sent[seg.kind]
	}
	w.segments[s.ID] = seg
}

func (w *weather) decide(f *engine.Fate) {
	seg := w.segments[f.ID]
	m := misfortune{fate: f.Fate, kind: seg.kind}
	if f.Fate != engine.Dropped {
		m.by = f.Arrives - seg.arrives
	}
	if seg.nth == 0 {
		m.sent = seg.sent
	}
	same := func(o misfortune) bool {
		return o.fate == m.fate && o.kind == m.kind && o.by == m.by && o.sent == m.sent
	}
	at := slices.IndexFunc(w.list, same)
	if at < 0 {
		at = len(w.list)
		w.list = append(w.list, m)
	}
	w.list[at].nth = append(w.list[at].nth, seg.nth)
}

var fateWords = map[engine.FateKind]engine.Text{
	engine.Dropped:    {En: "loses %s", Zh: "丢掉%s"},
	engine.Delayed:    {En: "delays %s by %s", Zh: "让%s晚到 %s"},
	engine.Duplicated: {En: "delivers %s twice, the copy %s later", Zh: "把%s送到两次，第二次晚 %s"},
}

func (w *weather) sentence() engine.Text {
	if len(w.list) == 0 {
		return engine.Text{En: "From then on nothing is lost.", Zh: "此后什么也不丢。"}
	}
	var en, zh []string
	for _, m := range w.list {
		which, words := m.which(w.sent[m.kind]), fateWords[m.fate]
		if m.fate == engine.Dropped {
			en, zh = append(en, fmt.Sprintf(words.En, which.En)), append(zh, fmt.Sprintf(words.Zh, which.Zh))
			continue
		}
		en, zh = append(en, fmt.Sprintf(words.En, which.En, clock(m.by))), append(zh, fmt.Sprintf(words.Zh, which.Zh, clock(m.by)))
	}
	return engine.Text{
		En: "From then on the link " + strings.Join(en, ", and ") + ".",
		Zh: "此后链路" + strings.Join(zh, "，并") + "。",
	}
}

// which names the segments, of all that are sent of their kind.
func (m misfortune) which(all int) engine.Text {
	en, zh := who(m.kind.host)
	label := m.kind.label
	switch {
	case m.nth[0] == 0:
		return engine.Text{En: fmt.Sprintf("the %s’s %s sent at %s", en, label, clock(m.sent)), Zh: fmt.Sprintf("%s在 %s 发出的 %s", zh, clock(m.sent), label)}
	case len(m.nth) == all && all == 1:
		return engine.Text{En: fmt.Sprintf("the %s’s next %s", en, label), Zh: fmt.Sprintf("%s的下一个 %s", zh, label)}
	case len(m.nth) == all:
		return engine.Text{En: fmt.Sprintf("each %s of the %s", label, en), Zh: fmt.Sprintf("%s的每一个 %s", zh, label)}
	}
	var nthEn, nthZh []string
	for _, n := range m.nth {
		nthEn, nthZh = append(nthEn, ordinal(n)), append(nthZh, fmt.Sprint(n))
	}
	return engine.Text{
		En: fmt.Sprintf("the %s’s %s %s", en, listedInWords(nthEn), label),
		Zh: fmt.Sprintf("%s的第 %s 个 %s", zh, strings.Join(nthZh, "、"), label),
	}
}

// listedInWords joins words as a sentence does: "1st, 2nd and 4th".
func listedInWords(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// ordinal writes 1st, 2nd, 3rd, 4th, 11th, 21st, …
func ordinal(n int) string {
	if teens := n % 100; teens < 11 || teens > 13 {
		switch n % 10 {
		case 1:
			return fmt.Sprintf("%dst", n)
		case 2:
			return fmt.Sprintf("%dnd", n)
		case 3:
			return fmt.Sprintf("%drd", n)
		}
	}
	return fmt.Sprintf("%dth", n)
}
