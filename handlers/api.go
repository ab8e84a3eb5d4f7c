package handlers

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
	"finwait/internal/export"
	"finwait/scenario"
	"finwait/scenario/sandbox"
	"finwait/web"

	"github.com/go-chi/chi/v5"
)

// executing bounds what is computed for files and questions at a time, and drawing how many pages of other runs than a
// lesson's own are made at a time: one may take megabytes.
var (
	executing = make(chan struct{}, runtime.GOMAXPROCS(0))
	drawing   = make(chan struct{}, runtime.GOMAXPROCS(0))
)

// Render writes a run as "text", "pcapng", "packetdrill", "ss" or "bytes", with the view of it that is asked for. What a format refuses is a *scenario.Error.
type Render func(ctx context.Context, session string, run scenario.Run, format string, view sandbox.View) ([]byte, error)

// fileTypes are the content types of run files.
var fileTypes = map[string]string{
	"jsonl":  "application/jsonl; charset=utf-8",
	"txt":    "text/plain; charset=utf-8",
	"pcapng": "application/vnd.tcpdump.pcap",
	"pkt":    "text/plain; charset=utf-8",
	"ss":     "text/plain; charset=utf-8",
	"bytes":  "application/jsonl; charset=utf-8",
}

// formats are the names that finwait run has for the files that show one host's view.
var formats = map[string]string{"pcapng": "pcapng", "pkt": "packetdrill", "ss": "ss"}

// runFile gives a run as a file: ?run= is its token; ?host= is whose view a capture, a script or a table of sockets shows,
// by default export.Viewer's; ?at= is the table's moment in µs. What it costs is charged as the stream of the run is.
func (h *Handler) runFile(w http.ResponseWriter, r *http.Request) error {
	q, format, session := r.URL.Query(), chi.URLParam(r, "format"), h.session(r)
	run, err := scenario.ParseToken(q.Get("run"))
	if err != nil {
		return err
	}
	at, err := moment(q, format)
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
		body, err = h.render(r, session, run, "text", sandbox.View{})
	case "bytes":
		body, err = h.render(r, session, run, "bytes", sandbox.View{})
	case "pcapng", "pkt", "ss":
		host, ok := viewer(lines, q.Get("host"))
		if !ok {
			return errNoHost
		}
		if format != "ss" { // which is to be read at once
			w.Header().Set("Content-Disposition", `attachment; filename="`+fileName(run, q.Get("host"))+`.`+format+`"`)
		}
		body, err = h.render(r, session, run, formats[format], sandbox.View{Host: host, At: at})
	}
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, fileTypes[format], body)
}

// moment is what ?at= asks for, in µs; nil where it asks for nothing.
func moment(q url.Values, format string) (*engine.Micros, error) {
	if !q.Has("at") || format != "ss" {
		return nil, nil
	}
	at, err := strconv.ParseInt(q.Get("at"), 10, 64)
	if err != nil || at < 0 {
		return nil, errMoment
	}
	return (*engine.Micros)(&at), nil
}

// render computes a run once more. A visitor's source waits in a queue of its own, outside of this process; it takes no
// processor that questions wait for.
func (h *Handler) render(r *http.Request, session string, run scenario.Run, format string, view sandbox.View) ([]byte, error) {
	if err := h.Runs.Charge(session, run); err != nil {
		return nil, err
	}
	do := func() ([]byte, error) { return h.Render(r.Context(), session, run, format, view) }
	if run.Source != "" {
		return do()
	}
	return limited(r, executing, do)
}

var (
	errNoHost = &Error{
		Status: http.StatusNotFound, Code: "unknown_host",
		Text: engine.Text{En: "The run has no host of this name.", Zh: "这次运行里没有这个名字的主机。"},
	}
	errMoment = &Error{
		Status: http.StatusBadRequest, Code: "bad_time",
		Text: engine.Text{En: "at is a whole number of µs, 0 or more.", Zh: "at 是不小于 0 的整数，单位 µs。"},
	}
)

// viewer is the host whose view is asked for, or export.Viewer's. It is false where the run has no such host.
func viewer(lines *engine.Lines, want string) (string, bool) {
	events, err := web.Events(lines)
	if err != nil {
		return "", false
	}
	meta, ok := events[0].Body.(*engine.Meta)
	if !ok || len(meta.Hosts) == 0 {
		return "", false
	}
	if want == "" {
		return export.Viewer(events), true
	}
	return want, slices.ContainsFunc(meta.Hosts, func(h engine.HostMeta) bool { return h.Name == want })
}

// fileName names a run's file after its scenario, and the host where one was asked for.
func fileName(run scenario.Run, host string) string {
	name := "run"
	if run.Scenario != "" {
		name = strings.ReplaceAll(run.Scenario, "/", "-") + "-" + strconv.FormatInt(run.Seed, 10)
	}
	if host != "" {
		name += "-" + host
	}
	return name
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
