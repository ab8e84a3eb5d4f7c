// Package store keeps what must outlive the process: learners, their answers, and the exams that were given
// out to them with all that must outlive an upgrade.
//
// What may enter: SQL, migrations, and the types that a row becomes. What may not: HTTP, cookies, grading, and any text for
// a learner. One SQL text serves SQLite and, later, Postgres: $1 placeholders, ON CONFLICT, times as microseconds since
// 1970 in BIGINT, JSON as TEXT. Migrations only go forward.
package store
