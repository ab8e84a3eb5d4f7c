package scenario_test

import (
	"fmt"
	"os"
	"reflect"
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

// TestTheSettingsAreDocumented: the table of docs/scenarios.md has the engine's sysctls, with their defaults and ranges.
func TestTheSettingsAreDocumented(t *testing.T) {
	var table strings.Builder
	for _, s := range engine.Sysctls {
		fmt.Fprintf(&table, "| `%s` | %d | %d | %d | %s |\n", s.Name, s.Default, s.Min, s.Max, s.Unit)
	}
	if !strings.Contains(readDocs(t), table.String()) {
		t.Errorf("docs/scenarios.md should have\n%s", table.String())
	}
}

// TestTheDocumentedInputsAreInputs: every kind of input has its line in docs/scenarios.md, and what stands there is read.
func TestTheDocumentedInputsAreInputs(t *testing.T) {
	_, section, _ := strings.Cut(readDocs(t), "## Inputs\n")
	section, _, _ = strings.Cut(section, "\n## ")
	told := map[string]bool{}
	for _, do := range regexp.MustCompile("`(\\{\"([a-z-]+)\": \\{.*?\\}\\})`").FindAllStringSubmatch(section, -1) {
		told[do[2]] = true
		if _, err := scenario.ParseInput([]byte(`{"at": 0, "do": ` + do[1] + `}`)); err != nil {
			t.Errorf("%s: %v", do[1], err)
		}
	}
	kinds := reflect.TypeFor[engine.Do]()
	for i := range kinds.NumField() {
		name, _, _ := strings.Cut(kinds.Field(i).Tag.Get("json"), ",")
		if !told[name] {
			t.Errorf("docs/scenarios.md does not tell of the input %q", name)
		}
	}
}
