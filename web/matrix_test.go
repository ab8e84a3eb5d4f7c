package web

import (
	"testing"

	"finwait/content"
	"finwait/engine"
)

func matrix(t *testing.T) Matrix {
	t.Helper()
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := c.Losses()
	if err != nil {
		t.Fatal(err)
	}
	return Matrix{LossTable: LossTable{Page: Page{Lang: content.En, Base: "/"}, Say: c.PagePhrases(content.En)}, Rows: rows}
}

// TestEveryMiniFitsItsBox holds that nothing is drawn outside, that each segment from the start on is, and that both ends
// stop in the state in which the log leaves them.
func TestEveryMiniFitsItsBox(t *testing.T) {
	for _, r := range matrix(t).Rows {
		for _, c := range r.Cells {
			m := mini(r, c)
			name := c.Log.Run.Token()
			inside := func(x, y px) {
				if x < 0 || x > MiniWidth || y < 0 || y > MiniHeight {
					t.Errorf("%s: %s, %s is outside", name, x, y)
				}
			}
			for _, w := range m.Wires {
				inside(w.X1, w.Y1)
				inside(w.X2, w.Y2)
				if w.Y2 < w.Y1 {
					t.Errorf("%s: a segment arrives before it leaves", name)
				}
			}
			for _, b := range m.Bands {
				inside(b.X, b.Y)
				inside(b.X, b.Y+b.Height)
			}
			if want := segmentsFrom(c.Log.Events, r.Opens); len(m.Wires) != want {
				t.Errorf("%s: %d segments are drawn, and %d were sent", name, len(m.Wires), want)
			}
			last := map[string]engine.State{"client": engine.Closed, "server": engine.Closed}
			for _, ev := range c.Log.Events {
				if s, ok := ev.Body.(*engine.StateChange); ok && (s.Remote != "*" || last[s.Host] == engine.Closed && r.Opens && s.To == engine.Listen) {
					last[s.Host] = s.To
				}
			}
			for i, host := range []string{"client", "server"} {
				if got := m.Ends[i].Family; got != content.FamilyOf(last[host]) {
					t.Errorf("%s: the %s ends as %s, and is %s", name, host, got, last[host])
				}
			}
		}
	}
}

func segmentsFrom(events []engine.Event, opens bool) int {
	n, from := 0, engine.Micros(0)
	if !opens {
		from = firstFIN(events)
	}
	for _, ev := range events {
		if _, ok := ev.Body.(*engine.SegmentSent); ok && ev.T >= from {
			n++
		}
	}
	return n
}

// TestThePlotIsInOrder holds that a longer wait is further right, and that no point leaves the axis.
func TestThePlotIsInOrder(t *testing.T) {
	last := px(0)
	for _, wait := range []engine.Micros{engine.Second / 10, engine.Second / 4, engine.Second, 65 * engine.Second, 200 * engine.Second} {
		x := plotX(wait)
		if x <= last || x < plotLeft || x > plotRight {
			t.Errorf("%s is at %s, after %s", content.Clock(wait), x, last)
		}
		last = x
	}
	if plotX(0) != plotLeft || plotX(engine.Day) != plotRight {
		t.Error("what is beyond the axis does not stand at its end")
	}
	for _, p := range matrix(t).plot() {
		if p.Ever <= p.Once || p.Y > plotHeight-28 {
			t.Errorf("%+v", p)
		}
	}
}

// TestUnbroken holds that no line ends within a state, and that text stays text.
func TestUnbroken(t *testing.T) {
	for text, want := range map[string]string{
		"FIN-WAIT-1 after 1.24 s.": `<span class="nb">FIN-WAIT-1</span> after 1.24 s.`,
		"D-SACK 1–2, 5 stages":     `<span class="nb">D-SACK 1–2</span>, 5 stages`,
		"<b>&":                     "&lt;b&gt;&amp;",
	} {
		var b stringWriter
		if err := unbroken(text).Render(t.Context(), &b); err != nil || string(b) != want {
			t.Errorf("%q becomes %q (%v)", text, b, err)
		}
	}
}

type stringWriter string

func (w *stringWriter) Write(p []byte) (int, error) {
	*w += stringWriter(p)
	return len(p), nil
}
