package handlers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"finwait/internal/quiz"
)

const (
	anID      = "0b9e6d2e-1f30-4c58-9a63-5b1f0a7c2d11"
	anotherID = "7c2d11aa-1f30-4c58-9a63-0b9e6d2e5b1f"
	states    = "/api/v1/quizzes/four-way-states"
)

// learner is a browser: it keeps cookies.
type learner struct {
	*testing.T
	*http.Client
	base string
}

func newLearner(t *testing.T, s *service) *learner {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &learner{t, &http.Client{Jar: jar}, s.URL}
}

// ask makes a request, checks its status and gives the answer with its body.
func (l *learner) ask(method, path, body string, status int, header ...string) (*http.Response, string) {
	l.Helper()
	r, err := http.NewRequest(method, l.base+path, strings.NewReader(body))
	if err != nil {
		l.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := l.Do(r)
	if err != nil {
		l.Fatal(err)
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		l.Fatal(err)
	}
	if answer.StatusCode != status {
		l.Fatalf("%s %s: %s, want %d\n%s", method, path, answer.Status, status, b)
	}
	return answer, string(b)
}

func (l *learner) variant(path string) quiz.Variant {
	l.Helper()
	_, body := l.ask("GET", path, "", 200)
	var v quiz.Variant
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		l.Fatal(err)
	}
	return v
}

func (l *learner) submit(path, id, answer string, status int) (quiz.Result, string) {
	l.Helper()
	_, body := l.ask("POST", path+"/answers", `{"id":"`+id+`","answer":`+answer+`}`, status)
	var r quiz.Result
	if status == 200 {
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			l.Fatal(err)
		}
	}
	return r, body
}

