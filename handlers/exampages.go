package handlers

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"finwait/content"
	"finwait/internal/quiz"
	"finwait/internal/store"
	"finwait/web"

	"github.com/go-chi/chi/v5"
)

// exam is the page of the final exam: the one under way, else where one begins.
func (h *Handler) exam(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	open, ok, err := h.Store.OpenExam(r.Context(), learnerID(r))
	if err != nil {
		return err
	}
	frame := h.examFrame(r, "exam")
	if !ok {
		return h.examStart(w, r, frame)
	}
	frame.Scripts = []string{"dist/exam.js"}
	paper := web.ExamPaper{ExamFrame: frame, ID: open.ID, Begun: open.Issued, Phrases: h.Content.Phrases(frame.Lang)}
	for _, a := range open.Attempts {
		i, err := issuedOf(a)
		if err != nil {
			return err
		}
		q := web.ExamQuestion{Attempt: a.ID, Variant: i.Variants[string(frame.Lang)]}
		if last := a.Last(); last != nil {
			q.Answer, q.At = last.Body, last.At
		}
		paper.Questions = append(paper.Questions, q)
	}
	return h.html(w, r, paper.View())
}

func (h *Handler) examFrame(r *http.Request, path string) web.ExamFrame {
	l := pathLanguage(r)
	p, say := h.wholePage(r, path, "css/states.css", "css/progress.css", "css/ladder.css", "css/quiz.css", "css/exam.css"), h.Content.PagePhrases(l)
	p.Title, p.Description = say["exam.title"], say["exam.description"]
	return web.ExamFrame{Page: p, Course: web.Course(h.Content.Lessons(), l), Say: say}
}

func (h *Handler) examStart(w http.ResponseWriter, r *http.Request, frame web.ExamFrame) error {
	exams, err := h.Store.ExamsOf(r.Context(), learnerID(r))
	if err != nil {
		return err
	}
	view := web.ExamStart{ExamFrame: frame, Lessons: len(h.Content.Lessons())}
	for _, e := range exams {
		line := web.ExamLine{ID: e.ID, Closed: e.Closed}
		for _, a := range e.Attempts {
			verdict, _ := verdictOn(a)
			line.Right, line.Of = line.Right+one(verdict == quiz.Right), line.Of+one(verdict != quiz.Void)
		}
		view.Past = append(view.Past, line)
	}
	slices.Reverse(view.Past)
	return h.html(w, r, view.View())
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// notAnswered is the verdict of a question without an answer.
const notAnswered = "none"

// verdictOn is what an attempt came to, with the result where there is an answer.
func verdictOn(a store.Attempt) (string, *quiz.Result) {
	last := a.Last()
	if last == nil {
		return notAnswered, nil
	}
	result := &quiz.Result{Verdict: quiz.Wrong}
	_ = json.Unmarshal(last.Result, result) // one of an older version may not fit: then it is what could be read of it
	return result.Verdict, result
}

// examResult is the page of an exam that was handed in; one that was not is still to be done.
func (h *Handler) examResult(w http.ResponseWriter, r *http.Request) error {
	e, err := h.Store.Exam(r.Context(), learnerID(r), chi.URLParam(r, "exam"))
	if errors.Is(err, store.ErrNotFound) {
		return errNoExam
	}
	if err != nil || e.Closed.IsZero() {
		return h.toExam(w, r, "", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	view := web.ExamResult{ExamFrame: h.examFrame(r, "exam/"+e.ID), Closed: e.Closed}
	for _, a := range e.Attempts {
		row, err := h.examRow(a, view.Lang)
		if err != nil {
			return err
		}
		view.Right, view.Of = view.Right+one(row.Verdict == quiz.Right), view.Of+one(row.Verdict != quiz.Void)
		if row.Result != nil {
			view.Points += row.Result.Score
		}
		view.Rows = append(view.Rows, row)
	}
	slices.SortStableFunc(view.Rows, func(a, b web.ExamRow) int { return strings.Compare(numberOf(a), numberOf(b)) })
	return h.html(w, r, view.View())
}

// numberOf puts questions of lessons that are no more last.
func numberOf(r web.ExamRow) string {
	if r.Lesson == nil {
		return "~"
	}
	return r.Lesson.Number
}

func (h *Handler) examRow(a store.Attempt, l content.Lang) (web.ExamRow, error) {
	i, err := issuedOf(a)
	if err != nil {
		return web.ExamRow{}, err
	}
	v := i.Variants[string(l)]
	row := web.ExamRow{Kind: h.Content.Phrases(l)["quiz.kind."+a.Kind], Prompt: v.Prompt, Labels: map[string]string{}, Token: i.Token}
	if lesson := h.Content.Lesson(a.Lesson); lesson != nil {
		entry := web.EntryOf(lesson, l)
		row.Lesson = &entry
	}
	if row.Verdict, row.Result = verdictOn(a); row.Result == nil {
		return row, nil
	}
	place := row.Result.Run
	if row.Result.Refutation != nil {
		place = *row.Result.Refutation
	}
	row.Token, row.Moment = place.Token, place.At
	for _, f := range v.Fields {
		row.Labels[f.Name] = f.Label
		for n := range row.Result.Fields {
			if given := &row.Result.Fields[n]; given.Name == f.Name {
				given.Given, given.Key = readable(f, given.Given), readable(f, given.Key)
			}
		}
	}
	return row, nil
}

// readable writes the options of an answer as they were shown.
func readable(f quiz.Field, given string) string {
	label := func(value string) string {
		for _, o := range f.Options {
			if o.Value == value {
				return o.Label
			}
		}
		return value
	}
	if f.Type != "order" {
		return label(given)
	}
	var all []string
	for _, value := range strings.Fields(given) {
		all = append(all, label(value))
	}
	return strings.Join(all, " → ")
}
