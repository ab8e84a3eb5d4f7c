//go:build journeys

package journeys

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"

	"finwait/journeys/server"
)

// columns are the names of the runs side by side.
func (s Stage) columns() []string {
	s.t.Helper()
	return Eval[[]string](s.Tab, `[...document.querySelectorAll("tcp-twin:not([hidden]) .twinhead")].map((x) => x.textContent)`)
}

// outcomes is the table under the ladders: for each row its cells, by the row's name.
func (s Stage) outcomes() map[string][]string {
	s.t.Helper()
	return Eval[map[string][]string](s.Tab, `Object.fromEntries([...document.querySelectorAll(".twintable tbody tr")].map((tr) => {
		const [name, ...cells] = [...tr.children].map((td) => td.innerText.replace(/\s+/g, " ").trim());
		return [name, cells];
	}))`)
}

// row is a row's name in the reader's language.
func (s Stage) row(key, host string) string {
	s.t.Helper()
	name := s.l.template(s.t, "host."+host)
	template := s.l.template(s.t, key)
	if rest, first := strings.CutPrefix(template, "{host}"); first {
		return heading(name) + rest
	}
	return strings.ReplaceAll(template, "{host}", name)
}

// TestTheChoicesOfAScenarioAreComparedSideBySide puts close(), shutdown() and SO_LINGER 0 next to one another.
func TestTheChoicesOfAScenarioAreComparedSideBySide(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		token := made(t, s, `{"run":{"scenario":"close/three-ways"}}`)
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way?run="+url.QueryEscape(token))
		stage.Enter()
		p.Press("c")
		stage.until("three columns", func() bool { return len(stage.columns()) == 3 })
		for i, want := range []string{"Aexit = close", "Bexit = shutdown", "Cexit = linger0"} {
			if got := stage.columns()[i]; got != want {
				t.Errorf("column %d is %q; want %q", i, got, want)
			}
		}
		table := stage.outcomes()
		for _, c := range []struct {
			row  string
			want []string
		}{
			{stage.row("twin.read", "client"), []string{"0 ", "8 ", "0 "}},
			{stage.row("twin.errors", "server"), []string{"EPIPE", "–", "ECONNRESET"}},
			{stage.row("twin.wait", "client"), []string{"–", "61", "–"}},
			{l.template(t, "twin.parts"), []string{"–", "45 ms", "45 ms"}},
		} {
			for i, want := range c.want {
				if cells := table[c.row]; len(cells) != 3 || !strings.Contains(cells[i], want) {
					t.Errorf("%s: %q; want %q in the cell of run %d", c.row, cells, want, i)
				}
			}
		}
		p.Find("button", regexp.QuoteMeta(strings.ReplaceAll(l.template(t, "twin.parts.at"), "{time}", "45 ms"))).Click()
		stage.until("the moment where they part", func() bool { ms, _, _, _ := stage.Where(); return ms == 45 })
		p.Until("the marks of it", `document.querySelectorAll(".twin .part path").length === 2`)
		stage.Enter()
		stage.Jump("End")
		p.until("the end of the longest", func() bool { ms, _, _, _ := stage.Where(); return ms > 60_000 })
		for width := range map[int64]bool{390: true, 700: true, 1440: true} {
			p.Width(width)
			p.axe("three runs side by side")
		}
		p.Media("dark", true)
		p.axe("three runs side by side, dark")
	})
}

// TestAForkIsComparedWithItsParent drops a FIN and puts both runs side by side; a step shows the same moment in both, a
// segment in flight is dropped in the run in which it flies, and one run is shown alone again.
func TestAForkIsComparedWithItsParent(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		stage := p.OpenStage(l, s.URL+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		stage.until("run B", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		stage.Enter()
		p.Press("c")
		stage.until("two columns", func() bool { return len(stage.columns()) == 2 })
		stage.Enter()
		now := func() []string {
			return Eval[[]string](p, `[...document.querySelectorAll(".twin .nowt")].map((x) => x.textContent)`)
		}
		for range 12 {
			p.Press("ArrowRight")
			if at := now(); len(at) != 2 || at[0] != at[1] {
				t.Fatalf("the columns stand at %q", at)
			}
		}
		differ := func(column int) int {
			return Eval[[]int](p, `[...document.querySelectorAll(".twin")].map((x) => x.querySelectorAll(".seg.differs").length)`)[column]
		}
		if differ(0) == 0 {
			t.Error("in the first run nothing stands out that the other has not")
		}
		stage.Jump("Home")
		stage.stepToFIN()
		Eval[any](p, `document.querySelectorAll(".twin")[0].querySelector(".seg.flying").focus()`)
		p.Press("u")
		stage.until("three columns", func() bool { return len(stage.columns()) == 3 })
		if names := stage.columns(); !slices.IsSorted(names) {
			t.Errorf("the new run is not the last of %q", names)
		}
		stage.Enter()
		p.Press("c")
		stage.until("one run", func() bool { return len(stage.columns()) == 0 })
	})
}

// TestRunsSideBySideOutliveAReload drops a FIN, puts both runs side by side and reloads the page, while another server has
// taken the first one's place: the runs are there with their names, and the drop can be taken back.
func TestRunsSideBySideOutliveAReload(t *testing.T) {
	t.Parallel()
	inBothLanguages(t, func(t *testing.T, l language, s *server.Server, p *Tab) {
		line := newCable(t, s)
		stage := p.OpenStage(l, "http://"+line.listener.Addr().String()+"/"+l.Code+"/lessons/four-way")
		stage.Enter()
		stage.stepToFIN().Focus()
		p.Press("d")
		stage.until("run B", func() bool { _, _, _, run := stage.Where(); return run == "B" })
		stage.Enter()
		p.Press("c")
		stage.until("two columns", func() bool { return len(stage.columns()) == 2 })
		before := stage.columns()
		p.Until("the runs in the history", `history.state?.runs?.filter((run) => run.beside).length === 2`)

		line.mu.Lock()
		line.to = server.Start(t).Addr
		line.mu.Unlock()
		must(p, page.Reload, page.ReloadParams{})
		p.StageOf(l)
		stage.until("both columns again", func() bool { return slices.Equal(stage.columns(), before) })
		if _, _, _, run := stage.Where(); run != "B" {
			t.Errorf("run %s is shown; it was B", run)
		}
		stage.Enter()
		p.Press("z")
		stage.until("run A", func() bool { _, _, _, run := stage.Where(); return run == "A" })
	})
}
