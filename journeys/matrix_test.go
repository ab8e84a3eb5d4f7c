//go:build journeys

package journeys

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestTheLossMatrixOpensItsRuns reads the matrix with scripts off, then opens the cell in which every FIN is lost: the stage
// has that run, at the loss.
func TestTheLossMatrixOpensItsRuns(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		page := s.URL + "/" + l.Code + "/matrix"
		p.Open(page)
		cells := p.All("link", l.page(t, "matrix.verdict.late")+"|"+l.page(t, "matrix.verdict.healed")+"|"+l.page(t, "matrix.verdict.lost"))
		if len(cells) != 22 {
			t.Errorf("%d cells say how they end", len(cells))
		}
		name := "FIN 1.*" + strings.NewReplacer("{call}", "close", "(", `\(`, ")", `\)`).Replace(l.page(t, "matrix.always.call"))
		p.Find("link", name).Click()
		p.Until("the run's address", `location.search.includes("matrix%2Fclose") || location.search.includes("matrix/close")`)
		stage := p.StageOf(l)
		ms, _, _, _ := stage.Where()
		if ms != 70 {
			t.Errorf("the stage opens at %d ms, and the FIN is lost at 70 ms", ms)
		}
	})
}

// TestALessonShowsItsRowOfTheLossMatrix opens a cell of the row on the lesson's own stage, then the whole matrix at that row.
func TestALessonShowsItsRowOfTheLossMatrix(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/lost-fin")
		if n := len(p.All("link", "^FIN 1.*("+l.page(t, "matrix.verdict.late")+"|"+l.page(t, "matrix.verdict.lost")+")")); n != 4 {
			t.Errorf("the row has %d cells", n)
		}
		once := strings.NewReplacer("{call}", "shutdown", "(", `\(`, ")", `\)`).Replace(l.page(t, "matrix.once.call"))
		p.Find("link", "FIN 1.*"+once).Click()
		p.Until("the run's address", `location.pathname.endsWith("/lessons/lost-fin") && new URLSearchParams(location.search).get("run")?.startsWith("matrix/close")`)
		if ms, _, _, _ := stage.Where(); ms != 70 {
			t.Errorf("the stage opens at %d ms, and the FIN is lost at 70 ms", ms)
		}
		p.Find("link", l.page(t, "matrix.here.all")).Click()
		p.Until("the matrix at its row", `location.pathname.endsWith("/matrix") && document.querySelector("tr:target")?.id === "first-FIN"`)
	})
}

// TestThePagesAroundTheLessonsAreWhole looks at each page in both languages and themes and at three widths: no
// accessibility fault, nothing wider than the window, nothing that moves while it loads.
func TestThePagesAroundTheLessonsAreWhole(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, name := range append(slices.Clone(pagesAround), "interview") {
			for _, theme := range []string{"light", "dark"} {
				for _, width := range []int64{390, 700, 1440} {
					where := fmt.Sprintf("%s, %s, %d px", name, theme, width)
					p.Width(width)
					p.Media(theme, true)
					p.Open(s.URL + "/" + l.Code + "/" + name)
					p.Until("its headline", `document.querySelector("h1")`)
					p.axe(where)
					if over := Eval[int](p, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
						t.Errorf("%s: %d px wider than the window", where, over)
					}
					// A shift is told by three decimals. Where the parser pauses within a chip, its glyph of 11 px comes before its
					// text and moves by 3 px, which is 0.0000003.
					if s := p.shift(); s.Sum >= 0.0005 {
						t.Errorf("%s: it shifts by %g while it loads:\n%s", where, s.Sum, strings.Join(s.Moved, "\n"))
					}
				}
			}
		}
	})
}

// pagesAround are the pages around the lessons, below the language.
var pagesAround = []string{"matrix", "states", "reference", "glossary", "progress"}

// TestThePagesAreTextWithoutJavaScript reads them with scripts off.
func TestThePagesAreTextWithoutJavaScript(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.WithoutJavaScript()
		for _, name := range pagesAround {
			p.Open(s.URL + "/" + l.Code + "/" + name)
			seen := p.visibleText()
			for _, want := range []string{"FIN-WAIT-1", "TIME-WAIT", "LAST-ACK"} {
				if !strings.Contains(seen, want) {
					t.Errorf("without scripts %s does not say %s", name, want)
				}
			}
			if strings.ContainsAny(seen, "{}") {
				t.Errorf("without scripts %s shows a template's braces", name)
			}
		}
	})
}

// TestThePhonesMenuLeadsEverywhere opens the menu where the header has no room for links.
func TestThePhonesMenuLeadsEverywhere(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Width(390)
		p.Open(s.URL + "/" + l.Code + "/")
		p.Element("details.course-menu > summary").Click()
		p.Element(fmt.Sprintf(`details.course-menu a[href$="/%s/progress"]`, l.Code)).Click()
		p.Until("the page of the progress", `location.pathname.endsWith("/progress")`)
	})
}
