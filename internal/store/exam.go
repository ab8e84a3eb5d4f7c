package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
)

// Exam is a set of attempts that one learner hands in together.
type Exam struct {
	ID        string // random
	LearnerID string
	Issued    time.Time
	Closed    time.Time // when it was handed in
	Attempts  []Attempt // in the order of the exam
}

// Attempt is a variant that was given to one learner for a grade.
type Attempt struct {
	ID     string // random: it tells neither seed nor scenario
	Quiz   string
	Kind   string
	Lesson string
	Engine int
	Issued json.RawMessage // variant, key and log
	Given  []AttemptAnswer
}

// AttemptAnswer is an answer to an attempt. The last one counts.
type AttemptAnswer struct {
	ID     string // the client's UUID
	Body   json.RawMessage
	Score  float64
	Result json.RawMessage
	At     time.Time
}

// Last is the answer that counts; nil where there is none.
func (a *Attempt) Last() *AttemptAnswer {
	if len(a.Given) == 0 {
		return nil
	}
	return &a.Given[len(a.Given)-1]
}

// Bounds of what is kept of one learner.
const (
	maxExams   = 50
	maxAnswers = 50 // to one attempt
)

// The errors of exams.
var (
	ErrClosed  = errors.New("the exam is handed in")
	ErrTooMany = errors.New("the learner has as many as are kept")
)

// StartExam keeps an exam of the learner that e names, and its attempts, all or nothing; where there is no such learner, it
// makes one. It names learner, exam and attempts in what it returns. Where the learner has an open exam, that one is
// returned and nothing is kept. It fails with ErrTooMany.
func (s *Store) StartExam(ctx context.Context, e Exam) (Exam, error) {
	var kept bool
	err := s.transact(ctx, func(tx *sql.Tx) (err error) {
		if e.LearnerID, err = learnerFor(ctx, tx, e.LearnerID); err != nil {
			return err
		}
		if err := roomForExam(ctx, tx, e.LearnerID); err != nil {
			return err
		}
		kept, err = insertExam(ctx, tx, &e)
		return err
	})
	if err != nil {
		return Exam{}, err
	}
	if !kept {
		open, _, err := s.OpenExam(ctx, e.LearnerID)
		return open, err
	}
	return e, nil
}

// insertExam keeps the exam and names it and its attempts; where the learner has an open one, it does nothing.
func insertExam(ctx context.Context, tx *sql.Tx, e *Exam) (inserted bool, err error) {
	e.ID, e.Issued, e.Closed = rand.Text(), fromMicros(micros(e.Issued)), time.Time{}
	r, err := tx.ExecContext(ctx, `INSERT INTO exams (id, learner_id, issued_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		e.ID, e.LearnerID, micros(e.Issued))
	if err != nil {
		return false, err
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	for i := range e.Attempts {
		a := &e.Attempts[i]
		a.ID, a.Given = rand.Text(), []AttemptAnswer{}
		packed, err := pack(a.Issued)
		if err != nil {
			return false, err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO attempts (id, exam_id, place, quiz, kind, lesson, engine, issued) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			a.ID, e.ID, i, a.Quiz, a.Kind, a.Lesson, a.Engine, packed); err != nil {
			return false, err
		}
	}
	return true, nil
}

// learnerFor is the learner of that id, or a new one where there is none.
func learnerFor(ctx context.Context, tx *sql.Tx, id string) (string, error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM learners WHERE id = $1`, id).Scan(&n); err != nil || n == 1 {
		return id, err
	}
	l, err := insertLearner(ctx, tx)
	return l.ID, err
}

func roomForExam(ctx context.Context, tx *sql.Tx, learner string) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM exams WHERE learner_id = $1 AND closed_at IS NOT NULL`, learner).Scan(&n)
	if err == nil && n >= maxExams {
		return ErrTooMany
	}
	return err
}

// CloseExam hands a learner's exam in. It fails with ErrNotFound for another learner's; one that is handed in already stays
// as it is.
func (s *Store) CloseExam(ctx context.Context, learner, id string, at time.Time) error {
	if err := s.here(); err != nil {
		return err
	}
	if _, err := s.write.ExecContext(ctx,
		`UPDATE exams SET closed_at = $3 WHERE id = $1 AND learner_id = $2 AND closed_at IS NULL`, id, learner, micros(at)); err != nil {
		return err
	}
	_, err := s.Exam(ctx, learner, id)
	return err
}

// SaveAttemptAnswer keeps an answer to an attempt of the learner: the last one counts. A retry with an id that the attempt
// has gives the first answer of that id, and changes nothing. It fails with ErrNotFound for another learner's attempt, with
// ErrClosed after the exam was handed in, and with ErrTooMany.
func (s *Store) SaveAttemptAnswer(ctx context.Context, learner, attempt string, a AttemptAnswer) (first AttemptAnswer, err error) {
	err = s.transact(ctx, func(tx *sql.Tx) error {
		var open bool
		if err := tx.QueryRowContext(ctx, `
			SELECT e.closed_at IS NULL FROM attempts a JOIN exams e ON e.id = a.exam_id WHERE a.id = $1 AND e.learner_id = $2`,
			attempt, learner).Scan(&open); err != nil {
			return notFound(err)
		}
		if first, err = attemptAnswer(ctx, tx, attempt, a.ID); !errors.Is(err, ErrNotFound) {
			return err
		}
		if !open {
			return ErrClosed
		}
		first, err = insertAttemptAnswer(ctx, tx, attempt, a)
		return err
	})
	if err != nil {
		return AttemptAnswer{}, err
	}
	return first, nil
}

// insertAttemptAnswer keeps an answer after those that the attempt has.
func insertAttemptAnswer(ctx context.Context, tx *sql.Tx, attempt string, a AttemptAnswer) (AttemptAnswer, error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM attempt_answers WHERE attempt_id = $1`, attempt).Scan(&n); err != nil {
		return a, err
	}
	if n >= maxAnswers {
		return a, ErrTooMany
	}
	a.At = fromMicros(micros(a.At))
	_, err := tx.ExecContext(ctx, `
		INSERT INTO attempt_answers (attempt_id, id, place, body, score, result, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		attempt, a.ID, n, string(a.Body), a.Score, string(a.Result), micros(a.At))
	return a, err
}

func attemptAnswer(ctx context.Context, tx *sql.Tx, attempt, id string) (AttemptAnswer, error) {
	a, _, err := scanAttemptAnswer(tx.QueryRowContext(ctx,
		`SELECT attempt_id, id, body, score, result, at FROM attempt_answers WHERE attempt_id = $1 AND id = $2`, attempt, id))
	return a, notFound(err)
}

func scanAttemptAnswer(row interface{ Scan(...any) error }) (a AttemptAnswer, attempt string, err error) {
	var at int64
	err = row.Scan(&attempt, &a.ID, (*[]byte)(&a.Body), &a.Score, (*[]byte)(&a.Result), &at)
	a.At = fromMicros(at)
	return a, attempt, err
}

// notFound names what is not there as this package does.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
