package handlers

import (
	"net/http"

	"finwait/engine"
	"finwait/scenario"
	"finwait/web"
)

// runProgram gives the text of a run's scenario and where in it each host's program stands. ?run= is its token. The page
// has that of its own run; the stage asks for it when it opens another one.
func (h *Handler) runProgram(w http.ResponseWriter, r *http.Request) error {
	run, err := scenario.ParseToken(r.URL.Query().Get("run"))
	if err != nil {
		return err
	}
	lines, _, err := h.Runs.Log(r.Context(), h.session(r), run)
	if err != nil {
		return err
	}
	events, err := web.Events(lines)
	if err != nil {
		return err
	}
	meta, ok := events[0].Body.(*engine.Meta)
	if !ok {
		meta = &engine.Meta{}
	}
	source := h.sourceOf(run)
	return h.json(w, r, http.StatusOK, struct {
		Source sourceData `json:"source"`
		Hosts  []hostData `json:"hosts"`
	}{source, programs(meta, events, source)})
}

// sourceOf is the text that a run executes.
func (h *Handler) sourceOf(run scenario.Run) sourceData {
	if run.Scenario == "" {
		return sourceData{"scenario.star", run.Source}
	}
	text, _ := h.Content.Source(run.Scenario) // the run has been computed from it
	return sourceData{run.Scenario + ".star", text}
}
