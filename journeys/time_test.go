//go:build journeys

package journeys

import (
	"regexp"
	"testing"

	"finwait/journeys/server"
)

// TestTheLensGoesLinear switches the ladder to the true scale in the middle of TIME-WAIT: the playhead stays where it is in
// the view, the ladder becomes as high as a minute is, and no more is drawn than what is near.
func TestTheLensGoesLinear(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?at=30000000")
		height := func() float64 {
			return Eval[float64](p, `document.querySelector(".ladscroll svg").getBoundingClientRect().height`)
		}
		now := func() float64 {
			return Eval[float64](p, `document.querySelector("tcp-ladder .now").getBoundingClientRect().y`)
		}
		low, before := height(), now()
		p.Find("button", l.exactly(t, "lens.linear")).Click()
		p.until("the linear ladder", func() bool { return height() > 200_000 })
		if after := now(); after < before-1 || after > before+1 {
			t.Errorf("the playhead went from %v px to %v px in the view", before, after)
		}
		if n := Eval[int](p, `document.querySelectorAll("tcp-ladder *").length`); n > 400 {
			t.Errorf("%d elements are drawn of a minute", n)
		}
		stage.Enter()
		stage.Jump("End")
		if !Eval[bool](p, `(() => { const v = document.querySelector(".ladscroll").getBoundingClientRect(), n = document.querySelector("tcp-ladder .now").getBoundingClientRect(); return n.top >= v.top && n.bottom <= v.bottom; })()`) {
			t.Error("at the run's end the playhead is out of sight")
		}
		p.axe("a linear ladder")
		p.Find("button", l.exactly(t, "lens.log")).Click()
		p.until("the first ladder", func() bool { return height() < low+50 })
	})
}

// TestMarksOnTheLadderAreChosen clicks a state's name and a call's result on the ladder; the transcript's line and the mark
// on the lifeline follow. A line of the transcript marks its event on the ladder.
func TestMarksOnTheLadderAreChosen(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?at=150000")
		stage.Enter()
		for _, name := range []string{"FIN-WAIT-1", "close()=0"} {
			Eval[any](p, `[...document.querySelectorAll("tcp-ladder .mark text")].find((t) => t.textContent === "`+name+`").dispatchEvent(new MouseEvent("click", {bubbles: true}))`)
			p.Until("the mark of "+name, `document.querySelector("tcp-ladder .mark.sel")?.textContent === "`+name+`"`)
			p.Until("the line of "+name, `document.querySelector("tcp-transcript li.sel")`)
			p.Until("the lifeline's mark", `document.querySelector("tcp-ladder .choice").getAttribute("visibility") === "visible"`)
		}
		p.Press("Escape")
		p.Until("nothing chosen", `document.querySelector("tcp-ladder .choice").getAttribute("visibility") === "hidden"`)
	})
}

// TestARunIsJumpedThrough goes from state to state by the chosen lens, by buttons and by keys, and plays at all speeds.
func TestARunIsJumpedThrough(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("Home")
		Eval[any](p, `(() => { const s = document.querySelector(".jumps select"); s.value = "states"; s.dispatchEvent(new Event("change")); })()`)
		last := func() string {
			lines := stage.Transcript()
			return lines[len(lines)-1]
		}
		before := stage.Events()
		p.Find("button", l.exactly(t, "jump.forward")).Click()
		stage.until("a jump", func() bool { return stage.Events() > before })
		stage.Enter()
		seen := []string{last()}
		for range 6 {
			at := stage.Events()
			p.Press("n")
			stage.until("the next state", func() bool { return stage.Events() > at })
			seen = append(seen, last())
		}
		for _, line := range seen {
			if !stateName.MatchString(line) {
				t.Errorf("a jump by states stands at %q", line)
			}
		}
		at := stage.Events()
		p.Press("p")
		stage.until("the state before", func() bool { return stage.Events() < at })
		if got := last(); got != seen[len(seen)-2] {
			t.Errorf("back is %q, want %q", got, seen[len(seen)-2])
		}
		speed := func() string { return Eval[string](p, `document.querySelector(".speed select").value`) }
		for range 12 {
			p.Press(".")
		}
		stage.until("the fastest speed", func() bool { return speed() == "100" })
		for range 12 {
			p.Press(",")
		}
		stage.until("the slowest speed", func() bool { return speed() == "0.1" })
		p.axe("speeds and jumps")
	})
}

var stateName = regexp.MustCompile(`CLOSED|LISTEN|SYN-|ESTABLISHED|FIN-WAIT|CLOSE-WAIT|LAST-ACK|TIME-WAIT`)
