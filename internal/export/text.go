package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"finwait/engine"
	"finwait/scenario"
)

// The columns of a ladder, in characters: what the left host does, the segments, what the right host does. With the time
// and the two rails a line has at most 100.
const (
	side   = 27
	middle = 34
	width  = 100
)

// Text draws a log in English, 100 columns wide: the two hosts as rails, their calls and states beside them, segments
// between. Runs of one host or of more than two are a list. Timers that are set or stopped and queues are left out.
func Text(w io.Writer, log *scenario.Log) error {
	meta := log.Events[0].Body.(*engine.Meta)
	d := &drawing{out: bufio.NewWriter(w), log: log, meta: meta, last: -1}
	d.clock = len(seconds(log.Events[len(log.Events)-1].T))
	d.returns = map[int]*engine.Returned{}
	for _, ev := range log.Events {
		if r, ok := ev.Body.(*engine.Returned); ok {
			d.returns[r.ID] = r
		}
	}
	d.segments = map[int]*engine.SegmentSent{}
	d.header()
	for _, ev := range log.Events[1:] {
		d.event(ev)
	}
	return d.out.Flush()
}

type drawing struct {
	out      *bufio.Writer
	log      *scenario.Log
	meta     *engine.Meta
	clock    int           // width of the time column
	now      engine.Micros // of the event being drawn
	last     engine.Micros // time printed last
	returns  map[int]*engine.Returned
	segments map[int]*engine.SegmentSent
}

// ladder says that the run has the two hosts that a ladder needs.
func (d *drawing) ladder() bool { return len(d.meta.Hosts) == 2 }

func (d *drawing) left(host string) bool { return host == d.meta.Hosts[0].Name }

func (d *drawing) header() {
	name := d.meta.Scenario.Name
	if name == "" {
		name = d.log.File
	}
	parts := []string{name}
	for _, v := range d.log.Vary {
		parts = append(parts, v.Name+" = "+v.Chosen)
	}
	parts = append(parts, fmt.Sprintf("seed %d", d.meta.Seed), "one-way delay "+span(d.meta.Link.DelayUS))
	if d.meta.Title.En != "" {
		fmt.Fprintln(d.out, d.meta.Title.En)
	}
	fmt.Fprintln(d.out, strings.Join(parts, " · "))
	for _, h := range d.meta.Hosts {
		for _, s := range engine.Sysctls {
			if v, ok := h.Sysctl[s.Name]; ok {
				fmt.Fprintf(d.out, "%s: %s = %d\n", h.Name, s.Name, v)
			}
		}
	}
	fmt.Fprintln(d.out)
	if d.ladder() {
		a, b := d.meta.Hosts[0], d.meta.Hosts[1]
		d.row("", pad(a.Name+" "+a.Addr, -(side-1))+" ┬"+strings.Repeat(" ", middle)+"┬ "+b.Name+" "+b.Addr)
	}
}

// event draws one event, or nothing.
func (d *drawing) event(ev engine.Event) {
	d.now = ev.T
	switch b := ev.Body.(type) {
	case *engine.SegmentSent:
		d.segments[b.ID] = b
		d.sent(b)
	case *engine.Deliver:
		d.delivered(b)
	case *engine.Fate:
		d.fate(b)
	case *engine.CallMade:
		d.beside(b.Host, d.call(b))
	case *engine.Returned:
		if b.BlockedUS > 0 {
			d.beside(b.Host, who(b.Host, b.Proc, b.Thread)+b.Call+result(b)+" after "+span(b.BlockedUS))
		}
	case *engine.StateChange:
		mark := "● "
		if b.To == engine.Closed {
			mark = "○ "
		}
		if b.Remote == "*" && b.To == engine.Closed {
			mark += "listener "
		}
		d.beside(b.Host, mark+string(b.To))
	case *engine.TimerChange:
		d.timer(b)
	case *engine.Process:
		d.process(b)
	case *engine.InputApplied:
		d.across("input: " + action(b.Do))
	case *engine.Expect:
		d.claim(b)
	case *engine.End:
		d.end(ev, b)
	}
}

func (d *drawing) timer(b *engine.TimerChange) {
	switch {
	case b.Action == engine.TimerFire:
		d.beside(b.Host, fmt.Sprintf("%s timer fires", b.Timer))
	case b.Action == engine.TimerSet && (b.Timer == engine.TimerTimeWait || b.Timer == engine.TimerFinWait2):
		d.beside(b.Host, fmt.Sprintf("%s until %s", b.Timer, span(b.At)))
	}
}

