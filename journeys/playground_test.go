//go:build journeys

package journeys

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp/kb"

	"finwait/journeys/server"
)

// Playground is the page where scenarios are written, as its reader handles it.
type Playground struct {
	Stage
}

// mine is a scenario of a reader's own; the comments must outlive what the controls do.
const mine = `scenario(title = "Mine", link = link(delay = "10ms"))  # ten

def server(os):
    s = os.socket()
    os.bind(s, 80)
    os.listen(s, 1)
    c = os.accept(s)
    while os.read(c, 512):
        pass
    os.close(c)

def client(os):
    s = os.socket()
    os.connect(s, "server", 80)
    os.write(s, "hello")
    os.close(s)

host("server", server)
host("client", client)  # the one that closes
expect("the client sends one FIN", lambda log: len(log.segments(sender = "client", flags = "F")) == 1)
`

// OpenPlayground opens the page and waits until its run, and what the server says of its source, are there.
func (p *Tab) OpenPlayground(l language, url string) Playground {
	p.t.Helper()
	pg := Playground{p.OpenStage(l, url)}
	pg.Until("the controls", `document.querySelector("sysctl-slider input:not(:disabled)")`)
	return pg
}

func (pg Playground) text() string {
	pg.t.Helper()
	return Eval[string](pg.Tab, `String(document.querySelector("tcp-scenario")?.text ?? "")`)
}

func (pg Playground) untilText(what string, ok func(text string) bool) {
	pg.t.Helper()
	pg.until(what, func() bool { return ok(pg.text()) })
}

// status is the line that says how text and stage stand.
func (pg Playground) untilStatus(key string) {
	pg.t.Helper()
	want := regexp.MustCompile(pg.l.phrase(pg.t, "playground."+key))
	pg.until("the status "+key, func() bool {
		return want.MatchString(Eval[string](pg.Tab, `document.querySelector(".pgstate").textContent`))
	})
}

// chord presses a key while Control is held.
func (p *Tab) chord(key, code string, virtual int64) {
	p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		must(p, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, WindowsVirtualKeyCode: virtual, Modifiers: int64(kb.ModifierCtrl)})
	}
}

func (p *Tab) run() { p.t.Helper(); p.chord("Enter", "Enter", 13) }

// write puts a text in place of all of it, as one who pastes.
func (pg Playground) write(source string) {
	pg.t.Helper()
	pg.Find("textbox", pg.l.exactly(pg.t, "playground.source.label")).Focus()
	pg.chord("a", "KeyA", 65)
	if source == "" {
		must(pg.Tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46})
	} else {
		Eval[any](pg.Tab, `(() => {
			const clipboardData = new DataTransfer();
			clipboardData.setData("text/plain", `+quoted(source)+`);
			document.querySelector("tcp-scenario").shadowRoot.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
		})(), null`)
	}
	pg.untilText("the text", func(text string) bool { return text == source })
}

// runs runs what is written and waits until the stage shows it.
func (pg Playground) runs(title string) {
	pg.t.Helper()
	pg.run()
	pg.untilStatus("state.ready")
	pg.Until("the run on the stage", `document.querySelector("tcp-stage h2").textContent.includes(`+quoted(title)+`)`)
	pg.until("its events", func() bool { _, _, all, _ := pg.Where(); return all > 0 })
}

// mistake waits for the sentence at a line.
func (pg Playground) mistake(line int) string {
	pg.t.Helper()
	name := strings.ReplaceAll(pg.l.template(pg.t, "playground.source.line"), "{line}", fmt.Sprint(line))
	pg.Until("a mark in the text", `document.querySelector("tcp-scenario").shadowRoot.querySelector(".cm-lintRange-error")`)
	pg.Until("the line's number", `document.querySelector("tcp-scenario").shadowRoot.querySelector("#note button").textContent === `+quoted(name))
	return Eval[string](pg.Tab, `document.querySelector("tcp-scenario").shadowRoot.querySelector("#note span").textContent`)
}

