package content

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"finwait/scenario"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// loadText reads and renders a lesson in one language.
func (l *Lesson) loadText(c *Content, fsys fs.FS, lang Lang, terms *termFinder, ps *Problems) {
	file := path.Join(l.dir, string(lang)+".md")
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		ps.addf(file, 0, "is missing: a lesson needs both languages")
		return
	}
	meta, body, err := header(string(src))
	if err != nil {
		p := err.(*Problem)
		ps.addf(file, p.Line, "%s", p.Msg)
		return
	}
	t := &LessonText{Title: meta["title"], Words: words(figureForm.ReplaceAllString(body, "1"))}
	summary := meta["summary"]
	for _, key := range []string{"title", "summary"} {
		if meta[key] == "" {
			ps.addf(file, 1, "the front matter lacks %s", key)
		}
		delete(meta, key)
	}
	for key := range meta {
		ps.addf(file, 1, "the front matter has an unknown key %q", key)
	}
	body, err = l.found.fill(file, body)
	ps.add(file, 0, err)
	r := newComposer(file, body, l.found)
	r.terms, r.run = terms.at("../"), func(dest string) (scenario.Run, error) {
		run, err := l.linked(c, dest)
		if e, ok := err.(*scenario.Error); ok && ps.has("scenarios/"+run.Scenario+".star", e.Line) {
			err = nil // the scenario's own mistake, which is told
		}
		return run, err
	}
	t.Summary = r.plain(lineWith(string(src), "summary:"), summary)
	r.render(t)
	r.checkChoices(t, l.Prediction)
	*ps = append(*ps, r.problems...)
	l.Texts[lang] = t
}

// pairParts holds that both languages have the same sections in the same order.
func (l *Lesson) pairParts(ps *Problems) {
	en, zh := l.Texts[En], l.Texts[Zh]
	if en == nil || zh == nil {
		return // which is told
	}
	for i := range max(len(en.Parts), len(zh.Parts)) {
		switch {
		case i >= len(zh.Parts):
			ps.addf(l.dir+"/en.md", en.Parts[i].line, "zh.md lacks the section %q", en.Parts[i].ID)
		case i >= len(en.Parts):
			ps.addf(l.dir+"/zh.md", zh.Parts[i].line, "en.md lacks the section %q", zh.Parts[i].ID)
		case en.Parts[i].ID != zh.Parts[i].ID:
			ps.addf(l.dir+"/zh.md", zh.Parts[i].line, "the section %q stands where en.md has %q", zh.Parts[i].ID, en.Parts[i].ID)
		default:
			continue
		}
		return // the first tells where to look
	}
}

// composer turns one text into HTML, block by block, and reads what it claims.
type composer struct {
	file     string
	found    filling
	md       goldmark.Markdown
	source   []byte
	run      func(dest string) (scenario.Run, error) // what an address run:DEST opens
	terms    *termLinks
	seen     map[string]bool // ids of sections
	problems Problems

	cited  []string // names of the checks that hold its claims
	count  int      // claims
	linked []string // ids of the terms that are links
}

func newComposer(file, body string, found filling) *composer {
	return &composer{file: file, found: found, md: markdown(), source: []byte(body), seen: map[string]bool{}}
}

// plain fills a text without markup that stands at a line, and reads what it claims.
func (r *composer) plain(line int, text string) string {
	filled, err := r.found.fill(r.file, strings.Repeat("\n", line-1)+text)
	if err != nil {
		r.problems.add(r.file, line, err)
		return text // its claims may lack what failed
	}
	for _, c := range claims(strings.TrimLeft(filled, "\n")) {
		r.held(line, c)
	}
	return strings.TrimLeft(allMarks.ReplaceAllString(filled, ""), "\n")
}

// document parses the text.
func (r *composer) document() ast.Node {
	doc := r.md.Parser().Parse(text.NewReader(r.source))
	r.links(doc)
	return doc
}

// isHeading tells whether a block begins a section.
func isHeading(n ast.Node) bool {
	h, ok := n.(*ast.Heading)
	return ok && h.Level == 2
}

// render makes the parts of a lesson.
func (r *composer) render(out *LessonText) {
	var part *Part // nil is the lead
	for n := r.document().FirstChild(); n != nil; n = n.NextSibling() {
		if isHeading(n) {
			before := len(r.cited)
			out.Parts = append(out.Parts, r.heading(n.(*ast.Heading), len(out.Parts)+1))
			part = &out.Parts[len(out.Parts)-1]
			r.claims(n, part.Class)
			part.cited = slices.Clone(r.cited[before:])
			r.terms.forget()
			continue
		}
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			r.fail(n, "the title is in the front matter: begin with ##")
		}
		if part == nil {
			r.claims(n, "")
			r.link(n)
			out.Lead += r.html(n)
			continue
		}
		r.block(n, part)
	}
	for i := range out.Parts {
		out.Parts[i].Answer = template.HTML(strings.TrimPrefix(string(out.Parts[i].Answer), answerMark))
	}
	out.cited, out.Claims, out.Terms = r.cited, r.count, slices.Compact(slices.Sorted(slices.Values(r.linked)))
}

// block adds one block to a part.
func (r *composer) block(n ast.Node, p *Part) {
	class, before := p.Class, len(r.cited)
	if class == "predict" && p.Answer == "" {
		class = "choices"
	}
	r.claims(n, class)
	p.cited = append(p.cited, r.cited[before:]...)
	r.link(n)
	switch html := r.html(n); {
	case n.Kind() == ast.KindThematicBreak:
		r.answer(n, p)
	case p.Answer != "":
		p.Answer += html
	case class == "choices" && n.Kind() == ast.KindList:
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			p.Choices = append(p.Choices, r.inline(item))
		}
	default:
		p.Body += html
	}
}

