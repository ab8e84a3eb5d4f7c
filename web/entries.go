package web

import (
	"strings"

	"finwait/content"
)

// Entries is a page of entries: the glossary, or the list of questions that interviewers ask.
type Entries struct {
	Page
	Course []Chapter
	Say    map[string]string
	Groups []*content.Group
	Terms  []*content.Entry // that are linked in the texts
}

// lessonURL is where a lesson shows what an entry says.
func (p Page) lessonURL(s content.Shown) string {
	to := p.URL(string(p.Lang) + "/lessons/" + s.Lesson.Slug)
	if s.Part != "" {
		to += "#" + s.Part
	}
	return to
}

// otherName is an entry's name in the other language; empty where it is the same.
func (p Page) otherName(e *content.Entry) string {
	if name := e.Texts[other(p.Lang)].Name; name != e.Texts[p.Lang].Name {
		return name
	}
	return ""
}

// alsoNamed are the other words for a term.
func (e Entries) alsoNamed(t *content.EntryText) string {
	return fill(e.Say["terms.also"], "names", strings.Join(t.Also, e.Say["list.separator"]))
}
