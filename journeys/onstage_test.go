//go:build journeys || screenshot

package journeys

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// Stage is a lesson's stage as its learner handles it.
type Stage struct {
	*Tab
	l language
}

// OpenStage opens an address with a stage and waits until its run has come over the WebSocket.
func (p *Tab) OpenStage(l language, url string) Stage {
	p.t.Helper()
	p.Open(url)
	return p.StageOf(l)
}

// StageOf waits for the stage of the page that is open, and skips the question that it asks before its run goes on.
func (p *Tab) StageOf(l language) Stage {
	p.t.Helper()
	s := p.askingStage(l)
	p.skipQuestion()
	return s
}

// skipQuestion skips the question of a stage that asks one, and leaves the keyboard at the page's beginning.
func (p *Tab) skipQuestion() {
	p.t.Helper()
	if Eval[bool](p, `(() => {
		const skip = document.querySelector("tcp-predict:not(.done) form .btn.ghost");
		if (!skip) return false;
		skip.click();
		const start = document.createElement("span");
		start.tabIndex = -1;
		document.body.prepend(start);
		start.focus({ preventScroll: true });
		start.remove();
		return true;
	})()`) {
		p.Until("the question gone", `document.querySelector("tcp-predict.done")`)
	}
}

// askingStage waits for the stage of the page that is open.
func (p *Tab) askingStage(l language) Stage {
	p.t.Helper()
	s := Stage{p, l}
	p.Find("button", l.exactly(p.t, "play.play"))
	p.Until("a live connection", `document.querySelector("tcp-stage").connection === "live"`)
	p.Until("the slider", `document.querySelector("tcp-transport [role=slider]").ariaValueText`)
	p.until("the run's events", func() bool { _, _, all, _ := s.Where(); return all > 0 })
	return s
}

// Where is the playhead: its time in ms, how many of the run's events it has passed, and the run's letter.
func (s Stage) Where() (ms, events, all int, run string) {
	s.t.Helper()
	type slider struct{ Now, Text string }
	at := Eval[slider](s.Tab, `(() => { const s = document.querySelector("tcp-transport [role=slider]"); return {now: s.ariaValueNow, text: s.ariaValueText}; })()`)
	values := s.l.read(s.t, "play.value", at.Text)
	return number(s.t, at.Now), number(s.t, values["n"]), number(s.t, values["all"]), values["run"]
}

// Events is how many of the run's events the playhead has passed.
func (s Stage) Events() int {
	s.t.Helper()
	_, n, _, _ := s.Where()
	return n
}

// Transcript is the run so far in sentences.
func (s Stage) Transcript() []string {
	s.t.Helper()
	return Eval[[]string](s.Tab, `[...document.querySelectorAll("tcp-transcript li")].map((li) => li.textContent.replace(/\s+/g, " ").trim())`)
}

// Enter gives the stage the keyboard, on its slider.
func (s Stage) Enter() {
	s.t.Helper()
	s.Find("slider", s.l.exactly(s.t, "play.time")).Focus()
}

// StepUntil steps forward, event by event, until ok; what names it in the failure.
func (s Stage) StepUntil(what string, ok func() bool) {
	s.t.Helper()
	for !ok() {
		before := s.Events()
		s.Press("ArrowRight")
		s.until("a step forward to "+what, func() bool { return s.Events() != before || s.atEnd() })
		if s.atEnd() && !ok() {
			s.t.Fatalf("the run is over without %s; it went:\n%q", what, s.Transcript())
		}
	}
}

func (s Stage) atEnd() bool {
	s.t.Helper()
	_, n, all, _ := s.Where()
	return n == all
}

// Jump goes to the run's end or its start and waits to be there.
func (s Stage) Jump(key string) {
	s.t.Helper()
	s.Press(key)
	s.until("the playhead after "+key, func() bool { return key == "End" && s.atEnd() || key == "Home" && s.Events() <= 1 })
}

// stepToFIN steps until a FIN is in flight and gives it.
func (s Stage) stepToFIN() Thing {
	s.t.Helper()
	flying := "FIN.*" + s.l.phrase(s.t, "ladder.flying")
	s.StepUntil("a FIN in flight", func() bool {
		names := Eval[[]string](s.Tab, `[...document.querySelectorAll("tcp-ladder [role=button]")].map((segment) => segment.ariaLabel)`)
		return slices.ContainsFunc(names, regexp.MustCompile(flying).MatchString)
	})
	return s.Find("button", flying)
}

// runs are the buttons of the runs that are kept, the first run first.
func (s Stage) runs() []Thing {
	s.t.Helper()
	return s.All("button", "^[A-D]: ")
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%q is not a number", text)
	}
	return n
}
