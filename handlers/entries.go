package handlers

import (
	"net/http"

	"finwait/content"
	"finwait/web"
)

// glossary is the page of the terms.
func (h *Handler) glossary(w http.ResponseWriter, r *http.Request) error {
	view := h.entries(r, "glossary", h.Content.Glossary())
	view.Title, view.Description = view.Say["terms.title"], view.Say["terms.description"]
	return h.html(w, r, view.Glossary())
}

// interview is the page of the questions that interviewers ask.
func (h *Handler) interview(w http.ResponseWriter, r *http.Request) error {
	view := h.entries(r, "interview", h.Content.Interview())
	view.Title, view.Description = view.Say["interview.title"], view.Say["interview.description"]
	view.Styles = append(view.Styles, "css/interview.css", "css/gloss.css")
	view.Scripts = []string{"dist/interview.js", "dist/terms.js"}
	var ids []string
	for _, g := range view.Groups {
		for _, e := range g.Entries {
			ids = append(ids, e.Texts[view.Lang].Terms...)
		}
	}
	view.Terms = h.Content.Terms(ids)
	return h.html(w, r, view.Interview())
}

// entries is a page of groups of entries, without its title.
func (h *Handler) entries(r *http.Request, path string, groups []*content.Group) web.Entries {
	l := pathLanguage(r)
	p := h.wholePage(r, path, "css/reference.css")
	return web.Entries{Page: p, Course: web.Course(h.Content.Lessons(), l), Say: h.Content.PagePhrases(l), Groups: groups}
}
