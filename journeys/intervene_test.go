//go:build journeys

package journeys

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"

	"finwait/journeys/server"
)

// told is what the stage says to eyes and to a screen reader.
func (s Stage) told() string {
	s.t.Helper()
	return Eval[string](s.Tab, `document.querySelector(".toast").textContent`)
}

// opensHost opens the menu of the left host, by its letter.
func (s Stage) opensHost() {
	s.t.Helper()
	s.Enter()
	s.Press("h")
	s.Find("menu", s.l.phrase(s.t, "onhost.menu"))
}

// item is an entry of the open menu.
func (s Stage) item(name string) Thing {
	s.t.Helper()
	return s.Find("menuitem", name)
}

// kept is how many runs the list has.
func (s Stage) kept() []string {
	s.t.Helper()
	return Eval[[]string](s.Tab, `(() => {
		const list = document.querySelector(".runlist");
		const open = !list.hidden;
		if (!open) document.querySelector(".runsbtn").click();
		const names = [...list.querySelectorAll(".run")].map((b) => b.textContent.replace(/\s+/g, " ").trim());
		if (!open) document.querySelector(".runsbtn").click();
		return names;
	})()`)
}

// Fill puts a text into a field, in place of the one that it has.
func (x Thing) Fill(text string) {
	x.tab.t.Helper()
	x.Focus()
	Eval[any](x.tab, `document.activeElement.select()`)
	must(x.tab, input.InsertText, input.InsertTextParams{Text: text})
}

// TestAHostIsActedOn does to a host, by keys, what its menu offers: each makes a run of its own that tells of it.
func TestAHostIsActedOn(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.StepUntil("the client in ESTABLISHED", func() bool { return stage.lit()[0] == "ESTABLISHED" })
		for n, act := range []struct {
			name string
			do   func()
			told string
		}{
			{"close", func() { stage.item(`close\(3\)`).Click() }, l.phrase(t, "event.input.call")},
			{"shutdown", func() { stage.item(`shutdown\(3, SHUT_WR\)`).Click() }, l.phrase(t, "event.input.call")},
			{"kill", func() { p.Press("k") }, l.phrase(t, "event.input.kill")},
			{"power off", func() { p.Press("p") }, l.phrase(t, "event.input.power-off")},
			{"cut", func() { p.Press("x") }, l.phrase(t, "event.input.cut")},
			{"cut of one direction", func() { stage.item(l.phrase(t, "onhost.cut.from")).Click() }, l.phrase(t, "event.input.cut")},
			{"sysctl", func() {
				p.Press("s")
				p.Find("combobox", l.exactly(t, "act.sysctl.name")).Fill("net.ipv4.tcp_fin_timeout")
				p.Find("spinbutton", l.exactly(t, "act.sysctl.value")).Fill("5")
				p.Press("Enter")
			}, regexp.QuoteMeta("net.ipv4.tcp_fin_timeout")},
		} {
			stage.opensHost()
			act.do()
			name := string(rune('B' + n))
			stage.until("the run of "+act.name, func() bool { _, _, _, run := stage.Where(); return run == name })
			stage.until("what came of it", func() bool { return strings.Contains(stage.told(), name) })
			stage.Enter()
			stage.Jump("End")
			if told := strings.Join(stage.Transcript(), "\n"); !regexp.MustCompile(act.told).MatchString(told) {
				t.Errorf("after %s the run does not tell of it:\n%s", act.name, told)
			}
			stage.backTo("A")
		}
		if kept := stage.kept(); len(kept) != 8 || !strings.HasPrefix(kept[0], "A") {
			t.Errorf("the list has %q; want eight runs", kept)
		}
	})
}

// backTo undoes the last change, and goes to where the client is in ESTABLISHED.
func (s Stage) backTo(run string) {
	s.t.Helper()
	s.Enter()
	s.Press("z")
	s.until("run "+run+" again", func() bool { _, _, _, now := s.Where(); return now == run })
	s.Enter()
	s.Jump("Home")
	s.StepUntil("the client in ESTABLISHED", func() bool { return s.lit()[0] == "ESTABLISHED" })
}

// TestWhatCannotBeDoneSaysWhy looks at the menu of a host without a program: each entry has its reason, and does nothing.
func TestWhatCannotBeDoneSaysWhy(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("End")
		stage.opensHost()
		for _, reason := range []string{"onhost.why.proc", "onhost.why.fd", "onhost.why.whole"} {
			if len(p.All("menuitem", l.phrase(t, reason))) == 0 {
				t.Errorf("the menu at the end does not say %q", l.template(t, reason))
			}
		}
		p.axe("a host's menu at the end")
		p.Press("k") // there is nothing to kill
		pause(300 * time.Millisecond)
		if runs := stage.runs(); len(runs) != 0 {
			t.Errorf("what can't be done has made a run: %d have a lane", len(runs))
		}
		if len(p.All("menu", l.phrase(t, "onhost.menu"))) == 0 {
			t.Error("what can't be done has closed the menu")
		}
	})
}

