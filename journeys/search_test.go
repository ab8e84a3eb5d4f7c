//go:build journeys

package journeys

import (
	"regexp"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// finder is the search dialog.
type finder struct {
	*Tab
	l language
}

// open presses the key and waits for the dialog to be ready.
func (f finder) open() {
	f.t.Helper()
	f.Press("/")
	f.ready()
}

// ready waits for the dialog to have the keyboard and its words.
func (f finder) ready() {
	f.t.Helper()
	f.Until("the dialog", `document.querySelector("dialog[open] [role=combobox]") === document.activeElement`)
	f.until("the words of the dialog", func() bool { return f.status() != "" })
}

func (f finder) status() string {
	return Eval[string](f.Tab, `document.querySelector(".searchdlg [role=status]")?.textContent ?? ""`)
}

// ask types a query in place of the last.
func (f finder) ask(query string) {
	f.t.Helper()
	Eval[any](f.Tab, `(() => { const i = document.activeElement; i.value = `+quoted(query)+`; i.dispatchEvent(new InputEvent("input", {bubbles: true})); })()`)
}

// chosen is the text of the option that Enter opens.
func (f finder) chosen() string {
	return Eval[string](f.Tab, `document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent ?? ""`)
}

// TestSearchByKeyboard opens the search with its key, on a lesson's page with its stage: results are counted in words, the
// arrows choose, Enter opens what is chosen, Escape gives the page back as it was.
func TestSearchByKeyboard(t *testing.T) {
	t.Parallel()
	queries := map[string]struct{ query, first, path string }{
		"en": {"time wait", "TIME-WAIT", "/en/states#TIME-WAIT"},
		"zh": {"孤儿连接", "孤儿连接", "/zh/glossary#orphan"},
	}
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		want := queries[l.Code]
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		for _, r := range p.Received() {
			if strings.HasSuffix(r.URL, "/search.js") || strings.Contains(r.URL, "/search/") {
				t.Errorf("%s came before it was asked for", r.URL)
			}
		}
		f := finder{p, l}
		f.open()
		if f.status() != l.page(t, "search.hint") {
			t.Errorf("an empty search says %q", f.status())
		}
		f.ask(want.query)
		f.until("a count", func() bool { return regexp.MustCompile(`\d`).MatchString(f.status()) })
		first := f.chosen()
		f.Press("ArrowDown")
		if second := f.chosen(); second == first || second == "" {
			t.Errorf("an arrow chooses %q after %q", second, first)
		}
		f.Press("ArrowUp")
		if f.chosen() != first {
			t.Errorf("back at %q instead of %q", f.chosen(), first)
		}
		f.Press("Escape")
		p.Until("the dialog closed", `!document.querySelector("dialog[open]")`)
		if at := Eval[string](p, "location.pathname"); at != "/"+l.Code+"/lessons/four-way" {
			t.Errorf("Escape leads to %s", at)
		}
		f.open()
		f.ask("zzzz")
		f.until("that nothing has it", func() bool { return strings.Contains(f.status(), "zzzz") })
		if p.All("option", ".") != nil {
			t.Error("there are results for nonsense")
		}
		f.ask(want.query)
		for range 40 {
			if strings.HasPrefix(f.chosen(), want.first) && len(f.chosen()) > 0 && strings.HasSuffix(Eval[string](p, `document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).href`), want.path) {
				break
			}
			f.Press("ArrowDown")
		}
		f.Press("Enter")
		p.Until("the place that was found", `(location.pathname + location.hash) === `+quoted(want.path))
	})
}

// TestSearchOfOneKind narrows the results by a choice: of words to what fits them, of none to all of that kind.
func TestSearchOfOneKind(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Open(s.URL + "/" + l.Code + "/")
		f := finder{p, l}
		f.open()
		choose := func(name string) {
			p.Find("button", "^"+l.page(t, "search.only."+name)+"$").Click()
			p.Element(".searchdlg input").Focus()
		}
		kinds := `[...document.querySelectorAll(".searchdlg .skind")].map((x) => x.textContent).join()`
		f.ask("backlog")
		p.Until("results of many kinds", `document.querySelectorAll(".searchdlg .skind").length > 2`)
		for name, path := range map[string]string{"asked": "/interview#", "term": "/glossary#", "scenario": "/playground?run="} {
			choose(name)
			want := l.page(t, "search.kind."+name)
			p.Until("results of one kind", kinds+` === `+quoted(want))
			if href := Eval[string](p, `document.querySelector(".searchdlg [role=option]").href`); !strings.Contains(href, "/"+l.Code+path) {
				t.Errorf("%s leads to %s", name, href)
			}
		}
		f.ask("")
		p.Until("all scenarios", `document.querySelectorAll(".searchdlg [role=option]").length === 40`)
		choose("all")
		p.Until("nothing again", `document.querySelectorAll(".searchdlg [role=option]").length === 0`)
	})
}

// TestTheSearchHasNoAccessibilityFault lets axe-core judge the dialog with results, in both themes, wide and on a phone.
// The header's button opens it too, and the slash stays a letter where one writes.
func TestTheSearchHasNoAccessibilityFault(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		f := finder{p, l}
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{390, 1440} {
				p.Media(theme, true)
				p.Width(width)
				p.Open(s.URL + "/" + l.Code + "/")
				p.Find("button", "^"+regexp.QuoteMeta(l.page(t, "search.title"))+"$").Click()
				f.ready()
				f.ask("fin")
				p.Find("option", "FIN")
				p.axe("the search, " + theme)
				p.Press("/")
				p.Until("the slash in the query", `document.activeElement.value === "fin/"`)
			}
		}
	})
}
