//go:build journeys

package journeys

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"finwait/journeys/server"
)

// TestARunPlaysOnTheStage plays and pauses by mouse and by key, and sees the clock go and stand.
func TestARunPlaysOnTheStage(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		for range 2 {
			p.Find("button", l.exactly(t, "play.faster")).Click()
		}
		p.Find("button", l.exactly(t, "play.play")).Click()
		stage.goes("after a click on Play")
		p.Find("button", l.exactly(t, "play.pause")).Click()
		p.Find("button", l.exactly(t, "play.play"))
		stage.stands("after a click on Pause")
		stage.Enter()
		p.Press("Space")
		stage.goes("after Space")
		p.Press("Space")
		stage.stands("after a second Space")

		stage.Jump("Home")
		p.Press("Space")
		p.until("the run to play to its end by itself", stage.atEnd)
		if ms, _, _, _ := stage.Where(); ms < 60_000 {
			t.Errorf("the run ends at %d ms; want the 60 s of TIME-WAIT in it", ms)
		}
	})
}

func (s Stage) goes(when string) {
	s.t.Helper()
	_, before, _, _ := s.Where()
	s.until("the run to go "+when, func() bool { return s.Events() > before })
}

func (s Stage) stands(when string) {
	s.t.Helper()
	before, _, _, _ := s.Where()
	pause(400 * time.Millisecond)
	if after, _, _, _ := s.Where(); after != before {
		s.t.Errorf("the playhead went from %d ms to %d ms %s", before, after, when)
	}
}

// TestARunIsSteppedAndScrubbed goes through the run by keys, by buttons and by the slider; the transcript goes along.
func TestARunIsSteppedAndScrubbed(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("Home")
		at := stage.Events()
		for _, step := range []struct {
			key string
			by  int
		}{{"ArrowRight", 1}, {"ArrowRight", 1}, {"ArrowLeft", -1}, {"Shift+ArrowRight", 10}, {"Shift+ArrowLeft", -10}} {
			p.Press(step.key)
			at += step.by
			p.until("the playhead to follow "+step.key, func() bool { return stage.Events() == at })
			if lines := len(stage.Transcript()); lines != at {
				t.Errorf("after %s the playhead has passed %d events and the transcript tells %d", step.key, at, lines)
			}
		}
		p.Find("button", l.exactly(t, "play.forward")).Click()
		p.until("the button to step forward", func() bool { return stage.Events() == at+1 })
		p.Find("button", l.exactly(t, "play.back")).Click()
		p.until("the button to step back", func() bool { return stage.Events() == at })

		stage.Enter()
		stage.Jump("End")
		told := strings.Join(stage.Transcript(), "\n")
		for _, want := range []string{"SYN ", "SYN,ACK", "FIN,ACK", "TIME-WAIT", "LAST-ACK", "FIN-WAIT-2"} {
			if !strings.Contains(told, want) {
				t.Errorf("the whole transcript does not say %s:\n%s", want, told)
			}
		}
		last, _, _, _ := stage.Where()

		box := Eval[struct{ X, Y, Width float64 }](p, `(() => {
			const el = document.querySelector("tcp-transport [role=slider]"); el.scrollIntoView({block: "center"});
			const b = el.getBoundingClientRect(); return {x: b.x, y: b.y + 26, width: b.width}; })()`)
		p.Drag(box.X+box.Width-14, box.Y, box.X+box.Width/2, box.Y)
		p.until("the playhead to follow the mouse", func() bool {
			ms, _, _, _ := stage.Where()
			return ms > 0 && ms < last
		})
		stage.stands("after a scrub")
	})
}

// TestTheStageShowsBothEnds steps to moments of the run and looks at what every panel shows of them.
func TestTheStageShowsBothEnds(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("Home")
		for _, moment := range []struct{ client, server string }{
			{"SYN-SENT", "LISTEN"}, {"ESTABLISHED", "ESTABLISHED"}, {"FIN-WAIT-1", "ESTABLISHED"}, {"FIN-WAIT-1", "CLOSE-WAIT"},
			{"FIN-WAIT-2", "CLOSE-WAIT"}, {"FIN-WAIT-2", "LAST-ACK"}, {"TIME-WAIT", "LAST-ACK"}, {"TIME-WAIT", "CLOSED"},
		} {
			stage.StepUntil("the client in "+moment.client+" and the server in "+moment.server, func() bool {
				return stage.lit() == [2]string{moment.client, moment.server}
			})
		}
		if rings := p.All("timer", ""); len(rings) == 0 {
			t.Error("in TIME-WAIT nothing counts the time down")
		}
		stage.Jump("Home")
		stage.StepUntil("both programs to stand in a line", func() bool {
			return Eval[int](p, `document.querySelectorAll("tcp-code [aria-current=step]").length`) == 2
		})
	})
}

// lit is the state that each end's diagram shows as current, the client's first.
func (s Stage) lit() [2]string {
	s.t.Helper()
	var states [2]string
	names := Eval[[]string](s.Tab, `[...document.querySelectorAll("tcp-states [role=img]")].map((image) => image.ariaLabel)`)
	for i, host := range []string{"host.client", "host.server"} {
		for _, key := range []string{"states.label", "states.none"} {
			form := regexp.MustCompile("^" + strings.ReplaceAll(s.l.phrase(s.t, key), ".*?", "(.*?)") + "$")
			if m := form.FindStringSubmatch(names[i]); states[i] == "" && m != nil && m[1] == heading(s.l.template(s.t, host)) {
				states[i] = m[2]
			}
		}
	}
	return states
}

// TestAnEventSaysWhy asks for the reason of an event and gets a sentence with its source.
func TestAnEventSaysWhy(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.StepUntil("the client in TIME-WAIT", func() bool { return stage.lit()[0] == "TIME-WAIT" })
		p.Press("w")
		p.Until("a reason with its source", `/RFC 9293|Linux/.test(document.querySelector("tcp-why").textContent)`)
		p.Width(390)
		stage.Enter()
		p.Press("w")
		p.Until("room to read it on a phone", `document.querySelector("tcp-why .why").clientHeight >= 200`)
	})
}
