package web

import (
	"fmt"
	"math"
)

// ladderLine is where a host's lifeline stands.
type ladderLine struct {
	x     px
	out   px // 1 where what is said of the host stands on its right, -1 on its left
	lanes int
}

const (
	wireInset = bandWidth/2 + 3
	charWidth = 6.7 // px of the 11 px monospace face, a little too wide rather than too narrow
	widestOut = 72  // px, of a segment that comes back to its own lifeline
)

// step is the distance of the lanes of connections that live at the same time.
func (l ladderLine) step() px {
	if l.lanes > 4 {
		return 5
	}
	return 7
}

// lane is the middle of a lane.
func (l ladderLine) lane(i int) px { return l.x + l.out*px(i)*l.step() }

// band is the width of a state.
func (l ladderLine) band() px {
	if l.lanes > 1 {
		return l.step() - 1
	}
	return bandWidth
}

// reach is how far the lanes reach beyond the lifeline.
func (l ladderLine) reach() px { return px(l.lanes-1) * l.step() }

// beside is where what is written beside the lifeline begins.
func (l ladderLine) beside() (x px, anchor string) {
	if l.out < 0 {
		return l.x - l.reach() - 12, "end"
	}
	return l.x + l.reach() + 12, "start"
}

// end is where a wire ends that comes from a side, 1 for the right.
func (l ladderLine) end(side px) px {
	if side == l.out {
		return l.x + side*(wireInset+l.reach())
	}
	return l.x + side*wireInset
}

// columns places the lifelines: the first and the last have their labels outside, the others where fewer segments come and go.
func (d *ladderDrawing) columns() {
	for i, h := range d.run.hosts {
		out := px(1)
		if i == 0 || i < len(d.run.hosts)-1 && d.quieterLeft(i) {
			out = -1
		}
		d.lines = append(d.lines, ladderLine{out: out, lanes: d.run.lanes.on(h.Name)})
	}
	left := px(labelWidth) + d.lines[0].reach()
	if d.o.Axis {
		left += axisWidth
	}
	last := len(d.lines) - 1
	right := px(d.o.Width - labelWidth)
	if last > 0 {
		right -= d.lines[last].reach()
	}
	if d.o.Width >= wideEnough { // room to spare goes to the labels
		spare := px(d.o.Width-wideEnough) / 6
		left, right = left+spare, right-spare
	}
	d.place(left, right)
}

// place puts the lifelines from left to right, as far apart as what the lanes of those between leave allows.
func (d *ladderDrawing) place(left, right px) {
	last := len(d.lines) - 1
	free := right - left
	for i := 1; i < last; i++ {
		free -= d.lines[i].reach()
	}
	x := left
	for i := range d.lines {
		l := &d.lines[i]
		own := l.reach()
		if i == 0 || i == last {
			own = 0
		}
		if i > 0 {
			x += free / px(last)
		}
		if l.out < 0 {
			x += own
		}
		l.x = x
		if l.out > 0 {
			x += own
		}
	}
}

// quieterLeft tells whether no more segments come and go on the left of a lifeline than on its right.
func (d *ladderDrawing) quieterLeft(host int) bool {
	balance := 0
	for _, s := range d.run.segments {
		other := s.to
		if s.to == host {
			other = s.from
		} else if s.from != host {
			continue
		}
		if other < host {
			balance--
		} else if other > host {
			balance++
		}
	}
	return balance >= 0
}

