package content

import (
	"os"
	"strings"
	"testing"
)

// A thing has one name in the Chinese texts: testdata/terms-zh.txt says which, and which are not used.
func TestChineseTerms(t *testing.T) {
	list, err := os.ReadFile("testdata/terms-zh.txt")
	if err != nil {
		t.Fatal(err)
	}
	instead := map[string]string{}
	for line := range strings.Lines(string(list)) {
		if used, others, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && used[0] != '#' {
			for other := range strings.SplitSeq(others, ", ") {
				instead[other] = used
			}
		}
	}
	if len(instead) < 20 {
		t.Fatalf("only %d words", len(instead))
	}
	for _, root := range []string{"lessons", "glossary", "quizzes", "rules", "scenarios", "phrases"} {
		eachText(t, root, func(path, text string) {
			n := 0
			for line := range strings.Lines(text) {
				n++
				if strings.Contains(line, ` also="`) {
					continue
				}
				for other, used := range instead {
					if strings.Contains(strings.ReplaceAll(line, used, ""), other) {
						t.Errorf("%s:%d has %q; the word here is %q", path, n, other, used)
					}
				}
			}
		})
	}
}
