package quiz

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"finwait/engine"
)

// asked is an item made of parts, about a run. Most kinds give one.
type asked struct {
	prompt   engine.Text
	parts    []part
	explain  engine.Text // what the question's author adds to any answer; may be empty
	run      *Run
	seq      int                                        // of the run: what the question is about
	from     engine.Micros                              // where the evidence begins
	until    engine.Micros                              // where it ends before the answer
	before   bool                                       // what happens at that time is not shown
	upto     engine.Micros                              // and after it; 0 is until
	noLadder bool                                       // the evidence has no ladder: it would give the answer away
	shows    func(lang string, answered bool) []Listing // beside the ladder; nil is nothing
	reads    []string                                   // hosts whose programs are listed after that
	mark     int                                        // line of the first of these programs to look at; 0 is none
	reveals  func(lang string) Listing                  // what follows once there is an answer; nil is nothing

	programs []programText // of reads; with fills it
}

// with adds what the author says of the question, and the programs that it shows.
func (it *asked) with(g *Generated, prompt engine.Text) (Item, error) {
	for _, host := range it.reads {
		if p := it.run.program(host); len(p.lines) > 0 {
			it.programs = append(it.programs, p)
		}
	}
	if err := g.words(it, prompt); err != nil {
		return nil, err
	}
	return it, nil
}

// Show implements Item.
func (it *asked) Show(v *Variant, lang string) {
	v.Prompt = in(lang, it.prompt)
	for _, p := range it.parts {
		v.Fields = append(v.Fields, p.field(lang))
	}
	v.Schema = object(v.Fields)
	v.Evidence = it.evidence(lang, false)
	v.Listings = it.listings(lang, false)
}

func (it *asked) evidence(lang string, answered bool) *Evidence {
	if it.noLadder && !answered || it.run == nil {
		return nil
	}
	to := it.until
	if answered && it.upto > 0 {
		to = it.upto
	}
	hosts := []string{"client", "server"}
	shown := to
	if it.before && !answered {
		shown--
	}
	e := gather(it.run.events, hosts, it.from, shown, lang)
	e.At = to
	for host, path := range ends(it.run.events, hosts) {
		for i, s := range path {
			end := to
			if i+1 < len(path) {
				end = min(to, path[i+1].t)
			}
			if end > it.from && s.t < to {
				e.States = append(e.States, EvidenceState{Host: host, State: s.to, From: max(s.t, it.from), To: end})
			}
		}
	}
	sortStates(e.States)
	return e
}

func (it *asked) listings(lang string, answered bool) []Listing {
	var all []Listing
	if it.shows != nil {
		all = it.shows(lang, answered)
	}
	mark := it.mark
	for _, p := range it.programs {
		all = append(all, p.listing(lang, mark))
		mark = 0
	}
	if it.reveals != nil && answered {
		all = append(all, it.reveals(lang))
	}
	return all
}

// Key implements Item.
func (it *asked) Key() json.RawMessage {
	key := map[string]any{}
	for _, p := range it.parts {
		key[p.field("en").Name] = p.key()
	}
	b, err := json.Marshal(key)
	if err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return b
}

// Hand implements Item.
func (it *asked) Hand() Hand {
	h := Hand{Run: it.run, Until: it.until}
	if it.noLadder {
		h.Until = 0
	}
	for _, p := range it.parts {
		h.Marks = append(h.Marks, p.mark())
	}
	return h
}

// Grade implements Item. The parts have equal shares of the score.
func (it *asked) Grade(a Answer) (*Result, error) {
	lang := a.Lang
	members, err := decodeObject(a.Body)
	if err != nil {
		return nil, err
	}
	r := &Result{Key: it.Key(), Evidence: it.evidence(lang, true), Listings: it.listings(lang, true)}
	if it.run != nil {
		r.Run = it.run.place(it.seq)
	}
	var why []string
	for _, p := range it.parts {
		f := p.field(lang)
		g, err := p.grade(members[f.Name], lang)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		r.Score += g.share / float64(len(it.parts))
		text := in(lang, g.why)
		r.Fields = append(r.Fields, FieldResult{Name: f.Name, Right: g.share == 1, Given: g.given, Key: g.key, Why: text})
		if g.share == 1 {
			continue
		}
		if !slices.Contains(why, text) {
			why = append(why, text)
		}
		r.refute(g, it.run)
	}
	if extra := in(lang, it.explain); extra != "" {
		why = append(why, extra)
	}
	r.Explain = strings.Join(why, in(lang, between))
	right := 0
	for _, f := range r.Fields {
		if f.Right {
			right++
		}
	}
	r.settle(lang, right, len(it.parts))
	return r, nil
}

// refute notes where a run contradicts a part that is not right: the first such place counts.
func (r *Result) refute(g graded, run *Run) {
	if g.run != nil {
		run = g.run
	}
	if g.seq < 0 || run == nil || r.Refutation != nil && r.Refutation.Seq <= g.seq {
		return
	}
	at := run.place(g.seq)
	r.Refutation = &at
}

// place is an event of the run.
func (r *Run) place(seq int) Place {
	ev := r.events[seq]
	return Place{Token: r.token(), Seq: seq, At: ev.T, Rule: ev.Rule}
}

var (
	allRight  = engine.Text{En: "Right.", Zh: "答对了。"}
	partsOf   = engine.Text{En: "%d of %d right.", Zh: "%[2]d 处中答对 %[1]d 处。"}
	notRight  = engine.Text{En: "Not right.", Zh: "不对。"}
	partShare = engine.Text{En: "Partly right: %d %%.", Zh: "部分正确：%d%%。"}
)

// settle puts the score into words.
func (r *Result) settle(lang string, right, of int) {
	const exact = 1 - 1e-9
	switch {
	case r.Score >= exact:
		r.Score, r.Verdict, r.Summary, r.Refutation = 1, Right, in(lang, allRight), nil
	case r.Score == 0:
		r.Verdict, r.Summary = Wrong, in(lang, notRight)
	case of > 1 && right > 0:
		r.Verdict, r.Summary = Partial, say(lang, partsOf, right, of)
	default:
		r.Verdict, r.Summary = Partial, say(lang, partShare, int(100*r.Score))
	}
}

var errNothing = errors.New("the run has nothing to ask about")
