package web

import (
	"html"
	"html/template"
	"net/url"
	"regexp"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// Kinds of what a search can find. Each has its phrase, "search.kind." before it.
const (
	foundLesson = "lesson"
	foundState  = "state"
	foundTerm   = "term"
	foundAsked  = "asked"
	foundPlay   = "scenario"
	foundSysctl = "sysctl"
	foundTimer  = "timer"
	foundErrno  = "errno"
	foundRule   = "rule"
	foundPage   = "page"
)

// SearchSource is what a search looks through.
type SearchSource struct {
	Lang      content.Lang
	Say       map[string]string
	Durations map[string]string
	Lessons   []*content.Lesson
	Rules     []*content.Rule
	Failures  []content.Failure
	Glossary  []*content.Group
	Interview []*content.Group
	Scenarios []Playable
}

// Playable is a scenario of the library, with the token of its plain run.
type Playable struct {
	Name, Token string
	Title       engine.Text
}

// Findable is one thing that a search can find.
type Findable struct {
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Also  string `json:"also,omitempty"`  // other names, which are looked through and not shown
	Under string `json:"under,omitempty"` // the lesson that a section is of
	Path  string `json:"path"`            // below the language, e.g. "lessons/four-way#fin-1"
}

// SearchIndex is all that a search can find in a language.
type SearchIndex struct {
	Words   map[string]string `json:"words"` // what the dialog says
	Entries []Findable        `json:"entries"`
}

// NewSearchIndex gathers it. What stands first wins among equals: lessons, words, questions, the reference, rules, scenarios,
// pages.
func NewSearchIndex(s SearchSource) SearchIndex {
	out := SearchIndex{Words: map[string]string{}}
	for key, text := range s.Say {
		if name, ok := strings.CutPrefix(key, "search."); ok {
			out.Words[name] = text
		}
	}
	for _, l := range s.Lessons {
		out.Entries = append(out.Entries, s.lesson(l)...)
	}
	out.Entries = append(out.Entries, s.terms()...)
	out.Entries = append(out.Entries, s.asked()...)
	out.Entries = append(out.Entries, s.lookUp()...)
	for _, r := range s.Rules {
		out.Entries = append(out.Entries, Findable{
			Kind: foundRule, Title: string(r.ID), Text: s.Lang.Of(r.Why), Also: r.Label(), Path: "reference#" + string(r.ID),
		})
	}
	for _, p := range s.Scenarios {
		out.Entries = append(out.Entries, Findable{
			Kind: foundPlay, Title: s.Lang.Of(p.Title), Text: p.Name, Path: "playground?run=" + url.QueryEscape(p.Token),
		})
	}
	return SearchIndex{Words: out.Words, Entries: append(out.Entries, s.pages()...)}
}

// lesson is a lesson and its sections.
func (s SearchSource) lesson(l *content.Lesson) []Findable {
	text, path := l.Texts[s.Lang], "lessons/"+l.Slug
	title := twoDigits(l.Number) + " " + text.Title
	out := []Findable{{
		Kind: foundLesson, Title: title, Text: text.Summary + " " + plain(text.Lead), Also: l.Texts[other(s.Lang)].Title + " " + s.Lang.Of(l.Chapter), Path: path,
	}}
	for _, p := range text.Parts {
		out = append(out, Findable{
			Kind: foundLesson, Title: plain(p.Title), Text: plain(p.Body + " " + p.Answer), Under: title, Path: path + "#" + p.ID,
		})
	}
	return out
}

func (s SearchSource) terms() []Findable {
	var out []Findable
	for _, g := range s.Glossary {
		for _, e := range g.Entries {
			if content.FamilyOf(engine.State(e.Texts[s.Lang].Name)) != "" {
				continue // the page of the states has more
			}
			t := e.Texts[s.Lang]
			out = append(out, Findable{
				Kind: foundTerm, Title: t.Name, Text: plain(t.Body), Path: "glossary#" + e.ID,
				Also: strings.Join(append([]string{e.Texts[other(s.Lang)].Name}, t.Also...), " "),
			})
		}
	}
	return out
}

// asked are the questions of interviews.
func (s SearchSource) asked() []Findable {
	var out []Findable
	for _, g := range s.Interview {
		for _, e := range g.Entries {
			t := e.Texts[s.Lang]
			out = append(out, Findable{Kind: foundAsked, Title: t.Name, Text: plain(t.Body), Path: "interview#" + e.ID, Also: s.Lang.Of(g.Title)})
		}
	}
	return out
}

// lookUp is what the tables of the reference hold.
func (s SearchSource) lookUp() []Findable {
	var out []Findable
	for _, state := range states {
		key := "state." + string(state)
		out = append(out, Findable{
			Kind: foundState, Title: string(state), Path: "states#" + string(state),
			Text: s.Say[key] + " " + s.Say["states.waits"] + s.Say["search.colon"] + s.Say[key+".waits"] + " " +
				s.Say["states.lasts"] + s.Say["search.colon"] + lasting(s.Say[key+".lasts"], s.Durations),
		})
	}
	amounts := Reference{Say: s.Say}
	for _, c := range engine.Sysctls {
		out = append(out, Findable{
			Kind: foundSysctl, Title: c.Name, Path: "reference#" + c.Name,
			Text: s.Say["sysctl.default"] + s.Say["search.colon"] + amounts.amount(c.Default, c.Unit) + s.Say["search.stop"] + s.Say["sysctl."+c.Name],
		})
	}
	for _, t := range timers {
		out = append(out, Findable{Kind: foundTimer, Title: string(t), Text: s.Say["timer."+string(t)], Path: "reference#timer-" + string(t)})
	}
	seen := map[engine.Errno]bool{}
	for _, f := range s.Failures {
		if seen[f.Errno] {
			continue
		}
		seen[f.Errno] = true
		var calls []string
		for _, g := range s.Failures {
			if g.Errno == f.Errno {
				calls = append(calls, g.Call+"()")
			}
		}
		out = append(out, Findable{
			Kind: foundErrno, Title: string(f.Errno), Path: "reference#" + failureID(f),
			Text: strings.Join(calls, s.Say["list.separator"]) + s.Say["search.colon"] + s.Say["errno."+string(f.Errno)],
		})
	}
	return out
}

// failureID is the id of a row in the reference's table of errors.
func failureID(f content.Failure) string { return "errno-" + f.Call + "-" + string(f.Errno) }

func (s SearchSource) pages() []Findable {
	p := Page{Lang: s.Lang}
	out := []Findable{{Kind: foundPage, Title: s.Say["states.title"], Text: s.Say["states.description"], Path: "states"}, {
		Kind: foundPage, Title: s.Say["cheat.title"], Text: s.Say["cheat.description"], Path: "cheatsheet",
	}}
	described := map[string]string{
		"": HomeDescription(s.Lang), "matrix": s.Say["matrix.description"], "reference": s.Say["reference.description"],
		"progress": s.Say["progress.description"], "glossary": s.Say["terms.description"], "interview": s.Say["interview.description"],
	}
	for _, l := range append(p.siteLinks(), p.moreLinks()...) {
		if !strings.HasPrefix(l.Path, "#") {
			out = append(out, Findable{Kind: foundPage, Title: l.Name, Text: described[l.Path], Path: l.Path})
		}
	}
	return out
}

var (
	drawings = regexp.MustCompile(`(?s)<svg.*?</svg>`)
	blockEnd = regexp.MustCompile(`</(?:p|li|td|th|tr|h\d|div|pre|dt|dd)>|<br>`)
	anyTag   = regexp.MustCompile(`<[^>]*>`)
)

// plain is the text of rendered HTML, on one line.
func plain(h template.HTML) string {
	s := drawings.ReplaceAllString(string(h), "")
	s = anyTag.ReplaceAllString(blockEnd.ReplaceAllString(s, " "), "")
	return strings.Join(strings.Fields(html.UnescapeString(s)), " ")
}
