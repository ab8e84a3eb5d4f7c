package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
	"finwait/web"

	"github.com/go-chi/chi/v5"
)

// Check reads a visitor's source without running its programs, at the session's expense.
type Check func(ctx context.Context, session string, run scenario.Run) (*scenario.Outline, error)

func (h *Handler) playgroundRoutes(r chi.Router) {
	r.Post("/check", h.handle(h.checkSource))
	r.Post("/experiments", h.handle(h.runExperiment))
	r.Get("/scenarios/*", h.handle(h.scenarioSource))
}

// playground is the page where scenarios are edited; ?run= and ?at= open a run.
func (h *Handler) playground(w http.ResponseWriter, r *http.Request) error {
	l := pathLanguage(r)
	if len(h.Content.Lessons()) == 0 {
		return errNotFound
	}
	other, err := h.asked(r)
	if err != nil {
		return err
	}
	body, err := limited(r, drawing, func() ([]byte, error) {
		stage, err := h.stage(r, h.Content.Front(), l, "playground", other)
		if err != nil {
			return nil, err
		}
		p := h.page(r, l, "playground")
		p.Title, p.Description = web.PlaygroundTitle(l), web.PlaygroundDescription(l)
		p.Styles = append(slices.Clone(stageStyles), "css/playground.css")
		p.Scripts = []string{"dist/stage.js", "dist/playground.js"}
		view := web.Playground{
			Page: p, Stage: stage, Course: web.Course(h.Content.Lessons(), l), Folders: h.folders(l), Words: scenario.Catalogue(),
			Data: h.playgroundData(l, stage, other),
		}
		return markup(r, view.View())
	})
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, htmlType, body)
}

// playgroundData tells the page's script where the editor begins: with the run that is on the stage.
func (h *Handler) playgroundData(l content.Lang, stage web.Stage, other *askedRun) web.PlaygroundData {
	run := h.Content.Front().Run
	if other != nil && other.refused == nil {
		run = other.run
	}
	words := map[string]string{}
	for key, text := range h.Content.Phrases(l) {
		if name, ok := strings.CutPrefix(key, "playground."); ok {
			words[name] = text
		} else if strings.HasPrefix(key, "error.") {
			words[key] = text
		}
	}
	if run.Vary == nil {
		run.Vary = map[string]string{}
	}
	token := stage.Token
	if token == "" {
		token = run.Token()
	}
	return web.PlaygroundData{Source: h.sourceOf(run).Text, Scenario: run.Scenario, Vary: run.Vary, Seed: run.Seed, Token: token, Phrases: words}
}

// folders lists the scenarios of the library as the page offers them.
func (h *Handler) folders(l content.Lang) []web.Folder {
	var out []web.Folder
	for _, known := range h.library() {
		folder := path.Dir(known.name)
		if n := len(out); n == 0 || out[n-1].Name != folder {
			out = append(out, web.Folder{Name: folder, Title: h.folderTitle(l, folder)})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, web.FolderEntry{
			Name: known.name, Title: l.Of(known.title), Href: h.base() + string(l) + "/playground?run=" + url.QueryEscape(known.token),
		})
	}
	return out
}

// folderTitle is what readers call a folder of scenarios; one of an overlay that has no phrase keeps its name.
func (h *Handler) folderTitle(l content.Lang, folder string) string {
	if title := h.Content.Phrases(l)["playground.folder."+folder]; title != "" {
		return title
	}
	return folder
}

// listed is a scenario of the library with the token of its plain run.
type listed struct {
	name, token string
	title       engine.Text
}

// listScenarios reads the library's titles. One that can't be read, in an overlay, goes by its name.
func listScenarios(c *content.Content) []listed {
	var out []listed
	for _, name := range c.Scenarios() {
		source, _ := c.Source(name)
		run, err := scenario.Resolve(c, scenario.Run{Scenario: name, Seed: 1})
		if err != nil {
			continue // a name that no run can have
		}
		known := listed{name, run.Token(), engine.Text{En: name, Zh: name}}
		if o, err := scenario.Check(scenario.Run{Source: source}, scenario.Limits{}); err == nil && o.Title.En != "" {
			known.title = o.Title
		}
		out = append(out, known)
	}
	return out
}

