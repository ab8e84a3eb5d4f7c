package content

import (
	"cmp"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"regexp"
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

// The folders of what has entries: each is a list of folders NN-name with en.md and zh.md.
const (
	glossaryDir  = "glossary"
	interviewDir = "interview"
)

var groupDir = regexp.MustCompile(`^\d\d-([a-z0-9]+(?:-[a-z0-9]+)*)$`)

// entryHeading is "## active closer {#active-closer also="active close | closes first, closed first"}".
var entryHeading = regexp.MustCompile(`^## (.+) \{#([a-z0-9]+(?:-[a-z0-9]+)*)(?: also="([^"]*)")?\}$`)

// sheet is one file of entries as it was read.
type sheet struct {
	file    string
	lang    Lang
	body    string
	entries []*EntryText
}

// collection is the glossary, or the list of questions, before its texts are rendered.
type collection struct {
	groups []*Group
	sheets []*sheet
}

// collect reads the headings of a folder's files: what entries there are, and what they are called.
func collect(fsys fs.FS, dir string, ps *Problems) *collection {
	c := &collection{}
	ids := map[string]bool{}
	folders, _ := fs.ReadDir(fsys, dir)
	for _, f := range folders {
		m := groupDir.FindStringSubmatch(f.Name())
		if m == nil {
			ps.addf(path.Join(dir, f.Name()), 0, "a group's folder is named NN-name, like 02-closing")
			continue
		}
		g := &Group{ID: m[1]}
		en := c.read(fsys, path.Join(dir, f.Name()), En, g, ps)
		zh := c.read(fsys, path.Join(dir, f.Name()), Zh, g, ps)
		if en == nil || zh == nil {
			continue
		}
		g.pair(en, zh, ids, ps)
		c.groups = append(c.groups, g)
	}
	return c
}

// read reads the headings of one file; nil where it can't be used.
func (c *collection) read(fsys fs.FS, dir string, lang Lang, g *Group, ps *Problems) *sheet {
	s := &sheet{file: path.Join(dir, string(lang)+".md"), lang: lang}
	src, err := fs.ReadFile(fsys, s.file)
	if err != nil {
		ps.addf(s.file, 0, "is missing: entries need both languages")
		return nil
	}
	meta, body, err := header(string(src))
	if err != nil {
		p := err.(*Problem)
		ps.addf(s.file, p.Line, "%s", p.Msg)
		return nil
	}
	if meta["title"] == "" || len(meta) > 1 {
		ps.addf(s.file, 1, "the front matter is the title of the group: title: …")
	}
	if lang == Zh {
		g.Title.Zh = meta["title"]
	} else {
		g.Title.En = meta["title"]
	}
	s.body = body
	for i, line := range strings.Split(body, "\n") {
		if !strings.HasPrefix(line, "## ") {
			continue
		}
		m := entryHeading.FindStringSubmatch(line)
		if m == nil {
			ps.addf(s.file, i+1, `a heading is written ## name {#id}, or ## name {#id also="other name, … | form in texts, …"}`)
			return nil
		}
		t := &EntryText{Name: m[1], file: s.file, line: i + 1}
		names, forms, _ := strings.Cut(m[3], "|")
		t.Also, t.forms = listed(names), listed(forms)
		s.entries = append(s.entries, t)
		if lang == En {
			g.Entries = append(g.Entries, &Entry{ID: m[2], Texts: map[Lang]*EntryText{En: t}})
		} else if e := g.find(m[2]); e != nil {
			e.Texts[Zh] = t
		} else {
			ps.addf(s.file, i+1, "en.md has no entry #%s", m[2])
		}
	}
	c.sheets = append(c.sheets, s)
	return s
}

// listed reads what commas separate.
func listed(text string) []string {
	var out []string
	for _, item := range strings.Split(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// pair holds that both languages have the same entries in the same order, and each id once in all groups.
func (g *Group) pair(en, zh *sheet, ids map[string]bool, ps *Problems) {
	for i, e := range g.Entries {
		t := e.Texts[En]
		if ids[e.ID] {
			ps.addf(t.file, t.line, "there are two entries #%s", e.ID)
		}
		ids[e.ID] = true
		switch other := e.Texts[Zh]; {
		case other == nil:
			ps.addf(t.file, t.line, "%s lacks the entry #%s", zh.file, e.ID)
			e.Texts[Zh] = &EntryText{file: zh.file}
		case i >= len(zh.entries) || zh.entries[i] != other:
			ps.addf(other.file, other.line, "#%s stands elsewhere in %s", e.ID, en.file)
		}
	}
}

func (g *Group) find(id string) *Entry {
	for _, e := range g.Entries {
		if e.ID == id {
			return e
		}
	}
	return nil
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
