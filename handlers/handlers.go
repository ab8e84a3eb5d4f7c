package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"finwait/content"
	"finwait/internal/store"
	"finwait/internal/stream"
	"finwait/static"
	"finwait/web"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

// Options are what the service is made of. Content, Files, Runs, Render, Store and Check must be set.
type Options struct {
	Content *content.Content
	Files   *static.Files
	Runs    *stream.Server
	Render  Render
	Store   *store.Store
	Check   Check        // reads sources of the playground
	Log     *slog.Logger // nil discards

	BaseURL        *url.URL       // where readers find the service, with or without a path; nil: wherever a request came
	EmbedOrigins   []string       // origins that may frame lessons; empty is any
	TrustedProxies []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto count
	Metrics        bool           // serve /metrics here
}

// Handler is the service.
type Handler struct {
	Options
	prefix   string // path of BaseURL without the last slash: "" or "/finwait"
	mux      http.Handler
	metrics  *metrics
	lessons  *lessonPages
	losses   func() ([]*content.Loss, error) // computed when first asked for
	index    func() (*content.Index, error)  // likewise
	library  func() []listed                 // read when it is first asked for
	search   map[content.Lang]func() (web.SearchIndex, error)
	pictures sync.Map // previews for links, []byte by name
	sockets  *sockets
	choices  sync.Map // what the library's scenarios vary, []choice by name
	draining atomic.Bool
}

// New makes the service ready to serve.
func New(o Options) *Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Handler{Options: o, metrics: newMetrics(o.Runs.Stats)}
	if o.BaseURL != nil {
		h.prefix = strings.TrimRight(o.BaseURL.Path, "/")
	}
	h.lessons = newLessonPages(o.Content)
	h.losses, h.index = sync.OnceValues(o.Content.Losses), sync.OnceValues(o.Content.Index)
	h.search = map[content.Lang]func() (web.SearchIndex, error){}
	for _, l := range content.Langs {
		h.search[l] = sync.OnceValues(func() (web.SearchIndex, error) { return h.gatherSearch(l) })
	}
	h.library = sync.OnceValue(func() []listed { return listScenarios(o.Content) })
	h.sockets = newSockets(h)
	h.mux = h.routes()
	return h
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// Shutdown tells /readyz that the service is leaving and closes all WebSockets with status 1001 (going away). It returns
// when their goroutines are gone, or with ctx's error.
func (h *Handler) Shutdown(ctx context.Context) error {
	h.draining.Store(true)
	return h.sockets.shutdown(ctx)
}

// MetricsHandler serves the Prometheus metrics, for an address of their own.
func (h *Handler) MetricsHandler() http.Handler { return h.metrics.handler }

func (h *Handler) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(h.begin, h.observe, h.stripPrefix, h.recoverPanics, h.secure, h.guard, middleware.GetHead)
	r.NotFound(h.handle(func(http.ResponseWriter, *http.Request) error { return errNotFound }))
	r.MethodNotAllowed(h.handle(func(w http.ResponseWriter, req *http.Request) error {
		w.Header().Set("Allow", allowed(r, req.URL.Path))
		return errMethod
	}))

	r.Get("/", h.handle(h.root))
	r.Get("/{lang:(en|zh)}", h.handle(h.slash))
	r.Route("/{lang:(en|zh)}/", func(r chi.Router) {
		r.Use(h.chooseLanguage)
		r.Get("/", h.handle(h.home))
		r.Get("/matrix", h.handle(h.matrix))
		r.Get("/matrix.csv", h.handle(h.matrixCSV))
		r.Get("/matrix.json", h.handle(h.matrixJSON))
		r.Get("/states", h.handle(h.states))
		r.Get("/reference", h.handle(h.reference))
		r.Get("/cheatsheet", h.handle(h.cheatSheet))
		r.Get("/glossary", h.handle(h.glossary))
		r.Get("/interview", h.handle(h.interview))
		r.Get("/feed.atom", h.handle(h.feed))
		r.Get("/progress", h.handle(h.progress))
		r.Post("/progress/forget", h.handle(h.forget))
		r.Get("/review", h.handle(h.review))
		r.Get("/exam", h.handle(h.exam))
		r.Post("/exam", h.handle(h.beginExam))
		r.Get("/exam/{exam:[A-Z0-9]+}", h.handle(h.examResult))
		r.Post("/exam/{exam:[A-Z0-9]+}", h.handle(h.endExam))
		r.Get("/{page:(matrix|states|reference|cheatsheet|glossary|interview|progress|exam|review|playground)}/", h.handle(h.noSlash))
		r.Get("/lessons/{slug}", h.handle(h.lesson))
		r.Get("/lessons/{slug}/", h.handle(h.noSlash))
		r.Get("/lessons/{slug}/questions", h.handle(h.questions))
		r.Get("/playground", h.handle(h.playground))
	})
	r.Get("/embed/{lang:(en|zh)}/lessons/{slug}", h.handle(h.embed))
	r.Get("/embed/{lang:(en|zh)}/lessons/{slug}/", h.handle(h.noSlash))
	r.Get("/sitemap.xml", h.handle(h.sitemap))
	r.Get("/robots.txt", h.handle(h.robots))
	r.Get("/pictures/{name:[a-z0-9-]+}.png", h.handle(h.picture))
	r.Get("/embed.js", h.handle(h.frameScript))
	r.Get("/oembed", h.handle(h.oembed))
	r.Get("/ws", h.handle(h.sockets.serve))
	r.Route("/api/v1", func(r chi.Router) {
		r.Post("/runs", h.handle(h.makeRun))
		r.Get("/runs/program", h.handle(h.runProgram))
		r.Get("/runs.{format:(jsonl|txt|pcapng|pkt|ss|bytes)}", h.handle(h.runFile))
		r.Get("/rules/{lang:(en|zh)}.json", h.handle(h.rules))
		r.Get("/search/{lang:(en|zh)}.json", h.handle(h.searchIndex))
		h.quizRoutes(r)
		h.attemptRoutes(r)
		h.playgroundRoutes(r)
	})
	r.With(plainFile).Get("/static/*", http.StripPrefix("/static", h.Files).ServeHTTP)
	r.Get("/favicon.ico", h.handle(h.favicon))
	r.Get("/healthz", h.handle(h.healthz))
	r.Get("/readyz", h.handle(h.readyz))
	if h.Options.Metrics {
		r.Method(http.MethodGet, "/metrics", h.metrics.handler)
	}
	return r
}

// allowed lists the methods that an address takes.
func allowed(routes chi.Routes, path string) string {
	var list []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		if !routes.Match(chi.NewRouteContext(), method, path) {
			continue
		}
		if list = append(list, method); method == http.MethodGet {
			list = append(list, http.MethodHead)
		}
	}
	return strings.Join(list, ", ")
}

// handle adapts a handler that returns its error.
func (h *Handler) handle(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := f(w, r); err != nil {
			h.fail(w, r, err)
		}
	}
}
