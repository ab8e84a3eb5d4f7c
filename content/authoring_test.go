package content

import (
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finwait/engine"
)

// exampleFile is a file of the worked example: its path alone on a line, and then its text.
var exampleFile = regexp.MustCompile("(?m)^`([a-z0-9./-]+)`\n```[a-z]+\n((?:.*\n)*?)```\n")

// example takes the worked example out of docs/authoring.md.
func example(t *testing.T) (page string, files map[string]string) {
	t.Helper()
	src, err := os.ReadFile("../docs/authoring.md")
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, m := range exampleFile.FindAllStringSubmatch(string(src), -1) {
		files[m[1]] = m[2]
	}
	if len(files) != 5 {
		t.Fatalf("the page has the files %v", slices.Sorted(maps.Keys(files)))
	}
	return string(src), files
}

// The worked example of docs/authoring.md is what finwait check DIR is content with: a lesson more, with its question.
func TestTheExampleOfThePageHolds(t *testing.T) {
	_, files := example(t)
	fsys, err := over(oneLesson{embedded}, written(t, files))
	if err != nil {
		t.Fatal(err)
	}
	c, err := load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	l := c.Lesson("hung-up")
	if l == nil || l.Texts[En].Claims != 4 || l.Texts[Zh].Claims != 4 {
		t.Fatalf("the lesson is %+v", l)
	}
	var ps Problems
	var report Report
	c.checkScenario("mine/hung-up", &report, map[engine.Rule]map[string]bool{}, &ps)
	c.tryQuiz("hung-up-calls", checkedSeeds, &ps)
	c.syllabus.covers(l, &ps)
	if ps != nil || report.Runs != 3 || report.Claims != 3 {
		t.Errorf("%d runs, %d claims, %v", report.Runs, report.Claims, ps)
	}
}

// twoRight is a question with two right answers.
const twoRight = `quiz(
    kind = "trace",
    lesson = "hung-up",
    title = {"en": "What has happened?", "zh": "发生了什么？"},
    hints = [],
)

def generate(seed):
    plain = run("mine/hung-up", seed = seed + 1)
    return {"run": plain, "host": "server", "what": [
        {"label": {"en": "The client has closed.", "zh": "客户端关闭了。"}, "holds": lambda log: len(log.segments(sender = "client", flags = "F")) == 1},
        {"label": {"en": "An answer was reset.", "zh": "应答被重置了。"}, "holds": lambda log: len(log.segments(flags = "R")) == 1},
    ]}
`

// Each mistake that the page tells of is found, and told as the page tells it.
func TestMistakesInTheExampleAreToldAsThePageSays(t *testing.T) {
	const lesson, text, scen, question = "lessons/21-hung-up/lesson.star", "lessons/21-hung-up/en.md", "scenarios/mine/hung-up.star", "quizzes/hung-up-calls/quiz.star"
	page, files := example(t)
	for _, mistake := range []struct{ file, old, new, says string }{
		{"lessons/21-hung-up/zh.md", files["lessons/21-hung-up/zh.md"], "", "lessons/21-hung-up/zh.md: is missing: a lesson needs both languages"},
		{"lessons/21-hung-up/zh.md", "## 小结 {.card}\n", "", text + `:27: zh.md lacks the section "card"`},
		{lesson, "mine/hung-up", "mine/hang-up", lesson + `:1: run of mine/hang-up: there is no scenario "mine/hang-up"`},
		{lesson, `"flags": "R"`, `"flags": "R", "rule": "rfc9293/reset-it"`, lesson + `:9: the engine has no rule "rfc9293/reset-it"`},
		{lesson, "EPIPE", "ECONNRESET", lesson + ":14: the check told-late does not hold"},
		{text, "}}.{{= told-late}}", "}}.", text + ":25: no check holds this claim"},
		{text, "{{gap answer reset}}", "20 ms", text + ":21: the figure 20 is typed, not filled from a run"},
		{text, "without waiting for", "without [see](run:mine/hang-up)", text + `:6: run:mine/hang-up: there is no scenario "mine/hang-up"`},
		{text, "without waiting for", "without [see](run:?work=2s)", text + `:6: run:?work=2s: mine/hung-up.star:6:12: work is one of ["50ms" "20ms" "200ms"], not "2s"`},
		{text, "without waiting for", "without `rfc9293/reset-it`", text + `:6: the engine has no rule "rfc9293/reset-it"`},
		{scen, "== 1", "== 2", scen + ":30: as written: does not hold: the answer is reset"},
		{scen, `"question")` + "\n    os.close(s)", `"question")` + "\n    os.clos(s)", scen + ":25: os has no .clos field or method (did you mean .close?)"},
		{question, `"hung-up"`, `"hang-up"`, question + `:1: there is no lesson "hang-up"`},
		{question, `        "zh": "那时 RST 到了吗？它到了之后，write() 才失败。{{= hung-up/taken hung-up/told-late}}",` + "\n", "", question + `:1: hint 1: want {"en": "…", "zh": "…"}`},
		{question, "write() 才失败。{{= hung-up/taken hung-up/told-late}}", "write() 才失败。", question + ":7: no check holds this claim"},
		{question, "hung-up/told-late", "hung-up/told-early", question + `:6: {{= hung-up/taken hung-up/told-early}}: there is no check "hung-up/told-early"`},
		{question, "write() fail.", "write() fail after 20 ms.", question + ":6: the figure 20 is typed, not filled from a run"},
		{question, `"mine/hung-up"`, `"mine/hang-up"`, question + `:13: there is no scenario "mine/hang-up"`},
		{question, `call = "write"`, `call = "poll"`, question + ":16: there is nothing to pick from"},
		{question, `"others"`, `"other"`, question + `:11: quiz hung-up-calls, seed 0: generate gave "other", which the kind call does not take`},
		{question, files[question], twoRight, `quiz.star:8: quiz hung-up-calls, seed 0: what: both "The client has closed." and "An answer was reset." hold`},
	} {
		t.Run(mistake.says, func(t *testing.T) {
			wrong := maps.Clone(files)
			if wrong[mistake.file] = strings.Replace(files[mistake.file], mistake.old, mistake.new, 1); wrong[mistake.file] == files[mistake.file] {
				t.Fatalf("%s has no %q", mistake.file, mistake.old)
			} else if wrong[mistake.file] == "" {
				delete(wrong, mistake.file)
			}
			fsys, err := over(oneLesson{embedded}, written(t, wrong))
			if err != nil {
				t.Fatal(err)
			}
			c, err := load(fsys)
			var ps Problems
			if err == nil {
				c.checkScenario("mine/hung-up", &Report{}, map[engine.Rule]map[string]bool{}, &ps)
				err = ps.err()
			}
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), mistake.says) {
				t.Errorf("want %s\ngot %v", mistake.says, err)
			}
			if !strings.Contains(page, "`"+mistake.says) {
				t.Error("the page does not say so")
			}
		})
	}
}
