package content

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"finwait/engine"
	"finwait/scenario"
)

// Entry is a term of the glossary, or a question that interviewers ask. What its text claims, checks of lessons hold.
type Entry struct {
	ID    string
	Texts map[Lang]*EntryText
}

// EntryText is an entry in one language.
type EntryText struct {
	Name  string        // the heading
	Title template.HTML // the same, with the states in it marked
	Also  []string      // other names
	Body  template.HTML
	Shown Shown
	Terms []string // ids of the terms that are linked in it

	forms  []string // how texts name it besides, as "closes first" for the active closer
	file   string
	line   int
	cited  []string
	claims int
}

// Shown is where there is more of an entry: the section of a lesson that cites the same check, and the run that the check
// looks at.
type Shown struct {
	Lesson *Lesson
	Part   string // the section's id; empty for the lesson as a whole
	Run    scenario.Run
}

// Group is a part of the glossary, or of the list of questions.
type Group struct {
	ID      string
	Title   engine.Text
	Entries []*Entry
}

// loadEntries renders the texts of a collection, with links of the terms where there are any. Their claims cite checks of lessons as LESSON/CHECK, and figures likewise.
func (c *Content) loadEntries(all *collection, terms map[Lang]*termFinder, ps *Problems) {
	ground := c.ground()
	for _, s := range all.sheets {
		body, err := ground.fill(s.file, s.body)
		ps.add(s.file, 0, err)
		r := newComposer(s.file, body, ground)
		r.terms, r.run = cmp.Or(terms[s.lang], &termFinder{}).at(""), libraryRun
		c.composeEntries(r, s)
		*ps = append(*ps, r.problems...)
	}
}

// libraryRun reads what follows run: in an address where there is no run of one's own.
func libraryRun(dest string) (scenario.Run, error) {
	return scenario.Run{}, fmt.Errorf("only a lesson's text leads to runs so; an entry leads to the run of the first check that it cites")
}

// composeEntries renders the entries of one file.
func (c *Content) composeEntries(r *composer, s *sheet) {
	next := 0
	var t *EntryText
	for n := r.document().FirstChild(); n != nil; n = n.NextSibling() {
		if isHeading(n) {
			t = s.entries[next]
			next++
			t.Title = r.inline(n)
			r.terms.forget()
			continue
		}
		if t == nil {
			r.fail(n, "a text stands before the first heading")
			return
		}
		before, linked, held := len(r.cited), len(r.linked), r.count
		r.claims(n, "")
		r.link(n)
		t.Body += r.html(n)
		t.cited = append(t.cited, r.cited[before:]...)
		t.Terms = append(t.Terms, r.linked[linked:]...)
		t.claims += r.count - held
	}
	for _, t := range s.entries {
		if t.Shown = c.shown(t.cited, s.lang); t.Shown.Lesson == nil {
			r.problems.addf(s.file, t.line, "cites no check that looks at a run: name one of a lesson's by {{= LESSON/CHECK}}")
		}
	}
}

// shown finds where there is more: by the first cited check that looks at a run.
func (c *Content) shown(cited []string, lang Lang) Shown {
	for _, name := range cited {
		slug, check, _ := strings.Cut(name, "/")
		l := c.Lesson(slug)
		if l == nil || l.proofs[check] == nil || l.proofs[check].holds == nil {
			continue
		}
		return Shown{Lesson: l, Part: l.Texts[lang].citing(check), Run: l.runs[l.proofs[check].runs[0]]}
	}
	return Shown{}
}

// citing is the first section that cites a check; one that only asks comes last.
func (t *LessonText) citing(check string) string {
	asks := ""
	for _, p := range t.Parts {
		for _, name := range p.cited {
			switch {
			case name != check:
			case p.Class == "predict":
				asks = p.ID
			default:
				return p.ID
			}
		}
	}
	return asks
}

// ground is all that the lessons hold, each by its lesson's slug, a slash and its name.
func (c *Content) ground() filling {
	all := filling{places: places{}, figures: map[string]string{}, proofs: map[string]*proof{}}
	for _, l := range c.lessons {
		for name, ev := range l.found.places {
			all.places[l.Slug+"/"+name] = ev
		}
		for name, text := range l.found.figures {
			all.figures[l.Slug+"/"+name] = text
		}
		for name, p := range l.proofs {
			all.proofs[l.Slug+"/"+name] = p
		}
	}
	return all
}

// Glossary lists the terms by group.
func (c *Content) Glossary() []*Group { return c.glossary }

// Interview lists the questions that interviewers ask, by group.
func (c *Content) Interview() []*Group { return c.interview }

// AskedOf lists the questions of interviews whose answers lead to a lesson.
func (c *Content) AskedOf(l *Lesson, lang Lang) []*Entry {
	var out []*Entry
	for _, g := range c.interview {
		for _, e := range g.Entries {
			if e.Texts[lang].Shown.Lesson == l {
				out = append(out, e)
			}
		}
	}
	return out
}

// Terms finds terms of the glossary by their ids.
func (c *Content) Terms(ids []string) []*Entry {
	var out []*Entry
	for _, g := range c.glossary {
		for _, e := range g.Entries {
			if slices.Contains(ids, e.ID) {
				out = append(out, e)
			}
		}
	}
	return out
}
