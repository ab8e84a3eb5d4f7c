package scenario_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

func readDocs(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTheDocumentedScenarioRuns executes the scenario that docs/scenarios.md shows.
func TestTheDocumentedScenarioRuns(t *testing.T) {
	_, rest, _ := strings.Cut(readDocs(t), "```python\n")
	source, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("docs/scenarios.md shows no scenario")
	}
	judged := 0
	for _, ev := range execute(t, scenario.Run{Source: source}).Events {
		if e, ok := ev.Body.(*engine.Expect); ok {
			judged++
			if !e.Holds {
				t.Errorf("it does not hold: %s", e.Text.En)
			}
		}
	}
	if judged == 0 {
		t.Error("it expects nothing")
	}
}

// TestEverythingIsDocumented holds that each builtin, call, method and code has its line.
func TestEverythingIsDocumented(t *testing.T) {
	docs := readDocs(t)
	for _, name := range scenario.Vocabulary() {
		if !regexp.MustCompile("`[^`]*\\b" + regexp.QuoteMeta(name) + "\\b").MatchString(docs) {
			t.Errorf("docs/scenarios.md does not tell of %s", name)
		}
	}
}
