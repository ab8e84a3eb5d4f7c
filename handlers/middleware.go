package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/gorilla/websocket"
)

// maxBody bounds what a request may carry, in bytes.
const maxBody = 64 << 10

// begin gives the request its id.
func (h *Handler) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, withID(r))
	})
}

// observe logs and counts each request. Addresses of readers and queries stay out of the log.
func (h *Handler) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		path := r.URL.Path
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		status := ww.Status()
		switch {
		case status == 0 && websocket.IsWebSocketUpgrade(r):
			status = http.StatusSwitchingProtocols
		case status == 0:
			status = http.StatusOK
		}
		took := time.Since(start)
		h.metrics.request(route(r), r.Method, status, took)
		h.Log.Info("request", "id", requestID(r), "method", r.Method, "path", path, "status", status,
			"bytes", ww.BytesWritten(), "ms", float64(took.Microseconds())/1000)
	})
}

// route is the pattern that a request matched, so that metrics have few names.
func route(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil && c.RoutePattern() != "" {
		return c.RoutePattern()
	}
	return "none"
}

// recoverPanics answers a panic as any other failure of ours.
func (h *Handler) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(v) // the server's own way to end a connection
			}
			h.Log.Error("panic", "id", requestID(r), "value", fmt.Sprint(v), "stack", string(debug.Stack()))
			if ww, ok := w.(middleware.WrapResponseWriter); ok && ww.Status() != 0 {
				panic(http.ErrAbortHandler) // the answer has begun: better cut than wrong
			}
			h.fail(w, r, fmt.Errorf("panic: %v", v))
		}()
		next.ServeHTTP(w, r)
	})
}

// stripPrefix takes the path of BaseURL off, and serves as well where a proxy has done so already.
func (h *Handler) stripPrefix(next http.Handler) http.Handler {
	if h.prefix == "" {
		return next
	}
	strip := http.StripPrefix(h.prefix, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == h.prefix:
			http.Redirect(w, r, h.base(), http.StatusPermanentRedirect)
		case strings.HasPrefix(r.URL.Path, h.prefix+"/"):
			strip.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Policies of content. Scripts and styles come from our own files alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'self'"

// secure sets the headers that tell a browser what our pages may do. Embedded lessons loosen who may frame them.
func (h *Handler) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy+"; frame-ancestors 'self'")
		header.Set("X-Frame-Options", "SAMEORIGIN")
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		next.ServeHTTP(w, r)
	})
}

// forDocuments are headers that mean something with a page alone. A page has some twenty files, and each would repeat them.
var forDocuments = []string{"Permissions-Policy", "Cross-Origin-Opener-Policy", "X-Frame-Options"}

// plainFile leaves out what only a page needs. Its Content-Security-Policy stays: a picture can be opened by itself.
func plainFile(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, name := range forDocuments {
			w.Header().Del(name)
		}
		next.ServeHTTP(w, r)
	})
}

// allowFrames lets other sites frame this answer: any, or those of EmbedOrigins.
func (h *Handler) allowFrames(header http.Header) {
	csp := policy
	if len(h.EmbedOrigins) > 0 {
		csp += "; frame-ancestors 'self' " + strings.Join(h.EmbedOrigins, " ")
	}
	header.Set("Content-Security-Policy", csp)
	header.Del("X-Frame-Options")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// guard bounds bodies and refuses to change anything for a page of another site.
func (h *Handler) guard(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if h.BaseURL != nil {
		if err := protection.AddTrustedOrigin(h.BaseURL.Scheme + "://" + h.BaseURL.Host); err != nil {
			h.Log.Error("the base URL's origin is not one", "error", err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := protection.Check(r); err != nil {
			h.fail(w, r, errForeign.because(err))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		next.ServeHTTP(w, r)
	})
}
