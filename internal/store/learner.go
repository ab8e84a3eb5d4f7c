package store

import (
	"context"
	"crypto/rand"
	"time"
)

// Learner is somebody of whom nothing is known but a random id.
type Learner struct {
	ID      string // 26 letters and digits, 130 random bits
	Created time.Time
}

func insertLearner(ctx context.Context, db execer) (Learner, error) {
	l := Learner{ID: rand.Text(), Created: fromMicros(micros(time.Now()))}
	_, err := db.ExecContext(ctx, `INSERT INTO learners (id, created_at) VALUES ($1, $2)`, l.ID, micros(l.Created))
	if err != nil {
		return Learner{}, err
	}
	return l, nil
}

// Learner finds a learner by id, or fails with ErrNotFound.
func (s *Store) Learner(ctx context.Context, id string) (Learner, error) {
	l := Learner{ID: id}
	var created int64
	err := s.read.QueryRowContext(ctx, `SELECT created_at FROM learners WHERE id = $1`, id).Scan(&created)
	if err != nil {
		return Learner{}, notFound(err)
	}
	l.Created = fromMicros(created)
	return l, nil
}

// DeleteLearner removes a learner and everything kept about them. Nobody to remove is no error.
func (s *Store) DeleteLearner(ctx context.Context, id string) error {
	if err := s.here(); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, `DELETE FROM learners WHERE id = $1`, id)
	return err
}
