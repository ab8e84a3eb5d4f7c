//go:build journeys

package journeys

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/chromedp/cdproto/emulation"

	"finwait/content"
	"finwait/engine"
	"finwait/journeys/server"
	"finwait/scenario"
)

// tellings are runs in which different things happen: each lens has to tell all of them.
var tellings = []scenario.Run{
	{Scenario: "close/four-way", Seed: 7},
	{Scenario: "close/lost", Seed: 1},
	{Scenario: "close/simultaneous", Seed: 1},
	{Scenario: "close/linger-zero", Seed: 1},
	{Scenario: "backlog/overflow", Seed: 1},
	{Scenario: "open/self", Seed: 1},
	{Scenario: "window/zero", Seed: 1},
	{Scenario: "keepalive/dead-peer", Seed: 1},
	{Scenario: "data/lost-middle", Seed: 1},
	{Scenario: "reset/overtakes", Seed: 1},
	{Scenario: "open/syn-ack-lost", Seed: 1},
	{Scenario: "reset/host-gone", Seed: 1},
	{Scenario: "close/four-way", Seed: 7, Inputs: []engine.Input{{At: 95_000, Do: engine.Do{Drop: &engine.SegmentAction{Segment: 8}}}}},
}

// TestEveryLensTellsTheLog walks every event of the runs and holds what each lens shows against what the log, folded here
// and not by the page, says at that event.
func TestEveryLensTellsTheLog(t *testing.T) {
	t.Parallel()
	lib, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	l := languages[0]
	s := server.Shared(t)
	p := NewTab(t, l.Accept)
	p.Media("light", true)
	p.OpenStage(l, s.URL+"/en/lessons/four-way")
	// High enough that no panel is out of sight.
	must(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 1440, Height: 2600, DeviceScaleFactor: 1})
	for _, run := range tellings {
		t.Run(fmt.Sprintf("%s with %d inputs", run.Scenario, len(run.Inputs)), func(t *testing.T) {
			log, err := scenario.Execute(lib, run, scenario.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			stops := stopsOf(log.Events)
			Eval[any](p, `document.dispatchEvent(new CustomEvent("fw-open-run", {detail: {token: `+quoted(log.Run.Token())+`}})); null`)
			p.Until("the run's beginning", fmt.Sprintf(`document.querySelector("tcp-transport [role=slider]").ariaValueText.includes(" of %d")
				&& document.querySelector("tcp-stage").passed <= 1`, len(stops)))
			views := p.walk()
			if len(views) < len(stops) {
				t.Errorf("%d positions were walked, the log has %d events to stop at", len(views), len(stops))
			}
			told := telling{t: t, l: l, log: log, world: newFold(log.Events)}
			for _, v := range views {
				told.check(v, stops)
			}
			if told.wrong > 3 {
				t.Errorf("and %d more differences", told.wrong-3)
			}
		})
	}
}

// view is what the page shows at one position.
type view struct {
	N      int
	States []string   // of both hosts
	Walked [][]string // arrow ids of both hosts
	Rows   [][]string // host, state, Recv-Q, Send-Q, local, peer, timer or queues
	Code   []codeView
	Seq    int    // of the transcript's last line
	Line   string // the transcript's last line
	Clock  string
	Header headerView
	Ladder [][]string // segment id and name
}

type codeView struct {
	Current string // the line
	Result  string // beside it
}

type headerView struct {
	Segment string
	Fields  map[string]string
}

// walk steps from the start of the run to its end and gives what the page shows at each position. It goes by stretches, so that
// a slow machine has time for each.
func (p *Tab) walk() []view {
	p.t.Helper()
	type stretch struct {
		Views []view
		More  bool
	}
	var views []view
	for s := (stretch{More: true}); s.More; {
		s = Eval[stretch](p, fmt.Sprintf(walking, len(views) == 0))
		views = append(views, s.Views...)
	}
	return views
}

