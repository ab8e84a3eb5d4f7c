package handlers

import (
	"net/http"

	"finwait/content"
	"finwait/web"
)

// states is the page of the eleven states.
func (h *Handler) states(w http.ResponseWriter, r *http.Request) error {
	index, durations, err := h.figures()
	if err != nil {
		return err
	}
	l := pathLanguage(r)
	p := h.wholePage(r, "states", "css/states.css", "css/progress.css", "css/reference.css")
	say := h.Content.PagePhrases(l)
	p.Title, p.Description = say["states.head"], say["states.description"]
	return h.html(w, r, web.States{
		Page: p, Course: web.Course(h.Content.Lessons(), l), Say: say, Durations: durations,
		Map: web.ArrowMap{Page: p, Say: say, Known: true, Runs: index.Arrows},
	}.View())
}

// reference is the page of settings, timers, errors, words and rules.
func (h *Handler) reference(w http.ResponseWriter, r *http.Request) error {
	view, err := h.referenceView(r, "reference")
	if err != nil {
		return err
	}
	return h.html(w, r, view.View())
}

// cheatSheet is the reference on one page of paper.
func (h *Handler) cheatSheet(w http.ResponseWriter, r *http.Request) error {
	view, err := h.referenceView(r, "cheatsheet")
	if err != nil {
		return err
	}
	view.Title, view.Description = view.Say["cheat.title"], view.Say["cheat.description"]
	view.Styles = append(view.Styles, "css/cheatsheet.css")
	return h.html(w, r, web.CheatSheet{Reference: view}.View())
}

func (h *Handler) referenceView(r *http.Request, path string) (web.Reference, error) {
	index, durations, err := h.figures()
	if err != nil {
		return web.Reference{}, err
	}
	l := pathLanguage(r)
	p := h.wholePage(r, path, "css/reference.css")
	say := h.Content.PagePhrases(l)
	p.Title, p.Description = say["reference.title"], say["reference.description"]
	return web.Reference{
		Page: p, Course: web.Course(h.Content.Lessons(), l), Say: say, Durations: durations, Index: index, Rules: h.Content.Rules(),
	}, nil
}

// figures are what the engine's runs give the reference.
func (h *Handler) figures() (*content.Index, map[string]string, error) {
	index, err := h.index()
	if err != nil {
		return nil, nil, err
	}
	rows, err := h.losses()
	if err != nil {
		return nil, nil, err
	}
	return index, content.Durations(rows, index), nil
}
