//go:build journeys

package journeys

import (
	"testing"

	"finwait/journeys/server"
)

// TestProgressFollowsTheLearner plays a lesson to its end and answers its question: the page then has the arrows seen, the
// lesson opened and the answer; and deletes all of it, once it is meant.
func TestProgressFollowsTheLearner(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		page := s.URL + "/" + l.Code + "/progress"
		p.Open(page)
		p.Until("nothing seen yet", `document.querySelector("[data-role=arrows]").textContent === "0"`)

		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("End")
		question := card{p}
		question.answer(question.ask(s).right())
		p.until("the answer to be kept", func() bool { return question.kept() == 1 })

		p.Open(page)
		p.Until("the lesson opened", `document.querySelector("[data-lesson=four-way]").classList.contains("got")`)
		p.Until("the arrows of a whole connection", `Number(document.querySelector("[data-role=arrows]").textContent) >= 10`)
		for arrow, seen := range map[string]bool{"ESTABLISHED>FIN-WAIT-1": true, "TIME-WAIT>CLOSED": true, "CLOSING>TIME-WAIT": false} {
			js := `[...document.querySelectorAll("[data-arrow='` + arrow + `']")].every((el) => el.classList.contains("got"))`
			if got := Eval[bool](p, js); got != seen {
				t.Errorf("%s is shown as seen: %t", arrow, got)
			}
		}
		if n := Eval[int](p, `document.querySelectorAll("main time").length`); n != 1 {
			t.Errorf("%d answers are listed", n)
		}

		// "find" opens a run that has the arrow; then it is seen.
		p.Element(`.elist [data-arrow="CLOSING>TIME-WAIT"] .find`).Click()
		p.Until("the lesson's page with that run", `location.search.includes("run=")`)
		p.StageOf(l)
		p.Until("the arrow to be noted", `localStorage.getItem("finwait.arrows").includes("CLOSING>TIME-WAIT")`)

		p.Open(page)
		p.Element("main details summary").Click()
		p.axe("the progress of a learner, asked whether to delete it")
		p.Element("main form button[type=reset]").Click()
		p.Until("the question withdrawn", `!document.querySelector("main details").open`)
		p.Element("main details summary").Click()

		// While the server has not deleted its part, the browser keeps its own.
		p.Allow("404")
		Eval[any](p, `document.querySelector("main form").action += "/nowhere", null`)
		p.Element("main form button[type=submit]").Click()
		p.Until("a failure", `document.querySelector(".failure")`)
		p.Open(page)
		p.Until("the arrows still there", `Number(document.querySelector("[data-role=arrows]").textContent) >= 10`)
		p.Element("main details summary").Click()
		p.Element("main form button[type=submit]").Click()
		p.Until("the word that all is gone", `document.querySelector(".notice")`)
		p.Until("nothing seen", `document.querySelector("[data-role=arrows]").textContent === "0"`)
		if n := question.kept(); n != 0 {
			t.Errorf("%d answers are still kept", n)
		}
		if kept := Eval[int](p, `Object.keys(localStorage).filter((k) => k.startsWith("finwait.")).length`); kept != 0 {
			t.Errorf("the browser still keeps %d things", kept)
		}
	})
}