// walking steps through a stretch of the run, from its start or from where it stands.
const walking = `(async (atStart) => {
	const stage = document.querySelector("tcp-stage");
	const slider = stage.querySelector("tcp-transport [role=slider]");
	const frame = () => new Promise(requestAnimationFrame);
	const text = (el) => el?.textContent.replace(/\s+/g, " ").trim() ?? "";
	const all = (css, from = stage) => [...from.querySelectorAll(css)];
	const seen = (css) => all(css).filter((el) => el.getClientRects().length > 0);
	const press = (key) => slider.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
	const header = stage.querySelector("tcp-header");
	const field = (b) => [text(b.querySelector(".fn")), b.querySelector("b").firstChild.textContent];
	const view = () => ({
		n: stage.passed,
		states: seen("tcp-states").map((el) => text(el.querySelector(".cur .st"))),
		walked: seen("tcp-states").map((el) => all("li button", el).map((b) => text(b).replace(/ → /, ">").replace(/ .*/, ""))),
		rows: all("tcp-sockets tbody tr").filter((tr) => tr.cells.length === 7).map((tr) => [...tr.cells].map((td, i) =>
			i === 0 ? td.querySelector("button").firstChild.textContent : i === 1 ? text(td.querySelector(".st")) : i === 6 && td.querySelector("code") ? text(td.querySelector("code")) : text(td))),
		code: seen("tcp-code").map((el) => { const li = el.querySelector("[aria-current=step]"); return {current: text(li), result: text(li?.querySelector(".rv"))}; }),
		seq: Number(all("tcp-transcript li").at(-1)?.dataset.seq ?? -1),
		line: text(all("tcp-transcript li").at(-1)?.lastElementChild),
		clock: slider.ariaValueNow,
		header: {segment: header.dataset.segment ?? "", fields: Object.fromEntries(all(".fb", header).map(field))},
		ladder: all("tcp-ladder .seg").map((g) => [g.dataset.id, g.getAttribute("aria-label")]),
	});
	if (atStart) press("Home");
	await frame();
	// The programs of a run that another one was opened beside come after it.
	for (let i = 0; i < 300 && seen("tcp-code").some((el) => !el.querySelector("li")); i++) await frame();
	const views = [];
	let more = true;
	while (more && views.length < 20) {
		const last = stage.passed;
		for (let i = 0; i < 300 && header.dataset.segment && !header.querySelector(".fb"); i++) await frame();
		views.push(view());
		press("ArrowRight");
		await frame();
		await frame();
		more = stage.passed !== last;
	}
	return {views, more};
})(%t)`

// stopsOf are the events that a step stops at: not what a queue or a timer does unseen, and a call that returns at once is
// one with its return.
func stopsOf(events []engine.Event) []int {
	var stops []int
	for i, ev := range events {
		switch b := ev.Body.(type) {
		case *engine.Meta, *engine.Queue, *engine.ListenQueue:
			continue
		case *engine.TimerChange:
			if b.Action != engine.TimerFire {
				continue
			}
		case *engine.Returned:
			if call, ok := events[i-1].Body.(*engine.CallMade); ok && call.ID == b.ID && call.Host == b.Host && events[i-1].T == ev.T && slices.Contains(stops, i-1) {
				stops = stops[:len(stops)-1]
			}
		}
		stops = append(stops, i)
	}
	return stops
}

// telling compares views with a log.
type telling struct {
	t     *testing.T
	l     language
	log   *scenario.Log
	world *fold
	wrong int
}

// same notes a difference.
func (c *telling) same(n int, what string, shown, want any) {
	c.t.Helper()
	if a, b := fmt.Sprint(shown), fmt.Sprint(want); a != b {
		if c.wrong++; c.wrong <= 3 {
			c.t.Errorf("after %d events, %s: the page shows\n  %s\nthe log says\n  %s", n, what, a, b)
		}
	}
}

// check holds a view against the log's first v.N events.
func (c *telling) check(v view, stops []int) {
	c.t.Helper()
	w := c.world
	w.read(v.N)
	now := c.log.Events[max(0, v.N-1)].T
	last := -1
	for _, seq := range stops {
		if seq < v.N {
			last = seq
		}
	}
	c.same(v.N, "the transcript's last event", v.Seq, last)
	c.same(v.N, "the number of panels", len(v.States), min(2, len(w.hosts)))
	for i, name := range []string{w.hosts[0], w.hosts[len(w.hosts)-1]}[:len(v.States)] { // there is a panel for each side
		h := w.of[name]
		c.same(v.N, name+"'s state", v.States[i], h.state())
		c.same(v.N, name+"'s path", slices.Sorted(slices.Values(v.Walked[i])), h.arrows())
		c.code(v, i, h)
	}
	c.sockets(v, now)
	c.segments(v, last)
}

// code holds the current line against the host's call.
func (c *telling) code(v view, i int, h *hostFold) {
	c.t.Helper()
	call := h.current()
	if call == nil {
		c.same(v.N, h.name+"'s line", v.Code[i].Current, "")
		return
	}
	if !strings.Contains(v.Code[i].Current, call.Call+"(") {
		c.same(v.N, h.name+"'s line", v.Code[i].Current, call.Call+"(")
	}
	if ret := h.returned[call.ID]; ret != nil && h.name == call.Host {
		c.same(v.N, h.name+"'s result", v.Code[i].Result, strings.TrimSpace(fmt.Sprintf("=%d %s", ret.Ret, ret.Errno)))
	}
}

// sockets holds the table against the sockets that ss would list.
func (c *telling) sockets(v view, now engine.Micros) {
	c.t.Helper()
	var want [][]string
	for _, name := range c.world.hosts {
		want = append(want, c.world.of[name].rows(heading(name), now)...)
	}
	shown := slices.Clone(v.Rows)
	for i, row := range shown {
		if i < len(want) && strings.HasPrefix(row[6], "timer:") && strings.HasPrefix(want[i][6], "timer:") {
			// The time left is compared to the digits that are shown.
			a, b := timerText.FindStringSubmatch(row[6]), timerText.FindStringSubmatch(want[i][6])
			if a != nil && b != nil && a[1] == b[1] && a[3] == b[3] && near(a[2], b[2]) {
				row = slices.Clone(row)
				row[6] = want[i][6]
				shown[i] = row
			}
		}
	}
	c.same(v.N, "the sockets", shown, want)
}

