package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"finwait/internal/store"
)

// returning is a learner who gave answers before: each is how many days ago, to which question, and its score.
func returning(t *testing.T, s *service, answers ...string) *learner {
	t.Helper()
	l := newLearner(t, s)
	var id string
	for i, text := range answers {
		var days, score float64
		var quiz string
		if _, err := fmt.Sscan(text, &days, &quiz, &score); err != nil {
			t.Fatal(err)
		}
		a := store.Answer{ID: fmt.Sprint(i), LearnerID: id, Quiz: quiz, Kind: "state", Body: json.RawMessage(`{}`), Result: json.RawMessage(`{}`),
			Score: score, At: time.Now().Add(-time.Duration(days * 24 * float64(time.Hour)))}
		var err error
		if id == "" {
			a, err = s.Store.SaveFirstAnswer(t.Context(), a)
			id = a.LearnerID
		} else {
			_, _, err = s.Store.SaveAnswer(t.Context(), a)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	l.Jar.SetCookies(at, []*http.Cookie{{Name: learnerCookie, Value: id, Path: "/"}})
	return l
}

func TestReviewAsksWhatIsDue(t *testing.T) {
	s := newService(t, nil)
	l := returning(t, s, "2 four-way-states 0", "0.2 close-order 0.5", "3 close-timers 1", "3 gone-question 0")
	for _, lang := range []string{"en", "zh"} {
		_, page := l.ask("GET", "/"+lang+"/review", "", 200)
		if n := strings.Count(page, "<quiz-card"); n != 1 || !strings.Contains(page, `quiz="four-way-states"`) {
			t.Errorf("%s: %d questions are asked", lang, n)
		}
		if strings.Contains(page, "close-timers") || strings.Contains(page, "gone-question") || strings.Count(page, "1/4") != 1 {
			t.Errorf("%s: the list is wrong", lang)
		}
	}
	if _, page := l.ask("GET", "/en/progress", "", 200); !strings.Contains(page, "Review: 1 due") {
		t.Error("the progress does not say that one is due")
	}
	seed := func() string {
		_, page := l.ask("GET", "/en/review", "", 200)
		_, rest, _ := strings.Cut(page, `quiz="four-way-states" seed="`)
		seed, _, _ := strings.Cut(rest, `"`)
		return seed
	}
	if a, b := seed(), seed(); a == b || a == "" {
		t.Errorf("the variants %s and %s are not fresh", a, b)
	}
}

func TestReviewOfAnExam(t *testing.T) {
	s := newService(t, nil)
	l := newLearner(t, s)
	if _, page := l.ask("GET", "/en/review", "", 200); !strings.Contains(page, "You have missed nothing yet") {
		t.Error("a new learner is asked something")
	}
	e := l.begin()
	if _, page := l.ask("GET", "/en/review", "", 200); strings.Contains(page, "1/4") {
		t.Error("the questions of an open exam are told to be missed")
	}
	l.ask("POST", "/en/exam/"+e.ID, "", 200)
	if _, page := l.ask("GET", "/en/review", "", 200); strings.Count(page, "1/4") != len(e.Attempts) {
		t.Error("what was not answered in the exam does not come again")
	}
}
