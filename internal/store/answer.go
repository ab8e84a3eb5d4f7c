package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
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
	if !json.Valid(a.Body) || !json.Valid(a.Result) {
		return Answer{}, false, fmt.Errorf("answer %s: its body or its result is not JSON", a.ID)
	}
	a.At = fromMicros(micros(a.At))
	r, err := s.write.ExecContext(ctx, `
		INSERT INTO answers (learner_id, id, quiz, seed, kind, body, score, result, at)
		SELECT l.id, $2, $3, $4, $5, $6, $7, $8, $9 FROM learners l WHERE l.id = $1
		ON CONFLICT (learner_id, id) DO NOTHING`,
		a.LearnerID, a.ID, a.Quiz, a.Seed, a.Kind, string(a.Body), a.Score, string(a.Result), micros(a.At))
	if err != nil {
		return Answer{}, false, err
	}
	n, err := r.RowsAffected()
	if err != nil {
		return Answer{}, false, err
	}
	if n == 1 {
		return a, true, nil
	}
	first, err = s.answer(ctx, a.LearnerID, a.ID)
	return first, false, err
}

const answerColumns = `learner_id, id, quiz, seed, kind, body, score, result, at`

// answer reads one answer; none means that the learner is gone, too.
func (s *Store) answer(ctx context.Context, learner, id string) (Answer, error) {
	row := s.read.QueryRowContext(ctx,
		`SELECT `+answerColumns+` FROM answers WHERE learner_id = $1 AND id = $2`, learner, id)
	a, err := scanAnswer(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Answer{}, ErrNotFound
	}
	return a, err
}

// AnswersOf gives all answers of a learner, the earliest first; none for a learner that there is not.
func (s *Store) AnswersOf(ctx context.Context, learner string) ([]Answer, error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT `+answerColumns+` FROM answers WHERE learner_id = $1 ORDER BY at, id`, learner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	answers := []Answer{}
	for rows.Next() {
		a, err := scanAnswer(rows)
		if err != nil {
			return nil, err
		}
		answers = append(answers, a)
	}
	return answers, rows.Err()
}

func scanAnswer(row interface{ Scan(...any) error }) (Answer, error) {
	var a Answer
	var at int64
	err := row.Scan(&a.LearnerID, &a.ID, &a.Quiz, &a.Seed, &a.Kind, (*[]byte)(&a.Body), &a.Score, (*[]byte)(&a.Result), &at)
	a.At = fromMicros(at)
	return a, err
}
