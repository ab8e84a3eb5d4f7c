package handlers

import (
	"math/rand/v2"
	"net/http"
	"time"

	"finwait/content"
	"finwait/internal/quiz"
	"finwait/internal/review"
	"finwait/internal/store"
	"finwait/scenario"
	"finwait/web"
)

// shownReviews bounds the questions that one page asks.
const shownReviews = 5

// review is the page of the questions that were missed: those that are due, each in a fresh variant, and when the others are.
func (h *Handler) review(w http.ResponseWriter, r *http.Request) error {
	cards, err := h.reviewCards(r)
	if err != nil {
		return err
	}
	l := pathLanguage(r)
	say := h.Content.PagePhrases(l)
	p := h.wholePage(r, "review", "css/states.css", "css/progress.css", "css/ladder.css", "css/quiz.css")
	p.Title, p.Description = say["review.title"], say["review.description"]
	p.Scripts = []string{"dist/quiz.js"}
	view := web.Review{Page: p, Course: web.Course(h.Content.Lessons(), l), Say: say, Due: review.Due(cards, time.Now()), Boxes: len(review.Boxes)}
	for i, c := range cards {
		if i < min(view.Due, shownReviews) {
			v, err := limited(r, executing, func() (*quiz.Variant, error) {
				return h.Content.Quizzes.Variant(c.Quiz, rand.Int64N(scenario.MaxSeed), string(l))
			})
			if err != nil {
				return err
			}
			view.Cards = append(view.Cards, web.QuizCard{Page: p, Variant: v, Phrases: h.Content.Phrases(l)}.View())
			continue
		}
		view.Later = append(view.Later, h.reviewLine(c, l))
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.html(w, r, view.View())
}

func (h *Handler) reviewLine(c review.Card, l content.Lang) web.ReviewLine {
	info := h.Content.Quizzes.Info(c.Quiz)
	return web.ReviewLine{Title: l.Of(info.Title), Lesson: info.Lesson, Box: c.Box + 1, Due: c.Due}
}

// reviewCards is the reader's schedule. Questions that are no more are left out.
func (h *Handler) reviewCards(r *http.Request) ([]review.Card, error) {
	id := learnerID(r)
	if id == "" {
		return nil, nil
	}
	answers, err := h.Store.AnswersOf(r.Context(), id)
	if err != nil {
		return nil, err
	}
	exams, err := h.Store.ExamsOf(r.Context(), id)
	if err != nil {
		return nil, err
	}
	var known []review.Card
	for _, c := range review.Schedule(append(outcomesOf(answers), outcomesOfExams(exams)...)) {
		if h.Content.Quizzes.Info(c.Quiz) != nil {
			known = append(known, c)
		}
	}
	return known, nil
}

func outcomesOf(answers []store.Answer) []review.Outcome {
	var all []review.Outcome
	for _, a := range answers {
		all = append(all, review.Outcome{Quiz: a.Quiz, Right: a.Score >= 1, At: a.At})
	}
	return all
}

// outcomesOfExams are those of the exams that are handed in. What was not answered is missed.
func outcomesOfExams(exams []store.Exam) []review.Outcome {
	var all []review.Outcome
	for _, e := range exams {
		if e.Closed.IsZero() {
			continue
		}
		for _, a := range e.Attempts {
			switch verdict, _ := verdictOn(a); verdict {
			case quiz.Void:
			case notAnswered:
				all = append(all, review.Outcome{Quiz: a.Quiz, At: e.Closed})
			default:
				all = append(all, review.Outcome{Quiz: a.Quiz, Right: verdict == quiz.Right, At: a.Last().At})
			}
		}
	}
	return all
}
