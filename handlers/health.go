package handlers

import (
	"context"
	"net/http"
	"time"
)

// readyWithin bounds what /readyz waits for.
const readyWithin = 2 * time.Second

// healthz says that the process lives.
func (h *Handler) healthz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether readers may be sent here.
func (h *Handler) readyz(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if h.draining.Load() {
		return h.json(w, r, http.StatusServiceUnavailable, map[string]string{"status": "draining"})
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	if err := h.Store.Ping(ctx); err != nil {
		h.Log.Error("not ready", "id", requestID(r), "error", err)
		return h.json(w, r, http.StatusServiceUnavailable, map[string]string{"status": "not ready"})
	}
	return h.json(w, r, http.StatusOK, map[string]string{"status": "ready"})
}
