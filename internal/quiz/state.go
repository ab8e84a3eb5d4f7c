package quiz

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// stateKind asks which state each end of a connection is in at a moment. generate gives
//
//	{"run": run, "from": µs, "after": µs, "of": "opening"}
//
// where "of" says which part of a connection's life is asked about, "closing" where it is left out; the evidence begins at
// "from" and the moment lies after both times, strictly between two events, where the state of both ends is beyond doubt.
// What is worth asking is drawn first (a pair of states that the run passes), then the moment, so that short states come up
// as often as TIME-WAIT, which takes most of a run's time. Each end is half of the score.
type stateKind struct{}

// stateOptions is how many states each end is chosen from.
const stateOptions = 4

// partsOfLife are the states that the options are drawn from. An end that is not open yet is not asked about: its host has
// a listener, or nothing.
var partsOfLife = map[string][]engine.State{
	"closing": {engine.Established, engine.FinWait1, engine.FinWait2, engine.Closing, engine.CloseWait, engine.LastAck,
		engine.TimeWait, engine.Closed},
	"opening": {engine.Listen, engine.SynSent, engine.SynReceived, engine.Established},
}

// stateItem is a generated question of this kind.
type stateItem struct {
	run     *Run
	hosts   []string
	states  []engine.State // that are asked about
	paths   map[string][]step
	from    engine.Micros // where the evidence begins
	moment  engine.Micros
	seq     int // the last event before the moment
	options map[string][]engine.State
}

// Generate implements Kind.
func (stateKind) Generate(g *Generated) (Item, error) {
	run, err := g.run("run")
	if err != nil {
		return nil, err
	}
	from, err := g.micros("from", 0)
	if err != nil {
		return nil, err
	}
	after, err := g.micros("after", from)
	if err != nil {
		return nil, err
	}
	of, err := g.str("of", "closing")
	if err != nil {
		return nil, err
	}
	states := partsOfLife[of]
	if states == nil {
		return nil, fmt.Errorf(`"of" is %q; want "closing" or "opening"`, of)
	}
	c := g.chance()
	it := &stateItem{run: run, hosts: []string{"client", "server"}, states: states, from: from, options: map[string][]engine.State{}}
	it.paths = ends(run.events, it.hosts)
	spans := it.spans(max(from, after))
	if len(spans) == 0 {
		return nil, errors.New("the run has no moment to ask about")
	}
	keys := make([][2]engine.State, 0, len(spans))
	for _, s := range spans {
		if !slices.Contains(keys, s.key) {
			keys = append(keys, s.key)
		}
	}
	key := keys[c.below(len(keys))]
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.key != key })
	s := spans[c.below(len(spans))]
	it.moment, it.seq = within(c, s.from, s.to), s.seq
	for _, h := range it.hosts {
		it.options[h] = chooseStates(c, it.states, stateAt(it.paths[h], it.moment))
	}
	return it, nil
}

// span is a stretch of time without an event.
type span struct {
	from, to engine.Micros
	seq      int // of the event that begins it
	key      [2]engine.State
}

// minSpan is the least stretch that a moment is taken from.
const minSpan = 2 * engine.Millisecond

// spans lists the stretches after a time in which both ends have been opened and not both are closed again.
func (it *stateItem) spans(after engine.Micros) []span {
	var all []span
	for i := 0; i+1 < len(it.run.events); i++ {
		a, b := it.run.events[i], it.run.events[i+1]
		if a.T < after || b.T-a.T < minSpan {
			continue
		}
		key := [2]engine.State{stateAt(it.paths[it.hosts[0]], a.T), stateAt(it.paths[it.hosts[1]], a.T)}
		asked := slices.Contains(it.states, key[0]) && slices.Contains(it.states, key[1])
		if asked && key != [2]engine.State{engine.Closed, engine.Closed} {
			all = append(all, span{a.T, b.T, a.Seq, key})
		}
	}
	return all
}

// grids are the steps that moments are rounded to, the coarsest first.
var grids = []engine.Micros{10 * engine.Second, engine.Second, 100 * engine.Millisecond, 10 * engine.Millisecond,
	5 * engine.Millisecond, engine.Millisecond, 100, 1}

// within draws a moment strictly between two times, on the coarsest grid that has at least three points there.
func within(c *chance, from, to engine.Micros) engine.Micros {
	for _, g := range grids {
		first := from/g*g + g
		if n := int((to - first + g - 1) / g); n >= 3 {
			return first + g*engine.Micros(c.below(n))
		}
	}
	return from + (to-from)/2
}

// chooseStates draws the options of one end, the right one among them, in no telling order.
func chooseStates(c *chance, all []engine.State, right engine.State) []engine.State {
	others := slices.DeleteFunc(slices.Clone(all), func(s engine.State) bool { return s == right })
	shuffle(c, others)
	chosen := append(others[:stateOptions-1:stateOptions-1], right)
	shuffle(c, chosen)
	return chosen
}

var (
	statePrompt = engine.Text{En: "At %s, which state is each end in?", Zh: "%s 时，两端各处于什么状态？"}
	stateLost   = engine.Text{En: "The %s’s %s sent at %s is lost.", Zh: "%s在 %s 发出的 %s 丢了。"}
	stateGone   = engine.Text{En: "no socket left", Zh: "套接字已不存在"}
)

