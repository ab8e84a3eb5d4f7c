package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func ask(t *testing.T, f *Files, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func loaded(t *testing.T, css string) *Files {
	t.Helper()
	f, err := load(fstest.MapFS{
		"css/a.css":   {Data: []byte(css)},
		"css/b/1.css": {Data: []byte("p{}\n")},
		"css/b/2.css": {Data: []byte("q{}\n")},
		"js/a.js":     {Data: []byte("1")},
		"icons/a.svg": {Data: []byte("<svg/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAFolderIsOneStyleSheet(t *testing.T) {
	f := loaded(t, "a{}")
	if body, _ := f.Body("css/b.css"); string(body) != "p{}\nq{}\n" || f.Has("css/b/1.css") {
		t.Errorf("the sheet is %q, and its first part is there by itself: %v", body, f.Has("css/b/1.css"))
	}
}

func TestAnAddressHoldsTheContentsDigest(t *testing.T) {
	one, two := loaded(t, "a{}"), loaded(t, "b{}")
	if one.URL("js/a.js") == two.URL("js/a.js") {
		t.Error("the content changed and the address did not")
	}
	if !regexp.MustCompile(`^static/[0-9a-f]{12}/css/a\.css$`).MatchString(one.URL("css/a.css")) {
		t.Errorf("the address is %s", one.URL("css/a.css"))
	}
	w := ask(t, one, strings.TrimPrefix(one.URL("css/a.css"), "static"))
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	// A page of the release before asks for what is here under its old digest.
	w = ask(t, two, strings.TrimPrefix(one.URL("css/a.css"), "static"))
	if w.Body.String() != "b{}" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("an outdated address: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w = ask(t, one, "/0123456789ab/css/none.css"); w.Code != http.StatusNotFound {
		t.Errorf("no file: %d", w.Code)
	}
}

func TestFilesAreCompressedWhereItPays(t *testing.T) {
	css := strings.Repeat("a { color: red }\n", 100)
	f := loaded(t, css)
	path := strings.TrimPrefix(f.URL("css/a.css"), "static")
	for accept, want := range map[string]string{
		"gzip, deflate, br": "gzip", "*": "gzip", "gzip;q=0.5": "gzip", "": "", "br": "", "gzip;q=0": "", "identity": "",
	} {
		w := ask(t, f, path, "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q gives %q", accept, got)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("Vary is %q", w.Header().Get("Vary"))
		}
		body := io.Reader(w.Body)
		if want == "gzip" {
			z, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		if b, err := io.ReadAll(body); err != nil || !bytes.Equal(b, []byte(css)) {
			t.Errorf("Accept-Encoding %q: other bytes (%v)", accept, err)
		}
	}
	w := ask(t, f, strings.TrimPrefix(f.URL("js/a.js"), "static"), "Accept-Encoding", "gzip")
	if w.Header().Get("Content-Encoding") != "" {
		t.Error("one byte is compressed")
	}
}

func TestAFileIsNotSentTwice(t *testing.T) {
	f := loaded(t, "a{}")
	path := strings.TrimPrefix(f.URL("css/a.css"), "static")
	etag := ask(t, f, path).Header().Get("ETag")
	if w := ask(t, f, path, "If-None-Match", etag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}

// What is embedded holds to the Content-Security-Policy: nothing comes from elsewhere.
func TestEmbeddedFilesFetchNothingFromElsewhere(t *testing.T) {
	f, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	foreign := regexp.MustCompile(`@import|url\(["']?(https?:)?//`)
	for name, file := range f.byName {
		if m := foreign.Find(file.body); m != nil {
			t.Errorf("%s has %s", name, m)
		}
	}
}

func TestUnchanged(t *testing.T) {
	for header, want := range map[string]bool{
		``: false, `"a"`: true, `W/"a"`: true, `"b"`: false, `"b", "a"`: true, `"b",W/"a"`: true, `*`: true, `"b", "c"`: false, `a`: false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("If-None-Match", header)
		if got := Unchanged(r, `"a"`); got != want {
			t.Errorf("%s: %v", header, got)
		}
	}
}
