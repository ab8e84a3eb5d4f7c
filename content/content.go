package content

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"finwait/engine"
	"finwait/internal/quiz"
	"finwait/scenario"
)

//go:embed lessons scenarios rules quizzes phrases glossary interview syllabus.star news.json
var embedded embed.FS

// Content is all there is to learn, parsed and checked. It does not change after Load and may be shared.
type Content struct {
	// Quizzes generates and grades the questions.
	Quizzes *quiz.Bank

	scenarios   map[string]string
	lessons     []*Lesson
	syllabus    *Syllabus
	rules       map[engine.Rule]*Rule
	phrases     map[Lang]map[string]string
	pagePhrases map[Lang]map[string]string
	hinted      int // claims of hints
	news        []News
	glossary    []*Group
	interview   []*Group
}

// Content is the library that runs take their scenarios from.
var _ scenario.Library = (*Content)(nil)

// shipped is the embedded content, read once whoever asks for it.
var shipped = sync.OnceValues(func() (*Content, error) { return load(embedded) })

// Load reads the embedded content with the folder dir laid over it; an empty dir leaves it as it is. The error is
// Problems: every mistake that was found, each with its file and line.
func Load(dir string) (*Content, error) {
	if dir == "" {
		return shipped()
	}
	fsys, err := over(embedded, dir)
	if err != nil {
		return nil, err
	}
	return load(fsys)
}

func load(fsys fs.FS) (*Content, error) {
	var ps Problems
	c := &Content{scenarios: map[string]string{}}
	c.loadScenarios(fsys, &ps)
	c.rules = loadRules(fsys, &ps)
	for _, r := range c.rules {
		if !slices.Contains(engine.Rules, r.ID) {
			ps.addf(r.File, r.Line, "the engine has no rule %s", r.ID)
		}
		if _, ok := c.scenarios[r.Example]; r.Example != "" && !ok {
			ps.addf(r.File, r.Line, "rule %s: there is no scenario %q", r.ID, r.Example)
		}
	}
	for _, id := range engine.Rules {
		if c.rules[id] == nil {
			ps.addf("rules", 0, "the rule %s has no text", id)
		}
	}
	c.phrases = loadPhrases(fsys, "phrases", &ps)
	c.pagePhrases = loadPhrases(fsys, "phrases/pages", &ps)
	c.news = loadNews(fsys, &ps)
	glossary, interview := collect(fsys, glossaryDir, &ps), collect(fsys, interviewDir, &ps)
	terms := map[Lang]*termFinder{}
	for _, lang := range Langs {
		terms[lang] = newTermFinder(glossary.groups, lang)
	}
	before := len(ps)
	c.loadLessons(fsys, terms, &ps)
	c.glossary, c.interview = glossary.groups, interview.groups
	if len(ps) == before { // else what they cite may be missing for the same mistake
		c.loadEntries(glossary, nil, &ps)
		c.loadEntries(interview, terms, &ps)
	}
	c.syllabus = loadSyllabus(fsys, &ps)
	if len(ps) == before { // else one that is there may have failed
		c.syllabus.checkLessons(c, &ps)
	}
	c.loadQuizzes(fsys, len(ps) == before, &ps)
	c.shareQuizzes()
	c.tryQuizzes(&ps)
	checkRuleNames(fsys, &ps)
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].File < ps[j].File })
	return c, ps.err()
}

// loadScenarios reads scenarios/**.star; a scenario is named by its path.
func (c *Content) loadScenarios(fsys fs.FS, ps *Problems) {
	err := fs.WalkDir(fsys, "scenarios", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".star" {
			return err
		}
		src, err := fs.ReadFile(fsys, p)
		c.scenarios[strings.TrimSuffix(strings.TrimPrefix(p, "scenarios/"), ".star")] = string(src)
		return err
	})
	ps.add("scenarios", 0, err)
}