// checkChoices holds the text's choices against what lesson.star says of them.
func (r *composer) checkChoices(t *LessonText, want *Prediction) {
	if want == nil {
		return // which is told of lesson.star
	}
	asked := false
	for _, p := range t.Parts {
		if p.Class != "predict" {
			continue
		}
		asked = true
		if len(p.Choices) != len(want.choices) || p.Answer == "" {
			r.problems.addf(r.file, 0, "the section {.predict} has %d choices, and lesson.star judges %d; its answer follows a line of dashes", len(p.Choices), len(want.choices))
		}
	}
	if !asked {
		r.problems.addf(r.file, 0, "there is no section {.predict}, which lesson.star judges")
	}
}

// answerMark stands for a begun answer until its text follows.
const answerMark = "\x00"

// answer begins the answer of a predict section.
func (r *composer) answer(n ast.Node, p *Part) {
	if p.Class != "predict" || p.Answer != "" {
		r.fail(n, "a line of dashes begins the answer, once, in a section {.predict}")
		return
	}
	p.Answer = answerMark
}

// heading begins a part.
func (r *composer) heading(h *ast.Heading, nth int) Part {
	p := Part{Title: r.inline(h), ID: "part-" + strconv.Itoa(nth), line: lineOf(h, r.source)}
	if v, ok := h.AttributeString("class"); ok {
		p.Class = string(v.([]byte))
		if p.ID = p.Class; !partClasses[p.Class] {
			r.fail(h, "no section is of the class %q", p.Class)
		}
	}
	if v, ok := h.AttributeString("at"); ok {
		name := fmt.Sprintf("%s", v)
		if _, ok := r.found.places[name]; !ok {
			r.fail(h, "lesson.star defines no moment %q", name)
		}
		p.Class, p.ID = "beat", name
		p.At, p.Seq = r.found.micros(name)
		p.Clock = Clock(p.At)
	}
	if r.seen[p.ID] {
		r.fail(h, "there are two sections %q", p.ID)
	}
	r.seen[p.ID] = true
	return p
}

// links resolves run: addresses, e.g. run:?closer=server or run:close/simultaneous, to the run's permalink.
func (r *composer) links(doc ast.Node) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		dest, ok := strings.CutPrefix(string(link.Destination), "run:")
		if !ok {
			return ast.WalkContinue, nil
		}
		run, err := r.run(dest)
		if err != nil {
			r.problems.addf(r.file, lineOf(link, r.source), "run:%s: %v", dest, err)
			return ast.WalkContinue, nil
		}
		token := run.Token()
		link.Destination = []byte("?run=" + url.QueryEscape(token))
		link.SetAttributeString("class", []byte("runlink"))
		link.SetAttributeString(runAttribute, []byte(token))
		return ast.WalkContinue, nil
	})
}

// linked reads what follows run: in an address, and tries the run that it names.
func (l *Lesson) linked(lib scenario.Library, dest string) (scenario.Run, error) {
	run, err := l.variation(dest)
	if err != nil {
		return run, err
	}
	token := run.Token()
	for _, r := range l.runs {
		if r.Token() == token {
			return run, nil // it was executed for its figures
		}
	}
	if _, known := l.tried[token]; !known {
		_, l.tried[token] = scenario.Execute(lib, run, scenario.Limits{})
	}
	return run, l.tried[token]
}

// runAttribute is where a link to a run has the run's token.
const runAttribute = "data-run"

// variation reads what follows run: in an address.
func (l *Lesson) variation(dest string) (scenario.Run, error) {
	name, query, _ := strings.Cut(dest, "?")
	values, err := url.ParseQuery(query)
	run := l.Run
	if name != "" {
		run = scenario.Run{Scenario: name, Seed: l.Run.Seed}
	}
	vary := map[string]string{}
	for k, v := range run.Vary {
		vary[k] = v
	}
	for k, v := range values {
		vary[k] = v[0]
	}
	run.Vary = vary
	return run, err
}

// html renders one block.
func (r *composer) html(n ast.Node) template.HTML {
	var b bytes.Buffer
	if err := r.md.Renderer().Render(&b, r.source, n); err != nil {
		r.fail(n, "%v", err)
	}
	if strings.Contains(b.String(), "](run:") {
		r.fail(n, "a run: address is not read as a link; write + for a space in it")
	}
	return template.HTML(allMarks.ReplaceAllString(b.String(), ""))
}

// inline renders what is inside a heading.
func (r *composer) inline(h ast.Node) template.HTML {
	var out template.HTML
	for n := h.FirstChild(); n != nil; n = n.NextSibling() {
		out += r.html(n)
	}
	return out
}

func (r *composer) fail(n ast.Node, format string, args ...any) {
	r.problems.addf(r.file, r.line(n), format, args...)
}

// line is where a node's block stands.
func (r *composer) line(n ast.Node) int {
	for n != nil && n.Type() == ast.TypeInline {
		n = n.Parent()
	}
	if n == nil {
		return 0
	}
	return lineOf(n, r.source)
}

// words counts what there is to read: words, and each character of Chinese.
func words(s string) int {
	n, inWord := 0, false
	for _, c := range s {
		switch {
		case unicode.Is(unicode.Han, c):
			n, inWord = n+1, false
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if !inWord {
				n++
			}
			inWord = true
		default:
			inWord = false
		}
	}
	return n
}
