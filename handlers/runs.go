package handlers

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"finwait/engine"
	"finwait/internal/stream"
	"finwait/scenario"
)

var errMake = Error{
	Status: http.StatusBadRequest, Code: stream.CodeBadField,
	Text: engine.Text{
		En: `The body is not {"run": …, "base": TOKEN}.`,
		Zh: `请求体不是 {"run": …, "base": TOKEN}。`,
	},
}

// madeRun is the answer to a POST of a run: what the WebSocket's "opened" tells.
type madeRun struct {
	Token   string `json:"token"`
	Engine  int    `json:"engine"`
	ForkSeq *int   `json:"forkSeq,omitempty"` // with a base
}

// makeRun computes a run and gives its token, by which it can be fetched: the way of a stage that has no WebSocket to a
// fork. It is charged as an open over the WebSocket is.
func (h *Handler) makeRun(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Run  json.RawMessage `json:"run"`
		Base string          `json:"base"`
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return errMake.because(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errMake.because(fmt.Errorf("more than one value: %w", err))
	}
	run, err := scenario.ParseRun(body.Run)
	if err != nil {
		return err
	}
	lines, token, err := h.Runs.Log(r.Context(), h.session(r), run)
	if err != nil {
		return err
	}
	made := madeRun{Token: token, Engine: engine.Version}
	if body.Base != "" {
		base, err := scenario.ParseToken(body.Base)
		if err != nil {
			return err
		}
		other, _, err := h.Runs.Log(r.Context(), h.session(r), base)
		if err != nil {
			return err
		}
		seq := scenario.ForkSeq(lines, other)
		made.ForkSeq = &seq
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, made)
}