// loadQuizzes reads quizzes/ID/quiz.star. whole says that all lessons are there, whose checks hold what hints claim.
func (c *Content) loadQuizzes(fsys fs.FS, whole bool, ps *Problems) {
	var all []*quiz.Question
	ground := c.ground()
	for _, d := range entries(fsys, "quizzes", ps) {
		file := quizFile(d.Name())
		src, err := fs.ReadFile(fsys, file)
		if err != nil {
			ps.addf(file, 0, "is missing")
			continue
		}
		q, err := quiz.Parse(d.Name(), file, string(src))
		if err != nil {
			ps.add(file, 0, placed(file, err))
			continue
		}
		if whole {
			c.fillHints(q, ground, ps)
		}
		all = append(all, q)
	}
	c.Quizzes = quiz.NewBank(c, all)
}

// fillHints fills the hints of a question, and holds that their claims cite checks of lessons, as those of an entry do.
func (c *Content) fillHints(q *quiz.Question, ground filling, ps *Problems) {
	r := newComposer(quizFile(q.ID), "", ground)
	for i, h := range q.Hints {
		q.Hints[i] = engine.Text{En: r.plain(q.Line(h.En), h.En), Zh: r.plain(q.Line(h.Zh), h.Zh)}
	}
	c.hinted += r.count
	*ps = append(*ps, r.problems...)
}

// triedSeeds is how many variants of each question are generated and graded at start.
const triedSeeds = 4

// shareQuizzes gives each lesson the questions that name it and that it does not list itself.
func (c *Content) shareQuizzes() {
	for _, info := range c.Quizzes.List() {
		switch l := c.Lesson(info.Lesson); {
		case l == nil || slices.Contains(l.Quizzes, info.ID):
		case len(l.Quizzes) == 0:
			l.Quizzes = []string{info.ID}
		default:
			l.More = append(l.More, info.ID)
		}
	}
}

// tryQuizzes finds questions that fail, or belong to no lesson, before a learner does.
func (c *Content) tryQuizzes(ps *Problems) {
	for _, info := range c.Quizzes.List() {
		line, _ := c.Quizzes.Lines(info.ID)
		if c.Lesson(info.Lesson) == nil && len(*ps) == 0 {
			ps.addf(quizFile(info.ID), line, "there is no lesson %q", info.Lesson)
		}
		c.tryQuiz(info.ID, triedSeeds, ps)
	}
}

func quizFile(id string) string { return path.Join("quizzes", id, "quiz.star") }

// tryQuiz generates and grades variants of a question. What is wrong in no line of its own is wrong in its generate(seed).
func (c *Content) tryQuiz(id string, seeds int, ps *Problems) {
	err := placed(quizFile(id), c.Quizzes.Check(id, seeds))
	if p, ok := err.(*Problem); ok && p.Line == 0 {
		_, p.Line = c.Quizzes.Lines(id)
	}
	ps.add(quizFile(id), 0, err)
}

// Source implements scenario.Library.
func (c *Content) Source(name string) (string, bool) {
	src, ok := c.scenarios[name]
	return src, ok
}

// Scenarios lists the scenarios' names, sorted.
func (c *Content) Scenarios() []string {
	names := make([]string, 0, len(c.scenarios))
	for name := range c.scenarios {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// Lessons lists the lessons in the order of the course.
func (c *Content) Lessons() []*Lesson { return c.lessons }

// Front is the lesson that stands for the course: the one that the syllabus names, else the first; nil where there are none.
func (c *Content) Front() *Lesson {
	if l := c.Lesson(c.syllabus.front); l != nil || len(c.lessons) == 0 {
		return l
	}
	return c.lessons[0]
}

// Lesson finds a lesson by its slug; nil where there is none.
func (c *Content) Lesson(slug string) *Lesson {
	for _, l := range c.lessons {
		if l.Slug == slug {
			return l
		}
	}
	return nil
}

// Rule finds a rule of the catalogue; nil where there is none.
func (c *Content) Rule(id engine.Rule) *Rule { return c.rules[id] }

// Rules lists the catalogue by id.
func (c *Content) Rules() []*Rule {
	all := make([]*Rule, 0, len(c.rules))
	for _, r := range c.rules {
		all = append(all, r)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	return all
}
