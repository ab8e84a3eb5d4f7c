package content

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"finwait/engine"
)

func loaded(t *testing.T) *Content {
	t.Helper()
	c, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// oneLesson is the embedded content with the four-way lesson and those of its questions alone that cite no other: enough for mistakes in a file, and
// quick to load many times.
type oneLesson struct{ fs.FS }

// Open implements fs.FS. The syllabus asks for that lesson alone.
func (o oneLesson) Open(name string) (fs.File, error) {
	if name == syllabusFile {
		return fstest.MapFS{name: {Data: []byte(`lesson("four-way", ["four-segments"])` + "\n" + `front("four-way")`)}}.Open(name)
	}
	return o.FS.Open(name)
}

// ReadDir implements fs.ReadDirFS.
func (o oneLesson) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		switch {
		case name == "lessons":
			return e.IsDir() && e.Name() != "03-four-way"
		case name == "quizzes":
			return !slices.Contains([]string{"four-way-states", "close-order"}, e.Name())
		case name == glossaryDir || name == interviewDir:
			return true // they cite other lessons
		}
		return false
	}), err
}

// laid reads the folder dir over that one lesson.
func laid(t *testing.T, dir string) error {
	t.Helper()
	fsys, err := over(oneLesson{embedded}, dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = load(fsys)
	return err
}

// Both languages of a lesson have the same sections at the same moments, and say that they are not one another.
func TestLessonsHaveTheSameParts(t *testing.T) {
	for _, l := range loaded(t).Lessons() {
		en, zh := l.Texts[En], l.Texts[Zh]
		if en.Title == zh.Title || en.Words < 300 || zh.Words < 300 {
			t.Errorf("%s: titles %q and %q, %d and %d words", l.Slug, en.Title, zh.Title, en.Words, zh.Words)
		}
		if len(en.Parts) != len(zh.Parts) {
			t.Fatalf("%s: %d parts in English, %d in Chinese", l.Slug, len(en.Parts), len(zh.Parts))
		}
		for i, p := range en.Parts {
			if q := zh.Parts[i]; p.ID != q.ID || p.Seq != q.Seq {
				t.Errorf("%s: part %d is %s at %d in English, %s at %d in Chinese", l.Slug, i, p.ID, p.Seq, q.ID, q.Seq)
			}
		}
	}
}

// What each lesson must have, in its order: a question first, then the beats, then what goes wrong, a summary, a way on.
func TestLessonsAreComplete(t *testing.T) {
	for _, l := range loaded(t).Lessons() {
		var classes []string
		for _, p := range l.Texts[En].Parts {
			if classes = append(classes, p.Class); p.Class == "predict" && p.Answer == "" {
				t.Errorf("%s: the question to predict has no answer", l.Slug)
			}
		}
		if classes = slices.Compact(classes); !slices.Equal(classes, []string{"predict", "beat", "myths", "production", "card", "deeper"}) {
			t.Errorf("%s has the sections %v", l.Slug, classes)
		}
		if len(l.Quizzes) < 3 {
			t.Errorf("%s has %d questions on its page", l.Slug, len(l.Quizzes))
		}
	}
}

// Each family of questions is met in one lesson: on its page, or where the page leads for more.
func TestEveryQuestionIsInALesson(t *testing.T) {
	c, met := loaded(t), map[string]string{}
	for _, l := range c.Lessons() {
		for _, id := range slices.Concat(l.Quizzes, l.More) {
			if met[id] != "" {
				t.Errorf("%s is in %s and in %s", id, met[id], l.Slug)
			}
			met[id] = l.Slug
		}
	}
	for _, info := range c.Quizzes.List() {
		if met[info.ID] != info.Lesson {
			t.Errorf("%s is of %s and stands in %q", info.ID, info.Lesson, met[info.ID])
		}
	}
	if len(met) < 60 {
		t.Errorf("there are %d families of questions", len(met))
	}
}

func TestStatesAndSectionsAreMarkedUp(t *testing.T) {
	text := loaded(t).Lesson("four-way").Texts[Zh]
	var all strings.Builder
	for _, p := range text.Parts {
		all.WriteString(string(p.Body))
	}
	html := all.String()
	for _, want := range []string{
		string(Chip(engine.FinWait1)), string(Chip(engine.TimeWait)),
		`<a class="rfc" href="https://www.rfc-editor.org/rfc/rfc9293#section-3.6.1">RFC 9293 §3.6.1</a>`,
		`data-run="close/merged~7`, `<div class="fact" role="note">`, `<code>close()</code>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the text lacks %s", want)
		}
	}
	for _, never := range []string{"{{", "run:", "style=", "<script"} {
		if strings.Contains(html, never) {
			t.Errorf("the text has %q in it", never)
		}
	}
}

// Each rule that the engine can emit has a text, and no text is about a rule that there is not.
func TestRulesAreComplete(t *testing.T) {
	c := loaded(t)
	for _, id := range engine.Rules {
		r := c.Rule(id)
		if r == nil {
			t.Errorf("no text for %s", id)
			continue
		}
		for _, s := range []string{r.Why.En, r.Why.Zh} {
			if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "。") || len(s) < 20 {
				t.Errorf("%s: %q is no sentence", id, s)
			}
		}
		switch family, _, _ := strings.Cut(string(id), "/"); {
		case strings.HasPrefix(family, "rfc"):
			want := "RFC " + strings.TrimPrefix(family, "rfc") + " §"
			if !strings.HasPrefix(r.Label(), want) || r.Href() == "" {
				t.Errorf("%s cites %s", id, r.Label())
			}
		case family == "linux" && !strings.HasPrefix(r.Label(), "Linux "):
			t.Errorf("%s cites %s", id, r.Label())
		}
	}
	for _, r := range c.Rules() {
		if !slices.Contains(engine.Rules, r.ID) {
			t.Errorf("%s:%d: the engine has no rule %s", r.File, r.Line, r.ID)
		}
	}
}

func TestPhrasesCoverTheStageAndTheCard(t *testing.T) {
	c := loaded(t)
	used := map[string]bool{}
	for file, prefix := range map[string]string{"stage-keys.ts": "", "quiz-words.ts": "quiz.", "playground-words.ts": "playground."} {
		src, err := os.ReadFile(filepath.Join("..", "web", "ts", file))
		if err != nil {
			t.Fatal(err)
		}
		_, list, ok := strings.Cut(string(src), "= [")
		list, _, ok2 := strings.Cut(list, "] as const")
		if !ok || !ok2 {
			t.Fatalf("%s has no list of keys", file)
		}
		for _, m := range regexp.MustCompile(`"([^"]+)"`).FindAllStringSubmatch(list, -1) {
			used[prefix+m[1]] = true
		}
	}
	if len(used) < 100 {
		t.Fatalf("only %d keys were found", len(used))
	}
	for _, l := range Langs {
		have := c.Phrases(l)
		for key := range used {
			if have[key] == "" {
				t.Errorf("%s lacks %q", "phrases/"+string(l), key)
			}
		}
		for key := range have {
			if !used[key] {
				t.Errorf("%s: nothing uses %q", "phrases/"+string(l), key)
			}
		}
	}
}

