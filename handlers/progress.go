package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"finwait/content"
	"finwait/internal/quiz"
	"finwait/internal/review"
	"finwait/internal/store"
	"finwait/web"
)

// shownAnswers bounds the list of answers on the page; GET /api/v1/me has them all.
const shownAnswers = 30

// progress is the page of what the learner has done. It is made for one reader, and not kept by caches.
func (h *Handler) progress(w http.ResponseWriter, r *http.Request) error {
	since, answers, err := h.kept(r)
	if err != nil {
		return err
	}
	index, err := h.index()
	if err != nil {
		return err
	}
	l := pathLanguage(r)
	p := h.wholePage(r, "progress", "css/states.css", "css/progress.css")
	say := h.Content.PagePhrases(l)
	p.Title, p.Description = say["progress.title"], say["progress.description"]
	p.Scripts = []string{"dist/progress.js"}
	view := web.Progress{
		Page: p, Course: web.Course(h.Content.Lessons(), l), Say: say, Since: since, Gone: r.URL.Query().Has("gone"),
		Map: web.ArrowMap{Page: p, Say: say, Runs: index.Arrows},
	}
	h.count(&view, answers, l)
	cards, err := h.reviewCards(r)
	if err != nil {
		return err
	}
	view.Due = review.Due(cards, time.Now())
	w.Header().Set("Cache-Control", "no-store")
	return h.html(w, r, view.View())
}

// kept is what the store has of the reader: since when, and the answers. A time of zero is nothing.
func (h *Handler) kept(r *http.Request) (time.Time, []store.Answer, error) {
	id := learnerID(r)
	if id == "" {
		return time.Time{}, nil, nil
	}
	learner, err := h.Store.Learner(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil, nil
	}
	if err != nil {
		return time.Time{}, nil, err
	}
	answers, err := h.Store.AnswersOf(r.Context(), id)
	return learner.Created, answers, err
}

// count fills what the answers say. The first answer to a variant is the one that counts as right at the first try.
func (h *Handler) count(view *web.Progress, answers []store.Answer, l content.Lang) {
	type variant struct {
		quiz string
		seed int64
	}
	tried := map[variant]bool{}
	asked, right := map[string]int{}, map[string]int{}
	for _, a := range answers {
		line, lesson := h.answerLine(a, l)
		view.Answers = append(view.Answers, line)
		if v := (variant{a.Quiz, a.Seed}); !tried[v] {
			tried[v] = true
			asked[lesson]++
			view.Asked++
			if a.Score >= 1 {
				right[lesson]++
				view.Right++
			}
		}
	}
	slices.Reverse(view.Answers)
	view.Total = len(answers)
	view.Answers = view.Answers[:min(len(view.Answers), shownAnswers)]
	for _, lesson := range h.Content.Lessons() {
		view.Lessons = append(view.Lessons, web.LessonProgress{
			Entry: web.EntryOf(lesson, l), Asked: asked[lesson.Slug], Right: right[lesson.Slug],
		})
	}
	if len(view.Lessons) > 0 {
		view.First = &view.Lessons[0].Entry
	}
}

// answerLine is an answer for the list, and the slug of its lesson. A question may be gone since.
func (h *Handler) answerLine(a store.Answer, l content.Lang) (web.AnswerLine, string) {
	line := web.AnswerLine{At: a.At, Title: a.Quiz, Verdict: quiz.Wrong}
	switch {
	case a.Score >= 1:
		line.Verdict = quiz.Right
	case a.Score > 0:
		line.Verdict = quiz.Partial
	}
	var result quiz.Result
	if json.Unmarshal(a.Result, &result) == nil { // one of an older version may not fit; it is still an answer
		place := result.Run
		if result.Refutation != nil {
			place = *result.Refutation
		}
		line.Token, line.Moment = place.Token, place.At
	}
	info := h.Content.Quizzes.Info(a.Quiz)
	if info == nil {
		return line, ""
	}
	line.Title, line.Lesson = l.Of(info.Title), info.Lesson
	return line, info.Lesson
}

// forget deletes everything kept about the reader, for the form of the progress page.
func (h *Handler) forget(w http.ResponseWriter, r *http.Request) error {
	if err := h.deleteLearner(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, h.base()+string(pathLanguage(r))+"/progress?gone", http.StatusSeeOther)
	return nil
}
