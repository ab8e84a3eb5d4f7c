//go:build journeys

package journeys

import (
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"finwait/journeys/server"
)

// TestAStrangerDropsTheFirstFIN goes by nothing but what stands on the screen: to the run, to the first FIN, to the button
// that drops it, and to what that leads to. With a mouse, with a finger on a phone, and with the keyboard.
func TestAStrangerDropsTheFirstFIN(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]func(s stranger){"mouse": stranger.byMouse, "finger": stranger.byFinger, "keyboard": stranger.byKeyboard} {
		t.Run(name, func(t *testing.T) {
			inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
				who := stranger{Stage{p, l}, s.URL + "/" + l.Code + "/lessons/four-way"}
				way(who)
				who.learns()
			})
		})
	}
}

// stranger is at a lesson's page and has read nothing about it.
type stranger struct {
	Stage
	page string
}

// byMouse plays, stops, and steps to where a FIN can be dropped.
func (s stranger) byMouse() {
	s.OpenStage(s.l, s.page)
	s.button("play.play").Click()
	s.goes("after Play")
	s.button("play.pause").Click()
	s.stepTo(func() { s.button("play.forward").Click() })
	s.dropFIN().Click()
	s.until("run B", func() bool { _, _, _, run := s.Where(); return run == "B" })
	s.button("play.play").Click()
}

// byFinger goes straight to the run on a phone, and there touches only what is on the screen.
func (s stranger) byFinger() {
	must(s.Tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 1, Mobile: true})
	must(s.Tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true})
	s.OpenStage(s.l, s.page)
	s.Element(".torun a").Tap()
	var here float64
	s.until("the page to stand at the run", func() bool {
		before := here
		here = Eval[float64](s.Tab, "new Promise((done) => setTimeout(() => done(scrollY), 200))")
		return here > 300 && here == before
	})
	s.button("play.play").Tap()
	s.goes("after Play")
	s.button("play.pause").Tap()
	s.stepTo(func() { s.button("play.forward").Tap() })
	s.dropFIN().Tap()
	s.until("run B", func() bool { _, _, _, run := s.Where(); return run == "B" })
	s.button("play.play").Tap()
	if moved := Eval[float64](s.Tab, "scrollY") - here; moved != 0 {
		s.t.Errorf("something to touch was off the screen: the page has moved by %g px", moved)
	}
}

// byKeyboard goes from link to link as Tab leads.
func (s stranger) byKeyboard() {
	s.OpenStage(s.l, s.page)
	s.Element("a[href]").Focus() // where the first Tab of a page leads
	s.tabTo("the link to the run", `document.activeElement.matches(".torun a")`)
	s.Press("Enter")
	s.tabTo("Play", `document.activeElement.matches("button.primary")`)
	s.Press("Space")
	s.goes("after Play")
	s.tabTo("Pause", `document.activeElement.matches(".trow .primary")`)
	s.Press("Space")
	s.stepTo(func() { s.Press("ArrowRight") })
	s.tabTo("the button that drops", `document.activeElement.matches(".dropbtn")`)
	s.Press("Space")
	s.until("run B", func() bool { _, _, _, run := s.Where(); return run == "B" })
	s.Press("Space") // the keyboard is on Play again
}

// learns sees in words what the loss leads to, and on the ladder the FIN that goes out again.
func (s stranger) learns() {
	s.t.Helper()
	told := regexp.MustCompile(s.l.phrase(s.t, "effect.again"))
	s.until("what the loss leads to, in words", func() bool { return told.MatchString(s.told()) })
	s.until("the FIN's second flight", func() bool {
		return Eval[bool](s.Tab, `[...document.querySelectorAll("tcp-ladder .seg-fin.re")].some((seg) => {
			const [b, view] = [seg.getBoundingClientRect(), document.querySelector(".ladscroll").getBoundingClientRect()];
			return b.height > 0 && b.top >= view.top && b.bottom <= view.bottom;
		})`)
	})
}

func (s stranger) button(key string) Thing {
	s.t.Helper()
	return s.Find("button", s.l.exactly(s.t, key))
}

// dropFIN is the button that names the FIN.
func (s stranger) dropFIN() Thing {
	s.t.Helper()
	return s.Find("button", "^"+s.l.fill(s.t, "stage.drop", "segment", "FIN,ACK")+"$")
}

// stepTo steps, by whatever the stranger does for it, until a FIN can be dropped.
func (s stranger) stepTo(step func()) {
	s.t.Helper()
	want := quoted(s.l.fill(s.t, "stage.drop", "segment", "FIN,ACK"))
	for !Eval[bool](s.Tab, `[...document.querySelectorAll(".dropbtn")].some((b) => b.checkVisibility() && b.textContent === `+want+`)`) {
		before := s.Events()
		step()
		s.until("a step", func() bool { return s.Events() > before || s.atEnd() })
		if s.atEnd() {
			s.t.Fatal("the run is over, and no button has offered to drop a FIN")
		}
	}
}

// tabTo presses Tab until the condition holds, for as long as anyone would.
func (s stranger) tabTo(what, condition string) {
	s.t.Helper()
	for range 40 {
		if Eval[bool](s.Tab, condition) {
			return
		}
		s.Press("Tab")
	}
	s.t.Fatalf("forty times Tab do not lead to %s", what)
}
