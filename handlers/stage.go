package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
	"finwait/web"
)

// Widths for which ladders are laid out, in px: the stage's column and a phone, and the home page's column.
const (
	wideLadder   = 660
	narrowLadder = 372
	heroLadder   = 544
)

// lessonPages keeps what is drawn of the lessons' own runs, which is the same for every reader.
type lessonPages struct {
	content *content.Content
	mu      sync.Mutex
	logs    map[string]*scenario.Log // by slug
	drawn   map[string]*drawn        // by language and slug
}

// drawn is a run as a page shows it in one language.
type drawn struct {
	hero, heroNarrow web.Ladder
	wide, narrow     web.Ladder
	lines            []web.TranscriptLine
	data             stageData
	title, facts     string
	ownChoice        bool // the run has another choice than its scenario's first
}

// stageData is what the stage's element needs and the event log does not say.
type stageData struct {
	Source  sourceData        `json:"source"`
	Hosts   []hostData        `json:"hosts"`
	Phrases map[string]string `json:"phrases"`
	Token   string            `json:"token"` // of the lesson's own run, to fetch it where WebSockets are blocked
	Vary    []choice          `json:"vary,omitempty"`
}

type sourceData struct {
	File string `json:"file"`
	Text string `json:"text"`
}

func newLessonPages(c *content.Content) *lessonPages {
	return &lessonPages{content: c, logs: map[string]*scenario.Log{}, drawn: map[string]*drawn{}}
}

// draw gives the drawing of a lesson's own run.
func (p *lessonPages) draw(lesson *content.Lesson, l content.Lang) (*drawn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := string(l) + "/" + lesson.Slug
	if d := p.drawn[key]; d != nil {
		return d, nil
	}
	log := p.logs[lesson.Slug]
	if log == nil {
		var err error
		if log, err = scenario.Execute(p.content, lesson.Run, scenario.Limits{}); err != nil {
			return nil, fmt.Errorf("the run of lesson %s: %w", lesson.Slug, err)
		}
		p.logs[lesson.Slug] = log
	}
	d := p.drawEvents(log.Events, sourceData{log.File, log.Source}, l)
	from := firstFIN(log.Events)
	d.hero = ladder("hero-wide", log.Events, web.LadderOptions{Width: heroLadder, From: from}, l, d.data.Phrases)
	d.heroNarrow = ladder("hero-narrow", log.Events, web.LadderOptions{Width: narrowLadder - 32, From: from}, l, d.data.Phrases)
	d.data.Token = log.Run.Token()
	d.data.Vary = choicesIn(log)
	d.ownChoice = slices.ContainsFunc(log.Vary, func(c scenario.Choice) bool { return c.Chosen != c.Choices[0] })
	p.drawn[key] = d
	return d, nil
}

// drawEvents draws what every stage has.
func (p *lessonPages) drawEvents(events []engine.Event, source sourceData, l content.Lang) *drawn {
	phrases := p.content.Phrases(l)
	meta, ok := events[0].Body.(*engine.Meta)
	if !ok {
		meta = &engine.Meta{}
	}
	d := &drawn{
		title: l.Of(meta.Title), facts: web.Facts(meta, l, phrases),
		lines: web.Transcript(events, l, phrases),
		data:  stageData{Source: source, Hosts: programs(meta, events, source), Phrases: stagePhrases(phrases)},
	}
	d.wide = ladder("ladder-wide", events, web.LadderOptions{Width: wideLadder, Axis: true, Calls: true}, l, phrases)
	d.narrow = ladder("ladder-narrow", events, web.LadderOptions{Width: narrowLadder, Axis: true}, l, phrases)
	return d
}

// stagePhrases leaves out what only the playground's own controls say.
func stagePhrases(all map[string]string) map[string]string {
	out := make(map[string]string, len(all))
	for key, text := range all {
		if !strings.HasPrefix(key, "playground.") {
			out[key] = text
		}
	}
	return out
}

func ladder(id string, events []engine.Event, o web.LadderOptions, l content.Lang, phrases map[string]string) web.Ladder {
	o.Lang, o.Hosts = l, web.HostNames(phrases)
	return web.NewLadder(id, events, o)
}

