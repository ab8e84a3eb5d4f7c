//go:build journeys

package journeys

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"finwait/journeys/server"
)

// TestALessonInAnotherSitesFrame puts the embed into a page of another origin, as a teacher does with the snippet, and
// asks that the frame has its lesson's height at each width.
func TestALessonInAnotherSitesFrame(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprintf(w, `<!doctype html><html lang="en"><meta charset="utf-8"><title>A course</title><link rel="icon" href="data:,">
<h1>Week 3</h1><iframe src="%[1]s/embed/%[2]s/lessons/four-way" width="700" height="400" style="border:0;max-width:100%%" title="finwait"></iframe>
<script src="%[1]s/embed.js"></script>`, s.URL, l.Code)
		}))
		defer site.Close()
		elsewhere := strings.Replace(site.URL, "127.0.0.1", "localhost", 1) // another host, another site
		p.Open(elsewhere)
		p.Until("the frame to grow to its lesson", `document.querySelector("iframe").offsetHeight > 600`)
		wide := p.frameHeight()
		p.until("the lesson to fit its frame", p.frameFits)
		Eval[any](p, `document.querySelector("iframe").width = 360; null`)
		p.until("the frame to follow its lesson at 360 px", func() bool { return p.frameHeight() != wide })
		p.until("the narrow lesson to fit its frame", p.frameFits)
	})
}

// frameHeight is the height of the page's only frame in px.
func (p *Tab) frameHeight() float64 {
	p.t.Helper()
	return Eval[float64](p, `document.querySelector("iframe").offsetHeight`)
}

// frameFits says whether the lesson inside has nothing to scroll. The frame is of another site, hence another target.
func (p *Tab) frameFits() bool {
	p.t.Helper()
	targets, err := chromedp.Targets(p.ctx)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, target := range targets {
		if target.Type != "iframe" || !strings.Contains(target.URL, "/embed/") {
			continue
		}
		ctx, cancel := chromedp.NewContext(p.ctx, chromedp.WithTargetID(target.TargetID), chromedp.WithDetachOnCancel())
		defer cancel()
		fits, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("document.documentElement.scrollHeight <= innerHeight + 1"))
		if err != nil {
			p.t.Fatal(err)
		}
		return fits
	}
	p.t.Fatal("there is no frame of another site")
	return false
}

// TestOEmbedDescribesALesson asks as a site does that was given the lesson's address.
func TestOEmbedDescribesALesson(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	res, err := http.Get(s.URL + "/oembed?format=json&maxwidth=600&url=" + url.QueryEscape(s.URL+"/zh/lessons/four-way"))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct {
		Type, Version, Title, HTML string
		Width                      int
	}
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", res.Status, err)
	}
	if answer.Type != "rich" || answer.Version != "1.0" || answer.Title != "四次挥手" || answer.Width != 600 ||
		!strings.Contains(answer.HTML, `src="`+s.URL+`/embed/zh/lessons/four-way"`) {
		t.Errorf("oEmbed answers %+v", answer)
	}
}
