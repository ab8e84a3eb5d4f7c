package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"finwait/content"
	"finwait/engine"
)

// TranscriptLine is one event in words.
type TranscriptLine struct {
	Time  string
	Parts []SentencePart
}

// SentencePart is a piece of a sentence: plain text, a state or code. One of the fields is set.
type SentencePart struct {
	Text  string
	State engine.State
	Code  string
}

// Transcript writes a run out, event by event, with the phrases that the stage uses too. web/ts/sentences.ts does the
// same in the browser.
func Transcript(events []engine.Event, l content.Lang, phrases map[string]string) []TranscriptLine {
	t := transcript{lang: l, phrases: phrases, host: HostNames(phrases), events: events,
		segments: map[int]*engine.SegmentSent{}, delivered: map[int]bool{}}
	var out []TranscriptLine
	for i, ev := range events {
		if parts := t.sentence(i, ev); len(parts) > 0 {
			out = append(out, TranscriptLine{Time: content.Clock(ev.T), Parts: parts})
		}
	}
	return out
}

type transcript struct {
	lang      content.Lang
	phrases   map[string]string
	host      func(name string) string
	events    []engine.Event
	meta      *engine.Meta
	segments  map[int]*engine.SegmentSent
	delivered map[int]bool
}

// values fill the placeholders of a phrase: strings, numbers, or a SentencePart.
type values map[string]any

var placeholder = regexp.MustCompile(`\{\w+\}`)

// say fills a phrase. A phrase or a value that is missing shows as it is named.
func (t *transcript) say(key string, v values) []SentencePart {
	template, ok := t.phrases[key]
	if !ok {
		return []SentencePart{{Text: key}}
	}
	var out []SentencePart
	text := func(s string) {
		if s != "" {
			out = append(out, SentencePart{Text: s})
		}
	}
	from := 0
	for _, m := range placeholder.FindAllStringIndex(template, -1) {
		text(template[from:m[0]])
		from = m[1]
		switch value := v[template[m[0]+1:m[1]-1]].(type) {
		case nil:
			text(template[m[0]:m[1]])
		case SentencePart:
			out = append(out, value)
		default:
			s := fmt.Sprint(value)
			if m[0] == 0 && template[:m[1]] == "{host}" {
				s = Heading(s) // it begins the sentence
			}
			text(s)
		}
	}
	text(template[from:])
	return out
}

// Heading is a name as it stands at the head of something: with a capital, where its script has them.
func Heading(name string) string {
	r, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(r)) + name[n:]
}

// HostNames gives what hosts are called by the phrases; one without a phrase keeps its name. An empty name stands for
// addresses that no host has.
func HostNames(phrases map[string]string) func(name string) string {
	return func(name string) string {
		if s, ok := phrases["host."+name]; ok {
			return s
		}
		if name == "" {
			return phrases["ladder.nohost"]
		}
		return name
	}
}

// Facts says in a line which run it is: its seed, the link's delay and the choices.
func Facts(meta *engine.Meta, l content.Lang, phrases map[string]string) string {
	t := transcript{lang: l, phrases: phrases}
	var parts []string
	add := func(key string, v values) {
		var b strings.Builder
		for _, p := range t.say(key, v) {
			b.WriteString(p.Text)
		}
		parts = append(parts, b.String())
	}
	add("stage.seed", values{"seed": meta.Seed})
	add("stage.delay", values{"delay": content.Clock(meta.Link.DelayUS)})
	for _, k := range slices.Sorted(maps.Keys(meta.Vary)) {
		parts = append(parts, k+"="+meta.Vary[k])
	}
	return strings.Join(parts, " · ")
}

func code(s string) SentencePart { return SentencePart{Code: s} }

func state(s engine.State) SentencePart { return SentencePart{State: s} }

// sentence is empty for an event that the transcript leaves out: what a timer or a queue does unseen, and a call whose
// return follows at once and names it.
func (t *transcript) sentence(i int, ev engine.Event) []SentencePart {
	switch b := ev.Body.(type) {
	case *engine.Meta:
		t.meta = b
	case *engine.CallMade:
		if !t.returnsAtOnce(i, b) {
			return t.say("event.call", values{"host": t.host(b.Host), "call": code(callText(b))})
		}
	case *engine.Returned:
		return t.returned(i, b)
	case *engine.SegmentSent:
		t.segments[b.ID] = b
		key := "event.segment"
		if b.Retransmission {
			key = "event.segment.again"
		}
		return t.say(key, values{"host": t.host(b.From), "segment": code(segmentText(b))})
	case *engine.Fate:
		return t.fate(ev, b)
	case *engine.Deliver:
		key := "event.deliver"
		if t.delivered[b.ID] {
			key = "event.deliver.copy"
		}
		t.delivered[b.ID] = true
		return t.say(key, values{"host": t.host(b.Host), "segment": t.segment(b.ID)})
	case *engine.StateChange:
		return t.state(b)
	case *engine.TimerChange:
		if b.Action == engine.TimerFire {
			return t.say("event.timer."+string(b.Timer), values{"host": t.host(b.Host), "attempt": b.Attempt + 1})
		}
	case *engine.Process:
		return t.say("event.process."+string(b.Action), values{"host": t.host(b.Host), "proc": b.Proc, "status": b.Status})
	case *engine.InputApplied:
		return t.input(ev, b)
	case *engine.Expect:
		key := "event.expect.fails"
		if b.Holds {
			key = "event.expect.holds"
		}
		return t.say(key, values{"text": t.lang.Of(b.Text)})
	case *engine.End:
		return t.say("event.end."+string(b.Reason), nil)
	}
	return nil
}

