package handlers

import (
	"net/http"

	"finwait/engine"
	"finwait/scenario"
	"finwait/scenario/cprogram"
	"finwait/web"

	"go.starlark.net/syntax"
)

// hostData is what the stage knows of a host's program beyond the run.
type hostData struct {
	Name    string   `json:"name"`
	Program *program `json:"program,omitempty"`
	C       *cText   `json:"c,omitempty"`
	CError  *cError  `json:"c_error,omitempty"` // why there is no C
	// Others are the programs of its other processes; the name is the process's.
	Others []hostData `json:"others,omitempty"`
}

// program is where in the source a host's program stands: its first and last line, from 1.
type program struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// cText is a host's program in C.
type cText struct {
	Text string `json:"text"`
	// Lines are its lines for each of the scenario's that makes a call; the first has the call itself.
	Lines map[int][]int `json:"lines"`
}

// cError is the line of the scenario that has no C; 0 where that is not known.
type cError struct {
	Line    int         `json:"line"`
	Message engine.Text `json:"message"`
}

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
	vary, err := h.choicesOf(r, run)
	if err != nil {
		return err
	}
	return h.json(w, r, http.StatusOK, struct {
		Source sourceData `json:"source"`
		Hosts  []hostData `json:"hosts"`
		Vary   []choice   `json:"vary,omitempty"`
	}{source, programs(meta, events, source), vary})
}

// sourceOf is the text that a run executes.
func (h *Handler) sourceOf(run scenario.Run) sourceData {
	if run.Scenario == "" {
		return sourceData{"scenario.star", run.Source}
	}
	text, _ := h.Content.Source(run.Scenario) // the run has been computed from it
	return sourceData{run.Scenario + ".star", text}
}

// programs finds each host's program, and its C. What can't be told from the text alone is the function in which the host
// makes its first call.
func programs(meta *engine.Meta, events []engine.Event, source sourceData) []hostData {
	written, err := cprogram.Generate(cprogram.Source{File: source.File, Text: source.Text, Vary: meta.Vary, Hosts: meta.Hosts})
	if err != nil {
		written = nil // it has run, so this can't be; a stage without programs is still one
	}
	var out []hostData
	for _, host := range meta.Hosts {
		h := hostData{Name: host.Name}
		for _, p := range written {
			switch {
			case p.Host == host.Name && p.Process == "":
				others := h.Others
				h = describe(p)
				h.Others = others
			case p.Host == host.Name:
				other := describe(p)
				other.Name = p.Process
				h.Others = append(h.Others, other)
			}
		}
		if h.Program == nil {
			h.Program = calledFirst(host.Name, events, source)
		}
		out = append(out, h)
	}
	return out
}

func describe(p cprogram.Program) hostData {
	h := hostData{Name: p.Host}
	if p.From > 0 {
		h.Program = &program{p.From, p.To}
	}
	if p.Err != nil {
		h.CError = &cError{p.Err.Line, p.Err.Message}
	} else {
		h.C = &cText{p.Text, p.Lines}
	}
	return h
}

// calledFirst is the function of the source in which a host makes its first call.
func calledFirst(host string, events []engine.Event, source sourceData) *program {
	first := 0
	for _, ev := range events {
		if c, ok := ev.Body.(*engine.CallMade); ok && c.Host == host && c.Line > 0 {
			first = c.Line
			break
		}
	}
	tree, err := scenario.Parse(source.File, source.Text)
	if first == 0 || err != nil {
		return nil
	}
	for _, s := range tree.Stmts {
		if def, ok := s.(*syntax.DefStmt); ok {
			if from, to := def.Span(); first >= int(from.Line) && first <= int(to.Line) {
				return &program{int(from.Line), int(to.Line)}
			}
		}
	}
	return nil
}
