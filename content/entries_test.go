package content

import (
	"errors"
	"html/template"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// written lays files over one lesson.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Mistakes in the glossary and in the list of questions, each with the place where it is.
func TestMistakesInEntriesNameFileAndLine(t *testing.T) {
	const head, good = "---\ntitle: T\n---\n\n", "## orphan {#orphan}\n\nA socket.{{= four-way/eof}}\n"
	for name, test := range map[string]struct{ en, zh, want string }{
		"missing translation":      {head + good, "", "glossary/01-x/zh.md: is missing"},
		"no id":                    {head + "## orphan\n\nText.\n", head + good, "glossary/01-x/en.md:5: a heading is written ## name {#id}"},
		"one language alone":       {head + good + "\n## leak {#leak}\n\nText.{{= four-way/eof}}\n", head + good, "glossary/01-x/en.md:9: glossary/01-x/zh.md lacks the entry #leak"},
		"the other language alone": {head + good, head + good + "\n## 泄漏 {#leak}\n\n文。{{= four-way/eof}}\n", "glossary/01-x/zh.md:9: en.md has no entry #leak"},
		"twice":                    {head + good + "\n" + good, head + good, "glossary/01-x/en.md:9: there are two entries #orphan"},
		"unknown check":            {head + "## orphan {#orphan}\n\nA socket.{{= four-way/nothing}}\n", head + good, `glossary/01-x/en.md:7: {{= four-way/nothing}}: there is no check "four-way/nothing"`},
		"unheld claim":             {head + good + "It waits in TIME-WAIT.\n", head + good, "glossary/01-x/en.md:7: no check holds this claim"},
		"typed figure":             {head + good + "It lasts 20 ms.{{= four-way/eof}}\n", head + good, "glossary/01-x/en.md:7: the figure 20 is typed"},
		"no check at all":          {head + "## orphan {#orphan}\n\nA socket.\n", head + good, "glossary/01-x/en.md:5: cites no check that looks at a run"},
		"a document alone":         {head + "## orphan {#orphan}\n\nA socket.{{= four-way/tcp-timewait-len}}\n", head + good, "glossary/01-x/en.md:5: cites no check that looks at a run"},
		"front matter":             {"---\nname: T\n---\n\n" + good, head + good, "glossary/01-x/en.md:1: the front matter is the title of the group"},
		"another order": {head + good + "\n## leak {#leak}\n\nText.{{= four-way/eof}}\n", head + "## 泄漏 {#leak}\n\n文。{{= four-way/eof}}\n\n" + good,
			"glossary/01-x/zh.md:9: #orphan stands elsewhere in glossary/01-x/en.md"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"glossary/01-x/en.md": test.en, "glossary/01-x/zh.md": test.zh}
			if test.zh == "" {
				delete(files, "glossary/01-x/zh.md")
			}
			err := laid(t, written(t, files))
			var ps Problems
			if !errors.As(err, &ps) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %s\ngot %v", test.want, err)
			}
		})
	}
	if err := laid(t, written(t, map[string]string{"interview/x/en.md": head + good})); err == nil || !strings.Contains(err.Error(), "interview/x: a group's folder is named NN-name") {
		t.Errorf("the folder's name: %v", err)
	}
}

// A term that no text uses is reported where it stands.
func TestUnusedTermsAreReported(t *testing.T) {
	fsys, err := over(oneLesson{embedded}, written(t, map[string]string{
		"glossary/01-x/en.md": "---\ntitle: T\n---\n\n## zebra {#zebra}\n\nA horse.{{= four-way/eof}}\n\n## orphan {#orphan also=\"it | TIME-WAIT\"}\n\nIt.{{= four-way/eof}}\n",
		"glossary/01-x/zh.md": "---\ntitle: T\n---\n\n## 挥手 {#zebra}\n\n文。{{= four-way/eof}}\n\n## 孤儿 {#orphan also=\"TIME-WAIT\"}\n\n文。{{= four-way/eof}}\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	c, err := load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var ps Problems
	c.checkTerms(&ps)
	if len(ps) != 1 || ps[0].Error() != `glossary/01-x/en.md:5: no text uses the term "zebra"` {
		t.Errorf("got %v", ps)
	}
}

func TestTermsAreFound(t *testing.T) {
	c := loaded(t)
	for text, want := range map[string][]string{
		"The orphans of a half-close wait.":       {"orphan", "half-close"},
		"An accept queue, a listen queue.":        {"accept-queue"},
		"SACK and D-SACK":                         {"sack", "dsack"},
		"unsocketed, a thousandsegments":          nil,
		"the connection is closed, it may listen": nil,
		"Retransmission timeouts":                 {"rto"},
	} {
		checkFound(t, newTermFinder(c.Glossary(), En), text, want)
	}
	for text, want := range map[string][]string{
		"孤儿连接没有文件描述符":  {"orphan", "descriptor"},
		"第四个报文段":       {"segment"},
		"SACK块和D-SACK": {"sack", "dsack"},
	} {
		checkFound(t, newTermFinder(c.Glossary(), Zh), text, want)
	}
}

func checkFound(t *testing.T, f *termFinder, text string, want []string) {
	t.Helper()
	var got []string
	for _, m := range f.pattern.FindAllString(text, -1) {
		got = append(got, f.id(m))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q: %v, want %v", text, got, want)
	}
}

// In each section of each text a term is linked once, and what is linked there is a term that has a card.
func TestTermsAreLinkedOnceASection(t *testing.T) {
	c := loaded(t)
	for _, lang := range Langs {
		for _, l := range c.Lessons() {
			text := l.Texts[lang]
			known := c.Terms(text.Terms)
			if len(known) != len(text.Terms) || len(known) < 5 {
				t.Errorf("%s, %s: %d terms, of which the glossary has %d", l.Slug, lang, len(text.Terms), len(known))
			}
			for _, html := range append(sections(text), text.Lead) {
				for _, id := range text.Terms {
					if n := strings.Count(string(html), `data-term="`+id+`"`); n > 1 {
						t.Errorf("%s, %s: %s is linked %d times in %.80q", l.Slug, lang, id, n, html)
					}
				}
			}
		}
	}
	html := string(c.Lesson("four-way").Texts[En].Parts[2].Body)
	if want := `<a class="gloss" href="../glossary#close-wait" data-term="close-wait">` + string(Chip("CLOSE-WAIT")) + `</a>`; !strings.Contains(html, want) {
		t.Errorf("a state is no term in %s", html)
	}
}

func sections(t *LessonText) []template.HTML {
	var all []template.HTML
	for _, p := range t.Parts {
		all = append(all, p.Body+p.Answer)
	}
	return all
}

// An entry leads to a section that cites the same check, in each language.
func TestEntriesLeadToWhereTheyAreShown(t *testing.T) {
	for _, g := range append(loaded(t).Glossary(), loaded(t).Interview()...) {
		for _, e := range g.Entries {
			for _, lang := range Langs {
				shown := e.Texts[lang].Shown
				if shown.Part == "" || shown.Run.Scenario == "" {
					t.Errorf("%s, %s: lesson %s, section %q, run %v", e.ID, lang, shown.Lesson.Slug, shown.Part, shown.Run)
				}
			}
		}
	}
}
