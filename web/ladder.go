package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// LadderOptions says how a ladder is drawn. It is laid out for its width, never scaled, so that text stays at 11 px.
type LadderOptions struct {
	Lang  content.Lang
	Hosts func(name string) string // what a host is called; nil leaves its name
	Width int                      // px
	From  engine.Micros            // what comes before is left out; the lifelines start in the state of that time
	Axis  bool                     // times at the left edge, rules across, the length of long gaps
	Calls bool                     // what the programs' calls returned, beside the lifelines
}

// Ladder is a time-sequence diagram of a whole run: a lifeline for each host, the client's on the left. All measures are in px.
type Ladder struct {
	ID            string // unique in its page; the title's and the description's id start with it
	Width, Height px
	Title         string
	Hosts         []LadderHost
	Rules         []px
	RuleFrom      px
	Ticks         []LadderText
	Gaps          []LadderGap
	Bands         []LadderBand
	Labels        []LadderText
	Nodes         []LadderNode
	Wires         []LadderWire
	Rings         []LadderRing
}

// LadderHost heads a lifeline.
type LadderHost struct {
	X          px
	Name, Addr string
	Top        px   // where its line begins
	Nowhere    bool // it stands for addresses that no host has
}

// LadderText is one line of text.
type LadderText struct {
	X, Y   px
	Anchor string // start, middle, end
	Class  string
	Text   string
}

// LadderGap is the bracket beside a gap that lasts long.
type LadderGap struct {
	X, Top, Bottom px
	Text           LadderText
}

// LadderBand is the part of a lifeline that one state covers.
type LadderBand struct {
	X, Y, Width, Height px
	Family              content.Family
}

// LadderNode is the glyph where a state begins.
type LadderNode struct {
	X, Y   px
	Family content.Family
}

// LadderWire is one segment on its way.
type LadderWire struct {
	Class          string // by flag; "re" for a retransmission, "lost" where it never arrived
	X1, Y1, X2, Y2 px
	Out            px // how far it goes aside, where it comes back to its own lifeline; else 0
	GhostX, GhostY px // where it would have arrived, when Lost
	Lost           bool
	Angle          px // degrees, of its label
	HeadAngle      px
	LabelX, LabelY px
	Anchor         string
	Flags, Numbers string
}

// LadderRing stands for the wait in TIME-WAIT.
type LadderRing struct {
	X, Y, Radius px
	Text         string
	Unit         string
}

// px is a measure in the figure, written with one decimal at most.
type px float64

func (p px) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64)
}

const (
	lensScale    = 15 // px, of the time lens
	rowHeight    = 13 // px, of a line of text
	wireGap      = 19 // px, between segments that leave and arrive together
	bandWidth    = 8  // px
	ladderTop    = 60 // px, from the edge to the first instant
	axisWidth    = 46 // px
	labelWidth   = 86 // px: a state's name and the room around it
	bracketFrom  = 100 * engine.Millisecond
	wideEnough   = 480  // px: from here on segments show all their numbers
	longFigure   = 1600 // px: from here on a figure goes over several pages of paper
	lostFraction = 0.6  // of the way, for a segment that the link dropped as it was sent
)

// NewLadder draws the run whose events these are.
func NewLadder(id string, events []engine.Event, o LadderOptions) Ladder {
	r := readRun(events)
	d := ladderDrawing{run: r, o: o}
	d.columns()
	d.lens()
	d.out.ID, d.out.Width = id, px(o.Width)
	d.heads()
	d.bands()
	d.labels()
	d.wires()
	d.axis()
	d.rings()
	d.out.Height = d.y[len(d.y)-1] + d.foot
	return d.out
}

// ladderDrawing is the work on one Ladder.
type ladderDrawing struct {
	run   ladderRun
	o     LadderOptions
	lines []ladderLine
	times []engine.Micros // every instant that is drawn, in order, without repeats
	y     []px            // of each of times
	foot  px              // below the last of them
	out   Ladder
}