func (d *ladderDrawing) wires() {
	numbered := d.run.lanes.several()
	for _, s := range d.run.segments {
		if s.sent < d.o.From {
			continue
		}
		w := LadderWire{Class: s.class(), Lost: s.lost, Anchor: "middle", Y1: d.at(s.sent) + px(s.startRow*wireGap), Y2: d.at(s.ends) + px(s.endRow*wireGap)}
		from, to := d.lines[s.from], d.lines[s.to]
		dir := px(1)
		if s.to < s.from {
			dir = -1
		}
		if s.to == s.from {
			d.comeBack(&w, s.from)
		} else {
			w.X1, w.X2 = from.end(dir), to.end(-dir)
			slope := math.Atan2(float64(w.Y2-w.Y1), float64(w.X2-w.X1)) * 180 / math.Pi
			w.HeadAngle, w.Angle = px(slope), px(math.Remainder(slope, 180))
			w.LabelX, w.LabelY = d.labelOn(&w, s)
		}
		w.Flags, w.Numbers = s.flags, s.numbers(d.o.Width >= wideEnough)
		if numbered && s.number > 0 {
			w.Flags = fmt.Sprintf("#%d %s", s.number, s.flags)
		}
		if w.Out == 0 && len(d.lines) > 2 && px(len(w.Flags)+1+len(w.Numbers))*charWidth > d.labelRoom(s) {
			w.Numbers = ""
		}
		if s.lost {
			w.GhostX, w.GhostY = w.X2, w.Y2
			if w.Out != 0 {
				w.X2, w.Y2 = w.X1+w.Out*3/4, (w.Y1+w.Y2)/2
			} else {
				w.X2, w.Y2 = w.X1+(w.X2-w.X1)*px(s.fraction), w.Y1+(w.Y2-w.Y1)*px(s.fraction)
			}
		}
		d.out.Wires = append(d.out.Wires, w)
	}
}

// comeBack draws a segment to its own host: out on the side where nothing is written, and back, with its label beside the bend.
func (d *ladderDrawing) comeBack(w *LadderWire, host int) {
	line := d.lines[host]
	in := -line.out
	next := px(d.o.Width)
	if in < 0 {
		next = 0
	}
	if i := host + int(in); i >= 0 && i < len(d.lines) {
		next = d.lines[i].x
	}
	w.X1 = line.end(in)
	w.X2 = w.X1
	w.Out = in * min(widestOut, max(next-line.x, line.x-next)*.4)
	w.LabelX, w.LabelY, w.Anchor = w.X1+w.Out*3/4+in*8, (w.Y1+w.Y2)/2+10, "start"
	w.HeadAngle = 180
	if in < 0 {
		w.Anchor, w.HeadAngle = "end", 0
	}
}

// labelOn is where a segment's label has its middle: of its way, or, where that passes other lifelines, of what is free of it
// between its left end and what stands beside the next lifeline.
func (d *ladderDrawing) labelOn(w *LadderWire, s *ladderSegment) (x, y px) {
	share := px(.5)
	if max(s.to-s.from, s.from-s.to) > 1 {
		share = d.labelRoom(s) / 2 / max(w.X2-w.X1, w.X1-w.X2)
		if w.X2 < w.X1 {
			share = 1 - share
		}
	}
	return w.X1 + share*(w.X2-w.X1), w.Y1 + share*(w.Y2-w.Y1)
}

// labelRoom is the length that a segment's label has between two lifelines, less the names beside the one that it passes.
func (d *ladderDrawing) labelRoom(s *ladderSegment) px {
	left := min(s.from, s.to)
	hop := d.lines[left+1].x - d.lines[left].x - 2*wireInset
	if max(s.from, s.to) > left+1 && d.lines[left+1].out < 0 && hop > 2*labelWidth {
		return hop - labelWidth
	}
	return hop
}

// way is the drawn line.
func (w LadderWire) way() string {
	start := "M" + w.X1.String() + " " + w.Y1.String()
	switch {
	case w.Out == 0:
		return start + "L" + w.X2.String() + " " + w.Y2.String()
	case w.Lost:
		return start + "Q" + w.X2.String() + " " + w.Y1.String() + " " + w.X2.String() + " " + w.Y2.String()
	}
	out := (w.X1 + w.Out).String()
	return start + "C" + out + " " + w.Y1.String() + " " + out + " " + w.Y2.String() + " " + w.X2.String() + " " + w.Y2.String()
}
