package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	busyTimeout = 5 * time.Second // another process, such as the one being replaced, may hold the write lock so long
	readers     = 4
)

// openSQLite opens or makes the file at path. WAL lets readers go on while one writes; synchronous=FULL has each commit
// on disk before it is acknowledged.
func openSQLite(ctx context.Context, path string) (*Store, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	source, err := sqliteSource(path)
	if err != nil {
		return nil, err
	}
	s := &Store{write: open(source, 1), read: open(source, readers), path: path}
	if s.file, err = os.Stat(path); err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(explain(err), s.Close())
	}
	return s, nil
}

func open(source string, conns int) *sql.DB {
	db, err := sql.Open("sqlite", source)
	if err != nil {
		panic(err) // the driver's name is wrong: nothing else is looked at before the first use
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// touch makes the file with mode 0600 where there is none, which its -wal and -shm files then have too, and tells a path
// that can't be opened for writing in the system's words.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// sqliteSource is the driver's name for the file: a URI, so that no character of the path is taken for an option.
func sqliteSource(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: url.Values{
		"_busy_timeout": {fmt.Sprint(busyTimeout.Milliseconds())},
		"_foreign_keys": {"on"},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"},
		"_pragma":       {"secure_delete(on)"}, // what a learner deletes is overwritten
	}.Encode()}
	return u.String(), nil
}

// prepare migrates. Two processes that start together on a new file meet in SQLite's locks, and the busy timeout does not
// cover the change to WAL: who comes second tries again and then finds the work done.
func (s *Store) prepare(ctx context.Context) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		err := migrate(ctx, s.write)
		var newer *newerError
		if err == nil || errors.As(err, &newer) || notADatabase(err) || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func notADatabase(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqlite3.SQLITE_NOTADB
}

// explain puts what an operator can act on before the driver's own words.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the primary result code
	case sqlite3.SQLITE_NOTADB:
		return errors.New("the file is not a SQLite database")
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the file or its folder can't be written: %w", e)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("another process has held the file for %v: %w", busyTimeout, e)
	}
	return err
}
