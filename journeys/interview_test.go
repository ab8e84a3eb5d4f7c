//go:build journeys

package journeys

import (
	"testing"

	"finwait/journeys/server"
)

// shut counts the answers that are closed.
const shut = `document.querySelectorAll(".asked details:not([open])").length`

// TestInterviewAnswersOpen comes by a link to one question, whose answer is open; then opens all, prints, and follows an
// answer to its lesson.
func TestInterviewAnswersOpen(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, theme := range []string{"light", "dark"} {
			p.Media(theme, true)
			p.Width(390)
			p.Open(s.URL + "/" + l.Code + "/interview?" + theme + "#queue-full")
			p.Until("the answer that the address names", `document.getElementById("queue-full").open`)
			p.axe("the questions on a phone, " + theme)
			p.Width(1440)
			p.Find("button", "^"+l.page(t, "interview.open")+"$").Click()
			p.Until("all answers", shut+" === 0")
			p.axe("all answers, " + theme)
		}
		p.Find("button", "^"+l.page(t, "interview.close")+"$").Click()
		p.Until("no answer", shut+" > 20")
		if n := Eval[int](p, `dispatchEvent(new Event("beforeprint")), `+shut); n != 0 {
			t.Errorf("%d answers are not printed", n)
		}
		if n := Eval[int](p, `dispatchEvent(new Event("afterprint")), `+shut); n == 0 {
			t.Error("after printing all answers stay open")
		}
		p.Element("#queue-full summary").Click()
		p.Element("#queue-full .srcs a").Click()
		p.Until("the lesson", `location.pathname === "/`+l.Code+`/lessons/backlog" && location.hash !== ""`)
	})
}
