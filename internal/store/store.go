package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// ErrNotFound says that there is no such learner, or nothing of that name that is theirs.
var ErrNotFound = errors.New("no such learner, exam or attempt")

// Store is an open database. All methods are safe for concurrent use; a write that returned without an error is on disk.
type Store struct {
	write *sql.DB // at most one connection: SQLite has one writer, and waiting in line is fair where its busy loop is not
	read  *sql.DB
	path  string      // of the file
	file  os.FileInfo // as it was opened
}

// Open opens the database that dsn names, "sqlite:PATH", makes its file (mode 0600) where there is none, and brings its
// tables up to date. The error is one line that names the database: for a path that can't be written, a file that is not
// a database, and a database that a newer finwait has used.
func Open(ctx context.Context, dsn string) (*Store, error) {
	scheme, path, ok := strings.Cut(dsn, ":")
	switch {
	case ok && scheme == "sqlite" && path != "":
		s, err := openSQLite(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("database %s: %w", dsn, err)
		}
		return s, nil
	case ok && (scheme == "postgres" || scheme == "postgresql"): // the rest can hold a password: it is not repeated
		return nil, errors.New("database postgres: not supported yet, use sqlite:PATH")
	default:
		return nil, errors.New("database: the address must be sqlite:PATH, for example sqlite:finwait.db")
	}
}

// Ping answers whether the tables can be read, and their file is still the one that was opened.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.here(); err != nil {
		return err
	}
	var n int
	return s.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM learners LIMIT 1) AS any_row`).Scan(&n)
}

// here answers whether the file that was opened is still in its place. SQLite goes on with one that was removed or
// replaced, and what it writes there is gone with the process.
func (s *Store) here() error {
	now, err := os.Stat(s.path)
	if err == nil && !os.SameFile(now, s.file) {
		err = errors.New("it is another file than the one that was opened")
	}
	if err != nil {
		return fmt.Errorf("the database's file is gone: %w", err)
	}
	return nil
}

// transact does work in one transaction: what it wrote is kept, all of it, where it returns no error.
func (s *Store) transact(ctx context.Context, work func(*sql.Tx) error) error {
	if err := s.here(); err != nil {
		return err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := work(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the database after the calls under way.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// micros is how a time stands in the database.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }
