package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/internal/store"
	"finwait/internal/stream"

	"github.com/go-chi/chi/v5"
)

var (
	errNoAttempt = &Error{
		Status: http.StatusNotFound, Code: "unknown_attempt",
		Text: engine.Text{En: "There is no such attempt of yours.", Zh: "你没有这次测验。"},
	}
	errExamClosed = &Error{
		Status: http.StatusConflict, Code: "exam_closed",
		Text: engine.Text{En: "The exam is handed in; it takes no more answers.", Zh: "已经交卷，不能再作答。"},
	}
	errManyAnswers = &Error{
		Status: http.StatusTooManyRequests, Code: "too_many_answers",
		Text: engine.Text{En: "This question has had so many answers that the last one stays.", Zh: "这道题改了太多次，以最后一次为准。"},
	}
)

// attemptRoutes are what was given out for a grade.
func (h *Handler) attemptRoutes(r chi.Router) {
	r.Get("/attempts/{attempt}", h.handle(h.attempt))
	r.Post("/attempts/{attempt}/answers", h.handle(h.answerAttempt))
}

// attemptView is an attempt as its learner may see it: what is right only after the exam is handed in.
type attemptView struct {
	ID      string          `json:"id"`
	Closed  bool            `json:"closed"`
	Variant *quiz.Variant   `json:"variant"`
	Answers []answerView    `json:"answers"`
	Key     json.RawMessage `json:"key,omitempty"`
	Run     string          `json:"run,omitempty"` // token
}

type answerView struct {
	ID     string          `json:"id"`
	Body   json.RawMessage `json:"answer"`
	At     time.Time       `json:"at"`
	Result json.RawMessage `json:"result,omitempty"`
}

func viewOfAttempt(a store.Attempt, closed bool, l content.Lang) (attemptView, error) {
	i, err := issuedOf(a)
	if err != nil {
		return attemptView{}, err
	}
	v := attemptView{ID: a.ID, Closed: closed, Variant: i.Variants[string(l)], Answers: []answerView{}}
	if closed {
		v.Key, v.Run = i.Key, i.Token
	}
	for _, given := range a.Given {
		v.Answers = append(v.Answers, viewOfAnswer(given, closed))
	}
	return v, nil
}

func viewOfAnswer(a store.AttemptAnswer, closed bool) answerView {
	v := answerView{ID: a.ID, Body: a.Body, At: a.At}
	if closed {
		v.Result = a.Result
	}
	return v
}

// issuedOf reads what was given out.
func issuedOf(a store.Attempt) (*quiz.Issued, error) {
	i := &quiz.Issued{}
	return i, json.Unmarshal(a.Issued, i)
}

// ownAttempt finds an attempt of the reader.
func (h *Handler) ownAttempt(r *http.Request) (store.Attempt, bool, error) {
	a, closed, err := h.Store.Attempt(r.Context(), learnerID(r), chi.URLParam(r, "attempt"))
	return a, closed, attemptError(err)
}

// attemptError gives the errors of the store their answers.
func attemptError(err error) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errNoAttempt
	case errors.Is(err, store.ErrClosed):
		return errExamClosed
	case errors.Is(err, store.ErrTooMany):
		return errManyAnswers
	}
	return err
}

// attempt gives an attempt of the reader.
func (h *Handler) attempt(w http.ResponseWriter, r *http.Request) error {
	a, closed, err := h.ownAttempt(r)
	if err != nil {
		return err
	}
	v, err := viewOfAttempt(a, closed, spoken(w, r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, v)
}

// answerAttempt grades an answer and keeps it, as answer does; what it is worth is told when the exam is handed in.
func (h *Handler) answerAttempt(w http.ResponseWriter, r *http.Request) error {
	a, closed, err := h.ownAttempt(r)
	if err != nil {
		return err
	}
	s, err := readSubmission(r)
	if err != nil {
		return err
	}
	given := store.AttemptAnswer{ID: s.ID, Body: s.Answer, At: time.Now()}
	if !closed { // else only a retry is taken, which is not graded again
		if err := h.gradeAttempt(r, a, &given, spoken(w, r)); err != nil {
			return err
		}
	}
	first, err := h.Store.SaveAttemptAnswer(r.Context(), learnerID(r), a.ID, given)
	if known := attemptError(err); known != err {
		return known
	}
	if err != nil {
		return errNotSaved.because(err)
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, viewOfAnswer(first, closed))
}

func (h *Handler) gradeAttempt(r *http.Request, a store.Attempt, given *store.AttemptAnswer, l content.Lang) error {
	i, err := issuedOf(a)
	if err != nil {
		return err
	}
	result, err := limited(r, executing, func() (*quiz.Result, error) {
		return h.Content.Quizzes.GradeIssued(i, quiz.Answer{Body: given.Body, Lang: string(l), Try: h.try(r)})
	})
	if err != nil {
		return quizError(err)
	}
	given.Score = result.Score
	given.Result, err = json.Marshal(result)
	return err
}

// attemptsOf finds the runs of a learner's attempts, for streams.
func (h *Handler) attemptsOf(learner string) stream.FindAttempt {
	return func(ctx context.Context, id string) (*stream.Attempt, error) {
		a, closed, err := h.Store.Attempt(ctx, learner, id)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		i, err := issuedOf(a)
		if err != nil {
			return nil, err
		}
		found := &stream.Attempt{Engine: i.Engine}
		if closed {
			found.Token = i.Token
		}
		found.Lines, err = i.Lines(closed)
		return found, err
	}
}
