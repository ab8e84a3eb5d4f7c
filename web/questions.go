package web

import "github.com/a-h/templ"

// Questions is the page of all questions of a lesson. The lesson's own page has the first of them, and brings the others from here
// when they are asked for.
type Questions struct {
	Page
	Course []Chapter
	Of     Entry // the lesson
	Say    map[string]string
	Cards  []templ.Component
}

// QuestionsPath is the page's path below the language.
func QuestionsPath(slug string) string { return "lessons/" + slug + "/questions" }

// Name is the page's title.
func (q Questions) Name() string { return fill(q.Say["questions.title"], "lesson", q.Of.Title) }
