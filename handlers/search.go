package handlers

import (
	"net/http"

	"finwait/content"
	"finwait/web"
)

// searchIndex is what the search dialog looks through, in one language. Browsers keep it, and ask whether it is still true.
func (h *Handler) searchIndex(w http.ResponseWriter, r *http.Request) error {
	index, err := h.search[pathLanguage(r)]()
	if err != nil {
		return err
	}
	return h.json(w, r, http.StatusOK, index)
}

// gatherSearch makes the index of a language.
func (h *Handler) gatherSearch(l content.Lang) (web.SearchIndex, error) {
	index, durations, err := h.figures()
	if err != nil {
		return web.SearchIndex{}, err
	}
	var scenarios []web.Playable
	for _, s := range h.library() {
		scenarios = append(scenarios, web.Playable{Name: s.name, Token: s.token, Title: s.title})
	}
	return web.NewSearchIndex(web.SearchSource{
		Lang: l, Say: h.Content.PagePhrases(l), Durations: durations,
		Lessons: h.Content.Lessons(), Rules: h.Content.Rules(), Failures: index.Failures, Glossary: h.Content.Glossary(), Interview: h.Content.Interview(), Scenarios: scenarios,
	}), nil
}