// Everything that finwait check holds, holds for what we ship.
func TestCheck(t *testing.T) {
	report, err := loaded(t).Check()
	if err != nil {
		t.Error(err)
	}
	if report.Runs < 20 || report.Claims < 20 {
		t.Errorf("only %d runs with %d claims were checked", report.Runs, report.Claims)
	}
	t.Logf("%d runs, %d claims", report.Runs, report.Claims)
}

// Mistakes of an author, each with the place where it is.
func TestProblemsNameFileAndLine(t *testing.T) {
	lesson, err := fs.ReadFile(embedded, "lessons/03-four-way/lesson.star")
	if err != nil {
		t.Fatal(err)
	}
	zh := embeddedText(t, "lessons/03-four-way/zh.md")
	text := "---\ntitle: T\nsummary: S\n---\n\nLead.\n\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no front matter":        {map[string]string{"lessons/03-four-way/en.md": "Hello.\n"}, "lessons/03-four-way/en.md:1: a text begins with its front matter"},
		"unknown key":            {map[string]string{"lessons/03-four-way/en.md": "---\ntitle: T\nsummary: S\nslag: x\n---\n"}, `lessons/03-four-way/en.md:1: the front matter has an unknown key "slag"`},
		"unknown moment":         {map[string]string{"lessons/03-four-way/en.md": text + "At {{t nowhere}}.\n"}, `lessons/03-four-way/en.md:8: {{t nowhere}}: lesson.star defines no moment "nowhere"`},
		"unknown field":          {map[string]string{"lessons/03-four-way/en.md": text + "{{fin-1.colour}}\n"}, "en.md:8: {{fin-1.colour}}: the event has no such field"},
		"unknown beat":           {map[string]string{"lessons/03-four-way/en.md": text + "## A {at=\"nowhere\"}\n"}, `lessons/03-four-way/en.md:8: lesson.star defines no moment "nowhere"`},
		"unknown class":          {map[string]string{"lessons/03-four-way/zh.md": text + "## A {.b}\n"}, `lessons/03-four-way/zh.md:8: no section is of the class "b"`},
		"unknown scenario":       {map[string]string{"lessons/03-four-way/lesson.star": strings.Replace(string(lesson), "close/merged", "close/murged", 1)}, `lessons/03-four-way/lesson.star:12: run of close/murged: there is no scenario "close/murged"`},
		"unknown loss":           {map[string]string{"lessons/03-four-way/lesson.star": strings.Replace(string(lesson), "    seed = 7,", "    seed = 7,\n    losses = [\"third-FIN\"],", 1)}, `lessons/03-four-way/lesson.star:3: the loss matrix has no row "third-FIN"`},
		"link to no scenario":    {map[string]string{"lessons/03-four-way/zh.md": text + "一行。\n另有[一次](run:close/murged)。\n"}, `lessons/03-four-way/zh.md:9: run:close/murged: there is no scenario "close/murged"`},
		"link to no choice":      {map[string]string{"lessons/03-four-way/en.md": text + "- See [it](run:?closer=nobody).\n"}, `lessons/03-four-way/en.md:8: run:?closer=nobody: `},
		"link to no variable":    {map[string]string{"lessons/03-four-way/en.md": text + "See [it](run:?closed=server).\n"}, `lessons/03-four-way/en.md:8: run:?closed=server: `},
		"lesson of the syllabus": {map[string]string{syllabusFile: "lesson(\"four-way\", [])\nlesson(\"five-way\", [])\n"}, `syllabus.star:2: there is no lesson "five-way"`},
		"rule in a text":         {map[string]string{"lessons/03-four-way/en.md": text + "By `rfc9293/send-fun`.\n"}, `lessons/03-four-way/en.md:8: the engine has no rule "rfc9293/send-fun"`},
		"rule in a check":        {map[string]string{"lessons/03-four-way/lesson.star": string(lesson) + "\ncheck(\"x\", lambda log: log.events(\"state\")[0].rule != \"linux/orphans\")\n"}, `: the engine has no rule "linux/orphans"`},
		"rule in a question":     {map[string]string{"quizzes/q/quiz.star": "# linux/orphans\nquiz(kind = \"state\", lesson = \"four-way\", title = {\"en\": \"a\", \"zh\": \"b\"})\ndef generate(seed):\n    return {}\n"}, `quizzes/q/quiz.star:1: the engine has no rule "linux/orphans"`},
		"rule in a scenario":     {map[string]string{"scenarios/mine/x.star": "host(\"client\")\nexpect(\"x\", lambda log: \"linux/orphans\" not in [e.rule for e in log.events(\"state\")])\n"}, `scenarios/mine/x.star:2: the engine has no rule "linux/orphans"`},
		"no such event":          {map[string]string{"lessons/03-four-way/lesson.star": string(lesson) + `moment("x", {"kind": "segment", "flags": "R"})`}, "moment x: the run has no such event"},
		"Starlark":               {map[string]string{"lessons/03-four-way/lesson.star": "lesson(\n"}, "lessons/03-four-way/lesson.star:2: got end of file"},
		"missing translation":    {map[string]string{"lessons/04-new/lesson.star": string(lesson), "lessons/04-new/en.md": text}, "lessons/04-new/zh.md: is missing"},
		"folder's name":          {map[string]string{"lessons/new/en.md": text}, "lessons/new: a lesson's folder is named NN-slug"},
		"rule without Chinese":   {map[string]string{"rules/mine.star": "\nrule(\"a/b\", en = \"Because.\", source = rfc(1))\n"}, "rules/mine.star:2: rule: missing argument for zh"},
		"rule twice":             {map[string]string{"rules/mine.star": `rule("rfc9293/send-fin", en = "x", zh = "y", source = rfc(9293, "3.6"))`}, "rules/mine.star:1: rule rfc9293/send-fin is already at rules/closing.star"},
		"rule's example":         {map[string]string{"rules/mine.star": `rule("a/b", en = "x", zh = "y", source = linux("f"), example = "no/such")`}, `rules/mine.star:1: rule a/b: there is no scenario "no/such"`},
		"section":                {map[string]string{"rules/mine.star": `rule("a/b", en = "x", zh = "y", source = rfc(9293, "§3"))`}, `rules/mine.star:1: "§3" is not a section`},
		"quiz":                   {map[string]string{"quizzes/q/quiz.star": `quiz(kind = "riddle", lesson = "x", title = {"en": "a", "zh": "b"})`}, `quizzes/q/quiz.star:1: there is no kind "riddle"`},
		"quiz of no lesson":      {map[string]string{"quizzes/q/quiz.star": "quiz(kind = \"state\", lesson = \"x\", title = {\"en\": \"a\", \"zh\": \"b\"})\ndef generate(seed):\n    return {}\n"}, `quizzes/q/quiz.star:1: there is no lesson "x"`},
		"quiz that fails":        {map[string]string{"quizzes/q/quiz.star": "quiz(kind = \"state\", lesson = \"four-way\", title = {\"en\": \"a\", \"zh\": \"b\"})\ndef generate(seed):\n    return {}[seed]\n"}, `quizzes/q/quiz.star:3: `},
		"section lacking":        {map[string]string{"lessons/03-four-way/zh.md": strings.Replace(zh, "## 小结 {.card}", "", 1)}, `: the section "deeper" stands where en.md has "card"`},
		"last section lacking":   {map[string]string{"lessons/03-four-way/zh.md": zh[:strings.LastIndex(zh, "\n## ")]}, `: zh.md lacks the section "deeper"`},
		"news in one language":   {map[string]string{"news.json": "[\n {\"date\": \"2026-01-01\",\n  \"id\": \"x\", \"title\": {\"en\": \"T\", \"zh\": \"题\"}, \"text\": {\"en\": \"T\"}}\n]"}, `news.json:3: entry 1 ("x"): wants`},
		"phrases":                {map[string]string{"phrases/zh.json": "{\n\"a\" \"b\"}"}, "phrases/zh.json:2: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range test.files {
				p := filepath.Join(dir, filepath.FromSlash(file))
				if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := laid(t, dir)
			var ps Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %s\ngot %v", test.want, err)
			}
		})
	}
	if _, err := Load(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing folder is taken for an overlay")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "quizzes"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := laid(t, dir); err == nil || !strings.Contains(err.Error(), "quizzes: ") {
		t.Errorf("a file in a folder's place: %v", err)
	}
}

// A folder laid over the content adds to it and replaces in it.
func TestOverlay(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "scenarios", "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	src := `scenario(title = "Mine")` + "\nhost(\"client\")\n"
	if err := os.WriteFile(filepath.Join(dir, "scenarios", "mine", "one.star"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := c.Source("mine/one"); got != src {
		t.Errorf("got %q", got)
	}
	if _, ok := c.Source("close/four-way"); !ok {
		t.Error("what was there before is gone")
	}
	if names := c.Scenarios(); !slices.IsSorted(names) || len(names) != len(slices.Collect(maps.Keys(c.scenarios))) {
		t.Errorf("scenarios %v", names)
	}
}

func TestClock(t *testing.T) {
	for us, want := range map[engine.Micros]string{
		0: "0 ms", 250: "250 µs", 90_000: "90 ms", 212_500: "212.5 ms", 1_020_000: "1.02 s", 61_230_000: "61.2 s", 60_000_000: "60 s",
	} {
		if got := Clock(us); got != want {
			t.Errorf("%d µs: %q, want %q", us, got, want)
		}
	}
}
