package web

import (
	"finwait/content"

	"github.com/a-h/templ"
)

// homePicture is the preview of every page that has none of its own.
const homePicture = "finwait"

// picture is the address of the page's preview.
func (p Page) picture() string {
	name := p.Picture
	if name == "" {
		name = homePicture
	}
	return p.Absolute("pictures/" + name + ".png")
}

// resource describes a lesson to search engines, in the words of schema.org.
type resource struct {
	Context     string   `json:"@context"`
	Type        string   `json:"@type"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Image       string   `json:"image"`
	Language    string   `json:"inLanguage"`
	Free        bool     `json:"isAccessibleForFree"`
	Kind        []string `json:"learningResourceType"`
	Time        string   `json:"timeRequired"` // ISO 8601
	Part        part     `json:"isPartOf"`
}

type part struct {
	Type string `json:"@type"`
	Name string `json:"name"`
	URL  string `json:"url"`
}

// data is the description as it stands in the page's head.
func (l Lesson) data() templ.Component {
	return templ.JSONScript("resource", resource{
		Context: "https://schema.org", Type: "LearningResource", Name: l.Title, Description: l.Description,
		URL: l.Origin + l.In(l.Lang), Image: l.picture(), Language: l.Lang.Tag(), Free: true,
		Kind: []string{"lesson", "simulation", "quiz"}, Time: "PT" + l.Minutes() + "M",
		Part: part{"Course", "finwait", l.Absolute(string(l.Lang) + "/")},
	}).WithType("application/ld+json")
}

// course tells search engines of the course and its lessons.
func (h Home) course() templ.Component {
	var parts []part
	for _, c := range h.Course {
		for _, e := range c.Entries {
			parts = append(parts, part{"LearningResource", e.Title, h.Absolute(string(h.Lang) + "/lessons/" + e.Slug)})
		}
	}
	return templ.JSONScript("resource", map[string]any{
		"@context": "https://schema.org", "@type": "Course", "name": "finwait", "description": h.Description,
		"url": h.Origin + h.In(h.Lang), "inLanguage": h.Lang.Tag(), "isAccessibleForFree": true, "hasPart": parts,
		"provider": map[string]string{"@type": "Organization", "name": "finwait"},
	}).WithType("application/ld+json")
}

// definedTerm is a term of the glossary, as schema.org has it.
type definedTerm struct {
	Type        string `json:"@type"`
	ID          string `json:"@id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

// termSet tells search engines of the glossary.
func (e Entries) termSet() templ.Component {
	return e.described("DefinedTermSet", "hasDefinedTerm", func(id string, t *content.EntryText) any {
		return definedTerm{"DefinedTerm", id, t.Name, plain(t.Body)}
	})
}

// asked is a question with its answer, as schema.org has it.
type asked struct {
	Type   string `json:"@type"`
	ID     string `json:"@id"`
	Name   string `json:"name"`
	Answer answer `json:"acceptedAnswer"`
}

type answer struct {
	Type string `json:"@type"`
	Text string `json:"text"`
}

// questionSet tells search engines of the questions.
func (e Entries) questionSet() templ.Component {
	return e.described("FAQPage", "mainEntity", func(id string, t *content.EntryText) any {
		return asked{"Question", id, t.Name, answer{"Answer", plain(t.Body)}}
	})
}

// described tells search engines of the page and, by the name of their place in it, of its entries.
func (e Entries) described(kind, place string, as func(id string, t *content.EntryText) any) templ.Component {
	at := e.Origin + e.In(e.Lang)
	var all []any
	for _, g := range e.Groups {
		for _, entry := range g.Entries {
			all = append(all, as(at+"#"+entry.ID, entry.Texts[e.Lang]))
		}
	}
	return templ.JSONScript("resource", map[string]any{
		"@context": "https://schema.org", "@type": kind, "name": e.Title, "description": e.Description,
		"url": at, "inLanguage": e.Lang.Tag(), place: all,
	}).WithType("application/ld+json")
}

// Minutes is how long the text of a lesson takes to read.
func (l Lesson) Minutes() string { return minutesToRead(l.Text.Words, l.Lang) }

// locale is a language as Open Graph names it.
func locale(l content.Lang) string {
	if l == content.Zh {
		return "zh_CN"
	}
	return "en_US"
}
