package content

import (
	"os"
	"strings"
	"testing"
)

// A thing has one name in each language: testdata/terms-en.txt and terms-zh.txt say which, and which are not used.
func TestTerms(t *testing.T) {
	for _, file := range []string{"testdata/terms-en.txt", "testdata/terms-zh.txt"} {
		instead := terms(t, file)
		for _, root := range []string{"lessons", "glossary", "interview", "quizzes", "rules", "scenarios", "phrases"} {
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
}

// terms reads a list: the word to use by each that it stands for.
func terms(t *testing.T, file string) map[string]string {
	t.Helper()
	list, err := os.ReadFile(file)
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
	if len(instead) < 10 {
		t.Fatalf("%s: only %d words", file, len(instead))
	}
	return instead
}
