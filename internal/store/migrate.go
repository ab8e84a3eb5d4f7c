package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// newerError says that the tables are from a later finwait than this one, which must then not touch them.
type newerError struct{ have, know int64 }

func (e *newerError) Error() string {
	return fmt.Sprintf("its tables are at version %d, this finwait knows version %d: run the newer finwait, or restore a backup",
		e.have, e.know)
}

// migrate brings the tables to the newest version that this binary knows.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	have, know, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > know {
		return &newerError{have: have, know: know}
	}
	_, err = p.Up(ctx)
	return err
}

func provider(db *sql.DB) (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, dir)
}
