//go:build journeys

package journeys

import (
	"regexp"
	"testing"

	"finwait/journeys/server"
)

// TestTheCourseRemembersWhereOneWas opens a lesson and answers its question: the home page then leads on to it, and its
// list says what was done.
func TestTheCourseRemembersWhereOneWas(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		home := s.URL + "/" + l.Code + "/"
		p.Open(home)
		if !Eval[bool](p, `document.querySelector("a[data-resume]").hidden`) {
			t.Error("a first visit is told to go on")
		}
		p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		question := card{p}
		question.answer(question.ask(s).right())
		p.until("the answer to be kept", func() bool { return question.kept() == 1 })
		p.Until("the question in the list", `/1\/\d/.test(document.querySelector(".side a[data-slug=four-way] .done").textContent)`)
		p.Open(home)
		p.axe("the home page of a reader who comes again")
		on := p.Find("link", regexp.QuoteMeta(map[string]string{"en": "Go on with 03", "zh": "接着学 03"}[l.Code]))
		on.Click()
		p.Until("the lesson", `location.pathname === "/`+l.Code+`/lessons/four-way"`)
	})
}
