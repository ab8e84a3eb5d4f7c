package content

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
)

var (
	defined   = regexp.MustCompile(`(?m)^(moment|figure|check|history|run)\("([^"]+)"`)
	namesUsed = regexp.MustCompile(`\{\{=?([^}]*)\}\}|at="([^"]*)"`)
)

// What a lesson defines, its texts use, or the glossary, the interviews and the hints of questions do, or another definition.
func TestNothingIsUnused(t *testing.T) {
	entries := ""
	for _, root := range []string{"glossary", "interview", "quizzes"} {
		eachText(t, root, func(_, text string) { entries += text })
	}
	dirs, err := fs.Glob(embedded, "lessons/*/lesson.star")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no lessons: ", err)
	}
	for _, file := range dirs {
		source := embeddedText(t, file)
		used := map[string]bool{}
		for _, lang := range []string{"en.md", "zh.md"} {
			for _, m := range namesUsed.FindAllStringSubmatch(embeddedText(t, path.Join(path.Dir(file), lang)), -1) {
				for _, name := range strings.Fields(m[1] + m[2]) {
					used[name] = true
					name, _, _ = strings.Cut(name, ".") // a field of a moment
					used[name] = true
				}
			}
		}
		slug := strings.SplitN(path.Base(path.Dir(file)), "-", 2)[1]
		for _, m := range defined.FindAllStringSubmatch(source, -1) {
			kind, name := m[1], m[2]
			if !used[name] && strings.Count(source, `"`+name+`"`) < 2 && !strings.Contains(entries, slug+"/"+name) {
				t.Errorf("%s: nothing uses the %s %q", file, kind, name)
			}
		}
	}
}

func embeddedText(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(embedded, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
