package handlers

import (
	"errors"
	"net/http"
	"time"

	"finwait/content"
	"finwait/internal/store"
)

// kept is everything that is kept about a learner.
type kept struct {
	Learner string         `json:"learner"` // empty where nothing is kept
	Answers []store.Answer `json:"answers"`
	Exams   []examView     `json:"exams"`
}

// examView is an exam as its learner may see it.
type examView struct {
	ID       string        `json:"id"`
	Issued   time.Time     `json:"issued"`
	Closed   time.Time     `json:"closed,omitzero"` // when it was handed in
	Attempts []attemptView `json:"attempts"`
}

func viewOfExam(e store.Exam, l content.Lang) (examView, error) {
	v := examView{ID: e.ID, Issued: e.Issued, Closed: e.Closed, Attempts: []attemptView{}}
	for _, a := range e.Attempts {
		attempt, err := viewOfAttempt(a, !e.Closed.IsZero(), l)
		if err != nil {
			return v, err
		}
		v.Attempts = append(v.Attempts, attempt)
	}
	return v, nil
}

// me gives everything that is kept about the learner, but what would tell the answers of an exam that is not handed in.
func (h *Handler) me(w http.ResponseWriter, r *http.Request) error {
	k, err := h.keptOf(r, spoken(w, r))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return h.json(w, r, http.StatusOK, k)
}

func (h *Handler) keptOf(r *http.Request, l content.Lang) (kept, error) {
	k := kept{Answers: []store.Answer{}, Exams: []examView{}}
	id := learnerID(r)
	_, err := h.Store.Learner(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	k.Learner = id
	if k.Answers, err = h.Store.AnswersOf(r.Context(), id); err != nil {
		return k, err
	}
	exams, err := h.Store.ExamsOf(r.Context(), id)
	if err != nil {
		return k, err
	}
	for _, e := range exams {
		v, err := viewOfExam(e, l)
		if err != nil {
			return k, err
		}
		k.Exams = append(k.Exams, v)
	}
	return k, nil
}
