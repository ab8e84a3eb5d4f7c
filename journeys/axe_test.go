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
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Allow("404") // one of the pages is that of an unknown lesson
		for name, path := range map[string]string{
			"home": "/" + l.Code + "/", "lesson": "/" + l.Code + "/lessons/four-way",
			"embed": "/embed/" + l.Code + "/lessons/four-way", "unknown lesson": "/" + l.Code + "/lessons/nine-way",
		} {
			for _, theme := range []string{"light", "dark"} {
				for _, width := range []int64{390, 700, 1440} {
					p.Width(width)
					p.Media(theme, true)
					p.Open(s.URL + path)
					if strings.Contains(path, "four-way") {
						p.Find("button", l.exactly(t, "play.play"))
					}
					p.axe(fmt.Sprintf("%s, %s, %d px", name, theme, width))
				}
			}
		}
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
