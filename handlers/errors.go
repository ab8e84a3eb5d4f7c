package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/stream"
	"finwait/scenario"
	"finwait/web"
)

// Error is an error that a reader sees: a status, a code for programs and a text in both languages. Head is the heading
// of its page; without one the status's general heading is taken. Err is for the log alone.
type Error struct {
	Status int
	Code   string
	Head   engine.Text
	Text   engine.Text
	Err    error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Code + ": " + e.Err.Error()
	}
	return e.Code + ": " + e.Text.En
}

func (e *Error) Unwrap() error { return e.Err }

// because keeps the cause for the log.
func (e Error) because(err error) *Error {
	e.Err = err
	return &e
}

var (
	errNotFound = &Error{
		Status: http.StatusNotFound, Code: "not_found",
		Head: engine.Text{En: "Nothing listens here.", Zh: "这里没有人监听。"},
		Text: engine.Text{En: "No page has this address. The course has all there is.", Zh: "没有这个地址的页面。课程里有全部内容。"},
	}
	errMethod = &Error{
		Status: http.StatusMethodNotAllowed, Code: "method_not_allowed",
		Text: engine.Text{En: "This address does not take that kind of request.", Zh: "这个地址不接受这种请求。"},
	}
	errForeign = &Error{
		Status: http.StatusForbidden, Code: "foreign_origin",
		Text: engine.Text{En: "This request was made by a page of another site, and only our own pages may make it.", Zh: "这个请求来自别的网站的页面，只有本站的页面才能发出。"},
	}
	errTooLarge = &Error{
		Status: http.StatusRequestEntityTooLarge, Code: "too_large",
		Text: engine.Text{En: "The request is larger than what is taken here.", Zh: "请求超过了这里接受的大小。"},
	}
	errInternal = &Error{
		Status: http.StatusInternalServerError, Code: "internal",
		Head: engine.Text{En: "This page failed.", Zh: "这一页出错了。"},
		Text: engine.Text{En: "It is our fault, not yours. Nothing was saved or lost by it.", Zh: "是我们的问题，不是你的。没有因此多存或丢失任何东西。"},
	}
)

// generalHead is the heading of errors that have none of their own.
var generalHead = engine.Text{En: "That did not work.", Zh: "这个请求没有成功。"}

// runStatus gives the status of a run that is refused; what is not here is the request's mistake.
var runStatus = map[string]int{
	scenario.CodeUnknownScenario: http.StatusNotFound,
	scenario.CodeEngineChanged:   http.StatusConflict,
	scenario.CodeContentChanged:  http.StatusConflict,
	scenario.CodeBadToken:        http.StatusBadRequest,
	scenario.CodeTokenTooLong:    http.StatusBadRequest,
	scenario.CodeBusy:            http.StatusServiceUnavailable,
	stream.CodeTooManyRuns:       http.StatusTooManyRequests,
	stream.CodeInternal:          http.StatusInternalServerError,
}

// explain makes an Error of any error.
func explain(err error) *Error {
	var (
		known *Error
		run   *scenario.Error
		large *http.MaxBytesError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &run):
		e := &Error{Status: http.StatusUnprocessableEntity, Code: run.Code, Text: run.Message, Err: err}
		if s := runStatus[run.Code]; s != 0 {
			e.Status = s
		}
		return e
	case errors.As(err, &large):
		return errTooLarge.because(err)
	}
	return errInternal.because(err)
}

// fail answers a request with an error. It is the only place that does.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is left to read an answer
	}
	e := explain(err)
	level := slog.LevelDebug
	if e.Status >= http.StatusInternalServerError && e.Status != http.StatusNotImplemented { // which the request asks for
		level = slog.LevelError
	}
	h.Log.Log(r.Context(), level, "request failed", "id", requestID(r), "status", e.Status, "code", e.Code, "error", err.Error())

	header := w.Header()
	for _, k := range []string{"ETag", "Content-Encoding", "Content-Disposition", "Content-Length", "Last-Modified"} {
		header.Del(k)
	}
	header.Set("Cache-Control", "no-store")
	if e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests {
		header.Set("Retry-After", "5")
	}
	if strings.HasPrefix(r.URL.Path, "/embed/") {
		h.allowFrames(header)
	}
	var retry *stream.RetryError
	if errors.As(err, &retry) {
		header.Set("Retry-After", strconv.FormatInt(max(1, int64(math.Ceil(retry.After.Seconds()))), 10))
	}
	l := languageOf(r)
	if wantsJSON(r) {
		if asked := content.Lang(r.URL.Query().Get("lang")); asked.Valid() {
			l = asked
		}
		h.failJSON(w, r, e, l)
		return
	}
	if err := h.failPage(w, r, e, l); err != nil {
		h.Log.Error("error page failed", "id", requestID(r), "error", err)
		http.Error(w, l.Of(e.Text), e.Status)
	}
}

// wantsJSON tells programs from readers.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/oembed" || r.URL.Path == "/ws"
}

func (h *Handler) failJSON(w http.ResponseWriter, r *http.Request, e *Error, l content.Lang) {
	type body struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		ID      string `json:"id"`
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(map[string]body{"error": {e.Code, l.Of(e.Text), requestID(r)}}) // a client who left
}

func (h *Handler) failPage(w http.ResponseWriter, r *http.Request, e *Error, l content.Lang) error {
	head := e.Head
	if head == (engine.Text{}) {
		head = generalHead
	}
	p := h.page(r, l, "")
	p.Title, p.Origin = l.Of(head), "" // it is at no address of its own
	view := web.Failure{Page: p, Status: e.Status, Head: l.Of(head), Text: l.Of(e.Text)}
	if e.Status >= http.StatusInternalServerError {
		view.ID = requestID(r)
	}
	body, err := markup(r, view.View())
	if err != nil {
		return err
	}
	return h.send(w, r, e.Status, htmlType, body)
}
