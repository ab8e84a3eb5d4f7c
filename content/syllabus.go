package content

import (
	"io/fs"
	"slices"

	"go.starlark.net/starlark"
)

const syllabusFile = "syllabus.star"

// Syllabus says which topics each lesson must cover.
type Syllabus struct {
	slugs  []string
	front  string              // slug of the lesson whose run stands on the front page and begins the playground
	topics map[string][]string // by slug
	lines  map[string]int
}

func loadSyllabus(fsys fs.FS, ps *Problems) *Syllabus {
	s := &Syllabus{topics: map[string][]string{}, lines: map[string]int{}}
	src, err := fs.ReadFile(fsys, syllabusFile)
	if err != nil {
		ps.addf(syllabusFile, 0, "is missing")
		return s
	}
	ps.add(syllabusFile, 0, runData(syllabusFile, string(src), starlark.StringDict{
		"lesson": starlark.NewBuiltin("lesson", func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
			var slug string
			var topics *starlark.List
			if err := starlark.UnpackArgs(b.Name(), args, kw, "slug", &slug, "topics", &topics); err != nil {
				return nil, err
			}
			s.slugs = append(s.slugs, slug)
			s.lines[slug] = here(th)
			var err error
			s.topics[slug], err = asList(topics)
			return starlark.None, err
		}),
		"front": starlark.NewBuiltin("front", func(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, starlark.UnpackArgs(b.Name(), args, kw, "slug", &s.front)
		}),
	}))
	if s.front != "" && !slices.Contains(s.slugs, s.front) {
		ps.addf(syllabusFile, 0, "front(): there is no lesson %q in the syllabus", s.front)
	}
	return s
}

// checkLessons holds that each lesson of the syllabus is there.
func (s *Syllabus) checkLessons(c *Content, ps *Problems) {
	for _, slug := range s.slugs {
		if c.Lesson(slug) == nil {
			ps.addf(syllabusFile, s.lines[slug], "there is no lesson %q", slug)
		}
	}
}

// covers holds that a lesson's texts cite a check for each of its topics, and that each check's topic is one.
func (s *Syllabus) covers(l *Lesson, ps *Problems) {
	for _, lang := range Langs {
		cited := l.topicsOf(l.Texts[lang].cited)
		for _, topic := range s.topics[l.Slug] {
			if !slices.Contains(cited, topic) {
				ps.addf(l.dir+"/"+string(lang)+".md", 0, "the topic %q is not covered: cite a check that belongs to it", topic)
			}
		}
	}
	for _, p := range l.proofs {
		for _, topic := range p.topics {
			if !s.has(topic) {
				ps.addf(l.dir+"/lesson.star", p.line, "%s has no topic %q", syllabusFile, topic)
			}
		}
	}
}

// has says whether some lesson has the topic.
func (s *Syllabus) has(topic string) bool {
	for _, topics := range s.topics {
		if slices.Contains(topics, topic) {
			return true
		}
	}
	return false
}
