package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"io"
)

// Exam gives a learner's exam with its attempts and answers, or ErrNotFound.
func (s *Store) Exam(ctx context.Context, learner, id string) (Exam, error) {
	return s.exam(ctx, `SELECT id, learner_id, issued_at, closed_at FROM exams WHERE learner_id = $1 AND id = $2`, learner, id)
}

// OpenExam gives the exam that a learner has not handed in; ok is false where there is none.
func (s *Store) OpenExam(ctx context.Context, learner string) (e Exam, ok bool, err error) {
	e, err = s.exam(ctx, `SELECT id, learner_id, issued_at, closed_at FROM exams WHERE learner_id = $1 AND closed_at IS NULL`, learner)
	if err == ErrNotFound {
		return Exam{}, false, nil
	}
	return e, err == nil, err
}

func (s *Store) exam(ctx context.Context, query string, args ...any) (Exam, error) {
	e, err := scanExam(s.read.QueryRowContext(ctx, query, args...))
	if err != nil {
		return Exam{}, notFound(err)
	}
	e.Attempts, err = s.attempts(ctx, e.ID)
	return e, err
}

// ExamsOf gives all exams of a learner, the earliest first; none for a learner that there is not.
func (s *Store) ExamsOf(ctx context.Context, learner string) ([]Exam, error) {
	rows, err := s.read.QueryContext(ctx,
		`SELECT id, learner_id, issued_at, closed_at FROM exams WHERE learner_id = $1 ORDER BY issued_at, id`, learner)
	exams, err := collect(rows, err, scanExam)
	if err != nil {
		return nil, err
	}
	for i := range exams {
		if exams[i].Attempts, err = s.attempts(ctx, exams[i].ID); err != nil {
			return nil, err
		}
	}
	return exams, nil
}

// Attempt gives one attempt of a learner, with its answers, and whether its exam is handed in. It fails with ErrNotFound for
// another learner's.
func (s *Store) Attempt(ctx context.Context, learner, id string) (a Attempt, closed bool, err error) {
	row := s.read.QueryRowContext(ctx, `
		SELECT e.closed_at IS NOT NULL, `+attemptColumns+` FROM attempts a JOIN exams e ON e.id = a.exam_id
		WHERE a.id = $1 AND e.learner_id = $2`, id, learner)
	if a, err = scanAttempt(row, &closed); err != nil {
		return Attempt{}, false, notFound(err)
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT attempt_id, id, body, score, result, at FROM attempt_answers WHERE attempt_id = $1 ORDER BY place`, id)
	a.Given, err = collect(rows, err, func(r *sql.Rows) (AttemptAnswer, error) {
		given, _, err := scanAttemptAnswer(r)
		return given, err
	})
	return a, closed, err
}

const attemptColumns = `a.id, a.quiz, a.kind, a.lesson, a.engine, a.issued`

// attempts are those of an exam, with their answers.
func (s *Store) attempts(ctx context.Context, exam string) ([]Attempt, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+attemptColumns+` FROM attempts a WHERE a.exam_id = $1 ORDER BY a.place`, exam)
	all, err := collect(rows, err, func(r *sql.Rows) (Attempt, error) { return scanAttempt(r) })
	if err != nil {
		return nil, err
	}
	place := map[string]*Attempt{}
	for i := range all {
		all[i].Given = []AttemptAnswer{}
		place[all[i].ID] = &all[i]
	}
	rows, err = s.read.QueryContext(ctx, `
		SELECT g.attempt_id, g.id, g.body, g.score, g.result, g.at FROM attempt_answers g JOIN attempts a ON a.id = g.attempt_id
		WHERE a.exam_id = $1 ORDER BY g.attempt_id, g.place`, exam)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		given, attempt, err := scanAttemptAnswer(rows)
		if err != nil {
			return nil, err
		}
		if a := place[attempt]; a != nil { // one that was added since has none here
			a.Given = append(a.Given, given)
		}
	}
	return all, rows.Err()
}

// collect reads all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []T{}
	for rows.Next() {
		x, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, rows.Err()
}

func scanExam[R interface{ Scan(...any) error }](row R) (Exam, error) {
	var e Exam
	var issued int64
	var closed sql.NullInt64
	err := row.Scan(&e.ID, &e.LearnerID, &issued, &closed)
	if e.Issued = fromMicros(issued); closed.Valid {
		e.Closed = fromMicros(closed.Int64)
	}
	return e, err
}

// scanAttempt reads attemptColumns, and what stands before them.
func scanAttempt(row interface{ Scan(...any) error }, before ...any) (Attempt, error) {
	var a Attempt
	var packed string
	err := row.Scan(append(before, &a.ID, &a.Quiz, &a.Kind, &a.Lesson, &a.Engine, &packed)...)
	if err != nil {
		return Attempt{}, err
	}
	a.Issued, err = unpack(packed)
	return a, err
}

// pack makes a text of what was issued: most of it is a log, which packs to a tenth.
func pack(doc json.RawMessage) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(doc); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

func unpack(packed string) (json.RawMessage, error) {
	r, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewBufferString(packed)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
