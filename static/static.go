package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed css dist icons
var embedded embed.FS

// Files is the set of files, ready to be served.
type Files struct {
	version string // digest of all names and contents
	byName  map[string]file
}

type file struct {
	body, gz    []byte // gz is nil where compression does not pay
	contentType string
	etag        string
}

// Load reads and compresses the embedded files. A folder in css is one style sheet, "css/stage.css", of all its files.
func Load() (*Files, error) { return load(embedded) }

func load(fsys fs.FS) (*Files, error) {
	f := &Files{byName: map[string]file{}}
	all := sha256.New()
	sheets := map[string][]byte{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(all, "%s %d\n", name, len(body))
		all.Write(body)
		if folder := path.Dir(name); path.Dir(folder) == "css" {
			sheets[folder+".css"] = append(sheets[folder+".css"], body...) // in the order of their names
			return nil
		}
		f.byName[name], err = newFile(name, body)
		return err
	})
	for name, body := range sheets {
		if err == nil {
			f.byName[name], err = newFile(name, body)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("static files: %w", err)
	}
	f.version = hex.EncodeToString(all.Sum(nil))[:12]
	return f, nil
}

func newFile(name string, body []byte) (file, error) {
	contentType, ok := contentTypes[path.Ext(name)]
	if !ok {
		return file{}, fmt.Errorf("%s: no content type is known for this extension", name)
	}
	sum := sha256.Sum256(body)
	f := file{body: body, contentType: contentType, etag: `"` + hex.EncodeToString(sum[:])[:16] + `"`}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := z.Write(body); err != nil {
		return file{}, err
	}
	if err := z.Close(); err != nil {
		return file{}, err
	}
	if b.Len() < len(body)*9/10 {
		f.gz = b.Bytes()
	}
	return f, nil
}

// contentTypes does not ask the system, whose table differs from machine to machine.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".map":  "application/json",
	".json": "application/json",
	".svg":  "image/svg+xml",
	".png":  "image/png",
	".txt":  "text/plain; charset=utf-8",
}

// Has tells whether there is a file of this name, e.g. "css/site.css".
func (f *Files) Has(name string) bool {
	_, ok := f.byName[name]
	return ok
}

// Body gives a file's content and its content type; nil for a name without a file.
func (f *Files) Body(name string) (body []byte, contentType string) {
	file := f.byName[name]
	return file.body, file.contentType
}

// URL is the address of a file, relative to the service's base path: "static/3f…/css/site.css". One digest covers all
// files, so that files may refer to each other by relative addresses. A name without a file is a mistake in the program,
// and panics.
func (f *Files) URL(name string) string {
	if !f.Has(name) {
		panic("static: there is no file " + name)
	}
	return "static/" + f.version + "/" + name
}

// ServeHTTP serves "/{digest}/{name}"; the caller strips what comes before. An outdated digest gets today's bytes, to be
// asked for again each time: a page of the last release still works while a new one is being rolled out.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	file, ok := f.byName[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.contentType)
	h.Set("ETag", file.etag)
	if version == f.version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := file.body
	if file.gz != nil {
		h.Add("Vary", "Accept-Encoding")
		if AcceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = file.gz
		}
	}
	if Unchanged(r, file.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a reader who left
	}
}

// Unchanged tells whether the client has the content with this ETag already, by its If-None-Match.
func Unchanged(r *http.Request, etag string) bool {
	for part := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if tag := strings.TrimSpace(part); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// AcceptsGzip tells whether the client takes gzip, by its Accept-Encoding.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, params, _ := strings.Cut(part, ";")
		if c := strings.TrimSpace(coding); c != "gzip" && c != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		if !found {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
