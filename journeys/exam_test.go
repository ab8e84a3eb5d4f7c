//go:build journeys

package journeys

import (
	"regexp"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestAnExamFromBeginningToResult takes the final exam: nothing that comes to the browser holds a key; answers given by
// keyboard are there after a reload; handing in asks first; the result leads to the lessons and to the runs that decide.
func TestAnExamFromBeginningToResult(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Media("dark", true)
		p.Open(s.URL + "/" + l.Code + "/exam")
		p.axe("where an exam begins")
		p.Element("main form button[type=submit]").Click()
		p.Until("the paper", `document.querySelectorAll("exam-paper nav button").length === 20`)
		paperTellsNothing(p)

		// To a question of choices alone, which keys answer.
		p.Until("a question of choices", `(() => {
			const simple = () => !document.querySelector("exam-paper :is(input[type=number], textarea, .olist)");
			for (const b of document.querySelectorAll("exam-paper nav button")) if (!simple()) b.click();
			return simple();
		})()`)
		fields := Eval[int](p, `document.querySelectorAll("exam-paper fieldset").length`)
		number := Eval[string](p, `document.querySelector("exam-paper [aria-current] b").textContent`)
		Eval[any](p, `document.querySelector("exam-paper h2").focus()`)
		for range fields {
			p.Press("2")
			Eval[any](p, `document.querySelector("exam-paper h2").focus()`)
		}
		p.axe("a question of an exam")
		p.Press("Tab")
		p.Press("Enter")
		p.Until("the answer to be saved", `document.querySelector("[data-role=saved]").textContent === "1"`)

		p.Open(s.URL + "/" + l.Code + "/exam")
		p.Until("the paper again", `document.querySelectorAll("exam-paper nav button").length === 20`)
		if saved := Eval[string](p, `document.querySelector("exam-paper li.saved b").textContent`); saved != number {
			t.Errorf("question %s is saved; answered was %s", saved, number)
		}
		Eval[any](p, `document.querySelector("exam-paper li.saved button").click()`)
		if n := Eval[int](p, `document.querySelectorAll("exam-paper input:checked").length`); n != fields {
			t.Errorf("after a reload %d of %d choices are there", n, fields)
		}
		p.Press("ArrowLeft", "ArrowRight")

		p.Element("main details.end summary").Click()
		p.axe("an exam that is to be handed in")
		p.Element("main details.end button[type=submit]").Click()
		p.Until("the result", `document.querySelectorAll(".res tbody tr").length === 20`)
		p.Element(".res summary").Click()
		p.axe("the result of an exam")
		for what, want := range map[string]bool{`.res th a[href*="/lessons/"]`: true, `.res td a[href*="playground?run="]`: true} {
			if n := Eval[int](p, `document.querySelectorAll('`+what+`').length`); (n >= 15) != want {
				t.Errorf("%d of %s", n, what)
			}
		}
		if text := p.visibleText(); strings.Count(text, l.page(t, "verdict.none")) != 19 {
			t.Errorf("19 questions were not answered; the page says\n%s", text)
		}
		p.Element(".res td a").Click()
		p.Until("the run on a stage", `location.search.includes("run=") && document.querySelector("tcp-stage")`)
	})
}

// paperTellsNothing fails the test where the paper's page, as this learner gets it, holds what is right.
func paperTellsNothing(p *Tab) {
	p.t.Helper()
	page := Eval[string](p, `fetch(location.href).then((r) => r.text())`)
	if !strings.Contains(page, `"attempt"`) {
		p.t.Fatalf("this is not the paper: %.300s", page)
	}
	tells := regexp.MustCompile(`"(key|refutation|explain|verdict|score|token)"\s*:|practice/|"hints":\["`)
	if found := tells.FindString(page); found != "" {
		p.t.Errorf("the paper holds %s", found)
	}
}

// TestTheReviewHasNoAccessibilityFault looks at the review after an exam that was handed in without an answer.
func TestTheReviewHasNoAccessibilityFault(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Width(390)
		p.Open(s.URL + "/" + l.Code + "/exam")
		p.Element("main form button[type=submit]").Click()
		p.Until("the paper", `document.querySelector("exam-paper nav button")`)
		p.Element("main details.end summary").Click()
		p.Element("main details.end button[type=submit]").Click()
		p.Until("the result", `document.querySelectorAll(".res tbody tr").length === 20`)
		p.Element(`main a[href$="/review"]`).Click()
		p.Until("what comes again", `document.querySelectorAll(".review tbody tr").length === 20`)
		p.axe("the review")
	})
}
