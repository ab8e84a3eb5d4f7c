//go:build journeys

package journeys

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestNoPageHasAnAccessibilityFault lets axe-core judge each page in both languages, both themes and three widths.
func TestNoPageHasAnAccessibilityFault(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Allow("404") // one of the pages is that of an unknown lesson
		lesson := "/" + l.Code + "/lessons/four-way"
		for name, path := range map[string]string{
			"home": "/" + l.Code + "/", "lesson": lesson, "embed": "/embed" + lesson, "unknown lesson": "/" + l.Code + "/lessons/nine-way",
		} {
			for _, theme := range []string{"light", "dark"} {
				for _, width := range []int64{390, 700, 1440} {
					p.Width(width)
					p.Media(theme, true)
					if strings.HasSuffix(path, lesson) {
						p.OpenStage(l, s.URL+path)
					} else {
						p.Open(s.URL + path)
					}
					p.axe(fmt.Sprintf("%s, %s, %d px", name, theme, width))
				}
			}
		}
	})
}

// TestTheStageInUseHasNoAccessibilityFault lets axe-core judge what appears while a learner works: a segment in flight and
// its menu, a second run, a reason, the list of keys, a graded answer.
func TestTheStageInUseHasNoAccessibilityFault(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Media("dark", true)
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.axe("a segment in flight")
		p.Press("Enter")
		p.Find("menuitem", l.phrase(t, "menu.drop"))
		p.axe("a segment's menu")
		p.Press("d")
		stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
		stage.Enter()
		stage.Jump("End")
		p.Press("w")
		p.axe("two runs, at the end of one, with a reason")
		p.Press("?")
		p.Find("dialog", "")
		p.axe("the list of keys")
		p.Press("Escape")
		question := card{p}
		question.answer(question.ask(s).wrong())
		p.Find("button", l.phrase(t, "quiz.open"))
		p.axe("a graded answer")
	})
}

// axe fails the test for each finding of axe-core on the page as it is.
func (p *Tab) axe(where string) {
	p.t.Helper()
	source, err := os.ReadFile("../web/ts/node_modules/axe-core/axe.min.js")
	if err != nil {
		p.t.Fatalf("%v; `make tools` installs it", err)
	}
	type finding struct {
		ID, Help string
		Nodes    []string
	}
	Eval[any](p, string(source)+"; null")
	findings := Eval[[]finding](p, `axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => violations.map((v) => ({
		id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.flat().join(" ") + ": " + (n.any.concat(n.all, n.none)[0]?.message ?? "")),
	})))`)
	for _, f := range findings {
		p.t.Errorf("%s: %s (%s)\n  %s", where, f.Help, f.ID, strings.Join(f.Nodes, "\n  "))
	}
}