// verdict is the answer to a source: what is in it, or what is wrong with it and where.
type verdict struct {
	OK    bool            `json:"ok"`
	Error *scenario.Error `json:"error,omitempty"`
	*scenario.Outline
}

// checkSource tells an editor about a source. A mistake in it is an answer, not a failure.
func (h *Handler) checkSource(w http.ResponseWriter, r *http.Request) error {
	run, err := readRun(r)
	if err == nil && run.Source == "" {
		err = errNoSource
	}
	if err != nil {
		return mistake(h, w, r, err)
	}
	session := h.session(r)
	if err := h.Runs.Charge(session, run); err != nil {
		return err
	}
	outline, err := h.Check(r.Context(), session, run)
	if err != nil {
		return mistake(h, w, r, err)
	}
	return h.uncached(w, r, verdict{OK: true, Outline: outline})
}

// made is the answer to a run that was computed: its token, its text and what it holds.
type made struct {
	OK      bool          `json:"ok"`
	Token   string        `json:"token"`
	Source  sourceData    `json:"source"`
	Hosts   []hostData    `json:"hosts"`
	Expects []expectation `json:"expects"`
}

type expectation struct {
	Text  engine.Text `json:"text"`
	Holds bool        `json:"holds"`
}

// runExperiment computes a run and gives its token, by which the stage opens it. A mistake in its source is an answer.
func (h *Handler) runExperiment(w http.ResponseWriter, r *http.Request) error {
	run, err := readRun(r)
	if err != nil {
		return mistake(h, w, r, err)
	}
	lines, token, err := h.Runs.Log(r.Context(), h.session(r), run)
	if err != nil {
		return mistake(h, w, r, err)
	}
	events, err := web.Events(lines)
	if err != nil {
		return err
	}
	a := made{OK: true, Token: token, Source: h.sourceOf(run), Expects: []expectation{}}
	if meta, ok := events[0].Body.(*engine.Meta); ok {
		a.Hosts = programs(meta, events, a.Source)
	}
	for _, ev := range events {
		if e, ok := ev.Body.(*engine.Expect); ok {
			a.Expects = append(a.Expects, expectation{e.Text, e.Holds})
		}
	}
	return h.uncached(w, r, a)
}

// readRun reads the run that a request carries.
func readRun(r *http.Request) (scenario.Run, error) {
	body, err := io.ReadAll(r.Body) // guard bounds it
	if err != nil {
		return scenario.Run{}, err
	}
	return scenario.ParseRun(body)
}

var errNoSource = &scenario.Error{Code: scenario.CodeBadRun, Message: engine.Text{En: "there is no source to check", Zh: "没有可检查的源代码"}}

// mistake answers with what is wrong with a run; what is the server's affair, as too many runs, stays an error.
func mistake(h *Handler, w http.ResponseWriter, r *http.Request, err error) error {
	var wrong *scenario.Error
	if !errors.As(err, &wrong) || explain(err).Status >= http.StatusTooManyRequests {
		return err
	}
	return h.uncached(w, r, verdict{Error: wrong})
}

// uncached sends an answer that depends on more than its address.
func (h *Handler) uncached(w http.ResponseWriter, r *http.Request, v any) error {
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, v)
}

// scenarioSource is the text of a scenario of the library.
func (h *Handler) scenarioSource(w http.ResponseWriter, r *http.Request) error {
	name, ok := strings.CutSuffix(chi.URLParam(r, "*"), ".star")
	source, found := h.Content.Source(name)
	if !ok || !found {
		return errNotFound
	}
	return h.send(w, r, http.StatusOK, "text/plain; charset=utf-8", []byte(source))
}
