package handlers

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/internal/store"
	"finwait/scenario"
	"finwait/web"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
)

var (
	errNoQuiz = &Error{
		Status: http.StatusNotFound, Code: "unknown_quiz",
		Text: engine.Text{En: "There is no such question.", Zh: "没有这道题。"},
	}
	errSeed = &Error{
		Status: http.StatusBadRequest, Code: "bad_seed",
		Text: engine.Text{En: "The seed is not a whole number from 0 to 2^53 - 1.", Zh: "种子不是 0 到 2^53 - 1 之间的整数。"},
	}
	errAnswer = Error{
		Status: http.StatusUnprocessableEntity, Code: "bad_answer",
		Text: engine.Text{
			En: `The body is not {"id": UUID, "answer": …}.`,
			Zh: `请求体不是 {"id": UUID, "answer": …}。`,
		},
	}
	errAnswerID = &Error{
		Status: http.StatusConflict, Code: "id_in_use",
		Text: engine.Text{En: "This id belongs to an answer to another question.", Zh: "这个 id 已经用于另一道题的答案。"},
	}
	errNotSaved = Error{
		Status: http.StatusServiceUnavailable, Code: "not_saved",
		Text: engine.Text{
			En: "The answer is not saved: the database can't be written. Send it again with the same id.",
			Zh: "答案没有保存：数据库暂时无法写入。请用同一个 id 再发一次。",
		},
	}
)

// quizRoutes are the questions and what is kept of the learner.
func (h *Handler) quizRoutes(r chi.Router) {
	r.Get("/quizzes", h.handle(h.quizzes))
	r.Get("/quizzes/{quiz}/{seed}", h.handle(h.variant))
	r.Post("/quizzes/{quiz}/{seed}/answers", h.handle(h.answer))
	r.Get("/me", h.handle(h.me))
	r.Delete("/me", h.handle(h.forgetMe))
}

// spoken is the language that ?lang= asks for, else the reader's.
func spoken(w http.ResponseWriter, r *http.Request) content.Lang {
	if l := content.Lang(r.URL.Query().Get("lang")); l.Valid() {
		return l
	}
	w.Header().Add("Vary", "Accept-Language, Cookie")
	return preferred(r)
}

// quizzes lists the questions.
func (h *Handler) quizzes(w http.ResponseWriter, r *http.Request) error {
	type item struct {
		ID     string `json:"id"`
		Kind   string `json:"kind"`
		Lesson string `json:"lesson"`
		Title  string `json:"title"`
	}
	l := spoken(w, r)
	list := []item{}
	for _, q := range h.Content.Quizzes.List() {
		list = append(list, item{q.ID, q.Kind, q.Lesson, l.Of(q.Title)})
	}
	return h.json(w, r, http.StatusOK, map[string]any{"quizzes": list})
}

// variant gives a practice variant, without its key.
func (h *Handler) variant(w http.ResponseWriter, r *http.Request) error {
	seed, err := seedOf(r)
	if err != nil {
		return err
	}
	l := spoken(w, r)
	v, err := limited(r, executing, func() (*quiz.Variant, error) {
		return h.Content.Quizzes.Variant(chi.URLParam(r, "quiz"), seed, string(l))
	})
	if err != nil {
		return quizError(err)
	}
	return h.json(w, r, http.StatusOK, v)
}

func seedOf(r *http.Request) (int64, error) {
	seed, err := strconv.ParseInt(chi.URLParam(r, "seed"), 10, 64)
	if err != nil {
		return 0, errSeed.because(err)
	}
	return seed, nil
}

// limited computes where one of the slots is free for it.
func limited[T any](r *http.Request, slots chan struct{}, f func() (T, error)) (T, error) {
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
		return f()
	case <-r.Context().Done():
		var none T
		return none, r.Context().Err()
	}
}

// quizError gives the errors of a question their answers.
func quizError(err error) error {
	var misfit *quiz.MisfitError
	switch {
	case errors.Is(err, quiz.ErrNoQuiz):
		return errNoQuiz.because(err)
	case errors.Is(err, quiz.ErrSeed):
		return errSeed.because(err)
	case errors.As(err, &misfit):
		e := errAnswer
		e.Text = misfit.Text
		return e.because(err)
	}
	return err
}

// uuid is the form of the ids that clients give their answers, in small letters.
var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// submission is what a learner sends.
type submission struct {
	ID     string          `json:"id"`
	Answer json.RawMessage `json:"answer"`
}

