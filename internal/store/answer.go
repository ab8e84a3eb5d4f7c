package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Answer is one graded answer of a learner.
type Answer struct {
	ID        string          `json:"id"` // the client's UUID: a retry brings the same
	LearnerID string          `json:"-"`
	Quiz      string          `json:"quiz"`
	Seed      int64           `json:"seed"`
	Kind      string          `json:"kind"`
	Body      json.RawMessage `json:"answer"` // what the learner sent
	Score     float64         `json:"score"`  // 0 to 1
	Result    json.RawMessage `json:"result"` // what the grading said
	At        time.Time       `json:"at"`     // to the microsecond, UTC when read back
}

// SaveAnswer keeps an answer once: where the learner has one with this id already, inserted is false and the first one is
// returned, whatever the retry holds. It fails with ErrNotFound where there is no such learner. When it returns without an
// error, the answer outlives a crash of the process or the machine.
func (s *Store) SaveAnswer(ctx context.Context, a Answer) (first Answer, inserted bool, err error) {
	if err := s.here(); err != nil {
		return Answer{}, false, err
	}
	if inserted, err = insertAnswer(ctx, s.write, &a); inserted || err != nil {
		return a, inserted, err
	}
	first, err = s.answer(ctx, a.LearnerID, a.ID)
	return first, false, err
}

// SaveFirstAnswer makes a learner with this answer: both are kept, or neither. It names the learner in what it returns,
// and promises what SaveAnswer does.
func (s *Store) SaveFirstAnswer(ctx context.Context, a Answer) (Answer, error) {
	err := s.transact(ctx, func(tx *sql.Tx) error {
		l, err := insertLearner(ctx, tx)
		if err != nil {
			return err
		}
		a.LearnerID = l.ID
		_, err = insertAnswer(ctx, tx, &a)
		return err
	})
	if err != nil {
		return Answer{}, err
	}
	return a, nil
}

// execer is a database or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// insertAnswer adds an answer, unless its learner is not there or has one with this id. It rounds the time to what is kept.
func insertAnswer(ctx context.Context, db execer, a *Answer) (inserted bool, err error) {
	if !json.Valid(a.Body) || !json.Valid(a.Result) {
		return false, fmt.Errorf("answer %s: its body or its result is not JSON", a.ID)
	}
	a.At = fromMicros(micros(a.At))
	r, err := db.ExecContext(ctx, `
		INSERT INTO answers (learner_id, id, quiz, seed, kind, body, score, result, at)
		SELECT l.id, $2, $3, $4, $5, $6, $7, $8, $9 FROM learners l WHERE l.id = $1
		ON CONFLICT (learner_id, id) DO NOTHING`,
		a.LearnerID, a.ID, a.Quiz, a.Seed, a.Kind, string(a.Body), a.Score, string(a.Result), micros(a.At))
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

const answerColumns = `learner_id, id, quiz, seed, kind, body, score, result, at`

// answer reads one answer; none means that the learner is gone, too.
func (s *Store) answer(ctx context.Context, learner, id string) (Answer, error) {
	row := s.read.QueryRowContext(ctx,
		`SELECT `+answerColumns+` FROM answers WHERE learner_id = $1 AND id = $2`, learner, id)
	a, err := scanAnswer(row)
	return a, notFound(err)
}

// AnswersOf gives all answers of a learner, the earliest first; none for a learner that there is not.
func (s *Store) AnswersOf(ctx context.Context, learner string) ([]Answer, error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT `+answerColumns+` FROM answers WHERE learner_id = $1 ORDER BY at, id`, learner)
	return collect(rows, err, func(r *sql.Rows) (Answer, error) { return scanAnswer(r) })
}

func scanAnswer(row interface{ Scan(...any) error }) (Answer, error) {
	var a Answer
	var at int64
	err := row.Scan(&a.LearnerID, &a.ID, &a.Quiz, &a.Seed, &a.Kind, (*[]byte)(&a.Body), &a.Score, (*[]byte)(&a.Result), &at)
	a.At = fromMicros(at)
	return a, err
}
