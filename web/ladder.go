package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

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

// Ladder is a time-sequence diagram of a whole run: the active opener on the left. All measures are in px.
type Ladder struct {
	ID            string // unique in its page; the title's and the description's id start with it
	Width, Height px
	Title         string
	Hosts         [2]LadderHost
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
	Top        px // where its line begins
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
	X, Y, Height px
	Family       content.Family
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
	GhostX, GhostY px // where it would have arrived, when Lost
	Lost           bool
	Angle          px // degrees, of its label
	HeadAngle      px
	LabelX, LabelY px
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
	wideEnough   = 480 // px: from here on segments show all their numbers
	lostFraction = 0.6 // of the way, for a segment that the link dropped as it was sent
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
	x     [2]px           // of the lifelines
	times []engine.Micros // every instant that is drawn, in order, without repeats
	y     []px            // of each of times
	foot  px              // below the last of them
	out   Ladder
}

func (d *ladderDrawing) columns() {
	left := px(labelWidth)
	if d.o.Axis {
		left += axisWidth
	}
	right := px(d.o.Width - labelWidth)
	if d.o.Width >= wideEnough { // room to spare goes to the labels
		spare := px(d.o.Width-wideEnough) / 6
		left, right = left+spare, right-spare
	}
	d.x = [2]px{left, right}
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
	for side := range d.run.marks {
		rows := map[engine.Micros]int{}
		for _, m := range d.visible(side) {
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

// visible are the marks of one side that are drawn at all.
func (d *ladderDrawing) visible(side int) []ladderMark {
	var out []ladderMark
	for _, m := range d.run.marks[side] {
		if m.t >= d.o.From && (d.o.Calls || m.state != "" || m.restart) {
			out = append(out, m)
		}
	}
	return out
}

func (d *ladderDrawing) heads() {
	for side, h := range d.run.hosts {
		d.out.Hosts[side] = LadderHost{X: d.x[side], Name: Heading(d.hostName(h.Name)), Addr: h.Addr, Top: 36}
		if !d.o.Axis {
			d.out.Hosts[side].Addr = ""
		}
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
	left, right := d.hostName(d.run.hosts[0].Name), d.hostName(d.run.hosts[1].Name)
	n, took := len(d.run.segments), content.Clock(d.run.end)
	if d.o.Lang == content.Zh {
		return fmt.Sprintf("%s：时序图，左边是%s，右边是%s，%s 内共 %d 个报文段。", d.run.title.Zh, left, right, took, n)
	}
	return fmt.Sprintf("%s: time-sequence diagram. Left: %s. Right: %s. %d segments in %s.", d.run.title.En, left, right, n, took)
}

func (d *ladderDrawing) bands() {
	end := d.y[len(d.y)-1]
	for side, marks := range d.run.marks {
		state, since := engine.Closed, px(ladderTop)
		put := func(until px) {
			if state != engine.Closed && until > since {
				d.out.Bands = append(d.out.Bands, LadderBand{
					X: d.x[side] - bandWidth/2, Y: since, Height: until - since, Family: content.FamilyOf(state),
				})
			}
		}
		for _, m := range marks {
			if m.state == "" {
				continue
			}
			if m.t > d.o.From {
				put(d.at(m.t))
				since = d.at(m.t)
			}
			state = m.state
			if m.t >= d.o.From {
				d.out.Nodes = append(d.out.Nodes, LadderNode{X: d.x[side], Y: d.at(m.t), Family: content.FamilyOf(state)})
			}
		}
		put(end + 10)
	}
}

// labels puts the names of states and the results of calls beside the lifelines, one under the other where they would
// cover each other.
func (d *ladderDrawing) labels() {
	for side := range d.run.marks {
		x, anchor := d.x[side]-12, "end"
		if side == 1 {
			x, anchor = d.x[side]+12, "start"
		}
		last := px(math.Inf(-1))
		for _, m := range d.visible(side) {
			y := max(d.at(m.t)+4, last+rowHeight)
			last = y
			text, class := m.text, "call"
			if m.state != "" {
				text, class = shortState(m.state, d.o.Width), "name st-"+string(content.FamilyOf(m.state))
			} else if m.failed {
				class = "call err"
			}
			d.out.Labels = append(d.out.Labels, LadderText{X: x, Y: y, Anchor: anchor, Class: class, Text: text})
		}
	}
}

func (d *ladderDrawing) wires() {
	for _, s := range d.run.segments {
		if s.sent < d.o.From {
			continue
		}
		dir := px(1)
		if s.from == 1 {
			dir = -1
		}
		x1, x2 := d.x[s.from]+dir*(bandWidth/2+3), d.x[1-s.from]-dir*(bandWidth/2+3)
		y1, y2 := d.at(s.sent)+px(s.startRow*wireGap), d.at(s.ends)+px(s.endRow*wireGap)
		slope := math.Atan2(float64(y2-y1), float64(x2-x1)) * 180 / math.Pi
		w := LadderWire{
			Class: s.class(), X1: x1, Y1: y1, X2: x2, Y2: y2, Lost: s.lost,
			HeadAngle: px(slope), Angle: px(math.Remainder(slope, 180)),
			LabelX: (x1 + x2) / 2, LabelY: (y1 + y2) / 2,
			Flags: s.flags, Numbers: s.numbers(d.o.Width >= wideEnough),
		}
		if s.lost {
			w.GhostX, w.GhostY = x2, y2
			w.X2, w.Y2 = x1+(x2-x1)*px(s.fraction), y1+(y2-y1)*px(s.fraction)
		}
		d.out.Wires = append(d.out.Wires, w)
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
		d.out.Rings = append(d.out.Rings, LadderRing{
			X: d.x[w.side], Y: (top + bottom) / 2, Radius: radius, Text: content.Clock(w.set), Unit: "2MSL",
		})
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
