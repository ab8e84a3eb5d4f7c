package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// TestDurableSettings: every connection of the pools has what durability and the foreign keys rest on.
func TestDurableSettings(t *testing.T) {
	s := openTemp(t)
	pools := map[*sql.DB]int{s.write: 1, s.read: readers}
	for db, conns := range pools {
		for range conns {
			c, err := db.Conn(t.Context()) // held until the end, so that each is another one
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for pragma, want := range map[string]string{
				"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "secure_delete": "1",
			} {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
					t.Errorf("%s is %s, want %s (%v)", pragma, got, want, err)
				}
			}
		}
	}
}

// TestOnlyTheOwnerReadsTheFile, whatever its name.
func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	for _, name := range []string{"finwait.db", "答案 100%?mode=ro&x=1#.db"} {
		path := filepath.Join(t.TempDir(), name)
		newLearner(t, reopen(t, path))
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if mode := info.Mode().Perm(); mode != 0o600 {
				t.Errorf("%s has mode %o", file, mode)
			}
		}
	}
}

// TestRefusedDatabases: one clear line, naming the database.
func TestRefusedDatabases(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer.db")
	if _, err := reopen(t, newer).write.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ dsn, want string }{
		{"sqlite:" + dir + "/none/finwait.db", `^database sqlite:.*/none/finwait.db: open .*: no such file or directory$`},
		{"sqlite:" + dir, `^database sqlite:.*: open .*: is a directory$`},
		{"sqlite:/proc/finwait.db", `^database sqlite:/proc/finwait.db: open .*$`},
		{"sqlite:" + text, `^database sqlite:.*notes.txt: the file is not a SQLite database$`},
		{"sqlite:" + newer, `^database sqlite:.*newer.db: its tables are at version 999, this finwait knows version \d+: run the newer`},
		{"sqlite:", `^database: the address must be sqlite:PATH`},
		{"finwait.db", `^database: the address must be sqlite:PATH`},
		{"mysql://root@localhost/x", `^database: the address must be sqlite:PATH`},
		{"postgres://finwait:secret@db/finwait", `^database postgres: not supported yet, use sqlite:PATH$`},
	} {
		s, err := Open(t.Context(), c.dsn)
		if err == nil {
			s.Close()
			t.Errorf("%s was opened", c.dsn)
			continue
		}
		if !regexp.MustCompile(c.want).MatchString(err.Error()) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %q", c.dsn, err)
		}
	}
	if b, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(b), "not a database") {
		t.Errorf("the file that is not a database was changed: %v", err)
	}
}

// TestOpeningTogether: processes that start at once on a new file all find it ready.
func TestOpeningTogether(t *testing.T) {
	for round := range 5 {
		path := filepath.Join(t.TempDir(), fmt.Sprintf("finwait%d.db", round))
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				s, err := Open(t.Context(), "sqlite:"+path)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := insertLearner(t.Context(), s.write); err != nil {
					t.Error(err)
				}
				s.Close()
			})
		}
		wg.Wait()
	}
}

// TestMigratingFromEveryVersion: a database of any version so far, with rows in it, comes up to date; migrations are
// numbered without a gap and have no way back.
func TestMigratingFromEveryVersion(t *testing.T) {
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if want := fmt.Sprintf("%05d_", i+1); !strings.HasPrefix(f.Name(), want) {
			t.Errorf("%s: its number must be %s", f.Name(), want)
		}
		text, err := migrations.ReadFile("migrations/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "+goose Down") {
			t.Errorf("%s goes down", f.Name())
		}
	}
	for version := 1; version <= len(files); version++ {
		path := filepath.Join(t.TempDir(), "finwait.db")
		source, err := sqliteSource(path)
		if err != nil {
			t.Fatal(err)
		}
		db := open(source, 1)
		p, err := provider(db)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(t.Context(), int64(version)); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`INSERT INTO learners (id, created_at) VALUES ('old', 5)`); err != nil {
			t.Fatal(err)
		}
		db.Close()
		s := reopen(t, path)
		if l, err := s.Learner(t.Context(), "old"); err != nil || l.Created.UnixMicro() != 5 {
			t.Errorf("from version %d: %v, %v", version, l, err)
		}
		newLearner(t, s)
	}
}
