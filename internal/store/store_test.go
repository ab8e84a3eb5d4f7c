package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func openTemp(t *testing.T) *Store {
	t.Helper()
	return reopen(t, filepath.Join(t.TempDir(), "finwait.db"))
}

func reopen(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newLearner(t *testing.T, s *Store) Learner {
	t.Helper()
	l, err := insertLearner(t.Context(), s.write)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func answerOf(l Learner, id string) Answer {
	return Answer{
		ID: id, LearnerID: l.ID, Quiz: "four-way-states", Seed: 7, Kind: "state",
		Body: json.RawMessage(`{"client":"FIN-WAIT-2"}`), Score: 0.5, Result: json.RawMessage(`{"verdict":"半对"}`),
		At: time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC),
	}
}

func TestAnAnswerIsReadBackAsItWasSaved(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	want := answerOf(l, "11111111-1111-4111-8111-111111111111")
	first, inserted, err := s.SaveAnswer(t.Context(), want)
	if err != nil || !inserted {
		t.Fatalf("inserted %v, %v", inserted, err)
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("returned (-want +got):\n%s", diff)
	}
	got, err := s.AnswersOf(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Answer{want}, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

// TestARetryReturnsTheFirstResult: the same id again changes nothing, even with another answer in it.
func TestARetryReturnsTheFirstResult(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	want := answerOf(l, "one")
	if _, _, err := s.SaveAnswer(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	retry := answerOf(l, "one")
	retry.Body, retry.Score, retry.At = json.RawMessage(`{"client":"CLOSED"}`), 1, want.At.Add(time.Hour)
	got, inserted, err := s.SaveAnswer(t.Context(), retry)
	if err != nil || inserted {
		t.Fatalf("inserted %v, %v", inserted, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the retry's result (-first +retry):\n%s", diff)
	}
	other := newLearner(t, s)
	if _, inserted, err := s.SaveAnswer(t.Context(), answerOf(other, "one")); err != nil || !inserted {
		t.Errorf("another learner's answer with the same id: inserted %v, %v", inserted, err)
	}
}

// TestConcurrentRetries: of many requests with one id, however they meet, one is the first and all get its result.
func TestConcurrentRetries(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	const ids, tries = 20, 8
	type outcome struct {
		id       string
		score    float64
		inserted bool
	}
	outcomes := make(chan outcome, ids*tries)
	var wg sync.WaitGroup
	for id := range ids {
		for try := range tries {
			wg.Go(func() {
				a := answerOf(l, fmt.Sprint(id))
				a.Score = float64(try) / tries
				first, inserted, err := s.SaveAnswer(t.Context(), a)
				if err != nil {
					t.Error(err)
				}
				outcomes <- outcome{first.ID, first.Score, inserted}
			})
		}
	}
	wg.Wait()
	close(outcomes)
	firsts, scores := map[string]int{}, map[string]map[float64]bool{}
	for o := range outcomes {
		if o.inserted {
			firsts[o.id]++
		}
		if scores[o.id] == nil {
			scores[o.id] = map[float64]bool{}
		}
		scores[o.id][o.score] = true
	}
	for id := range ids {
		id := fmt.Sprint(id)
		if firsts[id] != 1 || len(scores[id]) != 1 {
			t.Errorf("answer %s: %d firsts, results %v", id, firsts[id], scores[id])
		}
	}
	if all, err := s.AnswersOf(t.Context(), l.ID); err != nil || len(all) != ids {
		t.Errorf("%d answers kept, %v", len(all), err)
	}
}

func TestAnswersComeInTheOrderOfTheirTimes(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	start := time.Now()
	for _, id := range []string{"c", "a", "b"} {
		a := answerOf(l, id)
		a.At = start.Add(time.Duration(strings.Index("abc", id)) * time.Second)
		if _, _, err := s.SaveAnswer(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.AnswersOf(t.Context(), l.ID)
	if err != nil || len(all) != 3 || all[0].ID+all[1].ID+all[2].ID != "abc" {
		t.Errorf("%v, %v", all, err)
	}
}

// TestADeletedLearnerIsGone: with all answers, and a late answer does not bring them back.
func TestADeletedLearnerIsGone(t *testing.T) {
	s := openTemp(t)
	gone, stays := newLearner(t, s), newLearner(t, s)
	for _, l := range []Learner{gone, stays} {
		if _, _, err := s.SaveAnswer(t.Context(), answerOf(l, "one")); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time there is nobody to delete
		if err := s.DeleteLearner(t.Context(), gone.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Learner(t.Context(), gone.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("the learner: %v", err)
	}
	if all, err := s.AnswersOf(t.Context(), gone.ID); err != nil || len(all) != 0 {
		t.Errorf("their answers: %v, %v", all, err)
	}
	if _, _, err := s.SaveAnswer(t.Context(), answerOf(gone, "two")); !errors.Is(err, ErrNotFound) {
		t.Errorf("a late answer: %v", err)
	}
	if l, err := s.Learner(t.Context(), stays.ID); err != nil || !l.Created.Equal(stays.Created) {
		t.Errorf("the other learner: %v, %v", l, err)
	}
	if all, err := s.AnswersOf(t.Context(), stays.ID); err != nil || len(all) != 1 {
		t.Errorf("the other's answers: %v, %v", all, err)
	}
}

func TestLearnersHaveIdsThatNobodyGuesses(t *testing.T) {
	s := openTemp(t)
	seen := map[string]bool{}
	for range 100 {
		id := newLearner(t, s).ID
		if len(id) < 26 || seen[id] {
			t.Fatalf("id %q", id)
		}
		seen[id] = true
	}
}

func TestWhatIsNotJSONIsNotKept(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	a := answerOf(l, "one")
	a.Result = nil
	if _, _, err := s.SaveAnswer(t.Context(), a); err == nil || err.Error() != "answer one: its body or its result is not JSON" {
		t.Errorf("got %v", err)
	}
}

func TestPing(t *testing.T) {
	s := openTemp(t)
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	s.Close()
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed store answers")
	}
}

// TestWritersWaitForAnotherProcess: a second store on the same file, as during a restart, is waited for.
func TestWritersWaitForAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "finwait.db")
	a, b := reopen(t, path), reopen(t, path)
	l := newLearner(t, a)
	tx, err := a.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`UPDATE learners SET created_at = created_at`); err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(200*time.Millisecond, func() { tx.Rollback() })
	if _, inserted, err := b.SaveAnswer(t.Context(), answerOf(l, "one")); err != nil || !inserted {
		t.Errorf("inserted %v, %v", inserted, err)
	}
}

// TestACancelledRequestSavesNothing and says so.
func TestACancelledRequestSavesNothing(t *testing.T) {
	s := openTemp(t)
	l := newLearner(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.SaveAnswer(ctx, answerOf(l, "one")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if all, err := s.AnswersOf(t.Context(), l.ID); err != nil || len(all) != 0 {
		t.Errorf("kept %v, %v", all, err)
	}
}

func TestMain(m *testing.M) {
	if path := os.Getenv(childVar); path != "" {
		saveUntilKilled(path)
	}
	os.Exit(m.Run())
}

// TestALearnerBeginsWithAnAnswer: the row and the answer are kept together, or not at all.
func TestALearnerBeginsWithAnAnswer(t *testing.T) {
	s := openTemp(t)
	learners := func() (n int) {
		t.Helper()
		if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM learners`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	bad := answerOf(Learner{}, "one")
	bad.Result = json.RawMessage("{")
	if _, err := s.SaveFirstAnswer(t.Context(), bad); err == nil || learners() != 0 {
		t.Errorf("an answer that can't be kept: %v, %d learners", err, learners())
	}
	got, err := s.SaveFirstAnswer(t.Context(), answerOf(Learner{}, "one"))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := s.AnswersOf(t.Context(), got.LearnerID)
	if err != nil || learners() != 1 {
		t.Fatalf("%d learners, %v", learners(), err)
	}
	if diff := cmp.Diff([]Answer{got}, kept); diff != "" {
		t.Errorf("kept (-returned +kept):\n%s", diff)
	}
}

// TestAFileThatIsGone: SQLite goes on with a file that was removed or replaced; nothing is acknowledged that ends up there.
func TestAFileThatIsGone(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"removed":  os.Remove,
		"replaced": func(path string) error { return errors.Join(os.Remove(path), os.WriteFile(path, nil, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "finwait.db")
			s := reopen(t, path)
			first, err := s.SaveFirstAnswer(t.Context(), answerOf(Learner{}, "one"))
			if err != nil || s.Ping(t.Context()) != nil {
				t.Fatal(err)
			}
			if err := lose(path); err != nil {
				t.Fatal(err)
			}
			second := first
			second.ID = "two"
			_, _, err = s.SaveAnswer(t.Context(), second)
			_, errFirst := s.SaveFirstAnswer(t.Context(), second)
			if errPing := s.Ping(t.Context()); err == nil || errFirst == nil || errPing == nil {
				t.Errorf("saved with %v and %v, ready with %v", err, errFirst, errPing)
			}
			if s.DeleteLearner(t.Context(), first.LearnerID) == nil {
				t.Error("the learner is said to be deleted")
			}
		})
	}
}
