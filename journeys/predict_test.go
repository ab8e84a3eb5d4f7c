//go:build journeys

package journeys

import (
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestTheRunWaitsForAPrediction plays a lesson's run: it stops where the stage asks, and nothing on the stage tells what
// comes; an answer by keyboard lets it go on, and once the deciding event has passed the stage says what came of it. The
// answer is remembered; a link to a moment does not ask.
func TestTheRunWaitsForAPrediction(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		page := s.URL + "/" + l.Code + "/lessons/four-way"
		p.Width(1440)
		p.Open(page)
		stage := p.askingStage(l)
		p.axe("a stage that asks")
		stage.Enter()
		p.Press("End")
		p.Until("the stage to ask", `document.querySelector("tcp-predict.asks input:focus")`)
		n := 0
		stage.until("the last event that is known", func() bool {
			_, at, all, _ := stage.Where()
			n = at
			return at > 0 && at == all
		})
		// FIN-WAIT-2 and what follows are in the diagrams as places to come to, and nowhere else.
		const seen = `[...document.querySelectorAll("tcp-ladder, tcp-transcript, tcp-sockets, tcp-transport, tcp-header")].map((x) => x.textContent).join(" ")`
		if text := Eval[string](p, seen); strings.Contains(text, "TIME-WAIT") || strings.Contains(text, "FIN-WAIT") || !strings.Contains(text, "ESTAB") {
			t.Errorf("before the answer the stage shows %q", text)
		}
		p.Press("ArrowRight")
		if _, now, _, _ := stage.Where(); now != n {
			t.Errorf("it goes on to event %d without an answer", now)
		}

		p.Press("2", "Enter")
		p.Until("the run to go on", `document.querySelector("tcp-predict.done") && document.activeElement.role === "slider"`)
		p.Press("End")
		p.Until("the verdict", `document.querySelector("tcp-predict .vd.no")`)
		if told := Eval[string](p, `document.querySelector("tcp-predict .said").textContent`); !strings.Contains(told, l.template(t, "predict.no")) || strings.Count(told, "TIME-WAIT") != 2 {
			t.Errorf("it says %q", told)
		}
		p.axe("a stage that has told what came of a prediction")
		p.Element("tcp-predict .said button").Click()
		stage.until("the event that decides", func() bool { ms, _, _, _ := stage.Where(); return ms == 210 })

		p.Open(page)
		stage = p.askingStage(l)
		stage.Enter()
		p.Press("End")
		stage.until("the end, without being asked again", func() bool { return stage.atEnd() && len(stage.Transcript()) > 60 })

		Eval[any](p, `localStorage.removeItem("finwait.predicted")`)
		p.Open(page + "?at=210000")
		stage = p.askingStage(l)
		stage.until("the moment that the link names", func() bool { ms, _, _, _ := stage.Where(); return ms == 210 })
	})
}

// TestThePredictionOnAPhone: the question begins the text; its answer leads to the stage, which has it from then on.
func TestThePredictionOnAPhone(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Media("dark", true)
		p.Width(390)
		p.Open(s.URL + "/" + l.Code + "/lessons/lost-fin")
		stage := p.askingStage(l)
		p.Until("the question in the text", `document.querySelector("article > tcp-predict form")`)
		p.axe("a question in the text")
		p.Element("tcp-predict label:nth-of-type(2)").Click()
		p.Element("tcp-predict button[type=submit]").Click()
		p.Until("the question on the stage", `document.querySelector("tcp-stage tcp-predict.done")`)
		stage.Enter()
		p.Press("End")
		p.Until("the verdict", `document.querySelector("tcp-predict .vd.ok")`)
	})
}

// TestAChangeTakesTheQuestionAway: whoever drops a segment has begun to find out.
func TestAChangeTakesTheQuestionAway(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Open(s.URL + "/" + l.Code + "/lessons/close-call")
		stage := p.askingStage(l)
		stage.Enter()
		p.Press("c")
		p.Until("the question back in the text", `document.querySelector("article > tcp-predict.done .q")`)
	})
}
