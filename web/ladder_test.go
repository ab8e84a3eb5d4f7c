package web

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"finwait/content"
	"finwait/engine"
	"finwait/scenario"
)

func library(t *testing.T) *content.Content {
	t.Helper()
	c, err := content.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func events(t *testing.T, c *content.Content, run scenario.Run) []engine.Event {
	t.Helper()
	log, err := scenario.Execute(c, run, scenario.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return log.Events
}

// Whatever the run and the width, time goes down, no two labels of a side cover each other, and nothing leaves the figure.
func TestLaddersOfAllScenarios(t *testing.T) {
	c := library(t)
	for _, name := range c.Scenarios() {
		log := events(t, c, scenario.Run{Scenario: name, Seed: 7})
		for _, width := range []int{324, 372, 544, 660} {
			l := NewLadder("x", log, LadderOptions{Width: width, Axis: width != 544, Calls: true, Lang: content.En})
			below := map[px]px{} // by where the labels of a host begin
			for _, label := range l.Labels {
				if last, ok := below[label.X]; ok && label.Y < last+rowHeight {
					t.Errorf("%s at %d px: %q at %v lies on the label at %v", name, width, label.Text, label.Y, last)
				}
				below[label.X] = label.Y
			}
			bandsApart(t, name, l)
			for _, w := range l.Wires {
				end := max(w.Y2, w.GhostY)
				if w.Y1 >= end || w.Y1 < ladderTop || end > l.Height {
					t.Errorf("%s at %d px: %s %s goes from %v to %v in a figure of %v", name, width, w.Flags, w.Numbers, w.Y1, end, l.Height)
				}
			}
			wellFormed(t, l)
		}
	}
}

// bandsApart holds that no two states cover each other.
func bandsApart(t *testing.T, name string, l Ladder) {
	t.Helper()
	for i, a := range l.Bands {
		for _, b := range l.Bands[:i] {
			if a.X < b.X+b.Width && b.X < a.X+a.Width && a.Y < b.Y+b.Height-.1 && b.Y < a.Y+a.Height-.1 {
				t.Errorf("%s: a state at %v from %v lies on one from %v to %v", name, a.X, a.Y, b.Y, b.Y+b.Height)
			}
		}
	}
}

// Each host has a lifeline and each connection a number; what a host sends to itself comes back to it; an address without a
// host is said to be one.
func TestLaddersOfOtherThanTwoHosts(t *testing.T) {
	c := library(t)
	draw := func(name string) Ladder {
		return NewLadder("x", events(t, c, scenario.Run{Scenario: name, Seed: 1}), LadderOptions{Width: 660, Axis: true, Calls: true, Lang: content.En, Hosts: HostNames(c.Phrases(content.En))})
	}
	heads := func(l Ladder) string {
		var names []string
		for _, h := range l.Hosts {
			names = append(names, h.Name)
		}
		return strings.Join(names, ", ")
	}
	three := draw("backlog/overflow")
	if got := heads(three); got != "Client, Second, Server" {
		t.Errorf("the lifelines are %s", got)
	}
	ends := map[px]int{}
	for _, w := range three.Wires {
		for i, h := range three.Hosts {
			if d := w.X1 - h.X; d > -25 && d < 25 {
				ends[px(i)]++
			}
		}
		if !strings.HasPrefix(w.Flags, "#1 ") && !strings.HasPrefix(w.Flags, "#2 ") {
			t.Errorf("%s %s says not whose it is", w.Flags, w.Numbers)
		}
	}
	if ends[0] == 0 || ends[1] == 0 || ends[2] == 0 || ends[0]+ends[1]+ends[2] != len(three.Wires) {
		t.Errorf("the %d segments begin at %v", len(three.Wires), ends)
	}
	self := draw("open/self")
	if got := heads(self); got != "Client" {
		t.Errorf("the lifelines are %s", got)
	}
	for _, w := range self.Wires {
		if w.X1 != w.X2 || w.Out < 40 || w.LabelX < w.X1+w.Out/2 {
			t.Errorf("%s goes from %v to %v by %v, its label is at %v", w.Flags, w.X1, w.X2, w.Out, w.LabelX)
		}
	}
	none := draw("open/no-host")
	if got := heads(none); got != "Client, No host" || !none.Hosts[1].Nowhere {
		t.Errorf("the lifelines are %s", got)
	}
}

// wellFormed holds the figure to be XML whose coordinates are all numbers.
func wellFormed(t *testing.T, l Ladder) {
	t.Helper()
	var b bytes.Buffer
	if err := l.svg("wide").Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "NaN") || strings.Contains(b.String(), "Inf") {
		t.Errorf("%s: a coordinate is no number", l.Title)
	}
	for d := xml.NewDecoder(&b); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", l.Title, err)
		}
	}
}

