package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/metrics"
	"strings"
	"testing"

	"finwait/scenario"
)

// FuzzExecute takes any text as a scenario: it is an error with a code, a place and words in both languages, or a run that
// gives the same bytes again. The corpus begins with the course's scenarios.
func FuzzExecute(f *testing.F) {
	files, err := filepath.Glob("../content/scenarios/*/*.star")
	if err != nil || len(files) == 0 {
		f.Fatal("there are no scenarios", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, source string) {
		log, err := fuzzed(source)
		if err != nil {
			var e *scenario.Error
			if !errors.As(err, &e) || e.Code == "" || e.Message.En == "" || e.Message.Zh == "" {
				t.Fatalf("%v is no error for people", err)
			}
			if e.Code == scenario.CodeScenario && (e.Line < 1 || e.Col < 1 || e.Line > 1+strings.Count(source, "\n")) {
				t.Fatalf("%v stands at %d:%d", err, e.Line, e.Col)
			}
			return
		}
		for i, ev := range log.Events {
			if ev.Seq != i {
				t.Fatalf("event %d has the number %d", i, ev.Seq)
			}
		}
		if again, err := fuzzed(source); err == nil && again.Lines.SHA256 != log.Lines.SHA256 {
			t.Fatal("the same run gave other bytes")
		}
	})
}

// fuzzed executes a source within bounds of steps and memory, as the sandbox's children have them.
func fuzzed(source string) (*scenario.Log, error) {
	steps := 0
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	return scenario.Execute(nil, scenario.Run{Source: source, Seed: 1}, scenario.Limits{OnStep: func(int, int) string {
		if steps++; steps > 20_000 {
			return scenario.CodeTimeout
		}
		if steps%16 == 0 {
			if metrics.Read(heap); heap[0].Value.Uint64() > 256<<20 {
				return scenario.CodeMemory
			}
		}
		return ""
	}})
}
