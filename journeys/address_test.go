//go:build journeys

package journeys

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestTheRootFollowsTheReadersLanguage opens / as readers of several languages do.
func TestTheRootFollowsTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	for accept, want := range map[string]string{
		"zh-CN,zh": "/zh/", "en-GB,en": "/en/", "fr-FR,zh-TW,en": "/zh/", "de-DE": "/en/",
	} {
		t.Run(accept, func(t *testing.T) {
			p := NewTab(t, accept)
			p.Open(s.URL + "/")
			if got := Eval[string](p, "location.pathname"); got != want {
				t.Errorf("a reader of %s is at %s; want %s", accept, got, want)
			}
		})
	}
}

// TestAChosenLanguageIsRemembered switches the language on a lesson, and comes back to the root.
func TestAChosenLanguageIsRemembered(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	p := NewTab(t, "en-GB,en")
	p.Open(s.URL + "/en/lessons/four-way")
	p.Find("link", "^中文$").Click()
	p.Until("the same lesson in Chinese", `location.pathname === "/zh/lessons/four-way" && document.documentElement.lang === "zh-Hans"`)
	p.Open(s.URL + "/")
	if got := Eval[string](p, "location.pathname"); got != "/zh/" {
		t.Errorf("after a choice of Chinese, / leads to %s", got)
	}
	p.Find("link", "^EN$").Click()
	p.Until("the home page in English", `location.pathname === "/en/" && document.documentElement.lang === "en"`)
}

// TestAHomePageLeadsToTheLesson clicks through.
func TestAHomePageLeadsToTheLesson(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Open(s.URL + "/" + l.Code + "/")
		title := map[string]string{"en": "The four-way close", "zh": "四次挥手"}[l.Code]
		p.Find("link", title).Click()
		p.Until("the lesson", `location.pathname.endsWith("/lessons/four-way")`)
		p.Find("heading", "^"+title+"$")
	})
}

// TestALostReaderGetsAPageWithAWayOn asks for what is not there.
func TestALostReaderGetsAPageWithAWayOn(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	for _, each := range []struct{ path, accept, home, tag string }{
		{"/en/lessons/nine-way", "zh-CN", "/en/", "en"},
		{"/zh/lessons/nine-way", "en-GB", "/zh/", "zh-Hans"},
		{"/fr/lessons/four-way", "zh-CN,zh", "/zh/", "zh-Hans"},
		{"/fr/", "en-GB", "/en/", "en"},
	} {
		req, err := http.NewRequest(http.MethodGet, s.URL+each.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Accept-Language", each.accept)
		req.Header.Set("Accept", "text/html")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		page := string(body)
		if res.StatusCode != http.StatusNotFound || !strings.Contains(page, `lang="`+each.tag+`"`) || !strings.Contains(page, `href="`+each.home+`"`) {
			t.Errorf("%s (%s): %s; want a 404 page in %s with a link to %s\n%.400s", each.path, each.accept, res.Status, each.tag, each.home, page)
		}
	}
}