// TestASegmentIsDelayedByATimeOfOnesOwn opens a segment's menu by keys and gives the time.
func TestASegmentIsDelayedByATimeOfOnesOwn(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Width(390)
		p.Until("the ladder of a phone", `document.querySelector(".ladscroll svg").viewBox.baseVal.width <= 390`)
		p.Press("Enter")
		if covered := Eval[bool](p, `(() => {
			const [m, s] = [".segmenu", ".seg.sel"].map((x) => document.querySelector("tcp-ladder " + x));
			const [a, b] = [m.getBoundingClientRect(), s.querySelector(".wire").getBoundingClientRect()];
			return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
		})()`); covered {
			t.Error("on a phone the menu covers the segment that it is of")
		}
		p.Width(1600)
		stage.item(l.exactly(t, "menu.delay.own.label")).Click()
		p.axe("the dialog of a delay")
		p.Find("spinbutton", l.exactly(t, "act.delay.ms")).Fill("37")
		p.Press("Enter")
		stage.until("the run of the delay", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		stage.Enter()
		stage.Jump("End")
		want := strings.ReplaceAll(l.phrase(t, "event.input.delay"), ".*?", ".*")
		if told := strings.Join(stage.Transcript(), "\n"); !regexp.MustCompile(want).MatchString(told) || !strings.Contains(told, "37 ms") {
			t.Errorf("the run does not tell of a delay of 37 ms:\n%s", told)
		}
	})
}

// TestAChangeIsToldAndTakenBack drops a FIN, hears what it led to, and goes back and forth.
func TestAChangeIsToldAndTakenBack(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		for _, effect := range []string{"effect.again", "effect.longer"} {
			form := regexp.MustCompile(l.phrase(t, effect))
			stage.until("what the drop led to", func() bool { return form.MatchString(stage.told()) })
		}
		if role := Eval[string](p, `document.querySelector(".toast").getAttribute("role")`); role != "status" {
			t.Errorf("what a change led to is said as %q", role)
		}
		for _, key := range []struct{ press, run string }{{"z", "A"}, {"y", "B"}, {"z", "A"}, {"Z", "B"}} {
			stage.Enter()
			p.Press(key.press)
			stage.until(key.press+" to lead to run "+key.run, func() bool { _, _, _, run := stage.Where(); return run == key.run })
		}
		p.Find("button", l.exactly(t, "branch.undo")).Click()
		stage.until("run A", func() bool { _, _, _, run := stage.Where(); return run == "A" })
		p.Find("button", l.exactly(t, "branch.redo")).Click()
		stage.until("run B", func() bool { _, _, _, run := stage.Where(); return run == "B" })
	})
}

// TestOlderRunsStayInTheList makes more runs than have lanes, shows one without a lane, and removes one.
func TestOlderRunsStayInTheList(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.StepUntil("the client in ESTABLISHED", func() bool { return stage.lit()[0] == "ESTABLISHED" })
		for n := range 5 {
			stage.opensHost()
			p.Press("x")
			name := string(rune('B' + n))
			stage.until("run "+name, func() bool { _, _, _, run := stage.Where(); return run == name })
			stage.Enter()
			p.Press("z")
			stage.until("run A", func() bool { _, _, _, run := stage.Where(); return run == "A" })
			at, _, _, _ := stage.Where() // the same change is the same run: the next one is made at another moment
			stage.StepUntil("a later moment", func() bool { ms, _, _, _ := stage.Where(); return ms > at })
		}
		if lanes := stage.All("button", "^[A-F]: "); len(lanes) != 4 {
			t.Errorf("%d runs have a lane; want four", len(lanes))
		}
		p.Find("button", "^"+l.phrase(t, "branch.list")).Click()
		p.axe("the list of runs")
		p.Find("button", "^B ").Click()
		stage.until("run B", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		p.Find("button", strings.ReplaceAll(l.exactly(t, "branch.remove"), ".*?", "C")).Click()
		stage.until("run C to be gone", func() bool {
			return !slices.ContainsFunc(stage.kept(), func(name string) bool { return strings.HasPrefix(name, "C") })
		})
		if kept := stage.kept(); len(kept) != 5 {
			t.Errorf("the list has %q", kept)
		}
	})
}

// TestARunOfAQuestionLeavesTheForks opens the run that refutes an answer; the learner's own stays, and Back leads there.
func TestARunOfAQuestionLeavesTheForks(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		stage.until("run B", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		mine := stage.address()
		question := card{p}
		question.answer(question.ask(s).wrong())
		p.Find("button", l.phrase(t, "quiz.open")).Click()
		stage.until("the question's run", func() bool { _, _, _, run := stage.Where(); return run == "C" })
		if kept := stage.kept(); len(kept) != 3 {
			t.Errorf("beside the question's run the list has %q", kept)
		}
		Eval[any](p, `history.back()`)
		stage.until("the learner's own run", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		if now := stage.address(); now != mine {
			t.Errorf("after Back the address is %s; it was %s", now, mine)
		}
		Eval[any](p, `history.forward()`)
		stage.until("the question's run again", func() bool { _, _, _, run := stage.Where(); return run == "C" })
	})
}
