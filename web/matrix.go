package web

import (
	"math"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// Matrix is the page of the loss matrix.
type Matrix struct {
	LossTable
	Course []Chapter
	Rows   []*content.Loss
}

// rows are those that open a connection, or those that close it.
func (m Matrix) rows(opens bool) []*content.Loss {
	var out []*content.Loss
	for _, r := range m.Rows {
		if r.Opens == opens {
			out = append(out, r)
		}
	}
	return out
}

// wait is how long a cell keeps one waiting.
func wait(o *content.Outcome) engine.Micros {
	if o.Verdict == content.Lost {
		return o.Over
	}
	return o.Later
}

// The plot of the waits: a row for each segment on a logarithmic axis of seconds.
const (
	plotWidth, plotHeight = 346, 240
	plotLeft, plotRight   = 84, 316
	plotTop, plotRow      = 22, 27
	plotGap               = 8 // between closing and opening
	plotFrom, plotTo      = 0.1, 200.0
)

// plotX places a time on the axis.
func plotX(t engine.Micros) px {
	s := min(max(float64(t)/float64(engine.Second), plotFrom), plotTo)
	return plotLeft + px(math.Log(s/plotFrom)/math.Log(plotTo/plotFrom))*(plotRight-plotLeft)
}

// plotPoint is a row of the plot: lost once and lost every time, after close().
type plotPoint struct {
	Name          string
	Y, Once, Ever px
	Text          string
}

func (m Matrix) plot() []plotPoint {
	var out []plotPoint
	y := px(plotTop)
	for i, r := range m.Rows {
		if i > 0 && r.Opens != m.Rows[i-1].Opens {
			y += plotGap
		}
		once, ever := r.Cells[0], r.Cells[len(r.Cells)/2]
		out = append(out, plotPoint{
			Name: segment(r), Y: y, Once: plotX(wait(once.Outcome)), Ever: plotX(wait(ever.Outcome)),
			Text: fill(m.Say["matrix.plot.row"], "segment", segment(r), "once", m.figure(once.Outcome), "always", m.figure(ever.Outcome)),
		})
		y += plotRow
	}
	return out
}

func (m Matrix) plotLabel() string {
	parts := []string{m.Say["matrix.plot.label"]}
	for _, p := range m.plot() {
		parts = append(parts, p.Text)
	}
	return strings.Join(parts, " ")
}

// worst is the longest wait of the cells: of the close or of the handshake, once or every time, after close().
func (m Matrix) worst(opens, always bool) string {
	var t engine.Micros
	for _, r := range m.rows(opens) {
		for _, c := range r.Cells {
			if c.Always == always && c.Call != "shutdown" {
				t = max(t, wait(c.Outcome))
			}
		}
	}
	return content.Clock(t)
}