// lens places each instant: y grows by k·ln(1 + Δ/1 ms) from one to the next, and by what their labels need at least.
func (d *ladderDrawing) lens() {
	need := map[engine.Micros]int{} // px
	mark := func(t engine.Micros, height int) {
		if t = max(t, d.o.From); height > need[t] {
			need[t] = height
		}
	}
	mark(d.o.From, rowHeight)
	for _, s := range d.run.segments {
		if s.sent < d.o.From {
			continue
		}
		mark(s.sent, (s.startRow+1)*wireGap)
		mark(s.ends, (s.endRow+1)*wireGap)
	}
	for host := range d.run.marks {
		rows := map[engine.Micros]int{}
		for _, m := range d.visible(host) {
			rows[m.t]++
			mark(m.t, rows[m.t]*rowHeight)
		}
	}
	for t := range need {
		d.times = append(d.times, t)
	}
	slices.Sort(d.times)
	y := px(ladderTop)
	for i, t := range d.times {
		if i > 0 {
			gap := px(lensScale * math.Log1p(float64(t-d.times[i-1])/float64(engine.Millisecond)))
			y += max(gap, px(need[d.times[i-1]]+2))
		}
		d.y = append(d.y, y)
	}
	d.foot = px(max(28, need[d.times[len(d.times)-1]]+2))
}

// at is the height of an instant; between two of them it is linear, so that a segment has constant speed.
func (d *ladderDrawing) at(t engine.Micros) px {
	i, found := slices.BinarySearch(d.times, t)
	switch {
	case found:
		return d.y[i]
	case i == 0:
		return d.y[0]
	case i == len(d.times):
		return d.y[i-1]
	}
	part := float64(t-d.times[i-1]) / float64(d.times[i]-d.times[i-1])
	return d.y[i-1] + px(part)*(d.y[i]-d.y[i-1])
}

// visible are the marks of one host that are drawn at all.
func (d *ladderDrawing) visible(host int) []ladderMark {
	var out []ladderMark
	for _, m := range d.run.marks[host] {
		if m.t >= d.o.From && (d.o.Calls || m.state != "" || m.restart) {
			out = append(out, m)
		}
	}
	return out
}

func (d *ladderDrawing) heads() {
	for i, h := range d.run.hosts {
		head := LadderHost{X: d.lines[i].x, Name: Heading(d.hostName(h.Name)), Addr: h.Addr, Top: 36, Nowhere: h.Name == ""}
		if !d.o.Axis {
			head.Addr = ""
		}
		d.out.Hosts = append(d.out.Hosts, head)
	}
	d.out.Title = d.title()
}

func (d *ladderDrawing) hostName(name string) string {
	if d.o.Hosts == nil {
		return name
	}
	return d.o.Hosts(name)
}

// title says in a sentence what the figure shows.
func (d *ladderDrawing) title() string {
	var names []string
	for _, h := range d.run.hosts {
		names = append(names, d.hostName(h.Name))
	}
	n, took := len(d.run.segments), content.Clock(d.run.end)
	if d.o.Lang == content.Zh {
		return fmt.Sprintf("%s：时序图，从左到右是%s，%s 内共 %d 个报文段。", d.run.title.Zh, strings.Join(names, "、"), took, n)
	}
	return fmt.Sprintf("%s: time-sequence diagram. From left to right: %s. %d segments in %s.", d.run.title.En, strings.Join(names, ", "), n, took)
}