func TestLadderOfALostFIN(t *testing.T) {
	c := library(t)
	run := scenario.Run{Scenario: "close/four-way", Seed: 7}
	var fin *engine.SegmentSent
	var at engine.Micros
	for _, ev := range events(t, c, run) {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			fin, at = s, ev.T
			break
		}
	}
	run.Inputs = []engine.Input{{At: at + (fin.Arrives-at)/4, Do: engine.Do{Drop: &engine.SegmentAction{Segment: fin.ID}}}}
	l := NewLadder("x", events(t, c, run), LadderOptions{Width: 660, Axis: true, Lang: content.En})
	var lost, again int
	for _, w := range l.Wires {
		if w.Lost {
			lost++
			if part := (w.X2 - w.X1) / (w.GhostX - w.X1); part < .2 || part > .3 {
				t.Errorf("dropped after a quarter of the way, drawn at %.2f", part)
			}
		}
		if strings.Contains(w.Class, " re") {
			again++
		}
	}
	if lost != 1 || again == 0 {
		t.Errorf("%d lost, %d retransmitted; want 1 and some", lost, again)
	}
}

// What lies before From is left out, and the lifelines begin in the states of that time.
func TestLadderFromTheFIN(t *testing.T) {
	c := library(t)
	log := events(t, c, scenario.Run{Scenario: "close/four-way", Seed: 7})
	var from engine.Micros
	for _, ev := range log {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			from = ev.T
			break
		}
	}
	l := NewLadder("x", log, LadderOptions{Width: 544, From: from, Lang: content.Zh})
	if len(l.Wires) != 4 {
		t.Errorf("%d segments; want FIN, ACK, FIN, ACK", len(l.Wires))
	}
	if l.Wires[0].Y1 != ladderTop {
		t.Errorf("the FIN begins at %v", l.Wires[0].Y1)
	}
	families := map[content.Family]bool{}
	for _, b := range l.Bands {
		families[b.Family] = true
	}
	if !families["open"] || families["opening"] || !families["quiet"] {
		t.Errorf("the lifelines show %v", families)
	}
	if len(l.Rings) != 1 {
		t.Errorf("%d rings for one TIME-WAIT", len(l.Rings))
	}
}

// A TIME-WAIT that starts anew is marked there, and its ring stands in what follows.
func TestLadderOfARestartedTimeWait(t *testing.T) {
	c := library(t)
	run := scenario.Run{Scenario: "close/four-way", Seed: 7}
	var last *engine.SegmentSent
	var at engine.Micros
	for _, ev := range events(t, c, run) {
		if s, ok := ev.Body.(*engine.SegmentSent); ok {
			last, at = s, ev.T
		}
	}
	run.Inputs = []engine.Input{{At: at + 1, Do: engine.Do{Drop: &engine.SegmentAction{Segment: last.ID}}}}
	for _, width := range []int{372, 660} {
		l := NewLadder("x", events(t, c, run), LadderOptions{Width: width, Axis: true, Calls: width == 660, Lang: content.Zh})
		var mark *LadderText
		for i, label := range l.Labels {
			if label.Text == "2MSL ↺" {
				mark = &l.Labels[i]
			}
		}
		if mark == nil || mark.Anchor != "end" {
			t.Fatalf("at %d px the client's restart is not marked: %+v", width, mark)
		}
		if len(l.Rings) != 1 || l.Rings[0].Y < mark.Y {
			t.Errorf("at %d px the ring is at %+v, the restart at %v", width, l.Rings, mark.Y)
		}
	}
}
