//go:build journeys

package journeys

import (
	"encoding/base64"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/page"

	"finwait/journeys/server"
)

// TestTheCheatSheetIsOneSheetOfPaper prints it as its style says, and lets axe-core judge it on a screen.
func TestTheCheatSheetIsOneSheetOfPaper(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, width := range []int64{390, 1440} {
			p.Width(width)
			p.Open(s.URL + "/" + l.Code + "/cheatsheet")
			p.axe("the cheat sheet")
			if over := Eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				t.Errorf("at %d px it is %d px too wide", width, over)
			}
		}
		encoded := must(p, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: new(true)}).Data
		pdf := []byte(encoded)
		if raw, err := base64.StdEncoding.DecodeString(string(pdf)); err == nil {
			pdf = raw
		}
		if pages := regexp.MustCompile(`/Type\s*/Page\b`).FindAll(pdf, -1); len(pages) != 1 {
			t.Errorf("it prints on %d pages", len(pages))
		}
	})
}
