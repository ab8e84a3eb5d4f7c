//go:build journeys

package journeys

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"

	"finwait/content"
	"finwait/engine"
	"finwait/internal/wire"
	"finwait/journeys/server"
	"finwait/scenario"
)

// chosen is what each lens marks as selected.
type chosen struct {
	Ladder  []string // segment ids
	Line    string   // of the transcript
	Arrows  []string // of both diagrams
	Sockets []string // local addresses
	Segment string   // of the header
	Why     string   // the sentence
}

const marks = `(() => {
	const all = (css) => [...document.querySelectorAll(css)];
	const text = (el) => el?.textContent.replace(/\s+/g, " ").trim() ?? "";
	return {
		ladder: all("tcp-ladder .seg.sel").map((g) => g.dataset.id),
		line: text(all("tcp-transcript li[aria-current]")[0]?.lastElementChild),
		arrows: all("tcp-states li button[aria-current]").map((b) => text(b).replace(/ \(.*/, "")),
		sockets: all("tcp-sockets tr[aria-current]").map((tr) => tr.cells[4].textContent),
		segment: document.querySelector("tcp-header").dataset.segment,
		why: text(document.querySelector("tcp-why .ev")),
	};
})()`

// marked waits until the lenses mark what is wanted.
func (s Stage) marked(what string, ok func(chosen) bool) {
	s.t.Helper()
	s.until("the lenses to mark "+what, func() bool { return ok(Eval[chosen](s.Tab, marks)) })
}

// finOf gives the client's first FIN in the log of the lesson's run, and the run.
func finOf(t *testing.T) (*scenario.Log, *engine.SegmentSent) {
	t.Helper()
	lib, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	log, err := scenario.Execute(lib, scenario.Run{Scenario: "close/four-way", Seed: 7}, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range log.Events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			return log, s
		}
	}
	t.Fatal("the run has no FIN")
	return nil, nil
}

// TestOneSelectionForAllLenses selects the client's FIN in one lens after the other, and holds that all the others mark it.
func TestOneSelectionForAllLenses(t *testing.T) {
	t.Parallel()
	_, fin := finOf(t)
	id := fmt.Sprint(fin.ID)
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		p.Media("light", true)
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.Jump("End")
		Eval[any](p, `document.querySelector("tcp-header").scrollIntoView({block: "nearest"}); null`)
		isFIN := func(c chosen) bool {
			return strings.Contains(strings.Join(c.Ladder, " "), id) && strings.Contains(c.Line, segmentWords(fin)) && c.Segment == id &&
				strings.Contains(strings.Join(c.Arrows, ","), "ESTABLISHED → FIN-WAIT-1") && strings.Contains(c.Why, segmentWords(fin))
		}

		line := `[...document.querySelectorAll("tcp-transcript li")].find((li) => li.textContent.includes(` + quoted(segmentWords(fin)) + `)).querySelector("button")`
		Eval[any](p, line+".focus(); null")
		p.Press("Enter")
		stage.marked("the FIN of the transcript", isFIN)

		// The reasons: on to the call that caused it, and back by what came of it.
		Eval[any](p, `document.querySelector("tcp-why .links .golink").focus(); null`)
		p.Press("Enter")
		stage.marked("the call before it", func(c chosen) bool { return strings.Contains(c.Why, "close(3)") && c.Segment == id })
		Eval[any](p, `[...document.querySelectorAll("tcp-why .links .golink")].find((b) => b.textContent.includes("FIN,ACK")).focus(); null`)
		p.Press("Enter")
		stage.marked("the FIN again", isFIN)

		// A key on the segment itself; Escape in the reasons gives the keyboard back to it.
		stage.Enter()
		stage.Jump("Home")
		for range 6 {
			p.Press("Shift+ArrowRight")
		}
		p.Until("the FIN in the ladder", `(() => { const g = document.querySelector('tcp-ladder .seg[data-id="`+id+`"]'); g?.focus(); return g && document.activeElement === g; })()`)
		p.Press("w")
		stage.marked("the FIN of the ladder", isFIN)
		p.Until("the keyboard in the reasons", `document.activeElement.closest("tcp-why")`)
		p.Press("Escape")
		p.Until("the keyboard back on the segment", `document.activeElement.dataset.id === "`+id+`"`)

		// A socket's row tells of what brought it into its state.
		Eval[any](p, `document.querySelector("tcp-sockets .sockb").focus(); null`)
		p.Press("Enter")
		stage.marked("the client's socket", func(c chosen) bool { return len(c.Sockets) == 1 && strings.HasPrefix(c.Sockets[0], "10.0.0.1:") })

		// Along the arrows of the diagram: the playhead goes to where one was walked.
		Eval[any](p, `document.querySelector('tcp-states li button[tabindex="0"]').focus(); null`)
		for range 20 {
			p.Press("ArrowUp")
		}
		p.Press("Enter")
		p.Until("the playhead at the client's first step", `/SYN-SENT/.test([...document.querySelectorAll("tcp-transcript li")].at(-1).textContent)
			&& document.querySelector("tcp-states .cur .st").textContent === "SYN-SENT"`)
	})
}