// bands draws the states of each host, in a lane for each of its connections.
func (d *ladderDrawing) bands() {
	end := d.y[len(d.y)-1]
	for host, marks := range d.run.marks {
		line := d.lines[host]
		state, since := make([]engine.State, line.lanes), make([]px, line.lanes)
		put := func(lane int, until px) {
			if state[lane] != "" && state[lane] != engine.Closed && until > since[lane] {
				d.out.Bands = append(d.out.Bands, LadderBand{
					X: line.lane(lane) - line.band()/2, Y: since[lane], Width: line.band(), Height: until - since[lane], Family: content.FamilyOf(state[lane]),
				})
			}
		}
		for lane := range since {
			since[lane] = ladderTop
		}
		for _, m := range marks {
			if m.state == "" {
				continue
			}
			if m.t > d.o.From {
				put(m.lane, d.at(m.t))
				since[m.lane] = d.at(m.t)
			}
			state[m.lane] = m.state
			if m.t >= d.o.From {
				d.out.Nodes = append(d.out.Nodes, LadderNode{X: line.lane(m.lane), Y: d.at(m.t), Family: content.FamilyOf(m.state)})
			}
		}
		for lane := range state {
			put(lane, end+10)
		}
	}
}

// labels puts the names of states and the results of calls beside the lifelines, one under the other where they would
// cover each other.
func (d *ladderDrawing) labels() {
	for host, line := range d.lines {
		x, anchor := line.beside()
		last := px(math.Inf(-1))
		for _, m := range d.visible(host) {
			y := max(d.at(m.t)+4, last+rowHeight)
			last = y
			text, class := m.text, "call"
			if m.state != "" {
				text, class = shortState(m.state, d.o.Width), "name st-"+string(content.FamilyOf(m.state))
				if m.begins > 0 && d.run.lanes.several() {
					text = fmt.Sprintf("#%d %s", m.begins, shortState(m.state, 0))
				}
			} else if m.failed {
				class = "call err"
			}
			d.out.Labels = append(d.out.Labels, LadderText{X: x, Y: y, Anchor: anchor, Class: class, Text: text})
		}
	}
}

// axis writes the times at the left edge, leaving out those that would touch the one above.
func (d *ladderDrawing) axis() {
	if !d.o.Axis {
		return
	}
	d.out.RuleFrom = axisWidth
	last := px(math.Inf(-1))
	for i, t := range d.times {
		if d.y[i]-last >= rowHeight {
			d.out.Rules = append(d.out.Rules, d.y[i])
			d.out.Ticks = append(d.out.Ticks, LadderText{
				X: axisWidth - 3, Y: d.y[i] + 4, Anchor: "end", Class: "tick", Text: axisTime(t),
			})
			last = d.y[i]
		}
		if i == 0 || t-d.times[i-1] < bracketFrom {
			continue
		}
		mid := (d.y[i] + d.y[i-1]) / 2
		d.out.Gaps = append(d.out.Gaps, LadderGap{
			X: 21, Top: d.y[i-1] + 12, Bottom: d.y[i] - 12,
			Text: LadderText{X: axisWidth - 3, Y: mid + 4, Anchor: "end", Class: "gap", Text: content.Clock(t - d.times[i-1])},
		})
	}
}

func (d *ladderDrawing) rings() {
	const radius = 28
	for _, w := range d.run.waits {
		top, bottom := d.at(w.from), d.at(w.to)
		if w.to < d.o.From || bottom-top < 3*radius {
			continue
		}
		r := LadderRing{X: d.lines[w.host].lane(w.lane), Y: (top + bottom) / 2, Radius: radius, Text: content.Clock(w.set), Unit: "2MSL"}
		covers := func(o LadderRing) bool { return max(o.X-r.X, r.X-o.X) < 2*radius && max(o.Y-r.Y, r.Y-o.Y) < 2*radius }
		if !slices.ContainsFunc(d.out.Rings, covers) {
			d.out.Rings = append(d.out.Rings, r)
		}
	}
}

func shortState(s engine.State, width int) string {
	if s == engine.SynReceived && width < wideEnough {
		return "SYN-RCVD"
	}
	return string(s)
}

// byTime orders marks as they are read: by time, a state before the calls that it lets return.
func byTime(a, b ladderMark) int {
	if c := cmp.Compare(a.t, b.t); c != 0 {
		return c
	}
	return cmp.Compare(min(1, len(a.text)), min(1, len(b.text)))
}
