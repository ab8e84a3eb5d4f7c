//go:build journeys

package journeys

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"finwait/journeys/server"
)

// orphan is the first link of that term on the page.
const orphan = `document.querySelector('a.gloss[data-term="orphan"]')`

// card is the text of the card that is open.
func (p *Tab) card() string {
	return Eval[string](p, `document.querySelector(".gcard:popover-open")?.textContent ?? ""`)
}

// TestTermsHaveCards opens the card of a term by pointer, keyboard and tap. It stays while the pointer is on it, closes by
// Escape with the keyboard where it was, and leads to the glossary.
func TestTermsHaveCards(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Media("light", true)
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/lost-fin")
		name := map[string]string{"en": "orphan", "zh": "孤儿连接"}[l.Code]
		at := Eval[[2]float64](p, orphan+`.scrollIntoView({block: "center"}), (({x, y, width, height}) => [x + width / 2, y + height / 2])(`+orphan+`.getClientRects()[0])`)
		move := func(x, y float64) { p.do("move the pointer", chromedp.MouseEvent(chromedp.MouseMoved, x, y)) }
		move(at[0], at[1])
		p.until("the card under the pointer", func() bool { return strings.Contains(p.card(), name) })
		if Eval[string](p, orphan+`.getAttribute("aria-expanded")`) != "true" {
			t.Error("the term does not say that it is open")
		}
		p.axe("a lesson with a card")
		inside := Eval[[2]float64](p, `(({x, y, width, height}) => [x + width / 2, y + height / 2])(document.querySelector(".gcard:popover-open").getBoundingClientRect())`)
		move(inside[0], inside[1])
		pause(400 * time.Millisecond) // longer than the card outlasts the pointer
		if p.card() == "" {
			t.Error("the card goes while the pointer is on it")
		}
		move(3, 3)
		p.until("the card to go", func() bool { return p.card() == "" })

		p.Press("Tab") // from now on the keyboard shows where it is
		Eval[any](p, orphan+`.focus()`)
		p.until("the card of the term that has the keyboard", func() bool { return strings.Contains(p.card(), name) })
		p.Find("button", "^"+Eval[string](p, orphan+`.textContent`)+"$")
		if about := Eval[string](p, `document.getElementById(`+orphan+`.getAttribute("aria-describedby")).textContent`); !strings.Contains(about, name) {
			t.Errorf("the term is described by %q", about)
		}
		p.Press("Escape")
		if p.card() != "" || !Eval[bool](p, `document.activeElement === `+orphan) {
			t.Error("Escape does not close the card, or takes the keyboard away")
		}
		p.Press("Enter")
		p.until("the card by Enter", func() bool { return p.card() != "" })
		p.Press("Tab", "Tab", "Enter")
		p.Until("the glossary", `location.pathname + location.hash === "/`+l.Code+`/glossary#orphan"`)
		p.axe("the glossary")

		must(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
		p.Width(390)
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/lost-fin")
		Eval[any](p, orphan+`.scrollIntoView({block: "center"})`)
		Eval[any](p, orphan+`.click()`)
		p.until("the card by a tap", func() bool { return p.card() != "" })
		if over := Eval[float64](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("the card makes the page %v px too wide", over)
		}
		p.axe("a card on a phone")
		Eval[any](p, `document.querySelector("h1").click()`)
		p.until("a tap beside it to close the card", func() bool { return p.card() == "" })
	})
}

// TestTermsAreLinksWithoutScripts follows a term to the glossary.
func TestTermsAreLinksWithoutScripts(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.WithoutJavaScript()
		p.Open(s.URL + "/" + l.Code + "/lessons/lost-fin")
		p.Element(`a.gloss[data-term="orphan"]`).Focus()
		p.Press("Enter")
		p.until("the term in the glossary", func() bool { return len(p.All("heading", l.page(t, "terms.title"))) > 0 })
	})
}