// firstFIN is when the close begins; 0 where there is none.
func firstFIN(events []engine.Event) engine.Micros {
	for _, ev := range events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			return ev.T
		}
	}
	return 0
}

// askedRun is the run that ?run= asks for: its log, or why it can't be run any more, or never could.
type askedRun struct {
	run     scenario.Run
	lines   *engine.Lines
	token   string // its full one
	refused *Error
	now     string // the token of what a refused one is now, with the engine and the text of today; empty where it can't be run
}

// asked computes the run of the token in the address; nil where there is none.
func (h *Handler) asked(r *http.Request) (*askedRun, error) {
	token := r.URL.Query().Get("run")
	if token == "" {
		return nil, nil
	}
	var a askedRun
	var err error
	if a.run, err = scenario.ParseToken(token); err == nil {
		a.lines, a.token, err = h.Runs.Log(r.Context(), h.session(r), a.run)
	}
	if err != nil {
		if a.refused = explain(err); a.refused.Status == http.StatusInternalServerError {
			return nil, err
		}
		a.now = h.renewed(r, token, a.refused.Code)
	}
	return &a, nil
}

// renewed is the token of a run of an earlier engine or text as it is now: with its inputs, or without them where they mean
// nothing any more.
func (h *Handler) renewed(r *http.Request, token, code string) string {
	if code != scenario.CodeEngineChanged && code != scenario.CodeContentChanged {
		return ""
	}
	run, err := scenario.Renew(token)
	if err != nil {
		return ""
	}
	_, now, err := h.Runs.Log(r.Context(), h.session(r), run)
	if err != nil && len(run.Inputs) > 0 {
		run.Inputs = nil
		_, now, err = h.Runs.Log(r.Context(), h.session(r), run)
	}
	if err != nil {
		return ""
	}
	return now
}

// stage makes the stage of a lesson's page: its own run, or the one that is asked for, and ?at=. Where that one can't be
// run, the page says so and shows the lesson's own.
func (h *Handler) stage(r *http.Request, lesson *content.Lesson, l content.Lang, mode string, other *askedRun) (web.Stage, error) {
	own, err := h.lessons.draw(lesson, l)
	if err != nil {
		return web.Stage{}, err
	}
	s := web.Stage{
		Mode: mode, Scenario: lesson.Run.Scenario, Seed: lesson.Run.Seed, At: playhead(r), Data: own.data,
		Title: own.title, Facts: own.facts, Wide: own.wide, Narrow: own.narrow, Lines: own.lines,
		Files: h.files(own.data.Token),
	}
	if own.ownChoice { // which scenario and seed do not say
		s.Token = own.data.Token
	}
	switch {
	case other == nil:
	case other.refused != nil:
		h.refused(&s, other, l)
	default:
		err = h.otherRun(r, &s, other, l)
	}
	return s, err
}

// otherRun puts another run than the lesson's own on its stage.
func (h *Handler) otherRun(r *http.Request, s *web.Stage, other *askedRun, l content.Lang) error {
	events, err := web.Events(other.lines)
	if err != nil {
		return err
	}
	s.Token, s.Files = other.token, h.files(other.token)
	d := h.lessons.drawEvents(events, h.sourceOf(other.run), l)
	if d.data.Vary, err = h.choicesOf(r, other.run); err != nil {
		return err
	}
	s.Data, s.Title, s.Facts, s.Wide, s.Narrow, s.Lines = d.data, d.title, d.facts, d.wide, d.narrow, d.lines
	return nil
}

// refused says on a page why a run is not shown, in the stage's words where it has some.
func (h *Handler) refused(s *web.Stage, other *askedRun, l content.Lang) {
	e := other.refused
	s.Notice, s.Now, s.At = l.Of(e.Text), other.now, -1
	if phrase := h.Content.Phrases(l)["error."+e.Code]; phrase != "" {
		s.Notice = phrase
	}
}

// files are the forms in which a run can be taken along.
func (h *Handler) files(token string) []web.File {
	var out []web.File
	for _, format := range []string{"pcapng", "txt", "jsonl"} {
		out = append(out, web.File{Name: format, Href: h.base() + "api/v1/runs." + format + "?run=" + url.QueryEscape(token)})
	}
	return out
}
