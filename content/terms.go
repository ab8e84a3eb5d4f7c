package content

import (
	"html/template"
	"regexp"
	"slices"
	"strings"

	"finwait/engine"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
)

// termFinder finds the glossary's terms in texts of a language.
type termFinder struct {
	pattern *regexp.Regexp
	ids     map[string]string // by name in lower case
	states  map[string]string // by name; in a text they are chips
}

// newTermFinder knows every term by its name and by its other words; where one begins like another the longer counts.
func newTermFinder(groups []*Group, lang Lang) *termFinder {
	f := &termFinder{ids: map[string]string{}, states: map[string]string{}}
	for _, g := range groups {
		for _, e := range g.Entries {
			for _, name := range slices.Concat([]string{e.Texts[lang].Name}, e.Texts[lang].Also, e.Texts[lang].forms) {
				if FamilyOf(engine.State(name)) != "" {
					f.states[name] = e.ID
				} else if name != "" {
					f.ids[strings.ToLower(name)] = e.ID
				}
			}
		}
	}
	if len(f.ids) == 0 {
		return f
	}
	var names []string
	for name := range f.ids {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	for i, name := range names {
		names[i] = bounded(name)
	}
	f.pattern = regexp.MustCompile("(?i)" + strings.Join(names, "|"))
	return f
}

// bounded is a pattern for a name: a Latin word is a word of its own, or its plural. Chinese has no bounds.
func bounded(name string) string {
	p := regexp.QuoteMeta(name)
	if isLatin(name[0]) {
		p = `\b` + p
	}
	if isLatin(name[len(name)-1]) {
		p += `s?\b`
	}
	return p
}

func isLatin(c byte) bool { return c < 0x80 && c != ' ' && c != ')' }

// id is the term that a match of the pattern names.
func (f *termFinder) id(match string) string {
	match = strings.ToLower(match)
	if id := f.ids[match]; id != "" {
		return id
	}
	return f.ids[strings.TrimSuffix(match, "s")]
}

// at makes what links the terms of one page, which lies at the path up from the glossary's.
func (f *termFinder) at(up string) *termLinks {
	return &termLinks{termFinder: f, up: up, seen: map[string]bool{}}
}

// termLinks links each term once a section.
type termLinks struct {
	*termFinder
	up   string
	seen map[string]bool
}

// forget begins a new section.
func (l *termLinks) forget() { clear(l.seen) }

// first says whether a term is to be linked here.
func (l *termLinks) first(id string) bool {
	if id == "" || l.seen[id] {
		return false
	}
	l.seen[id] = true
	return true
}

// around makes a link of what names a term.
func (l *termLinks) around(id string, inside template.HTML) template.HTML {
	return template.HTML(`<a class="gloss" href="`+l.up+glossaryDir+`#`+id+`" data-term="`+id+`">`) + inside + `</a>`
}

// link makes links of the terms in a block: of the first of each in the section. Links and headings stay as they are.
func (r *composer) link(block ast.Node) {
	if r.terms.pattern == nil {
		return
	}
	var found []ast.Node
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.Kind() {
		case ast.KindCodeSpan:
			if entering {
				found = append(found, n)
			}
			return ast.WalkSkipChildren, nil
		case ast.KindLink, ast.KindHeading, ast.KindFencedCodeBlock, extension.KindTableHeader:
			return ast.WalkSkipChildren, nil
		case ast.KindText, kindHTML:
			if entering {
				found = append(found, n)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range found {
		switch n := n.(type) {
		case *htmlNode:
			if id := r.terms.states[n.name]; r.terms.first(id) {
				n.html = r.terms.around(id, n.html)
				r.linked = append(r.linked, id)
			}
		case *ast.CodeSpan:
			r.linkCode(n)
		case *ast.Text:
			r.linkText(n)
		}
	}
}

// linkCode makes a link of code that is a term as a whole.
func (r *composer) linkCode(n *ast.CodeSpan) {
	code := strings.Trim(flat(n, r.source), codeOpen+codeClose)
	id := r.terms.ids[strings.ToLower(code)]
	if !r.terms.first(id) {
		return
	}
	inside := template.HTML("<code>" + template.HTMLEscapeString(code) + "</code>")
	n.Parent().ReplaceChild(n.Parent(), n, &htmlNode{html: r.terms.around(id, inside)})
	r.linked = append(r.linked, id)
}

func (r *composer) linkText(t *ast.Text) {
	value := t.Segment.Value(r.source)
	var spans [][]int
	var links []ast.Node
	for _, m := range r.terms.pattern.FindAllIndex(value, -1) {
		name := string(value[m[0]:m[1]])
		id := r.terms.id(name)
		if !r.terms.first(id) {
			continue
		}
		spans = append(spans, m)
		links = append(links, &htmlNode{html: r.terms.around(id, template.HTML(template.HTMLEscapeString(name)))})
		r.linked = append(r.linked, id)
	}
	replace(t, spans, links)
}

// checkTerms holds that some text in each language uses each term.
func (c *Content) checkTerms(ps *Problems) {
	for _, lang := range Langs {
		used := map[string]bool{}
		note := func(ids []string) {
			for _, id := range ids {
				used[id] = true
			}
		}
		for _, l := range c.lessons {
			note(l.Texts[lang].Terms)
		}
		for _, g := range c.interview {
			for _, e := range g.Entries {
				note(e.Texts[lang].Terms)
			}
		}
		for _, g := range c.glossary {
			for _, e := range g.Entries {
				if t := e.Texts[lang]; !used[e.ID] {
					ps.addf(t.file, t.line, "no text uses the term %q", t.Name)
				}
			}
		}
	}
}
