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

// entries is a page of groups of entries, without its title.
func (h *Handler) entries(r *http.Request, path string, groups []*content.Group) web.Entries {
	l := pathLanguage(r)
	p := h.page(r, l, path)
	p.Styles = []string{"css/pages.css", "css/reference.css"}
	return web.Entries{Page: p, Course: web.Course(h.Content.Lessons(), l), Say: h.Content.PagePhrases(l), Groups: groups}
}