func readSubmission(r *http.Request) (submission, error) {
	var s submission
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(body, &s); err != nil {
		return s, errAnswer.because(err)
	}
	s.ID = strings.ToLower(s.ID) // capitals mean the same
	if !uuid.MatchString(s.ID) || len(s.Answer) == 0 {
		return s, errAnswer.because(errors.New("no UUID, or no answer"))
	}
	return s, nil
}

// answer grades an answer and keeps it. The response leaves when the answer would outlive a crash; a retry with the same
// id gets the first result.
func (h *Handler) answer(w http.ResponseWriter, r *http.Request) error {
	seed, err := seedOf(r)
	if err != nil {
		return err
	}
	s, err := readSubmission(r)
	if err != nil {
		return err
	}
	l, id := spoken(w, r), chi.URLParam(r, "quiz")
	result, err := limited(r, executing, func() (*quiz.Result, error) {
		return h.Content.Quizzes.Grade(id, seed, quiz.Answer{Body: s.Answer, Lang: string(l), Try: h.try(r)})
	})
	if err != nil {
		return quizError(err)
	}
	raw, err := json.Marshal(result)
	if err != nil {
		return err
	}
	first, err := h.keep(w, r, store.Answer{
		ID: s.ID, Quiz: id, Seed: seed, Kind: h.Content.Quizzes.Info(id).Kind, Body: s.Answer, Score: result.Score, Result: raw,
		At: time.Now(),
	})
	if err != nil {
		return err
	}
	if first.Quiz != id || first.Seed != seed {
		return errAnswerID
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, first.Result)
}

// try runs what a learner wrote, at the session's charge.
func (h *Handler) try(r *http.Request) quiz.Try {
	return func(run scenario.Run) (*engine.Lines, error) {
		lines, _, err := h.Runs.Log(r.Context(), h.session(r), run)
		return lines, err
	}
}

// keep saves an answer of the learner that the cookie names. Where there is none, one begins with this answer.
func (h *Handler) keep(w http.ResponseWriter, r *http.Request, a store.Answer) (store.Answer, error) {
	first, err := a, store.ErrNotFound
	if a.LearnerID = learnerID(r); a.LearnerID != "" {
		first, _, err = h.Store.SaveAnswer(r.Context(), a)
	}
	if errors.Is(err, store.ErrNotFound) {
		first, err = h.Store.SaveFirstAnswer(r.Context(), a)
	}
	if err != nil {
		return first, errNotSaved.because(err)
	}
	h.setLearner(w, r, first.LearnerID)
	return first, nil
}

// forgetMe deletes everything that is kept about the learner.
func (h *Handler) forgetMe(w http.ResponseWriter, r *http.Request) error {
	if err := h.deleteLearner(w, r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteLearner removes the reader from the store, and their cookie.
func (h *Handler) deleteLearner(w http.ResponseWriter, r *http.Request) error {
	if id := learnerID(r); id != "" {
		if err := h.Store.DeleteLearner(r.Context(), id); err != nil {
			return err
		}
	}
	h.forgetLearner(w, r)
	return nil
}

// firstSeed is the variant that a page shows before the learner asks for another: the same for everyone, so that the page
// can be kept by caches and read without scripts.
const firstSeed = 1

// questions is the page of all questions of a lesson.
func (h *Handler) questions(w http.ResponseWriter, r *http.Request) error {
	lesson := h.Content.Lesson(chi.URLParam(r, "slug"))
	if lesson == nil {
		return errNotFound
	}
	l := pathLanguage(r)
	p := h.page(r, l, web.QuestionsPath(lesson.Slug))
	view := web.Questions{Page: p, Course: web.Course(h.Content.Lessons(), l), Of: web.EntryOf(lesson, l), Say: h.Content.PagePhrases(l)}
	view.Title, view.Description = view.Name(), view.Say["questions.lead"]
	view.Styles = []string{"css/pages.css", "css/states.css", "css/ladder.css", "css/quiz.css"}
	view.Scripts = []string{"dist/quiz.js"}
	var err error
	if view.Cards, err = h.quizCards(view.Page, slices.Concat(lesson.Quizzes, lesson.More)); err != nil {
		return err
	}
	return h.html(w, r, view.View())
}

// quizCards are the cards of questions.
func (h *Handler) quizCards(p web.Page, ids []string) ([]templ.Component, error) {
	var cards []templ.Component
	for _, id := range ids {
		v, err := h.Content.Quizzes.Variant(id, firstSeed, string(p.Lang))
		if err != nil {
			return nil, err
		}
		cards = append(cards, web.QuizCard{Page: p, Variant: v, Phrases: h.Content.Phrases(p.Lang)}.View())
	}
	return cards, nil
}
