package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var examTime = time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC)

func examOf(learner string) Exam {
	log := strings.Repeat(`{"seq":0,"kind":"segment","名":"段"}`+"\n", 200)
	doc, _ := json.Marshal(map[string]string{"log": log})
	return Exam{LearnerID: learner, Issued: examTime, Attempts: []Attempt{
		{Quiz: "four-way-states", Kind: "state", Lesson: "four-way", Engine: 2, Issued: doc},
		{Quiz: "close-order", Kind: "order", Lesson: "four-way", Engine: 2, Issued: json.RawMessage(`{}`)},
	}}
}

func startExam(t *testing.T, s *Store, learner string) Exam {
	t.Helper()
	e, err := s.StartExam(t.Context(), examOf(learner))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func given(id string, score float64) AttemptAnswer {
	return AttemptAnswer{ID: id, Body: json.RawMessage(`{"a":"b"}`), Score: score, Result: json.RawMessage(`{"verdict":"对"}`), At: examTime.Add(time.Minute)}
}

func TestAnExamOutlivesTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "finwait.db")
	s := reopen(t, path)
	want := startExam(t, s, "")
	first := given("1", 0.5)
	if _, err := s.SaveAttemptAnswer(t.Context(), want.LearnerID, want.Attempts[1].ID, first); err != nil {
		t.Fatal(err)
	}
	second := given("0", 1) // later, though its id sorts before
	if _, err := s.SaveAttemptAnswer(t.Context(), want.LearnerID, want.Attempts[1].ID, second); err != nil {
		t.Fatal(err)
	}
	s.Close()

	s = reopen(t, path)
	want.Attempts[1].Given = []AttemptAnswer{first, second}
	got, ok, err := s.OpenExam(t.Context(), want.LearnerID)
	if err != nil || !ok {
		t.Fatalf("open %v, %v", ok, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	a, closed, err := s.Attempt(t.Context(), want.LearnerID, want.Attempts[1].ID)
	if err != nil || closed {
		t.Fatalf("closed %v, %v", closed, err)
	}
	if diff := cmp.Diff(want.Attempts[1], a); diff != "" || a.Last().ID != "0" {
		t.Errorf("the attempt alone (-want +got):\n%s", diff)
	}
	if id := want.Attempts[0].ID; len(id) != 26 || id == want.Attempts[1].ID {
		t.Errorf("ids %q and %q", id, want.Attempts[1].ID)
	}
}

func TestAnswersToAnAttempt(t *testing.T) {
	s := openTemp(t)
	e := startExam(t, s, "")
	other := startExam(t, s, "")
	attempt := e.Attempts[0].ID
	want, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, attempt, given("1", 0.5))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, attempt, given("1", 1)); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("a retry gives %+v, %v", got, err)
	}
	if _, err := s.SaveAttemptAnswer(t.Context(), other.LearnerID, attempt, given("2", 1)); !errors.Is(err, ErrNotFound) {
		t.Errorf("another learner's answer: %v", err)
	}
	if _, _, err := s.Attempt(t.Context(), other.LearnerID, attempt); !errors.Is(err, ErrNotFound) {
		t.Errorf("another learner's attempt: %v", err)
	}
	if _, err := s.Exam(t.Context(), other.LearnerID, e.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("another learner's exam: %v", err)
	}
	if err := s.CloseExam(t.Context(), other.LearnerID, e.ID, examTime); !errors.Is(err, ErrNotFound) {
		t.Errorf("another learner hands it in: %v", err)
	}
	for i := 2; i <= maxAnswers; i++ {
		if _, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, attempt, given(fmt.Sprint(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, attempt, given("more", 0)); !errors.Is(err, ErrTooMany) {
		t.Errorf("answer %d: %v", maxAnswers+1, err)
	}
}

func TestAnExamIsHandedInOnce(t *testing.T) {
	s := openTemp(t)
	e := startExam(t, s, "")
	for _, at := range []time.Time{examTime.Add(time.Hour), examTime.Add(2 * time.Hour)} {
		if err := s.CloseExam(t.Context(), e.LearnerID, e.ID, at); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Exam(t.Context(), e.LearnerID, e.ID); err != nil || !got.Closed.Equal(examTime.Add(time.Hour)) {
		t.Errorf("closed at %s, %v", got.Closed, err)
	}
	if _, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, e.Attempts[0].ID, given("late", 1)); !errors.Is(err, ErrClosed) {
		t.Errorf("a late answer: %v", err)
	}
	if next := startExam(t, s, e.LearnerID); next.ID == e.ID || next.LearnerID != e.LearnerID {
		t.Errorf("the next exam is %s of %s", next.ID, next.LearnerID)
	}
}

func TestOneExamIsOpenAtATime(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	ids := make(chan string, 8)
	var wg sync.WaitGroup
	for range cap(ids) {
		wg.Go(func() {
			e, err := s.StartExam(t.Context(), examOf(l.ID))
			if err != nil {
				t.Error(err)
			}
			ids <- fmt.Sprint(e.ID, len(e.Attempts))
		})
	}
	wg.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Errorf("exams %s and %s are open at a time", first, id)
		}
	}
}

func TestExamsOfALearnerAreBounded(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	for range maxExams {
		if err := s.CloseExam(t.Context(), l.ID, startExam(t, s, l.ID).ID, examTime); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.StartExam(t.Context(), examOf(l.ID)); !errors.Is(err, ErrTooMany) {
		t.Errorf("exam %d: %v", maxExams+1, err)
	}
	if exams, err := s.ExamsOf(t.Context(), l.ID); err != nil || len(exams) != maxExams || len(exams[0].Attempts) != 2 {
		t.Errorf("%d exams, %v", len(exams), err)
	}
}

func TestExamsGoWithTheirLearner(t *testing.T) {
	s := openTemp(t)
	e := startExam(t, s, "")
	if _, err := s.SaveAttemptAnswer(t.Context(), e.LearnerID, e.Attempts[0].ID, given("1", 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteLearner(t.Context(), e.LearnerID); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"learners", "exams", "attempts", "attempt_answers"} {
		var n int
		if err := s.read.QueryRow(`SELECT count(*) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d rows are left, %v", table, n, err)
		}
	}
}