// TestAMistakeIsShownAtItsLine: type, be told, mend, run, see the events.
func TestAMistakeIsShownAtItsLine(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		pg := p.OpenPlayground(l, s.URL+"/"+l.Code+"/playground")
		pg.write(strings.Replace(mine, "os.bind(s, 80)", "os.bnid(s, 80)", 1))
		told := pg.mistake(5)
		if !strings.Contains(told, "bnid") || (l.Code == "zh") != regexp.MustCompile(`\p{Han}`).MatchString(told) {
			t.Errorf("line 5 is said to have: %s", told)
		}
		pg.untilStatus("state.error")
		pg.Enter()
		pg.Press("ArrowRight") // the run before it still plays
		pg.until("a step of the last run", func() bool { return pg.Events() > 0 })
		pg.Find("button", strings.ReplaceAll(l.template(t, "playground.source.line"), "{line}", "5")).Click()
		pg.Until("the keyboard in the editor", `document.querySelector("tcp-scenario").shadowRoot.activeElement?.classList.contains("cm-content")`)
		pg.write(mine)
		pg.untilStatus("state.edited")
		pg.runs("Mine")
		pg.Find("listitem", "")
		pg.Until("the expectation holds", `document.querySelector(".expects .holds")`)
	})
}

// TestTheControlsWriteTheSource: sliders, rules and the delay change the text and nothing beside it, and follow it.
func TestTheControlsWriteTheSource(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	l := languages[0]
	pg := NewTab(t, l.Accept).OpenPlayground(l, s.URL+"/en/playground")
	pg.write(mine)
	pg.runs("Mine")
	slider := func(name string) Thing { return pg.Find("slider", "^"+regexp.QuoteMeta(name)+"$") }
	has := func(want string) {
		t.Helper()
		pg.untilText("in the text: "+want, func(text string) bool { return strings.Contains(text, want) })
	}

	slider("net.ipv4.tcp_fin_timeout").Focus()
	pg.Press("Home")
	has(`host("client", client, sysctl = {"net.ipv4.tcp_fin_timeout": 0})  # the one that closes`)
	pg.Press("ArrowRight")
	pg.untilText("one place up", func(text string) bool { return !strings.Contains(text, `"net.ipv4.tcp_fin_timeout": 0}`) })
	must(pg.Tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46})
	has(`{"net.ipv4.tcp_fin_timeout": 60}`)
	if inside := Eval[bool](pg.Tab, `(() => {
		const rect = (selector) => document.querySelector(selector).getBoundingClientRect();
		return rect(".settings .whose").top >= rect(".settings").top && rect(".settings .whose button").height >= 20;
	})()`); !inside {
		t.Error("the hosts to choose from are not above their settings")
	}
	pg.Find("button", "^server$").Click()
	slider("net.ipv4.tcp_fin_timeout").Focus()
	pg.Press("Home")
	has(`host("server", server, sysctl = {"net.ipv4.tcp_fin_timeout": 0})`)
	pg.Find("button", "^client$").Click()
	slider("link delay").Focus()
	pg.Press("Home")
	has(`link = link(delay = "0ms"))  # ten`)

	pg.Find("button", l.exactly(t, "playground.faults.add")).Click()
	has("\ndrop(sender = \"client\", flags = \"F\", nth = 1)")
	pg.Until("the expectation fails", `document.querySelector(".expects .fails")`)
	pg.Find("switch", "FIN from client").Click()
	has("\n# drop(sender = \"client\", flags = \"F\", nth = 1)")
	pg.Until("the expectation holds again", `document.querySelector(".expects .holds")`)
	pg.Find("switch", "FIN from client").Click()
	has("\ndrop(sender = \"client\", flags = \"F\", nth = 1)")

	text := pg.text()
	pg.write(strings.Replace(text, `fin_timeout": 60`, `fin_timeout": 7`, 1))
	pg.Until("the slider follows the text", `[...document.querySelectorAll("sysctl-slider input[type=number]")].some((n) => n.value === "7")`)
	for _, comment := range []string{"# ten", "# the one that closes"} {
		if !strings.Contains(pg.text(), comment) {
			t.Errorf("the comment %q is gone from\n%s", comment, pg.text())
		}
	}
}