// TestTheHeaderShowsTheBytes goes through the fields by keyboard, and copies the bytes, which are those of the engine.
func TestTheHeaderShowsTheBytes(t *testing.T) {
	t.Parallel()
	log, fin := finOf(t)
	a, errA := engine.ParseAddr("10.0.0.1")
	b, errB := engine.ParseAddr("10.0.0.2")
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	data, err := wire.Segment(fin, a, b)
	if err != nil {
		t.Fatal(err)
	}
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		for _, name := range []string{"clipboard-read", "clipboard-write"} {
			must(p, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: name}, Setting: "granted"})
		}
		p.Media("light", true)
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?run="+log.Run.Token())
		stage.Enter()
		stage.stepToFIN()
		p.Until("nothing fetched for a panel that was not seen", `performance.getEntriesByType("resource").every((r) => !r.name.includes("runs.bytes"))`)
		// The bytes don't come; then they do.
		p.Allow("runs.bytes")
		must(p, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: s.URL + "/api/v1/runs.bytes*", Block: true}}})
		Eval[any](p, `document.querySelector("tcp-header").scrollIntoView(); null`)
		p.Until("a word on what is missing", `document.querySelector("tcp-header [role=status]").textContent.startsWith(`+quoted(l.template(t, "header.failed"))+`)`)
		must(p, network.SetBlockedURLs, network.SetBlockedURLsParams{})
		Eval[any](p, `document.querySelector("tcp-header [role=status] button").click(); null`)
		p.Find("group", l.phrase(t, "header.ipv4"))
		Eval[any](p, `document.querySelector('tcp-header .fb[tabindex="0"]').focus(); null`)
		window := l.template(t, "header.tcp.window")
		for range 60 {
			if strings.HasPrefix(Eval[string](p, `document.activeElement.textContent`), window) {
				break
			}
			p.Press("ArrowRight")
		}
		name := Eval[string](p, `document.activeElement.textContent`)
		if want := fmt.Sprintf("%s%d = %d, RFC 9293 §3.8.6", window, fin.Win, fin.WinBytes); name != want {
			t.Errorf("the field is named %q, want %q", name, want)
		}
		if got, want := Eval[string](p, `[...document.querySelectorAll("tcp-header .hex .mk")].map((b) => b.textContent).join("")`), fmt.Sprintf("%04x", fin.Win); got != want {
			t.Errorf("the bytes marked are %q, want %q", got, want)
		}
		Eval[any](p, `document.querySelector("tcp-header .hex").focus(); null`)
		p.Press("Home", "ArrowRight")
		p.Until("the field of a byte", `[...document.querySelectorAll("tcp-header .hdr .mk .fn")].map((n) => n.textContent).join(" ") === "DSCP ECN"`)
		if got := Eval[string](p, `document.querySelector("tcp-header .sums").textContent`); got != l.template(t, "header.sums.valid") {
			t.Errorf("of the checksums it says %q", got)
		}
		p.Find("button", l.exactly(t, "header.copy")).Click()
		p.Find("button", l.exactly(t, "header.copied"))
		var want strings.Builder
		for i := 0; i < len(data); i += 16 {
			fmt.Fprintf(&want, "%04x  % x\n", i, data[i:min(i+16, len(data))])
		}
		if got := Eval[string](p, `navigator.clipboard.readText()`); got != want.String() {
			t.Errorf("copied:\n%s\nthe engine's bytes:\n%s", got, want.String())
		}
		p.axe("the header inspector")
	})
}