// heading is a host's name as it stands at the head of something.
func heading(name string) string {
	first, n := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[n:]
}

var timerText = regexp.MustCompile(`^timer:\((\w+),(.*),(\d+)\)$`)

// near tells whether a time as ss writes it is a number of ms, as far as it says: 1min59sec, 59sec, 1.500ms, 204ms.
func near(shown, ms string) bool {
	form := regexp.MustCompile(`^(?:(\d+)min)?(?:(\d+)sec)?(?:(?:(\d+)\.)?(\d+)ms)?$`).FindStringSubmatch(shown)
	want, err := strconv.ParseInt(ms, 10, 64)
	if form == nil || err != nil {
		return false
	}
	part := func(i int) int64 { n, _ := strconv.ParseInt("0"+form[i], 10, 64); return n }
	value := part(1)*60_000 + part(2)*1000 + part(3)*1000 + part(4)
	step := int64(1)
	switch {
	case form[1] != "" && part(1) > 9:
		step = 60_000
	case form[1] != "" || part(2) > 9:
		step = 1000
	}
	return want/step*step == value
}

// segments holds the ladder, the transcript and the header against the segments.
func (c *telling) segments(v view, last int) {
	c.t.Helper()
	forms := map[string]*regexp.Regexp{}
	for status, key := range map[string]string{"in flight": "ladder.flying", "delivered": "ladder.delivered", "lost": "ladder.lost"} {
		forms[status] = regexp.MustCompile(", " + c.l.phrase(c.t, key) + "$")
	}
	drawn := map[int]bool{}
	for _, g := range v.Ladder {
		id := number(c.t, g[0])
		drawn[id] = true
		s := c.world.segments[id]
		if s == nil {
			c.same(v.N, "the ladder", "segment "+g[0], "not sent yet")
			continue
		}
		flags, numbers, _ := strings.Cut(segmentWords(s.sent), " ")
		if s.sent.Retransmission {
			flags = "↻ " + flags
		}
		if n := c.world.numbers[endsOf(s.sent)]; c.world.crowded && n > 0 {
			flags = fmt.Sprintf("#%d %s", n, flags)
		}
		if !forms[s.status()].MatchString(g[1]) || !strings.HasPrefix(g[1], flags+" ") || !strings.Contains(g[1], numbers) {
			c.same(v.N, "segment "+g[0]+" of the ladder", g[1], segmentWords(s.sent)+", "+s.status())
		}
	}
	for id, s := range c.world.segments {
		if s.status() == "in flight" && !drawn[id] {
			c.same(v.N, "the ladder", "nothing of segment "+strconv.Itoa(id), "in flight")
		}
	}
	if last < 0 {
		return
	}
	if s, ok := c.log.Events[last].Body.(*engine.SegmentSent); ok && !strings.Contains(v.Line, segmentWords(s)) {
		c.same(v.N, "the transcript's last line", v.Line, segmentWords(s))
	}
	c.header(v, last)
}

// header holds the inspector against the latest segment that the transcript tells of.
func (c *telling) header(v view, last int) {
	c.t.Helper()
	id := 0
	for seq := 0; seq <= last; seq++ {
		switch b := c.log.Events[seq].Body.(type) {
		case *engine.SegmentSent:
			id = b.ID
		case *engine.Fate:
			id = b.ID
		case *engine.Deliver:
			id = b.ID
		}
	}
	if id == 0 {
		c.same(v.N, "the header", v.Header.Segment, "")
		return
	}
	c.same(v.N, "the header's segment", v.Header.Segment, strconv.Itoa(id))
	s := c.world.segments[id].sent
	want := map[string]string{
		"Source port": fmt.Sprint(s.Sport), "Destination port": fmt.Sprint(s.Dport), "Sequence number": fmt.Sprint(s.Seqno), "Window": fmt.Sprint(s.Win),
	}
	if s.Flags&engine.ACK != 0 {
		want["Acknowledgment number"] = fmt.Sprint(s.Ackno)
	}
	for flag, name := range flagWords {
		want[name] = "0"
		if s.Flags&flag != 0 {
			want[name] = "1"
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		c.same(v.N, "the header's "+name, v.Header.Fields[name], want[name])
	}
}

var flagWords = map[engine.Flags]string{engine.SYN: "SYN", engine.FIN: "FIN", engine.RST: "RST", engine.PSH: "PSH", engine.ACK: "ACK"}

// segmentWords is a segment as every lens writes it: FIN,ACK seq=9 ack=10.
func segmentWords(s *engine.SegmentSent) string {
	var names []string
	for _, f := range []engine.Flags{engine.SYN, engine.FIN, engine.RST, engine.PSH, engine.ACK} {
		if s.Flags&f != 0 {
			names = append(names, flagWords[f])
		}
	}
	text := strings.Join(names, ",") + fmt.Sprintf(" seq=%d", s.Seqno)
	if s.Flags&engine.ACK != 0 {
		text += fmt.Sprintf(" ack=%d", s.Ackno)
	}
	return text
}

// String is a view for a failure.
func (v view) String() string {
	b, _ := json.Marshal(v) // strings and numbers only
	return string(b)
}