// TestWhatIsWrittenIsNotLost: through a reload, a change of language, Back, and as a link in another browser at another server.
func TestWhatIsWrittenIsNotLost(t *testing.T) {
	t.Parallel()
	s, other := server.Shared(t), server.Start(t)
	l := languages[0]
	pg := NewTab(t, l.Accept).OpenPlayground(l, s.URL+"/en/playground")
	pg.write(mine)
	pg.runs("Mine")
	link := Eval[string](pg.Tab, "location.href")

	unrun := mine + "# not run yet\n"
	pg.write(unrun)
	must(pg.Tab, page.Reload, page.ReloadParams{})
	pg.untilText("the text after a reload", func(text string) bool { return text == unrun })
	zh := languages[1]
	pg.Find("link", "^中文$").Click()
	pg.Until("the other language", `document.documentElement.lang === "zh-Hans" && document.querySelector("tcp-scenario")?.text === `+quoted(unrun))
	pg.l = zh
	pg.untilStatus("state.edited")

	second := strings.Replace(mine, "Mine", "Second", 1)
	pg.write(second)
	pg.runs("Second")
	Eval[any](pg.Tab, "history.back(), null")
	pg.untilText("the text before", func(text string) bool { return text == unrun || text == mine })
	pg.Until("its run", `document.querySelector("tcp-stage h2").textContent.includes("Mine")`)
	pg.Find("combobox", zh.exactly(t, "playground.pick"))

	pg.runs("Mine")
	pg.write(second)
	pg.runs("Second")
	latency(pg.Tab, 800)
	pg.Enter()
	pg.Press("ArrowRight")
	Eval[any](pg.Tab, "history.back(), null")
	pg.untilText("the text before, over a slow line", func(text string) bool { return text == mine })
	pg.Until("its run", `document.querySelector("tcp-stage h2").textContent.includes("Mine")`)
	latency(pg.Tab, 0)

	guest := NewTab(t, l.Accept).OpenPlayground(l, strings.Replace(link, s.URL, other.URL, 1))
	if got := guest.text(); got != mine {
		t.Errorf("the link opens\n%s", got)
	}
	guest.Until("its run", `document.querySelector("tcp-stage h2").textContent.includes("Mine")`)
}

// latency makes each of the tab's requests take that many milliseconds more.
func latency(p *Tab, ms float64) {
	must(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Latency: ms, DownloadThroughput: -1, UploadThroughput: -1}},
	})
}

// varied is a scenario of a reader's own with two ways to end.
var varied = strings.Replace(strings.Replace(mine, "    os.close(s)\n\nhost(", "    os.close(s) if how == \"close\" else os.shutdown(s, os.SHUT_WR)\n\nhost(", 1),
	"def server", "how = vary(\"how\", [\"close\", \"shutdown\"])\n\ndef server", 1)

// TestTheChoicesOfOnesOwnTextAreCompared writes a scenario with a choice and puts its runs side by side, from the editor and
// from the stage; a fork is compared with its parent there as on a lesson's stage.
func TestTheChoicesOfOnesOwnTextAreCompared(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		pg := p.OpenPlayground(l, s.URL+"/"+l.Code+"/playground")
		pg.write(varied)
		pg.Find("button", l.exactly(t, "playground.vary.compare")).Click()
		want := []string{"Ahow = close", "Bhow = shutdown"}
		pg.until("a column for each choice", func() bool { return slices.Equal(pg.columns(), want) })
		if cells := pg.outcomes()[l.template(t, "twin.parts")]; len(cells) != 2 || !strings.Contains(cells[1], "ms") {
			t.Errorf("where the runs part: %q", cells)
		}
		p.axe("two choices side by side in the playground")
		p.Until("the runs in the history", `history.state?.runs?.filter((run) => run.beside).length === 2`)
		must(p, page.Reload, page.ReloadParams{})
		pg = Playground{p.StageOf(l)}
		pg.until("both after a reload", func() bool { return slices.Equal(pg.columns(), want) })
		pg.Enter()
		p.Press("c")
		pg.until("one run", func() bool { return len(pg.columns()) == 0 })
		pg.Enter()
		pg.Jump("Home")
		pg.stepToFIN().Focus()
		p.Press("d")
		pg.until("run C", func() bool { _, _, _, run := pg.Where(); return run == "C" })
		pg.Enter()
		p.Press("c")
		pg.until("the fork beside its parent", func() bool { return len(pg.columns()) == 2 && pg.columns()[0] != want[1] })
	})
}

// TestAnEndlessProgramIsAnswered: with a sentence at the loop, while the last run stays.
func TestAnEndlessProgramIsAnswered(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		pg := p.OpenPlayground(l, s.URL+"/"+l.Code+"/playground")
		_, _, before, _ := pg.Where()
		pg.write(strings.Replace(mine, "        pass", "        n = 0\n        while True:\n            n += 1", 1))
		pg.run()
		if told := pg.mistake(11); !regexp.MustCompile(`1000000|too long|时间太长`).MatchString(told) { // the steps, or on a busy machine the time
			t.Errorf("it says %q", told)
		}
		if _, _, after, _ := pg.Where(); after != before {
			t.Errorf("the last run had %d events, now %d", before, after)
		}
	})
}

