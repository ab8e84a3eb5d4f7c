//go:build journeys

package journeys

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"finwait/journeys/server"
)

// TestADroppedFINForksTheRun drops the first FIN, by key and by click. The FIN goes out again, the earlier run stays, and
// the address replays exactly this on another server, in a browser that has seen nothing yet.
func TestADroppedFINForksTheRun(t *testing.T) {
	t.Parallel()
	for name, drop := range map[string]func(fin Thing){
		"by key":   func(fin Thing) { fin.Focus(); fin.tab.Press("d") },
		"by click": Thing.Click,
	} {
		t.Run(name, func(t *testing.T) {
			inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
				stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
				stage.Enter()
				stage.Jump("End")
				whole := stage.Transcript()
				stage.Jump("Home")
				fin := stage.stepToFIN()
				drop(fin)
				stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
				if !Eval[bool](p, `document.querySelector("tcp-stage").contains(document.activeElement)`) {
					t.Error("the drop has taken the keyboard away from the stage")
					stage.Enter()
				}
				again := regexp.MustCompile(l.phrase(t, "event.segment.again"))
				stage.StepUntil("the FIN sent again", func() bool {
					return slices.ContainsFunc(stage.Transcript(), func(line string) bool {
						return again.MatchString(line) && strings.Contains(line, "FIN")
					})
				})
				permalink := stage.address()
				if !strings.Contains(permalink, "run=") || !strings.Contains(permalink, "at=") {
					t.Errorf("the address is %s; want run and at in it", permalink)
				}
				here, _, _, _ := stage.Where()
				stage.Jump("End")
				forked := stage.Transcript()

				stage.runs()[0].Click()
				stage.until("the earlier run to be shown", func() bool { _, _, _, run := stage.Where(); return run == "A" })
				stage.Enter()
				stage.Jump("End")
				if got := stage.Transcript(); !slices.Equal(got, whole) {
					t.Errorf("the earlier run is not what it was:\n%q\nwas\n%q", got, whole)
				}
				stage.opensElsewhere(permalink, here, forked)
			})
		})
	}
}

// address is what the address bar holds once it has followed the playhead.
func (s Stage) address() string {
	s.t.Helper()
	s.Until("the address to hold the run", `new URL(location.href).searchParams.get("run")`)
	last := ""
	s.until("the address to come to rest", func() bool {
		before := last
		last = Eval[string](s.Tab, `new Promise((done) => setTimeout(() => done(location.href), 400))`)
		return last == before
	})
	return last
}

// opensElsewhere opens a permalink on another server with a fresh browser and compares: the moment, the run in sentences,
// and the run's bytes, also with those that the command line prints.
func (s Stage) opensElsewhere(permalink string, at int, transcript []string) {
	s.t.Helper()
	link, err := url.Parse(permalink)
	if err != nil {
		s.t.Fatal(err)
	}
	other := server.Start(s.t)
	here := link.Host
	link.Host = other.Addr
	fresh := NewTab(s.t, s.l.Accept).OpenStage(s.l, link.String())
	if ms, _, _, _ := fresh.Where(); ms < at-1 || ms > at+1 {
		s.t.Errorf("the permalink opens at %d ms; want %d", ms, at)
	}
	fresh.Enter()
	fresh.Jump("End")
	if got := fresh.Transcript(); !slices.Equal(got, transcript) {
		s.t.Errorf("the permalink shows another run:\n%q\nwant\n%q", got, transcript)
	}
	token := link.Query().Get("run")
	want := server.Command(s.t, "run", "--token", token, "--format", "jsonl")
	for _, host := range []string{here, other.Addr} {
		if got := fetch(s.t, "http://"+host+"/api/v1/runs.jsonl?run="+url.QueryEscape(token)); !bytes.Equal(got, want) {
			s.t.Errorf("%s prints other bytes than the command line for %s:\n%.300s\nwant\n%.300s", host, token, got, want)
		}
	}
}

// TestAForkIsUndone takes a drop back, and finds it still there to compare.
func TestAForkIsUndone(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		p.Find("button", l.exactly(t, "branch.undo")).Click()
		stage.until("the first run again", func() bool { _, _, _, run := stage.Where(); return run == "A" })
		stage.Enter()
		p.Press("]")
		stage.until("the other run by its key", func() bool { _, _, _, run := stage.Where(); return run == "B" })

		p.Press("ArrowRight", "ArrowRight", "ArrowRight")
		stage.opensHost()
		p.Press("x")
		stage.until("a fork of the fork", func() bool { _, _, _, run := stage.Where(); return run == "C" })
		p.Until("the first segment's tick in the lane of the first run", `(() => {
			const y = (css) => Number(document.querySelector(css).getAttribute("d").match(/^M[\d.]+ ([\d.]+)/)[1]);
			return y(".scrub .tk") + 6 === y(".scrub .lane");
		})()`)
	})
}

// TestALinkThatIsDamagedSaysSo opens a permalink that lost a letter on its way.
func TestALinkThatIsDamagedSaysSo(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Open(s.URL + "/" + l.Code + "/lessons/four-way?run=close%2Ffour-way~x7~broken&at=100000")
		p.Until("a sentence about the link", `document.body.innerText.includes(`+quoted(l.template(t, "error.bad_token"))+`)`)
	})
}

// TestAForkIsDrawnAsIfOpenedAnew holds what the ladder keeps of the run before a fork against what a page draws that has
// the fork's run alone.
func TestAForkIsDrawnAsIfOpenedAnew(t *testing.T) {
	t.Parallel()
	l := languages[0]
	s := server.Shared(t)
	p := NewTab(t, l.Accept)
	stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
	stage.Enter()
	stage.stepToFIN().Focus()
	p.Press("d")
	stage.until("a second run", func() bool { return len(stage.runs()) == 2 })
	stage.Enter()
	kept := Eval[[]string](p, drawnOnLadder)
	fresh := NewTab(t, l.Accept).OpenStage(l, stage.address())
	fresh.Enter()
	fresh.until("the same moment", func() bool { return fresh.Events() == stage.Events() })
	want := Eval[[]string](fresh.Tab, drawnOnLadder)
	if len(want) < 20 || !slices.Equal(kept, want) {
		for _, el := range kept {
			if !slices.Contains(want, el) {
				t.Errorf("kept, where a page of its own has it otherwise: %s", el)
			}
		}
		t.Fatalf("the ladder keeps %d drawings of the run and its fork; a page of its own draws %d", len(kept), len(want))
	}
}

// drawnOnLadder gives all that is seen on the ladder, from its top on; what is ahead of now is as far as the view reaches.
const drawnOnLadder = `(async () => {
	const view = document.querySelector("tcp-ladder .ladscroll");
	view.scrollTop = 0;
	for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
	return [...view.querySelectorAll("svg > g > *")].map((el) => {
		const copy = el.cloneNode(true);
		copy.removeAttribute("tabindex");
		copy.querySelectorAll("[visibility=hidden]").forEach((hidden) => hidden.remove());
		copy.querySelectorAll("[points='']").forEach((empty) => empty.removeAttribute("points"));
		return copy.outerHTML;
	}).sort();
})()`
