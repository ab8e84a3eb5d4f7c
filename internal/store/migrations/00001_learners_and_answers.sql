-- +goose Up
CREATE TABLE learners (
    id         TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE answers (
    learner_id TEXT NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    quiz       TEXT NOT NULL,
    seed       BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    score      DOUBLE PRECISION NOT NULL,
    result     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (learner_id, id)
);

CREATE INDEX answers_by_time ON answers (learner_id, at, id);
