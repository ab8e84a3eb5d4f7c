package handlers

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
	"testing"
	"time"

	"finwait/internal/quiz"

	"github.com/gorilla/websocket"
)

// examJSON is an exam as GET /api/v1/me gives it.
type examJSON struct {
	ID, Closed string
	Attempts   []attemptJSON
}

type attemptJSON struct {
	ID      string
	Closed  bool
	Variant quiz.Variant
	Answers []struct {
		ID     string
		Answer json.RawMessage
		At     string
		Result *quiz.Result
	}
	Key json.RawMessage
	Run string
}

// begin begins an exam, as the page's form does, and gives it.
func (l *learner) begin() examJSON {
	l.Helper()
	l.ask("POST", "/en/exam", "", 200)
	return l.exams()[0]
}

func (l *learner) exams() []examJSON {
	l.Helper()
	_, body := l.ask("GET", "/api/v1/me?lang=en", "", 200)
	var me struct{ Exams []examJSON }
	if err := json.Unmarshal([]byte(body), &me); err != nil {
		l.Fatal(err)
	}
	return me.Exams
}

// of is an attempt of a kind.
func (e examJSON) of(kind string) attemptJSON {
	for _, a := range e.Attempts {
		if a.Variant.Kind == kind {
			return a
		}
	}
	panic("no question of kind " + kind)
}

// script is a script with what is in it.
var script = regexp.MustCompile(`(?s)<script.*?</script>`)

const attempts = "/api/v1/attempts/"

