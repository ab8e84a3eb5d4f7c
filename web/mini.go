package web

import (
	"math"
	"slices"

	"finwait/content"
	"finwait/engine"
)

// Mini is a ladder without words, small enough to stand beside many others. What it shows is said beside it.
type Mini struct {
	Bands []LadderBand
	Wires []LadderWire
	Ends  []LadderNode // the last state of each end
}

// The measures of a Mini, in px.
const (
	MiniWidth  = 122
	MiniHeight = 136

	miniLeft, miniRight = 22, 100
	miniTop, miniBottom = 10, 116
	miniBand            = 5
)

// miniTail is the longest wait at its end that a Mini draws to scale: TIME-WAIT would fill it otherwise.
const miniTail = 400 * engine.Millisecond

// NewMini draws a run from a time on.
func NewMini(events []engine.Event, from engine.Micros) Mini {
	m := miniDrawing{run: readRun(events), from: from}
	m.lens()
	m.bands()
	m.wires()
	return m.out
}

type miniDrawing struct {
	run   ladderRun
	from  engine.Micros
	times []engine.Micros
	y     []px
	out   Mini
}

// lens places every instant by the time lens of the big ladder, fitted into the figure's height.
func (m *miniDrawing) lens() {
	add := func(t engine.Micros) { m.times = append(m.times, max(t, m.from)) }
	add(m.from)
	for _, s := range m.run.segments {
		add(s.sent)
		add(s.ends)
	}
	for host := range m.run.marks {
		for _, mark := range m.run.marks[host] {
			if mark.state != "" {
				add(mark.t)
			}
		}
	}
	slices.Sort(m.times)
	m.times = slices.Compact(m.times)
	at := []float64{0}
	for i := 1; i < len(m.times); i++ {
		gap := m.times[i] - m.times[i-1]
		if i == len(m.times)-1 {
			gap = min(gap, miniTail)
		}
		at = append(at, at[i-1]+math.Log1p(float64(gap)/float64(engine.Millisecond)))
	}
	whole := max(at[len(at)-1], 1)
	for _, a := range at {
		m.y = append(m.y, miniTop+px(a/whole)*(miniBottom-miniTop-6))
	}
}

func (m *miniDrawing) at(t engine.Micros) px {
	i, _ := slices.BinarySearch(m.times, t)
	return m.y[min(i, len(m.y)-1)]
}

// x is where a host's lifeline stands.
func (m *miniDrawing) x(host int) px {
	return miniLeft + (miniRight-miniLeft)*px(host)/px(max(1, len(m.run.hosts)-1))
}

func (m *miniDrawing) bands() {
	for host := range m.run.hosts {
		x := m.x(host)
		state, since := engine.Closed, px(miniTop)
		put := func(until px) {
			if state != engine.Closed && until > since {
				m.out.Bands = append(m.out.Bands, LadderBand{X: x - miniBand/2.0, Y: since, Width: miniBand, Height: until - since, Family: content.FamilyOf(state)})
			}
		}
		for _, mark := range m.run.marks[host] {
			if mark.state == "" {
				continue
			}
			if mark.t > m.from {
				put(m.at(mark.t))
				since = m.at(mark.t)
			}
			state = mark.state
		}
		put(miniBottom)
		m.out.Ends = append(m.out.Ends, LadderNode{X: x, Y: MiniHeight - 8, Family: content.FamilyOf(state)})
	}
}

func (m *miniDrawing) wires() {
	for _, s := range m.run.segments {
		if s.sent < m.from {
			continue
		}
		dir := px(1)
		if s.to < s.from {
			dir = -1
		}
		w := LadderWire{Class: s.class(), Lost: s.lost, X1: m.x(s.from) + dir*4, X2: m.x(s.to) - dir*4, Y1: m.at(s.sent), Y2: m.at(s.ends)}
		if s.lost {
			w.X2, w.Y2 = w.X1+(w.X2-w.X1)*px(s.fraction), w.Y1+(w.Y2-w.Y1)*px(s.fraction)
		}
		w.HeadAngle = px(math.Atan2(float64(w.Y2-w.Y1), float64(w.X2-w.X1)) * 180 / math.Pi)
		m.out.Wires = append(m.out.Wires, w)
	}
}
