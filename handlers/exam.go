package handlers

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/internal/store"
	"finwait/scenario"

	"github.com/go-chi/chi/v5"
)

var (
	errManyExams = &Error{
		Status: http.StatusTooManyRequests, Code: "too_many_exams",
		Head: engine.Text{En: "No more exams.", Zh: "考试次数已满。"},
		Text: engine.Text{
			En: "As many exams as are kept of one learner are there. Delete what is kept about you to begin again.",
			Zh: "一个学习者最多保留的考试次数已经用完。删除你的记录后可以重新开始。"},
	}
	errNoExam = &Error{
		Status: http.StatusNotFound, Code: "unknown_exam",
		Head: engine.Text{En: "There is no such exam of yours.", Zh: "你没有这次考试。"},
		Text: engine.Text{En: "It was deleted, or it was taken in another browser.", Zh: "它已被删除，或者是在别的浏览器里做的。"},
	}
)

// beginExam draws an exam for the reader, unless one is open, and leads to it.
func (h *Handler) beginExam(w http.ResponseWriter, r *http.Request) error {
	learner := learnerID(r)
	if _, open, err := h.Store.OpenExam(r.Context(), learner); err != nil || open {
		return h.toExam(w, r, "", err)
	}
	e, err := h.drawExam(r)
	if err != nil {
		return err
	}
	e.LearnerID = learner
	e, err = h.Store.StartExam(r.Context(), e)
	if errors.Is(err, store.ErrTooMany) {
		return errManyExams
	}
	if err != nil {
		return errNotSaved.because(err)
	}
	h.setLearner(w, r, e.LearnerID)
	return h.toExam(w, r, "", nil)
}

// toExam leads to the exam's page, or to one below it.
func (h *Handler) toExam(w http.ResponseWriter, r *http.Request, below string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, h.base()+string(pathLanguage(r))+"/exam"+below, http.StatusSeeOther)
	return nil
}

// drawExam makes an exam with questions of all lessons. Each is charged to the session as a run is.
func (h *Handler) drawExam(r *http.Request) (store.Exam, error) {
	e := store.Exam{Issued: time.Now()}
	drawn := quiz.Draw(h.Content.Quizzes.List(), rand.Int64N(scenario.MaxSeed))
	for _, q := range drawn {
		if err := h.Runs.Charge(h.session(r), scenario.Run{}); err != nil {
			return e, err
		}
		issued, err := limited(r, executing, func() (*quiz.Issued, error) {
			return h.Content.Quizzes.Issue(q.ID, rand.Int64N(scenario.MaxSeed))
		})
		if err != nil {
			return e, err
		}
		doc, err := json.Marshal(issued)
		if err != nil {
			return e, err
		}
		e.Attempts = append(e.Attempts, store.Attempt{Quiz: q.ID, Kind: q.Kind, Lesson: q.Lesson, Engine: issued.Engine, Issued: doc})
	}
	return e, nil
}

// endExam hands an exam in and leads to its result.
func (h *Handler) endExam(w http.ResponseWriter, r *http.Request) error {
	id := chi.URLParam(r, "exam")
	err := h.Store.CloseExam(r.Context(), learnerID(r), id, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		return errNoExam
	}
	return h.toExam(w, r, "/"+id, err)
}
