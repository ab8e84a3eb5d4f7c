package handlers

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"

	"finwait/static"
	"finwait/web"

	"github.com/a-h/templ"
)

// compressFrom is the size in bytes from which compression pays.
const compressFrom = 1 << 10

var gzips = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestCompression) // fails on an unknown level alone
	return z
}}

const htmlType = "text/html; charset=utf-8"

// html renders a page to a buffer and sends it.
func (h *Handler) html(w http.ResponseWriter, r *http.Request, view templ.Component) error {
	body, err := markup(r, view)
	if err != nil {
		return err
	}
	return h.send(w, r, http.StatusOK, htmlType, body)
}

func markup(r *http.Request, view templ.Component) ([]byte, error) {
	var b bytes.Buffer
	err := view.Render(r.Context(), &b)
	return web.KeepUnits(b.Bytes()), err
}

// json sends a value.
func (h *Handler) json(w http.ResponseWriter, r *http.Request, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return h.send(w, r, status, "application/json; charset=utf-8", append(b, '\n'))
}

// send answers with a body that is complete: with its length, compressed where the client takes it, and not at all where
// the client has it already. The error is nil: from here on a failure is the reader's connection.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, status int, contentType string, body []byte) error {
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Add("Vary", "Accept-Encoding")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-cache")
	}
	if status == http.StatusOK && header.Get("Cache-Control") != "no-store" {
		sum := sha256.Sum256(body)
		etag := `W/"` + hex.EncodeToString(sum[:8]) + `"`
		header.Set("ETag", etag)
		if static.Unchanged(r, etag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if len(body) >= compressFrom && static.AcceptsGzip(r) {
		header.Set("Content-Encoding", "gzip")
		body = compress(body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
	return nil
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzips.Get().(*gzip.Writer)
	defer gzips.Put(z)
	z.Reset(&b)
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}
