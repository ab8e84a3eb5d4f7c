package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"finwait/scenario"
)

// folder is a Library over testdata.
type folder struct{}

func (folder) Source(name string) (string, bool) {
	b, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)+".star"))
	return string(b), err == nil
}

func execute(t *testing.T, r scenario.Run) *scenario.Log {
	t.Helper()
	log, err := scenario.Execute(folder{}, r, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// coded asserts that err is a scenario.Error with that code.
func coded(t *testing.T, err error, code string) *scenario.Error {
	t.Helper()
	var e *scenario.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is not a *scenario.Error", err)
	}
	if e.Code != code {
		t.Fatalf("code %s (%v), want %s", e.Code, e, code)
	}
	if e.Message.En == "" || e.Message.Zh == "" {
		t.Fatalf("a language is missing: %+v", e.Message)
	}
	return e
}
