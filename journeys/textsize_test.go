//go:build journeys

package journeys

import (
	"fmt"
	"regexp"
	"testing"

	"finwait/journeys/server"
)

// fontSize is what the reader's choice comes to, px.
const fontSize = `parseFloat(getComputedStyle(document.documentElement).fontSize)`

// TestTheSizeOfTheTextIsRemembered chooses the largest: the text and the stage's panels grow, another page has it from its
// first paint on, nothing leaves the window, and on a phone the menu has the choice.
func TestTheSizeOfTheTextIsRemembered(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		lesson := s.URL + "/" + l.Code + "/lessons/four-way"
		p.OpenStage(l, lesson)
		code := `parseFloat(getComputedStyle(document.querySelector("tcp-code")).fontSize)`
		// How high a host's name stands on the ladder.
		drawn := `document.querySelector("tcp-ladder .heads .host").getBoundingClientRect().height`
		before, small, low := Eval[float64](p, fontSize), Eval[float64](p, code), Eval[float64](p, drawn)
		p.Find("DisclosureTriangle", map[string]string{"en": "Text size", "zh": "字号"}[l.Code]).Click()
		p.axe("the choice of a size")
		p.Find("button", map[string]string{"en": "^Very large$", "zh": "^特大$"}[l.Code]).Click()
		if after, large := Eval[float64](p, fontSize), Eval[float64](p, code); after != 1.25*before || large <= small {
			t.Errorf("the text has %v px after %v, the program %v px after %v", after, before, large, small)
		}
		p.Until("the ladder's text larger by as much", fmt.Sprintf(`%s >= %v`, drawn, 1.2*low))
		p.Press("Escape")
		p.Until("the menu closed", `!document.querySelector(".sizing").open`)
		p.Open(s.URL + "/" + l.Code + "/reference")
		if Eval[float64](p, fontSize) != 1.25*before || Eval[string](p, `document.querySelector(".sizing [data-text-size=xl]").getAttribute("aria-pressed")`) != "true" {
			t.Error("another page has forgotten it")
		}
		for _, width := range []int64{390, 1200} {
			p.Width(width)
			p.OpenStage(l, lesson)
			if over := Eval[float64](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
				t.Errorf("at %d px the largest text makes the page %v px too wide", width, over)
			}
			p.axe("a lesson with the largest text")
		}
		p.Width(390)
		p.Open(s.URL + "/" + l.Code + "/reference")
		p.Element(".course-menu summary").Click()
		p.axe("the menu with the largest text")
		p.Element(".course-menu [data-text-size=m]").Click()
		if Eval[float64](p, fontSize) != before {
			t.Error("the menu does not set the usual size")
		}
		// The menu leads back to the lesson too.
		p.Find("link", regexp.QuoteMeta(map[string]string{"en": "Continue: lesson 3", "zh": "继续：第 3 课"}[l.Code])).Click()
		p.Until("the lesson", `location.pathname.endsWith("/lessons/four-way")`)
	})
}
