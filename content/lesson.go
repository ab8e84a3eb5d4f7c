package content

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
)

// Lesson is one lesson in both languages.
type Lesson struct {
	Number  int // its place in the course
	Slug    string
	Chapter engine.Text
	Run     scenario.Run // what its stage shows at first
	Quizzes []string     // ids of the questions on its page
	More    []string     // ids of its other questions
	Losses  []string     // ids of the rows of the loss matrix that belong to it
	Texts   map[Lang]*LessonText

	Prediction *Prediction // what its stage asks

	dir     string
	moments []*moment
	runs    map[string]scenario.Run // by name; "" is the lesson's own
	tried   map[string]error        // by token: what became of the other runs that its texts link
	proofs  map[string]*proof       // by name
	figures []*figure
	found   filling        // what its runs gave
	lines   map[string]int // where a run or a question is named in lesson.star
}

// LessonText is a lesson in one language, rendered.
type LessonText struct {
	Title   string
	Summary string        // one sentence, for lists and previews
	Lead    template.HTML // before the first heading
	Parts   []Part
	Words   int // words, or characters of Chinese, to read

	Claims int      // sentences that say what a check holds
	Terms  []string // ids of the glossary's terms that are linked in it

	cited []string // names of those checks
}

// Part is a section of a lesson: from one heading of the second level to the next.
type Part struct {
	ID      string // the moment's name, or the class, or part-N; unique in the lesson
	Class   string // "beat", "predict", "myths", "production", "card", "deeper" or empty
	Title   template.HTML
	Body    template.HTML
	Answer  template.HTML   // of "predict": what the reader opens after choosing
	Choices []template.HTML // of "predict"; Body is then the question alone
	At      engine.Micros   // of "beat": when the run reaches it
	Seq     int             // of "beat": its event
	Clock   string          // of "beat": At as text

	cited []string // names of the checks that hold what it says
	line  int      // of its heading
}

// partClasses are the classes that a heading may name.
var partClasses = map[string]bool{"predict": true, "myths": true, "production": true, "card": true, "deeper": true}

