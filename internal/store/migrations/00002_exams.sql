-- +goose Up
CREATE TABLE exams (
    id         TEXT PRIMARY KEY,
    learner_id TEXT NOT NULL REFERENCES learners (id) ON DELETE CASCADE,
    issued_at  BIGINT NOT NULL,
    closed_at  BIGINT -- handed in; none while it is open
);

CREATE UNIQUE INDEX one_open_exam ON exams (learner_id) WHERE closed_at IS NULL;
CREATE INDEX exams_by_time ON exams (learner_id, issued_at, id);

CREATE TABLE attempts (
    id        TEXT PRIMARY KEY,
    exam_id   TEXT NOT NULL REFERENCES exams (id) ON DELETE CASCADE,
    place     BIGINT NOT NULL, -- in the exam, from 0
    quiz      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    lesson    TEXT NOT NULL,
    engine    BIGINT NOT NULL,
    issued    TEXT NOT NULL -- variant, key and log: JSON, gzip, base64
);

CREATE UNIQUE INDEX attempts_in_order ON attempts (exam_id, place);

CREATE TABLE attempt_answers (
    attempt_id TEXT NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    id         TEXT NOT NULL,
    place      BIGINT NOT NULL, -- 0, 1, 2, …: the last one counts
    body       TEXT NOT NULL,
    score      DOUBLE PRECISION NOT NULL,
    result     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (attempt_id, id)
);

CREATE UNIQUE INDEX attempt_answers_in_order ON attempt_answers (attempt_id, place);
