package handlers

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
	"finwait/scenario"
	"finwait/web"

	"github.com/go-chi/chi/v5"
)

// executing bounds what is computed for files and questions at a time, and drawing how many pages of other runs than a
// lesson's own are made at a time: one may take megabytes.
var (
	executing = make(chan struct{}, runtime.GOMAXPROCS(0))
	drawing   = make(chan struct{}, runtime.GOMAXPROCS(0))
)

// Render writes a run in a format of finwait run ("text", "pcapng"), as a host saw it.
type Render func(ctx context.Context, session string, run scenario.Run, format, host string) ([]byte, error)

// fileTypes are the content types of run files.
var fileTypes = map[string]string{
	"jsonl":  "application/jsonl; charset=utf-8",
	"txt":    "text/plain; charset=utf-8",
	"pcapng": "application/vnd.tcpdump.pcap",
}

// runFile gives a run as a file: ?run= is its token; ?host= is whose view a capture shows, by default the client's. What
// it costs is charged as the stream of the run is.
func (h *Handler) runFile(w http.ResponseWriter, r *http.Request) error {
	q, format, session := r.URL.Query(), chi.URLParam(r, "format"), h.session(r)
	run, err := scenario.ParseToken(q.Get("run"))
	if err != nil {
		return err
	}
	lines, _, err := h.Runs.Log(r.Context(), session, run)
	if err != nil {
		return err
	}
	body := lines.Bytes()
	switch format {
	case "txt":
		body, err = h.render(r, session, run, "text", "")
	case "pcapng":
		host, ok := viewer(lines, q.Get("host"))
		if !ok {
			return errNoHost
		}
		w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(run)+`.pcapng"`)
		body, err = h.render(r, session, run, format, host)
	}
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, fileTypes[format], body)
}

// render computes a run once more. A visitor's source waits in a queue of its own, outside of this process; it takes no
// processor that questions wait for.
func (h *Handler) render(r *http.Request, session string, run scenario.Run, format, host string) ([]byte, error) {
	if err := h.Runs.Charge(session, run); err != nil {
		return nil, err
	}
	do := func() ([]byte, error) { return h.Render(r.Context(), session, run, format, host) }
	if run.Source != "" {
		return do()
	}
	return limited(r, executing, do)
}

var errNoHost = &Error{
	Status: http.StatusNotFound, Code: "unknown_host",
	Text: engine.Text{En: "The run has no host of this name.", Zh: "这次运行里没有这个名字的主机。"},
}

// viewer is the host whose view is asked for; where none is, the one that sent the first SYN, else the first. It is false
// where the run has no such host.
func viewer(lines *engine.Lines, want string) (string, bool) {
	events, err := web.Events(lines)
	if err != nil {
		return "", false
	}
	meta, ok := events[0].Body.(*engine.Meta)
	if !ok || len(meta.Hosts) == 0 {
		return "", false
	}
	if want != "" {
		return want, slices.ContainsFunc(meta.Hosts, func(h engine.HostMeta) bool { return h.Name == want })
	}
	for _, ev := range events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.SYN != 0 {
			return s.From, true
		}
	}
	return meta.Hosts[0].Name, true
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
