package handlers

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// A failure of ours, and a panic too, is a page in the reader's language with an id that the log has, and nothing of the
// cause.
func TestAFailureOfOurs(t *testing.T) {
	s := newService(t, nil)
	for name, broken := range map[string]func(http.ResponseWriter, *http.Request) error{
		"error": func(http.ResponseWriter, *http.Request) error { return errors.New("the cause of it") },
		"panic": func(http.ResponseWriter, *http.Request) error { panic("the cause of it") },
	} {
		for path, want := range map[string]string{
			"/en/": "This page failed.", "/zh/": "这一页出错了。", "/api/v1/x": `"code":"internal"`,
		} {
			t.Run(name+" "+path, func(t *testing.T) {
				w := httptest.NewRecorder()
				h := s.Handler
				h.begin(h.observe(h.recoverPanics(h.handle(broken)))).ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				body := w.Body.String()
				if w.Code != http.StatusInternalServerError || !strings.Contains(body, want) || strings.Contains(body, "the cause") {
					t.Errorf("%d %s", w.Code, body)
				}
				id := regexp.MustCompile(`[0-9a-f]{16}`).FindString(body[strings.Index(body, "<main")+1:])
				if id == "" || !regexp.MustCompile(`level=ERROR .*id=`+id+`.*the cause of it`).MatchString(s.log.String()) {
					t.Errorf("the log does not have the page's id %q with the cause", id)
				}
			})
		}
	}
}

// Half a page is never sent as a whole one.
func TestAPanicAfterTheAnswerBegan(t *testing.T) {
	s := newService(t, nil)
	h := s.Handler
	front := httptest.NewServer(h.begin(h.observe(h.recoverPanics(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("half"))
		panic("too late")
	})))))
	defer front.Close()
	answer, err := client.Get(front.URL)
	if err != nil {
		return // cut before anything came
	}
	defer answer.Body.Close()
	if body, err := io.ReadAll(answer.Body); err == nil {
		t.Errorf("the answer %q ends as if it were whole", body)
	}
}

// What pages log is without queries and readers' addresses.
func TestTheLogKeepsReadersToThemselves(t *testing.T) {
	s := newService(t, nil)
	fetch(t, s.URL+"/en/?secret=1")
	log := s.log.String()
	if !strings.Contains(log, "path=/en/") || strings.Contains(log, "secret") || strings.Contains(log, "127.0.0.1") {
		t.Errorf("the log says\n%s", log)
	}
}

// Under a path, too, a program whose request panics gets JSON.
func TestAPanicUnderAPath(t *testing.T) {
	s := newService(t, func(o *Options) {
		o.BaseURL = mustURL("https://host.example/finwait")
		o.Content = nil // nothing works without it
	})
	answer, body := fetch(t, s.URL+"/finwait/api/v1/rules/en.json")
	if answer.StatusCode != http.StatusInternalServerError || !strings.Contains(string(body), `"code":"internal"`) {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}
