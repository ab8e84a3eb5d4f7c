package content

import (
	"maps"
	"strconv"
	"strings"
	"testing"

	"finwait/engine"
	"finwait/scenario"
)

func matrixOf(t *testing.T) map[string]*Outcome {
	t.Helper()
	rows, err := loaded(t).Losses()
	if err != nil {
		t.Fatal(err)
	}
	cells := map[string]*Outcome{}
	for _, r := range rows {
		for _, c := range r.Cells {
			times := "once"
			if c.Always {
				times = "always"
			}
			cells[strings.TrimSpace(r.ID+" "+times+" "+c.Call)] = c.Outcome
		}
	}
	return cells
}

// TestLossesAgreeWithTheKernel compares the matrix's figures with what was measured on Linux (FACTS.md), as far as that was:
// retransmissions to 5 %, waits of 60 s to +2.1 s, short ones to +15 ms.
func TestLossesAgreeWithTheKernel(t *testing.T) {
	cells := matrixOf(t)
	if len(cells) != 4*4+3*2 {
		t.Fatalf("%d cells", len(cells))
	}
	second := func(s float64) engine.Micros { return engine.Micros(s * float64(engine.Second)) }
	for name, want := range map[string]struct {
		verdict  Verdict
		low, top engine.Micros
	}{
		"first-FIN once close":       {Late, second(0.2130), second(0.2415)}, // 224 to 230 ms
		"first-FIN once shutdown":    {Late, second(0.2130), second(0.2415)},
		"first-ACK once close":       {Late, second(0.2130), second(0.2415)},
		"second-FIN once close":      {Late, second(0.2130), second(0.2415)},
		"second-ACK once close":      {Late, second(0.2130), second(0.2415)},
		"first-FIN always close":     {Lost, second(117.8 * .95), second(119.5 * 1.05)},
		"second-FIN always close":    {Lost, second(117.8 * .95), second(119.5 * 1.05)}, // the server in LAST-ACK
		"second-ACK always close":    {Lost, second(118), second(123.1)},                // TIME-WAIT, about 121 s after it began
		"first-ACK always close":     {Healed, second(0.98), second(1.02)},              // with the server's own FIN, 1 s later
		"SYN once":                   {Late, second(0.95), second(1.05)},
		"SYN always":                 {Lost, second(133.5 * .95), second(134.3 * 1.05)},
		"SYN-ACK once":               {Late, second(0.95), second(1.05)},
		"SYN-ACK always":             {Lost, second(133.5 * .95), second(134.3 * 1.05)},
		"ACK once":                   {Late, second(0.95), second(1.05)},
		"ACK always":                 {Lost, second(65 * .95), second(65 * 1.05)},
		"second-FIN always shutdown": {Lost, -1, -1},
		// tcp_retries2 = 15 bounds a time of 924.6 s after the first timeout (tcp_retries2 in the kernel's ip-sysctl.rst).
		"first-FIN always shutdown": {Lost, second(924.6), second(924.6 * 1.05)},
	} {
		o := cells[name]
		if o == nil {
			t.Errorf("there is no cell %s", name)
			continue
		}
		took := o.Later
		if o.Verdict == Lost {
			took = o.Over
		}
		if o.Verdict != want.verdict || took < want.low || took > want.top {
			t.Errorf("%s: %s after %s; want %s after %s to %s", name, o.Verdict, Clock(took), want.verdict, Clock(want.low), Clock(want.top))
		}
	}
}

// TestLossesExpect holds every expectation in every cell, and that no two cells are the same run.
func TestLossesExpect(t *testing.T) {
	rows, err := loaded(t).Losses()
	if err != nil {
		t.Fatal(err)
	}
	tokens := map[string]bool{}
	for _, r := range rows {
		for _, c := range r.Cells {
			token := c.Log.Run.Token()
			if tokens[token] {
				t.Errorf("%s stands in two cells", token)
			}
			tokens[token] = true
			judged := 0
			for _, ev := range c.Log.Events {
				if e, ok := ev.Body.(*engine.Expect); ok {
					if judged++; !e.Holds {
						t.Errorf("%s: %s", token, e.Text.En)
					}
				}
			}
			if judged != 2 || c.Log.Reason != engine.EndQuiet {
				t.Errorf("%s: %d expectations, ended by %s", token, judged, c.Log.Reason)
			}
		}
	}
}

// TestEveryRowOfTheMatrixIsInALesson holds that a lesson that teaches a loss shows its row, and that none is left out.
func TestEveryRowOfTheMatrixIsInALesson(t *testing.T) {
	shown := map[string]string{}
	for _, l := range loaded(t).Lessons() {
		for _, id := range l.Losses {
			if shown[id] != "" {
				t.Errorf("the row %s is in %s and in %s", id, shown[id], l.Slug)
			}
			shown[id] = l.Slug
		}
	}
	for _, row := range losses() {
		if shown[row.ID] == "" {
			t.Errorf("no lesson shows the row %s", row.ID)
		}
	}
}