func (t *transcript) state(b *engine.StateChange) []SentencePart {
	key := "event.state"
	switch {
	case b.To == engine.Closed:
		key = "event.state.gone"
	case b.From == b.To && b.Orphan:
		key = "event.state.orphan"
	}
	return t.say(key, values{"host": t.host(b.Host), "from": state(b.From), "to": state(b.To)})
}

func (t *transcript) returnsAtOnce(i int, c *engine.CallMade) bool {
	if i+1 >= len(t.events) || t.events[i+1].T != t.events[i].T {
		return false
	}
	r, ok := t.events[i+1].Body.(*engine.Returned)
	return ok && r.ID == c.ID && r.Host == c.Host
}

func (t *transcript) returned(i int, r *engine.Returned) []SentencePart {
	ret := strconv.FormatInt(r.Ret, 10)
	if r.Errno != "" {
		ret += " " + string(r.Errno)
	}
	v := values{
		"host": t.host(r.Host), "call": code(r.Call + "()"), "ret": ret,
		"wait": content.Clock(r.BlockedUS), "errno": string(r.Errno),
	}
	if i > 0 {
		if c, ok := t.events[i-1].Body.(*engine.CallMade); ok && t.returnsAtOnce(i-1, c) {
			v["call"] = code(callText(c))
			if r.Errno != "" {
				return t.say("event.done.error", v)
			}
			return t.say("event.done", v)
		}
	}
	key := "event.return"
	if r.BlockedUS > 0 {
		key += ".blocked"
	}
	switch {
	case r.Errno != "":
		key += ".error"
	case (r.Call == "read" || r.Call == "recv") && r.Ret == 0:
		key += ".eof"
	case r.BlockedUS == 0:
		key += ".ok"
	}
	return t.say(key, v)
}

func (t *transcript) fate(ev engine.Event, b *engine.Fate) []SentencePart {
	key := "event.fate." + string(b.Fate)
	if b.Fate == engine.Dropped {
		key += ".link"
		if t.byLearner(ev) {
			key = "event.fate.dropped.you"
		}
	}
	return t.say(key, values{"segment": t.segment(b.ID), "arrives": content.Clock(b.Arrives)})
}

func (t *transcript) segment(id int) SentencePart {
	if s := t.segments[id]; s != nil {
		return code(segmentText(s))
	}
	return code("")
}

// byLearner tells whether an input of the run, and no rule of the scenario, brought the event about.
func (t *transcript) byLearner(ev engine.Event) bool {
	in, ok := ev.Body.(*engine.InputApplied)
	if !ok && ev.Cause >= 0 && ev.Cause < len(t.events) {
		ev = t.events[ev.Cause]
		in, ok = ev.Body.(*engine.InputApplied)
	}
	if !ok || t.meta == nil {
		return false
	}
	for _, known := range t.meta.Inputs {
		if known.At == ev.T && reflect.DeepEqual(known.Do, in.Do) {
			return true
		}
	}
	return false
}

func (t *transcript) input(ev engine.Event, b *engine.InputApplied) []SentencePart {
	who := "scenario"
	if t.byLearner(ev) {
		who = "input"
	}
	verb, v := t.action(b.Do)
	return t.say("event."+who+"."+verb, v)
}

// action is an input's verb, and what its phrase may name.
func (t *transcript) action(do engine.Do) (string, values) {
	switch {
	case do.Drop != nil:
		return "drop", values{"segment": t.segment(do.Drop.Segment)}
	case do.Delay != nil:
		return "delay", values{"segment": t.segment(do.Delay.Segment), "by": content.Clock(do.Delay.By)}
	case do.Duplicate != nil:
		return "duplicate", values{"segment": t.segment(do.Duplicate.Segment)}
	case do.Call != nil:
		return "call", values{"host": t.host(do.Call.Host), "call": code(do.Call.Call + "(" + argsText(do.Call.Args) + ")")}
	case do.Kill != nil:
		return "kill", values{"host": t.host(do.Kill.Host), "proc": do.Kill.Proc}
	case do.PowerOff != nil:
		return "power-off", values{"host": t.host(do.PowerOff.Host)}
	case do.Cut != nil:
		return "cut", nil
	case do.Heal != nil:
		return "heal", nil
	case do.Sysctl != nil:
		return "sysctl", values{"host": t.host(do.Sysctl.Host), "name": code(do.Sysctl.Name), "value": do.Sysctl.Value}
	}
	return "", nil
}

// callText is a call with its arguments: connect(3, "server", 80).
func callText(c *engine.CallMade) string {
	args := argsText(c.Args)
	if c.FD >= 0 {
		args = strings.TrimSuffix(strconv.Itoa(c.FD)+", "+args, ", ")
	}
	return c.Call + "(" + args + ")"
}

func argsText(args []engine.Arg) string {
	texts := make([]string, len(args))
	for i, a := range args {
		b, err := json.Marshal(a)
		if err != nil {
			b = []byte(a.String())
		}
		texts[i] = string(b)
	}
	return strings.Join(texts, ", ")
}

// segmentText is a segment in one line: "FIN,ACK seq=6 ack=7".
func segmentText(b *engine.SegmentSent) string {
	s := fmt.Sprintf("%s seq=%d", flagNames(b.Flags), b.Seqno)
	if b.Flags&engine.ACK != 0 {
		s += fmt.Sprintf(" ack=%d", b.Ackno)
	}
	if b.Len > 0 {
		s += fmt.Sprintf(" len=%d", b.Len)
	}
	return s
}
