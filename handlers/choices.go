package handlers

import (
	"net/http"

	"finwait/scenario"
)

// choice is a thing that a scenario varies, and between what: the stage makes its runs to compare of it.
type choice struct {
	Name    string   `json:"name"`
	Choices []string `json:"choices"`
}

// choicesOf are the things that a run's scenario varies. One of the library is computed for it once. A visitor's own
// source has none here: the page on which it is written knows them.
func (h *Handler) choicesOf(r *http.Request, run scenario.Run) ([]choice, error) {
	if run.Scenario == "" {
		return nil, nil
	}
	if known, ok := h.choices.Load(run.Scenario); ok {
		return known.([]choice), nil
	}
	log, err := limited(r, executing, func() (*scenario.Log, error) {
		return scenario.Execute(h.Content, scenario.Run{Scenario: run.Scenario}, scenario.Limits{})
	})
	if err != nil {
		return nil, err
	}
	list := choicesIn(log)
	h.choices.Store(run.Scenario, list)
	return list, nil
}

func choicesIn(log *scenario.Log) []choice {
	var list []choice
	for _, v := range log.Vary {
		list = append(list, choice{v.Name, v.Choices})
	}
	return list
}
