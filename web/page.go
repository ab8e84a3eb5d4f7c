package web

import (
	"net/url"
	"strconv"

	"finwait/content"
	"finwait/engine"
	"finwait/static"

	"github.com/a-h/templ"
)

// Page is what every page needs to know of its place.
type Page struct {
	Lang   content.Lang
	Base   string // path of the service, with a slash at both ends: "/" or "/finwait/"
	Origin string // scheme and host, e.g. "https://finwait.example"; empty where it is not known
	Path   string // below the language, e.g. "lessons/four-way"; empty for the home page
	Query  string // what to keep when the language changes, e.g. "run=…&at=90000"
	Files  *static.Files

	Title       string // without the site's name
	Description string
	Picture     string   // its preview's name; empty for the site's
	OEmbed      bool     // tell that /oembed describes this page
	Whole       bool     // paint nothing before all of it has come: a table's columns move while it grows
	Scripts     []string // ES modules, by name in static
	Styles      []string // beyond site.css, by name in static
}

// URL is the address of a path of the service, e.g. "en/".
func (p Page) URL(path string) string { return p.Base + path }

// Asset is the address of a static file, e.g. "css/site.css".
func (p Page) Asset(name string) string { return p.Base + p.Files.URL(name) }

// Absolute is the full address of a path of the service.
func (p Page) Absolute(path string) string { return p.Origin + p.Base + path }

// In is this page's path in a language.
func (p Page) In(l content.Lang) string { return p.Base + string(l) + "/" + p.Path }

// Choose is the address that shows this page in a language and remembers the choice.
func (p Page) Choose(l content.Lang) string {
	q, err := url.ParseQuery(p.Query)
	if err != nil {
		q = url.Values{}
	}
	q.Set("lang", string(l))
	return p.In(l) + "?" + q.Encode()
}

// RunURL opens a run on the playground's stage at a time.
func (p Page) RunURL(token string, at engine.Micros) string {
	q := url.Values{"run": {token}}
	if at > 0 {
		q.Set("at", strconv.FormatInt(int64(at), 10))
	}
	return p.URL(string(p.Lang)+"/playground") + "?" + q.Encode()
}

// HeadTitle is the text of the browser's tab.
func (p Page) HeadTitle() string {
	if p.Title == "" {
		return "finwait"
	}
	return p.Title + " · finwait"
}

// siteLink is a page of the site as its header names it.
type siteLink struct{ Path, Name string }

// moreLinks are the pages that the header has room for in its menu alone.
func (p Page) moreLinks() []siteLink {
	w := p.words()
	return []siteLink{{"glossary", w.Glossary}, {"interview", w.Interview}}
}

// siteLinks are the pages in the header.
func (p Page) siteLinks() []siteLink {
	w := p.words()
	return []siteLink{
		{"", w.Course},
		{"playground", PlaygroundTitle(p.Lang)},
		{"matrix", w.Matrix},
		{"reference", w.Reference},
		{"progress", w.Progress},
		{"#teach", w.Teachers},
	}
}

// here tells whether this is the page of the link.
func (p Page) here(l siteLink) bool { return p.Path == l.Path && (l.Path != "" || p.Title == "") }

// current marks a link to where the reader is.
func current(is bool, as string) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": as}
}

// Entry is a lesson as it stands in lists.
type Entry struct {
	Number    string // "03"
	Slug      string
	Title     string
	Summary   string
	Minutes   string // to read it
	Questions int
}

// Chapter is a part of the course with its lessons.
type Chapter struct {
	Title   string
	Entries []Entry
}

// Course lists the lessons in a language by chapter, in the order of their numbers.
func Course(lessons []*content.Lesson, l content.Lang) []Chapter {
	var out []Chapter
	for _, lesson := range lessons {
		title := l.Of(lesson.Chapter)
		if n := len(out); n == 0 || out[n-1].Title != title {
			out = append(out, Chapter{Title: title})
		}
		last := &out[len(out)-1]
		last.Entries = append(last.Entries, EntryOf(lesson, l))
	}
	return out
}

// EntryOf makes the list entry of a lesson.
func EntryOf(lesson *content.Lesson, l content.Lang) Entry {
	text := lesson.Texts[l]
	return Entry{Number: twoDigits(lesson.Number), Slug: lesson.Slug, Title: text.Title, Summary: text.Summary, Minutes: minutesToRead(text.Words, l), Questions: len(lesson.Quizzes) + len(lesson.More)}
}

func twoDigits(n int) string {
	return string([]byte{'0' + byte(n/10%10), '0' + byte(n%10)})
}