// fit is an answer that fits a variant of any kind but program.
func fit(v quiz.Variant, option int) string {
	m := map[string]any{}
	for _, f := range v.Fields {
		var values []string
		for _, o := range f.Options {
			values = append(values, o.Value)
		}
		switch f.Type {
		case "number":
			m[f.Name] = f.Min + int64(option)
		case "order":
			m[f.Name] = values
		default:
			m[f.Name] = values[option]
		}
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func TestExamIsAboutAllLessonsAndTellsNothing(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	e := l.begin()
	if len(e.Attempts) != len(s.Content.Lessons()) || e.Closed != "" {
		t.Fatalf("%d questions, closed %q", len(e.Attempts), e.Closed)
	}
	_, body := l.ask("GET", "/api/v1/me", "", 200)
	_, page := l.ask("GET", "/en/exam", "", 200)
	for _, never := range []string{`"key"`, `"refutation"`, `"result"`, `"token"`, `"run"`, `"score"`, "practice/"} {
		if strings.Contains(body, never) || strings.Contains(page, never) {
			t.Errorf("before it is handed in it says %s", never)
		}
	}
	if hints := regexp.MustCompile(`"hints":\["`); hints.MatchString(page) {
		t.Error("the page has hints")
	}
	for _, a := range e.Attempts {
		if a.Variant.Seed != 0 || len(a.ID) != 26 {
			t.Errorf("attempt %s has seed %d", a.ID, a.Variant.Seed)
		}
		if !strings.Contains(page, a.ID) {
			t.Errorf("the page lacks the question %s", a.Variant.Quiz)
		}
		if text := spaced(script.ReplaceAllString(page, "")); !strings.Contains(text, html.EscapeString(a.Variant.Prompt)) {
			t.Errorf("without scripts the question %q can't be read", a.Variant.Prompt)
		}
	}
	if again := l.begin(); again.ID != e.ID {
		t.Error("a second exam began while one is open")
	}
	if zh := newLearner(t, s); len(zh.exams()) != 0 {
		t.Error("another learner has exams")
	}
}

func TestAnswerToAnAttempt(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	a := l.begin().of("state")
	path := attempts + a.ID
	_, first := l.submit(path, anID, fit(a.Variant, 0), 200)
	if strings.Contains(first, "score") || strings.Contains(first, "result") || !strings.Contains(first, `"at":`) {
		t.Errorf("saved: %s", first)
	}
	if _, again := l.submit(path, anID, fit(a.Variant, 1), 200); again != first {
		t.Errorf("a retry got %s, the first %s", again, first)
	}
	l.submit(path, anotherID, fit(a.Variant, 1), 200)
	for _, wrong := range []string{`{"client":"CLOSED"}`, `{"client":"a","server":"b"}`, `[]`} {
		if _, body := l.submit(path, "1c2d11aa-1f30-4c58-9a63-0b9e6d2e5b1f", wrong, 422); !strings.Contains(body, "bad_answer") {
			t.Error(body)
		}
	}
	_, body := l.ask("GET", path, "", 200)
	var kept attemptJSON
	if err := json.Unmarshal([]byte(body), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept.Answers) != 2 || string(kept.Answers[1].Answer) != fit(a.Variant, 1) || kept.Answers[1].Result != nil {
		t.Errorf("kept %s", body)
	}
	other := newLearner(t, s)
	other.begin()
	if _, body := other.ask("GET", path, "", 404); !strings.Contains(body, "unknown_attempt") {
		t.Error(body)
	}
	other.submit(path, anID, fit(a.Variant, 0), 404)
	newLearner(t, s).ask("GET", path, "", 404)
}

func TestExamIsHandedIn(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	e := l.begin()
	a := e.of("state")
	path := attempts + a.ID
	l.submit(path, anID, fit(a.Variant, 0), 200)
	newLearner(t, s).ask("POST", "/en/exam/"+e.ID, "", 404)
	l.ask("GET", "/zh/exam/"+e.ID, "", 200) // leads to the paper
	if _, page := l.ask("POST", "/en/exam/"+e.ID, "", 200); !strings.Contains(page, "0/20") && !strings.Contains(page, "1/20") {
		t.Error("the page has no result")
	}
	after := l.exams()[0]
	if after.Closed == "" || after.Attempts[0].Key == nil {
		t.Errorf("after handing in: %+v", after.Attempts[0])
	}
	done := after.of("state")
	if done.Answers[0].Result == nil || done.Run == "" {
		t.Errorf("after handing in: %+v", done)
	}
	if _, body := l.submit(path, anotherID, fit(a.Variant, 1), 409); !strings.Contains(body, "exam_closed") {
		t.Error(body)
	}
	if _, body := l.submit(path, anID, fit(a.Variant, 1), 200); !strings.Contains(body, `"result"`) {
		t.Errorf("a retry after handing in: %s", body)
	}
	for lang, want := range map[string]string{"en": "not answered", "zh": "未作答"} {
		_, page := l.ask("GET", "/"+lang+"/exam/"+e.ID, "", 200)
		if !strings.Contains(page, want) || strings.Count(page, "/lessons/") < 20 || !strings.Contains(page, "playground?run=") {
			t.Errorf("the result in %s lacks something", lang)
		}
	}
	if next := l.begin(); len(l.exams()) != 2 || next.ID != e.ID {
		t.Errorf("the next exam: %d kept", len(l.exams()))
	}
	l.ask("DELETE", "/api/v1/me", "", 204)
	l.ask("GET", path, "", 404)
}

// A stream of an attempt ends before the moment asked about and names nothing; after handing in it is the whole run.
func TestStreamOfAnAttempt(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	e := l.begin()
	a := e.of("state")
	answer, _ := l.ask("GET", "/api/v1/me", "", 200)
	open := func(cookie string) (frame, string) {
		d := websocket.Dialer{Subprotocols: []string{"finwait.v1"}}
		header := map[string][]string{"Origin": {s.URL}}
		if cookie != "" {
			header["Cookie"] = []string{cookie}
		}
		ws, _, err := d.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/ws?lang=en", header)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"op":"open","stream":"a","attempt":"`+a.ID+`","credit":100000}`)); err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for {
			ws.SetReadDeadline(time.Now().Add(10 * time.Second))
			_, b, err := ws.ReadMessage()
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
			var f frame
			if err := json.Unmarshal(b, &f); err != nil {
				t.Fatal(err)
			}
			if f.Op == "end" || f.Op == "error" {
				return f, all.String()
			}
		}
	}
	var cookie string
	for _, c := range l.Jar.Cookies(answer.Request.URL) {
		cookie += c.Name + "=" + c.Value + ";"
	}
	if f, _ := open(""); f.Code != "unknown_attempt" {
		t.Errorf("without the cookie: %+v", f)
	}
	before, text := open(cookie)
	for _, never := range []string{`"token"`, "practice/", "open/", `"kind":"expect"`, `"kind":"input"`} {
		if strings.Contains(text, never) {
			t.Errorf("the stream has %s", never)
		}
	}
	if !strings.Contains(text, `"reason":"until"`) || !strings.Contains(text, `"title":{"en":"","zh":""}`) || before.SHA256 == "" {
		t.Errorf("the stream is %.600s", text)
	}
	l.ask("POST", "/en/exam/"+e.ID, "", 200)
	after, text := open(cookie)
	if after.Seq <= before.Seq || !strings.Contains(text, `"token"`) || !regexp.MustCompile(`"scenario":{"name":"[a-z]`).MatchString(text) {
		t.Errorf("after handing in the stream has %d events: %.300s", after.Seq, text)
	}
}
