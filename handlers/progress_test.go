package handlers

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// has holds that a text matches each pattern.
func has(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile(p).MatchString(text) {
			t.Errorf("nothing matches %s in %.6000s", p, text[strings.Index(text, "<main"):])
		}
	}
}

// TestProgressOfNobody holds that the page is there for who has done nothing, keeps nothing by being read, and that every
// arrow leads to a run that has it.
func TestProgressOfNobody(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	answer, page := l.ask("GET", "/en/progress", "", 200)
	if got := answer.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control is %q", got)
	}
	if len(answer.Cookies()) > 0 {
		t.Errorf("reading it sets %v", answer.Cookies())
	}
	has(t, page, "Nothing is kept about you on the server", `No answer yet`, `href="/en/lessons/sockets">Start with 01`,
		`right at the first try</dt><dd>–</dd>`, `data-role="arrows">–</span>/21`)
	runs := regexp.MustCompile(`<a class="find" href="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(runs) != 21 {
		t.Fatalf("%d arrows lead to a run", len(runs))
	}
	for _, run := range runs {
		if _, opened := l.ask("GET", strings.ReplaceAll(run[1], "&amp;", "&"), "", 200); strings.Contains(opened, `class="notice"`) {
			t.Errorf("%s is refused", run[1])
		}
	}
	_, page = l.ask("GET", "/zh/progress", "", 200)
	has(t, page, "服务器上没有你的任何记录", `lang="zh-Hans"`)
}

// TestProgressOfALearner counts a variant by its first answer, lists the answers with the runs behind them, and deletes all
// of it by the form.
func TestProgressOfALearner(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	wrong, _ := l.submit(states+"/7", "00000000-0000-4000-8000-000000000001", anyAnswer(l.variant(states+"/7")), 200)
	again := string(wrong.Key)
	l.submit(states+"/7", "00000000-0000-4000-8000-000000000002", again, 200)
	other, _ := l.submit(states+"/8", "00000000-0000-4000-8000-000000000003", anyAnswer(l.variant(states+"/8")), 200)
	rightFirst := 0
	for _, score := range []float64{wrong.Score, other.Score} {
		if score >= 1 {
			rightFirst++
		}
	}
	_, page := l.ask("GET", "/en/progress", "", 200)
	has(t, page, `since your first saved answer on 20\d\d-`, `right at the first try</dt><dd>`+share(rightFirst, 2)+`</dd>`,
		`<tr data-lesson="four-way">`, `Answers and their grades</th><td class="r num">3</td>`,
		`<span class="vd right">`, `href="/en/playground\?at=\d+&amp;run=[^"]+">open<span class="sr"> the run of the answer of`)
	if n := strings.Count(page, "<time "); n != 3 {
		t.Errorf("%d answers are listed", n)
	}
	_, page = l.ask("POST", "/en/progress/forget", "", 200, "Origin", s.URL) // and on to the page
	has(t, page, `<p class="notice" role="status" data-gone>Everything kept about you is deleted`, "Nothing is kept about you on the server")
	var me struct{ Answers []json.RawMessage }
	_, kept := l.ask("GET", "/api/v1/me", "", 200)
	if err := json.Unmarshal([]byte(kept), &me); err != nil || len(me.Answers) != 0 {
		t.Errorf("kept after deletion: %s (%v)", kept, err)
	}
}

// TestNobodyElseDeletes holds that another site can't post the form.
func TestNobodyElseDeletes(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	l.submit(states+"/7", anID, anyAnswer(l.variant(states+"/7")), 200)
	l.ask("POST", "/en/progress/forget", "", 403, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	_, page := l.ask("GET", "/en/progress", "", 200)
	has(t, page, `Answers and their grades</th><td class="r num">1</td>`)
}

func share(n, of int) string { return string(rune('0'+n)) + "/" + string(rune('0'+of)) }