// TestThePlaygroundByKeyboard: to the editor, through a completion, out of it, and to the run.
func TestThePlaygroundByKeyboard(t *testing.T) {
	t.Parallel()
	s := server.Shared(t)
	l := languages[0]
	pg := NewTab(t, l.Accept).OpenPlayground(l, s.URL+"/en/playground")
	pg.Find("combobox", l.exactly(t, "playground.pick")).Focus()
	inside := `document.activeElement?.localName === "tcp-scenario"`
	for range 10 {
		if Eval[bool](pg.Tab, inside) {
			break
		}
		pg.Press("Tab")
	}
	pg.Until("the keyboard in the editor", inside)
	pg.write("")
	for _, key := range `host("client")` {
		pg.Press(string(key))
	}
	pg.Press("Enter")
	for _, key := range "dro" {
		pg.Press(string(key))
	}
	pg.Find("option", "^drop")
	pause(100 * time.Millisecond) // CodeMirror takes Enter for a completion a moment after it is shown
	pg.Press("Enter")
	pg.untilText("the completed call", func(text string) bool { return text == "host(\"client\")\ndrop()" })
	pg.Press("Tab")
	if !Eval[bool](pg.Tab, inside) {
		t.Error("Tab alone leaves the editor")
	}
	pg.Press("Shift+Tab") // it has indented the line
	pg.Press("Escape", "Tab")
	pg.Until("the keyboard out of the editor", "!("+inside+")")
	pg.run()
	pg.untilStatus("state.ready")
	pg.Until("a rule", `document.querySelector("fault-rules [role=switch]")`)
}

// TestThePlaygroundWithoutAConnection: the text is kept, the run plays, and the sentence says so.
func TestThePlaygroundWithoutAConnection(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Allow("ERR_INTERNET_DISCONNECTED")
		pg := p.OpenPlayground(l, s.URL+"/"+l.Code+"/playground")
		offline := func(on bool) {
			must(p, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
				MatchedNetworkConditions: []*network.Conditions{{Offline: on, DownloadThroughput: -1, UploadThroughput: -1}},
			})
		}
		offline(true)
		pg.write(mine)
		pg.run()
		pg.untilStatus("fail.offline")
		pg.Enter()
		pg.Press("ArrowRight")
		pg.until("a step of the last run", func() bool { return pg.Events() > 0 })
		offline(false)
		pg.runs("Mine")
	})
}

// TestThePlaygroundWithoutScripts says what can't be done, and leads to every scenario.
func TestThePlaygroundWithoutScripts(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.WithoutJavaScript()
		p.Open(s.URL + "/" + l.Code + "/playground")
		p.Find("heading", map[string]string{"en": "^Closing$", "zh": "^关闭连接$"}[l.Code])
		links := p.All("link", map[string]string{"en": "four-way", "zh": "四次挥手"}[l.Code])
		if len(links) == 0 {
			t.Fatal("there is no link to the four-way close")
		}
		links[0].Focus()
		p.Press("Enter")
		p.until("the page of its run", func() bool {
			return len(p.All("image", "")) > 0 && strings.Contains(string(must(p, page.GetNavigationHistory, cdp.Empty{}).Entries[2].URL), "?run=")
		})
	})
}

// TestThePlaygroundHasNoAccessibilityFault lets axe-core judge it at rest and at work.
func TestThePlaygroundHasNoAccessibilityFault(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, theme := range []string{"light", "dark"} {
			for _, width := range []int64{390, 700, 1440} {
				p.Width(width)
				p.Media(theme, true)
				pg := p.OpenPlayground(l, s.URL+"/"+l.Code+"/playground?fresh")
				p.axe(fmt.Sprintf("at rest, %s, %d px", theme, width))
				Eval[any](p, `document.querySelectorAll("tcp-playground details").forEach((d) => d.open = true), null`)
				pg.write(mine + "drop(flags = \"F\")\n# delay(\"1s\")\n")
				pg.Until("two rules", `document.querySelectorAll("fault-rules li").length === 2`)
				Eval[any](p, `document.querySelectorAll("fault-rules details").forEach((d) => d.open = true), null`)
				p.axe(fmt.Sprintf("with rules, %s, %d px", theme, width))
				pg.write("host('client')\nhots('x')")
				pg.mistake(2)
				pg.Press("End")
				for _, key := range "\nho" {
					pg.Press(map[rune]string{'\n': "Enter"}[key] + strings.Trim(string(key), "\n"))
				}
				p.axe(fmt.Sprintf("with a mistake and completion, %s, %d px", theme, width))
			}
		}
	})
}