func (d *drawing) process(b *engine.Process) {
	what := map[engine.ProcessAction]string{
		engine.ProcessStart: "starts",
		engine.ProcessExit:  fmt.Sprintf("exits with %d", b.Status),
		engine.ProcessKill:  "is killed",
	}[b.Action]
	d.beside(b.Host, b.Proc+" "+what)
}

func (d *drawing) claim(b *engine.Expect) {
	mark := "✓ "
	if !b.Holds {
		mark = "✗ does not hold: "
	}
	d.gap()
	fmt.Fprintln(d.out, mark+b.Text.En)
}

// gap draws one empty line between the diagram and what follows it.
func (d *drawing) gap() {
	if d.last >= 0 {
		fmt.Fprintln(d.out)
		d.last = -1
	}
}

func (d *drawing) end(ev engine.Event, b *engine.End) {
	why := map[engine.EndReason]string{
		engine.EndQuiet:  "nothing is left to happen",
		engine.EndUntil:  "the time asked for is reached",
		engine.EndBudget: "the run has used up its events",
	}[b.Reason]
	d.gap()
	fmt.Fprintf(d.out, "end at %s s: %s · %d events · sha256 %.16s…\n", seconds(ev.T), why, ev.Seq+1, b.SHA256)
}

// row writes one line, the time only where it changed.
func (d *drawing) row(at, text string) {
	fmt.Fprintln(d.out, strings.TrimRight(fmt.Sprintf("%*s  %s", d.clock, at, text), " "))
}

func (d *drawing) stamp() string {
	if d.now == d.last {
		return ""
	}
	d.last = d.now
	return seconds(d.now)
}

// beside writes what a host does next to its rail, on more lines where it is long.
func (d *drawing) beside(host, text string) {
	if !d.ladder() {
		d.row(d.stamp(), pad(host, 10)+" "+text)
		return
	}
	for _, line := range wrap(text, side-1) {
		if d.left(host) {
			d.row(d.stamp(), pad(line, -(side-1))+" │"+strings.Repeat(" ", middle)+"│")
		} else {
			d.row(d.stamp(), strings.Repeat(" ", side)+"│"+strings.Repeat(" ", middle)+"│ "+line)
		}
	}
}

// between writes what happens on the link.
func (d *drawing) between(leftRail, text, rightRail string) {
	d.row(d.stamp(), strings.Repeat(" ", side)+leftRail+text+rightRail)
}

// across writes what no host does.
func (d *drawing) across(text string) {
	rest := width - d.clock - 2 - utf8.RuneCountInString(text) - 4
	d.row(d.stamp(), "── "+text+" "+strings.Repeat("─", max(rest, 0)))
}

// sent draws a segment as it leaves: its end is dotted, for nobody knows yet whether it arrives.
func (d *drawing) sent(s *engine.SegmentSent) {
	if !d.ladder() || s.From == s.To {
		to := s.To
		if to == "" {
			to = "no host"
		}
		d.row(d.stamp(), pad(s.From, 10)+" → "+to+": "+label(s, width))
		return
	}
	text := label(s, middle-5)
	fill := strings.Repeat("─", max(middle-4-utf8.RuneCountInString(text), 0))
	if d.left(s.From) {
		d.between("├", "─ "+text+" "+fill+"╌", "│")
	} else {
		d.between("│", "╌"+fill+" "+text+" ─", "┤")
	}
}

// arrow is the length of the last piece of a segment's way, its number included.
const arrow = 9

func (d *drawing) delivered(b *engine.Deliver) {
	s := d.segments[b.ID]
	if s == nil || !d.ladder() || s.From == s.To {
		d.row(d.stamp(), fmt.Sprintf("%s ← segment %d arrives", pad(b.Host, 10), b.ID))
		return
	}
	id := fmt.Sprint(b.ID)
	line := strings.Repeat("─", max(arrow-5-len(id), 1))
	if d.left(b.Host) {
		d.between("│", pad("◀─ "+id+" "+line+"╌", middle), "│")
	} else {
		d.between("│", pad("╌"+line+" "+id+" ─▶", -middle), "│")
	}
}

func (d *drawing) fate(b *engine.Fate) {
	text := fmt.Sprintf("✗ %d is lost", b.ID)
	switch b.Fate {
	case engine.Delayed:
		text = fmt.Sprintf("%d arrives at %s", b.ID, span(b.Arrives))
	case engine.Duplicated:
		text = fmt.Sprintf("%d again at %s", b.ID, span(b.Arrives))
	}
	if !d.ladder() {
		d.row(d.stamp(), pad("link", 10)+" "+text)
		return
	}
	before := (middle - utf8.RuneCountInString(text)) / 2
	d.between("│", pad(strings.Repeat(" ", max(before, 0))+text, middle), "│")
}