// TestOutcomesInWords holds that each outcome is said whole, in both languages, and names what decides it.
func TestOutcomesInWords(t *testing.T) {
	c, cells := loaded(t), matrixOf(t)
	for name, o := range cells {
		for _, l := range Langs {
			said := o.Sentences(c.PagePhrases(l))
			text := strings.Join(said, " ")
			if len(said) == 0 || strings.ContainsAny(text, "{}") || strings.Contains(text, "  ") {
				t.Errorf("%s, %s: %q", name, l, text)
			}
		}
	}
	for name, words := range map[string][]string{
		"first-FIN once close":       {"tail loss probe", "222 ms"},
		"first-ACK once close":       {"never sent again", "D-SACK 1–2"},
		"first-ACK always close":     {"4 are lost", "the server's own FIN"},
		"first-FIN always close":     {"10 copies", "tcp_orphan_retries", "The server stays ESTABLISHED."},
		"first-FIN always shutdown":  {"17 copies", "tcp_retries2", "ETIMEDOUT"},
		"second-FIN always close":    {"tcp_fin_timeout frees the client after 60.4 s", "LAST-ACK"},
		"second-FIN always shutdown": {"The client stays FIN-WAIT-2.", "waits for ever"},
		"second-ACK once close":      {"TIME-WAIT"},
		"second-ACK always close":    {"starts TIME-WAIT anew"},
		"SYN always":                 {"SYN at 0, 1, 2, 3.1, 4.1, 5.1, 7.1, 11.3, 19.5, 35.6, 69.6 s", "ETIMEDOUT"},
		"SYN-ACK once":               {"SYN and SYN,ACK leave again together"},
		"ACK always":                 {"drops the request in silence", "ECONNRESET"},
	} {
		text := strings.Join(cells[name].Sentences(c.PagePhrases(En)), " ")
		for _, w := range words {
			if !strings.Contains(text, w) {
				t.Errorf("%s says %q, and not %q", name, text, w)
			}
		}
	}
	same := cells["second-ACK once shutdown"].SentencesBeside(cells["second-ACK once close"], c.PagePhrases(Zh))
	if len(same) != 2 || same[0] != "同上。" {
		t.Errorf("beside its twin it says %q", same)
	}
}

// TestOutcomeNeedsALoss holds that a run in which nothing is lost has no outcome.
func TestOutcomeNeedsALoss(t *testing.T) {
	c, row := loaded(t), losses()[0]
	log, err := scenario.Execute(c, row.run("never", "close"), scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if o := outcomeOf(row, &LossCell{Log: log}, log.Events); o != nil {
		t.Errorf("it has %+v", o)
	}
}

// TestLossesOfAnOverlay holds that a matrix whose scenario was replaced by one that loses nothing is an error, not a panic.
func TestLossesOfAnOverlay(t *testing.T) {
	c := *loaded(t)
	c.scenarios = maps.Clone(c.scenarios)
	c.scenarios[closingLosses] = `
vary("lost", ["first-FIN", "first-ACK", "second-FIN", "second-ACK"])
vary("times", ["once", "always", "never"])
vary("call", ["close", "shutdown"])
def program(os):
    os.sleep("1s")
host("client", program)
`
	if rows, err := c.Losses(); err == nil || rows != nil {
		t.Errorf("it gives %d rows and %v", len(rows), err)
	}
}

// TestCaptionsSayWhatIsDrawn holds the figures that the captions of the loss matrix and of the diagram are typed with.
func TestCaptionsSayWhatIsDrawn(t *testing.T) {
	c := loaded(t)
	rows, err := c.Losses()
	if err != nil {
		t.Fatal(err)
	}
	var delay, work engine.Micros
	for _, ev := range rows[0].Cells[0].Log.Events {
		switch e := ev.Body.(type) {
		case *engine.Meta:
			delay = e.Link.DelayUS
		case *engine.Returned:
			if e.Host == "server" && e.Call == "sleep" {
				work = e.BlockedUS
			}
		}
	}
	arrows := strconv.Itoa(len(engine.Arrows))
	count := map[Lang]map[int]string{En: {7: "Seven "}, Zh: {7: "七个"}}
	for _, lang := range Langs {
		for _, want := range []struct{ key, figure string }{
			{"matrix.lead", count[lang][len(rows)]}, {"matrix.lead", Clock(delay)}, {"matrix.close.caption", Clock(work)},
			{"states.map.caption", " " + arrows + " "}, {"diagram.label", " " + arrows + " "},
		} {
			if text := c.PagePhrases(lang)[want.key]; want.figure == "" || !strings.Contains(text, want.figure) {
				t.Errorf("%s, %s lacks %q: %s", want.key, lang, want.figure, text)
			}
		}
	}
}