// anyAnswer is an answer that fits; whether it is right is chance.
func anyAnswer(v quiz.Variant) string {
	m := map[string]string{}
	for _, f := range v.Fields {
		m[f.Name] = f.Options[0].Value
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func TestAnswerIsGradedAndKept(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	path := states + "/3"
	v := l.variant(path + "?lang=zh")
	if v.Quiz != "four-way-states" || v.Seed != 3 || v.Kind != "state" || !strings.Contains(v.Prompt, "时") || len(v.Fields) != 2 {
		t.Errorf("variant %+v", v)
	}
	first, body := l.submit(path, anID, anyAnswer(v), 200)

	// A retry brings the first result, whatever it holds.
	if _, again := l.submit(path, anID, string(first.Key), 200); again != body {
		t.Errorf("the retry got\n%s\nthe first\n%s", again, body)
	}
	if _, again := l.submit(path, strings.ToUpper(anID), string(first.Key), 200); again != body {
		t.Errorf("the retry with its id in capitals got\n%s\nthe first\n%s", again, body)
	}
	right, _ := l.submit(path, anotherID, string(first.Key), 200)
	if right.Score != 1 || right.Verdict != quiz.Right || right.Refutation != nil {
		t.Errorf("the key scores %+v", right)
	}

	var me struct {
		Learner string
		Answers []struct {
			ID    string
			Quiz  string
			Score float64
		}
	}
	_, kept := l.ask("GET", "/api/v1/me", "", 200)
	if err := json.Unmarshal([]byte(kept), &me); err != nil {
		t.Fatal(err)
	}
	if me.Learner == "" || len(me.Answers) != 2 || me.Answers[0].ID != anID || me.Answers[1].Score != 1 {
		t.Errorf("kept %s", kept)
	}
}

// The id of an answer is the answer's own: to another question it is refused.
func TestAnswerIDOfAnotherQuestion(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	l.submit(states+"/3", anID, anyAnswer(l.variant(states+"/3")), 200)
	if _, body := l.submit(states+"/4", anID, anyAnswer(l.variant(states+"/4")), 409); !strings.Contains(body, "id_in_use") {
		t.Error(body)
	}
}

func TestLearnerBeginsWithTheFirstSavedAnswer(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	cookie := func(method, path, body string, status int) bool {
		answer, _ := l.ask(method, path, body, status)
		for _, c := range answer.Cookies() {
			if c.Name == learnerCookie && c.Value != "" {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("the cookie is %s", c)
				}
				return true
			}
		}
		return false
	}
	v := l.variant(states + "/3")
	submission := `{"id":"` + anID + `","answer":` + anyAnswer(v) + `}`
	if cookie("GET", "/api/v1/me", "", 200) || cookie("GET", states+"/3", "", 200) || cookie("POST", states+"/3/answers", `{}`, 422) {
		t.Error("a visit, or an answer that was not saved, sets the cookie")
	}
	if !cookie("POST", states+"/3/answers", submission, 200) {
		t.Error("a saved answer sets no cookie")
	}
	l.ask("DELETE", "/api/v1/me", "", 204)
	if _, kept := l.ask("GET", "/api/v1/me", "", 200); strings.TrimSpace(kept) != `{"learner":"","answers":[],"exams":[]}` {
		t.Errorf("after deletion %s is kept", kept)
	}
	if !cookie("POST", states+"/3/answers", submission, 200) {
		t.Error("after deletion a learner can't begin again")
	}
}

func TestAnswersThatAreRefused(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	answer := anyAnswer(l.variant(states + "/3"))
	for name, test := range map[string]struct {
		path, body, code string
		status           int
		header           []string
	}{
		"not JSON":         {states + "/3", `{`, "bad_answer", 422, nil},
		"no id":            {states + "/3", `{"answer":` + answer + `}`, "bad_answer", 422, nil},
		"an id of no form": {states + "/3", `{"id":"1","answer":` + answer + `}`, "bad_answer", 422, nil},
		"no answer":        {states + "/3", `{"id":"` + anID + `"}`, "bad_answer", 422, nil},
		"half an answer":   {states + "/3", `{"id":"` + anID + `","answer":{"client":"CLOSED"}}`, "bad_answer", 422, nil},
		"unknown quiz":     {"/api/v1/quizzes/none/3", `{"id":"` + anID + `","answer":` + answer + `}`, "unknown_quiz", 404, nil},
		"seed":             {states + "/x", `{"id":"` + anID + `","answer":` + answer + `}`, "bad_seed", 400, nil},
		"negative seed":    {states + "/-1", `{"id":"` + anID + `","answer":` + answer + `}`, "bad_seed", 400, nil},
		"too large":        {states + "/3", `{"id":"` + strings.Repeat("x", 1<<17), "too_large", 413, nil},
		"another site's":   {states + "/3", `{"id":"` + anID + `","answer":` + answer + `}`, "foreign_origin", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		"another origin's": {states + "/3", `{"id":"` + anID + `","answer":` + answer + `}`, "foreign_origin", 403, []string{"Origin", "https://elsewhere.example"}},
	} {
		_, body := l.ask("POST", test.path+"/answers?lang=zh", test.body, test.status, test.header...)
		var e struct {
			Error struct{ Code, Message, ID string }
		}
		if err := json.Unmarshal([]byte(body), &e); err != nil || e.Error.Code != test.code || e.Error.Message == "" || e.Error.ID == "" {
			t.Errorf("%s: %s", name, body)
		}
	}
	if _, kept := l.ask("GET", "/api/v1/me", "", 200); strings.TrimSpace(kept) != `{"learner":"","answers":[],"exams":[]}` {
		t.Errorf("refused answers are kept: %s", kept)
	}
}

// Where the answer can't be saved it is not graded either: the browser keeps it and asks again.
func TestAnswerThatCanNotBeSaved(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	v := l.variant(states + "/3")
	s.Store.Close()
	if _, body := l.submit(states+"/3", anID, anyAnswer(v), 503); !strings.Contains(body, "not_saved") || strings.Contains(body, "score") {
		t.Error(body)
	}
}

func TestListOfQuestions(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	_, body := l.ask("GET", "/api/v1/quizzes", "", 200, "Accept-Language", "zh-CN")
	if !strings.Contains(body, `{"id":"four-way-states","kind":"state","lesson":"four-way","title":"关闭途中的两端"}`) {
		t.Error(body)
	}
}

// The page shows the first question as text, and holds nothing that gives its key away.
func TestPageHoldsTheFirstQuestion(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	for lang, want := range map[string]string{"en": "which state is each end in?", "zh": "两端各处于什么状态？"} {
		_, page := l.ask("GET", "/"+lang+"/lessons/four-way", "", 200)
		v := l.variant(states + "/1?lang=" + lang)
		if !strings.Contains(v.Prompt, want) || !strings.Contains(page, v.Prompt) || !strings.Contains(page, "<quiz-card") {
			t.Errorf("%s: the page lacks %q", lang, v.Prompt)
		}
		for _, never := range []string{`"key"`, `"refutation"`} {
			if strings.Contains(page, never) {
				t.Errorf("%s: the page has %s", lang, never)
			}
		}
	}
}

// The run that refutes an answer is of another scenario than the page's: the stage can ask for its program.
func TestProgramOfTheRefutingRun(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	r, _ := l.submit(states+"/3", anID, anyAnswer(l.variant(states+"/3")), 200)
	_, body := l.ask("GET", "/api/v1/runs/program?run="+url.QueryEscape(r.Run.Token), "", 200)
	for _, want := range []string{`"file":"practice/close.star"`, `os.connect(s`, `{"name":"client","program":{"from":`} {
		if !strings.Contains(body, want) {
			t.Errorf("the program lacks %s: %s", want, body)
		}
	}
	l.ask("GET", "/api/v1/runs/program?run=nonsense", "", 400)
}

// TestALessonLeadsToAllOfItsQuestions reads the page without scripts: each question is there with what its answer hangs on.
func TestALessonLeadsToAllOfItsQuestions(t *testing.T) {
	l := newLearner(t, newService(t, nil))
	_, lesson := l.ask("GET", "/en/lessons/four-way", "", http.StatusOK)
	if !strings.Contains(lesson, `href="/en/lessons/four-way/questions" data-more`) {
		t.Error("the lesson does not lead there")
	}
	_, page := l.ask("GET", "/zh/lessons/four-way/questions", "", http.StatusOK)
	if n := strings.Count(page, "<quiz-card"); n != 11 {
		t.Errorf("%d questions", n)
	}
	for _, want := range []string{"练习题：四次挥手", "def server(os):", `href="/zh/lessons/four-way"`, "CLOSE-WAIT"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if _, lesson = l.ask("GET", "/en/lessons/reset", "", http.StatusOK); strings.Contains(lesson, "data-more") {
		t.Error("a lesson whose questions are all on its page leads to more")
	}
	l.ask("GET", "/en/lessons/nowhere/questions", "", http.StatusNotFound)
}