// Show implements Item.
func (it *stateItem) Show(v *Variant, lang string) {
	v.Evidence = it.evidence(lang, false)
	v.Prompt = it.lost(lang, v.Evidence) + say(lang, statePrompt, clock(it.moment))
	for _, h := range it.hosts {
		f := Field{Name: h, Label: hostLabel(lang, h), Type: "choice"}
		for _, s := range it.options[h] {
			o := Option{Value: string(s), Label: string(s)}
			if s == engine.Closed {
				o.Note = in(lang, stateGone)
			}
			f.Options = append(f.Options, o)
		}
		v.Fields = append(v.Fields, f)
	}
	v.Schema = object(v.Fields)
}

// lost tells of the first segment that is lost before the moment.
func (it *stateItem) lost(lang string, e *Evidence) string {
	for _, s := range e.Segments {
		switch {
		case s.Lost == 0:
		case lang == "zh":
			return say(lang, stateLost, hostInside(lang, s.From), clock(s.T), s.Label)
		default:
			return say(lang, stateLost, hostInside(lang, s.From), s.Label, clock(s.T)) + " "
		}
	}
	return ""
}

// evidence is the run up to the moment. Before the answer it ends, for each end, where its present state begins.
func (it *stateItem) evidence(lang string, answered bool) *Evidence {
	e := gather(it.run.events, it.hosts, it.from, it.moment, lang)
	for _, h := range it.hosts {
		path := it.paths[h]
		last := at(path, it.moment)
		for i := range last + 1 {
			s := EvidenceState{Host: h, State: path[i].to, From: max(path[i].t, it.from), To: it.moment}
			if i < last {
				s.To = path[i+1].t
			} else if !answered {
				s.State = ""
			}
			if s.To > it.from {
				e.States = append(e.States, s)
			}
		}
	}
	return e
}

// stateAnswer is an answer, by host.
type stateAnswer map[string]engine.State

// Key implements Item.
func (it *stateItem) Key() json.RawMessage {
	key := stateAnswer{}
	for _, h := range it.hosts {
		key[h] = stateAt(it.paths[h], it.moment)
	}
	b, err := json.Marshal(key)
	if err != nil {
		panic(err) // a map of strings
	}
	return b
}

// Hand implements Item.
func (it *stateItem) Hand() Hand {
	h := Hand{Run: it.run, Until: it.moment}
	for _, host := range it.hosts {
		h.Marks = append(h.Marks, Mark{Field: host, Right: string(stateAt(it.paths[host], it.moment))})
	}
	return h
}

// Grade implements Item.
func (it *stateItem) Grade(a Answer) (*Result, error) {
	lang := a.Lang
	var given stateAnswer
	if err := json.Unmarshal(a.Body, &given); err != nil {
		return nil, err
	}
	token := it.run.token()
	r := &Result{Key: it.Key(), Evidence: it.evidence(lang, true), Run: Place{Token: token, Seq: it.seq, At: it.moment}}
	var why []string
	right := 0
	for _, h := range it.hosts {
		f := FieldResult{Name: h, Given: string(given[h]), Key: string(stateAt(it.paths[h], it.moment))}
		f.Right = f.Given == f.Key
		s, text := it.refute(lang, h, given[h])
		if f.Why = text; f.Right {
			right++
		} else {
			why = append(why, text)
			if r.Refutation == nil || s.seq < r.Refutation.Seq {
				r.Refutation = &Place{Token: token, Seq: s.seq, At: s.t, Rule: s.rule}
			}
		}
		r.Fields = append(r.Fields, f)
	}
	r.Score = float64(right) / float64(len(it.hosts))
	r.Explain = strings.Join(why, in(lang, engine.Text{En: " ", Zh: ""}))
	r.Verdict, r.Summary = verdict(lang, right, len(it.hosts))
	return r, nil
}

var (
	sumRight   = engine.Text{En: "Right: %d of %d.", Zh: "全对：%d / %d。"}
	sumPartial = engine.Text{En: "%d of %d ends right.", Zh: "对了一端：%d / %d。"}
	sumWrong   = engine.Text{En: "Neither end is right: %d of %d.", Zh: "两端都不对：%d / %d。"}
)

func verdict(lang string, right, of int) (string, string) {
	switch right {
	case of:
		return Right, say(lang, sumRight, right, of)
	case 0:
		return Wrong, say(lang, sumWrong, right, of)
	}
	return Partial, say(lang, sumPartial, right, of)
}

// refute finds the event that contradicts a claim about one end, and says how. For a state that has passed it is the event
// which ended it; else the one which began the present state.
func (it *stateItem) refute(lang, host string, claim engine.State) (step, string) {
	path := it.paths[host]
	now := at(path, it.moment)
	present := path[now]
	since := it.since(lang, host, present)
	if claim == present.to {
		return present, since + say(lang, whyRight)
	}
	for i := now - 1; i >= 0; i-- {
		switch {
		case path[i].to != claim:
		case i == now-1:
			return present, since + say(lang, whyEnded, string(claim))
		default:
			return path[i+1], since + say(lang, whyPast, string(claim), clock(path[i+1].t))
		}
	}
	for _, s := range path[now+1:] {
		if s.to == claim {
			return present, since + say(lang, whyFuture, string(claim), clock(s.t))
		}
	}
	return present, since + say(lang, whyNever, string(claim), it.pathText(path))
}

// pathText is an end's way through the diagram, "ESTABLISHED → FIN-WAIT-1 → …", from where it was open.
func (it *stateItem) pathText(path []step) string {
	var names []string
	for _, s := range path {
		if slices.Contains(it.states, s.to) {
			names = append(names, string(s.to))
		}
	}
	return strings.Join(names, " → ")
}