var lessonDir = regexp.MustCompile(`^(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// loadLessons reads lessons/NN-slug/.
func (c *Content) loadLessons(fsys fs.FS, terms map[Lang]*termFinder, ps *Problems) {
	shared := loadShared(fsys, ps)
	for _, e := range entries(fsys, "lessons", ps) {
		if !e.IsDir() {
			continue
		}
		m := lessonDir.FindStringSubmatch(e.Name())
		if m == nil {
			ps.addf(path.Join("lessons", e.Name()), 0, "a lesson's folder is named NN-slug, like 03-four-way")
			continue
		}
		l := &Lesson{Slug: m[2], dir: path.Join("lessons", e.Name()), Texts: map[Lang]*LessonText{}}
		l.Number, _ = strconv.Atoi(m[1])
		before := len(*ps)
		c.loadLesson(fsys, l, shared, terms, ps)
		if len(*ps) == before {
			c.lessons = append(c.lessons, l)
		}
	}
	sort.SliceStable(c.lessons, func(i, j int) bool { return c.lessons[i].Number < c.lessons[j].Number })
}

// loadLesson reads one lesson, runs its scenarios and renders its texts.
func (c *Content) loadLesson(fsys fs.FS, l *Lesson, shared starlark.StringDict, terms map[Lang]*termFinder, ps *Problems) {
	file := path.Join(l.dir, "lesson.star")
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		ps.addf(file, 0, "is missing")
		return
	}
	if err := l.parse(file, string(src), shared); err != nil {
		ps.add(file, 0, err)
		return
	}
	logs := l.execute(c, file, ps)
	for _, q := range l.Quizzes {
		if _, err := fs.Stat(fsys, quizFile(q)); err != nil {
			ps.addf(file, l.lines["quiz "+q], "there is no quiz %q", q)
		}
	}
	if len(logs) < len(l.runs) {
		return // what follows would all be the same mistake
	}
	found, err := locate(l.moments, logs)
	if err != nil {
		for _, p := range err.(Problems) {
			ps.addf(file, p.Line, "%s", p.Msg)
		}
		return
	}
	filled := filling{places: found, figures: map[string]string{}, proofs: l.proofs}
	for _, f := range l.figures {
		if filled.figures[f.name], err = l.count(f, logs); err != nil {
			ps.add(file, f.line, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.proofs)) {
		ps.add(file, l.proofs[name].line, l.prove(l.proofs[name], logs))
	}
	if err := l.predict(found, logs); err != nil {
		line := 0
		if l.Prediction != nil {
			line = l.Prediction.line
		}
		ps.add(file, line, err)
	}
	l.found = filled
	for _, lang := range Langs {
		l.loadText(c, fsys, lang, terms[lang], ps)
	}
	l.pairParts(ps)
}

// execute computes the lesson's runs; one that fails is not among them.
func (l *Lesson) execute(lib scenario.Library, file string, ps *Problems) map[string]*scenario.Log {
	logs := map[string]*scenario.Log{}
	for name, r := range l.runs {
		log, err := scenario.Execute(lib, r, scenario.Limits{})
		if err != nil {
			if e, ok := err.(*scenario.Error); ok && e.Line > 0 { // the scenario's own mistake, once
				if at := "scenarios/" + r.Scenario + ".star"; !ps.has(at, e.Line) {
					ps.addScenario(at, err)
				}
				continue
			}
			ps.addf(file, l.lines["run "+name], "run of %s: %v", r.Scenario, err)
			continue
		}
		logs[name] = log
	}
	return logs
}

// sharedFile defines what the lesson.star of all lessons may use.
const sharedFile = "lessons/shared.star"

func loadShared(fsys fs.FS, ps *Problems) starlark.StringDict {
	src, err := fs.ReadFile(fsys, sharedFile)
	if err != nil {
		ps.add(sharedFile, 0, err)
		return nil
	}
	defined, err := globals(sharedFile, string(src), starlark.StringDict{})
	ps.add(sharedFile, 0, err)
	return defined
}

// parse reads lesson.star.
func (l *Lesson) parse(file, src string, shared starlark.StringDict) error {
	l.runs, l.lines, l.proofs, l.tried = map[string]scenario.Run{}, map[string]int{}, map[string]*proof{}, map[string]error{}
	env := starlark.StringDict{
		"lesson":  starlark.NewBuiltin("lesson", l.lessonBuiltin),
		"run":     starlark.NewBuiltin("run", l.runBuiltin),
		"moment":  starlark.NewBuiltin("moment", l.momentBuiltin),
		"check":   starlark.NewBuiltin("check", l.checkBuiltin),
		"figure":  starlark.NewBuiltin("figure", l.figureBuiltin),
		"history": starlark.NewBuiltin("history", l.historyBuiltin),
		"predict": starlark.NewBuiltin("predict", l.predictBuiltin),
	}
	maps.Copy(env, shared)
	err := runData(file, src, env)
	if err == nil && l.runs[""].Scenario == "" {
		err = &Problem{File: file, Msg: "calls no lesson(…)"}
	}
	return err
}

// lessonBuiltin is lesson(chapter = {"en": …, "zh": …}, scenario = "close/four-way", seed = 7, vary = {…}, quizzes = […],
// losses = ["first-FIN"]).
func (l *Lesson) lessonBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var (
		chapter starlark.Value
		quizzes *starlark.List
		losses  *starlark.List
		name    string
		vary    *starlark.Dict
		seed    int64 = 1
	)
	err := starlark.UnpackArgs(b.Name(), args, kw, "chapter", &chapter, "scenario", &name, "seed?", &seed, "vary?", &vary, "quizzes?", &quizzes, "losses?", &losses)
	if err != nil {
		return nil, err
	}
	if l.Chapter, err = asText(chapter); err != nil {
		return nil, err
	}
	if l.Quizzes, err = asList(quizzes); err != nil {
		return nil, err
	}
	for _, q := range l.Quizzes {
		l.lines["quiz "+q] = here(th)
	}
	if l.Losses, err = asList(losses); err != nil {
		return nil, err
	}
	for _, id := range l.Losses {
		if !isLoss(id) {
			return nil, fmt.Errorf("the loss matrix has no row %q", id)
		}
	}
	l.Run, err = l.define("", name, seed, vary, here(th))
	return starlark.None, err
}

// runBuiltin is run("merged", scenario = "close/merged", seed = 1, vary = {…}): another run to take figures from.
func (l *Lesson) runBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var (
		name, scen string
		vary       *starlark.Dict
		seed       int64 = 1
	)
	if err := starlark.UnpackArgs(b.Name(), args, kw, "name", &name, "scenario", &scen, "seed?", &seed, "vary?", &vary); err != nil {
		return nil, err
	}
	_, err := l.define(name, scen, seed, vary, here(th))
	return starlark.None, err
}

func (l *Lesson) define(name, scen string, seed int64, vary *starlark.Dict, line int) (scenario.Run, error) {
	if _, twice := l.runs[name]; twice {
		return scenario.Run{}, fmt.Errorf("the run %q is defined twice", name)
	}
	v, err := asStrings(vary)
	r := scenario.Run{Scenario: scen, Vary: v, Seed: seed}
	l.runs[name], l.lines["run "+name] = r, line
	return r, err
}

// momentBuiltin is moment("fin-1", {"kind": "segment", "from": "client"}, nth = 1, after = "…", run = "…").
func (l *Lesson) momentBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	m := &moment{nth: 1, want: map[string]any{}, line: here(th)}
	var want *starlark.Dict
	err := starlark.UnpackArgs(b.Name(), args, kw, "name", &m.name, "want", &want, "nth?", &m.nth, "after?", &m.after, "run?", &m.run)
	if err != nil {
		return nil, err
	}
	if m.nth < 1 {
		return nil, errors.New("nth is counted from 1")
	}
	for _, kv := range want.Items() {
		k, ok := starlark.AsString(kv[0])
		if !ok {
			return nil, fmt.Errorf("want a field's name, got %s", kv[0])
		}
		if m.want[k], err = asJSON(kv[1]); err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
	}
	if rule, ok := m.want["rule"].(string); ok && !slices.Contains(engine.Rules, engine.Rule(rule)) {
		return nil, fmt.Errorf("the engine has no rule %q", rule)
	}
	for _, old := range l.moments {
		if old.name == m.name {
			return nil, fmt.Errorf("the moment %q is already at line %d", m.name, old.line)
		}
	}
	l.moments = append(l.moments, m)
	return starlark.None, nil
}

// header splits the front matter, "key: value" lines between two lines of three dashes, from a text. The text keeps its
// line numbers.
func header(src string) (meta map[string]string, body string, err error) {
	lines := strings.Split(src, "\n")
	if strings.TrimSpace(lines[0]) != "---" {
		return nil, "", &Problem{Line: 1, Msg: "a text begins with its front matter: a line of three dashes"}
	}
	meta = map[string]string{}
	for i := 1; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "---" {
			return meta, strings.Repeat("\n", i+1) + strings.Join(lines[i+1:], "\n"), nil
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, "", &Problem{Line: i + 1, Msg: "want key: value"}
		}
		meta[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return nil, "", &Problem{Line: 1, Msg: "the front matter has no end: a second line of three dashes"}
}
