package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/handlers"
	"finwait/internal/store"
	"finwait/internal/stream"
	"finwait/scenario"
	"finwait/scenario/sandbox"
	"finwait/static"
)

// drainWithin bounds how long the service waits for requests under way when it is told to stop.
const drainWithin = 10 * time.Second

// service is the running service.
type service struct {
	config  *config
	log     *slog.Logger
	handler *handlers.Handler
	store   *store.Store
	sandbox *sandbox.Pool
	servers []*http.Server
	failed  chan error // a server that ended by itself
}

// serve runs the service until ctx ends, then drains it. It prints its address to stdout once readers can come, and logs
// to stderr. The error is one line.
func serve(ctx context.Context, settings *Settings, environ []string, stdout, stderr io.Writer) error {
	c, err := settings.check()
	if err != nil {
		return err
	}
	s := &service{config: c, log: newLog(c, stderr), failed: make(chan error, 2)}
	for _, name := range unknownSettings(environ) {
		s.log.Warn("this version has no such setting", "name", name)
	}
	if err := s.build(ctx); err != nil {
		return err
	}
	defer s.store.Close()
	defer s.sandbox.Close()
	address, err := s.listen()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "finwait is at", address)
	select {
	case <-ctx.Done():
		s.log.Info("stopping")
		return s.stop()
	case err := <-s.failed:
		_ = s.stop()
		return err
	}
}

func newLog(c *config, w io.Writer) *slog.Logger {
	if c.jsonLog {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// build puts the parts together.
func (s *service) build(ctx context.Context) error {
	lessons, err := content.Load(s.config.content)
	if err != nil {
		return fmt.Errorf("the content is not right: %w", err)
	}
	files, err := static.Load()
	if err != nil {
		return err
	}
	if s.store, err = store.Open(ctx, s.config.db); err != nil {
		return fmt.Errorf("the database can't be used: %w", err)
	}
	if s.sandbox, err = sandbox.New(sandbox.Options{}); err != nil {
		return fmt.Errorf("the sandbox can't be used: %w", err)
	}
	s.handler = handlers.New(handlers.Options{
		Content: lessons, Files: files, Runs: s.runs(lessons), Render: s.render(lessons), Store: s.store, Check: s.sandbox.Check, Log: s.log,
		BaseURL: s.config.baseURL, EmbedOrigins: s.config.embedOrigins, TrustedProxies: s.config.trustedProxies,
		Metrics: s.config.metricsAddr == "",
	})
	return nil
}

// runs computes the library's runs here, and visitors' sources in the sandbox.
func (s *service) runs(library scenario.Library) *stream.Server {
	return stream.NewServer(stream.Options{
		Library: library,
		Execute: func(ctx context.Context, session string, r scenario.Run) (*engine.Lines, error) {
			if r.Source != "" {
				return s.sandbox.Execute(ctx, session, r)
			}
			log, err := scenario.Execute(library, r, scenario.Limits{})
			if err != nil {
				return nil, err
			}
			return log.Lines, nil
		},
		Report: func(err error) string {
			id := rand.Text()[:12]
			s.log.Error("a stream failed", "id", id, "error", err)
			return id
		},
	})
}

// render writes runs in the formats of finwait run, a visitor's source in the sandbox.
func (s *service) render(library scenario.Library) handlers.Render {
	return func(ctx context.Context, session string, r scenario.Run, format string, view sandbox.View) ([]byte, error) {
		if r.Source != "" {
			return s.sandbox.Do(ctx, session, sandbox.Job{Run: r, Format: format, View: view})
		}
		log, err := scenario.Execute(library, r, scenario.Limits{})
		if err != nil {
			return nil, err
		}
		return renderers[format](log, view)
	}
}

// listen opens the addresses and begins to serve. It gives the address for readers.
func (s *service) listen() (string, error) {
	at, err := s.start(s.config.addr, "FINWAIT_ADDR", s.handler)
	if err != nil {
		return "", err
	}
	if s.config.metricsAddr != "" {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", s.handler.MetricsHandler())
		if _, err := s.start(s.config.metricsAddr, "FINWAIT_METRICS_ADDR", mux); err != nil {
			_ = s.stop()
			return "", err
		}
	}
	if s.config.baseURL != nil {
		return strings.TrimRight(s.config.baseURL.String(), "/") + "/", nil
	}
	return "http://" + reachable(at) + "/", nil
}

// start serves h at an address.
func (s *service) start(address, setting string, h http.Handler) (net.Addr, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s=%q: another program listens there already", setting, address)
	case err != nil:
		return nil, fmt.Errorf("%s=%q: %w", setting, address, err)
	}
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.servers = append(s.servers, server)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	return l.Addr(), nil
}

// stop takes no new requests, closes the WebSockets and lets what is under way end.
func (s *service) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainWithin)
	defer cancel()
	err := s.handler.Shutdown(ctx)
	for _, server := range s.servers {
		err = errors.Join(err, server.Shutdown(ctx))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("some connections were cut")
		return nil
	}
	return err
}

// reachable is an address that a browser on this machine can open.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}
