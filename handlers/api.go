package handlers

import (
	"bytes"
	"context"
	"net/http"
	"runtime"
	"strconv"
	"strings"

	"finwait/engine"
	"finwait/internal/wire"
	"finwait/scenario"

	"github.com/go-chi/chi/v5"
)

// executing bounds the runs that are computed for pages and files at a time.
var executing = make(chan struct{}, runtime.GOMAXPROCS(0))

// runLog computes a run of the library with its payloads, which the streamed log does not have. It is charged to the
// session as its stream is.
func (h *Handler) runLog(ctx context.Context, session string, run scenario.Run) (*scenario.Log, error) {
	if _, _, err := h.Runs.Log(ctx, session, run); err != nil {
		return nil, err
	}
	select {
	case executing <- struct{}{}:
		defer func() { <-executing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return scenario.Execute(h.Content, run, scenario.Limits{})
}

// runFile gives a run as a file: ?run= is its token; ?host= is whose view a capture shows.
func (h *Handler) runFile(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	run, err := scenario.ParseToken(q.Get("run"))
	if err != nil {
		return err
	}
	session := h.session(r)
	if chi.URLParam(r, "format") == "jsonl" {
		lines, _, err := h.Runs.Log(r.Context(), session, run)
		if err != nil {
			return err
		}
		return h.send(w, r, http.StatusOK, "application/jsonl; charset=utf-8", lines.Bytes())
	}
	log, err := h.runLog(r.Context(), session, run)
	if err != nil {
		return err
	}
	host := q.Get("host")
	if host == "" {
		host = clientOf(log.Events)
	}
	var b bytes.Buffer
	if err := wire.WritePcapng(&b, log.Events, host); err != nil {
		return errNoHost.because(err)
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(run)+`.pcapng"`)
	return h.send(w, r, http.StatusOK, "application/vnd.tcpdump.pcap", b.Bytes())
}

var errNoHost = &Error{
	Status: http.StatusNotFound, Code: "unknown_host",
	Text: engine.Text{En: "The run has no host of this name.", Zh: "这次运行里没有这个名字的主机。"},
}

// clientOf is the host that sent the first SYN.
func clientOf(events []engine.Event) string {
	for _, ev := range events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.SYN != 0 {
			return s.From
		}
	}
	return ""
}

// fileName names a run's file after its scenario.
func fileName(run scenario.Run) string {
	if run.Scenario == "" {
		return "run"
	}
	return strings.ReplaceAll(run.Scenario, "/", "-") + "-" + strconv.FormatInt(run.Seed, 10)
}

// rules is the catalogue that "Why?" asks for.
func (h *Handler) rules(w http.ResponseWriter, r *http.Request) error {
	type rule struct {
		Why     string `json:"why"`
		Source  string `json:"source"`
		Href    string `json:"href"`
		Example string `json:"example"`
	}
	l := pathLanguage(r)
	out := map[string]rule{}
	for _, known := range h.Content.Rules() {
		out[string(known.ID)] = rule{l.Of(known.Why), known.Label(), known.Href(), known.Example}
	}
	w.Header().Set("Cache-Control", "public, max-age=300")
	return h.json(w, r, http.StatusOK, out)
}
