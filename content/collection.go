package content

import (
	"io/fs"
	"path"
	"regexp"
	"strings"
)

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
	for _, f := range entries(fsys, dir, ps) {
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
