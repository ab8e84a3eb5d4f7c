package web

import (
	"math"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"
)

// Matrix is the page of the loss matrix.
type Matrix struct {
	Page
	Course []Chapter
	Say    map[string]string // the pages' words
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

// segment names a row's segment, with its number where there are two.
func segment(r *content.Loss) string {
	if r.Number == 0 {
		return r.Segment
	}
	return r.Segment + " " + strconv.Itoa(r.Number)
}

// segmentClass is the class that colours a segment.
func segmentClass(r *content.Loss) string {
	switch {
	case strings.HasPrefix(r.Segment, "SYN"):
		return "seg-syn"
	case r.Segment == "FIN":
		return "seg-fin"
	}
	return "seg-ack"
}

func (m Matrix) way(r *content.Loss) string {
	host := HostNames(map[string]string{"host.client": m.Say["host.client"], "host.server": m.Say["host.server"]})
	to := "server"
	if r.From == "server" {
		to = "client"
	}
	return fill(m.Say["matrix.way"], "from", host(r.From), "to", host(to))
}

// column names a cell's column as a sentence does: "once, close()".
func (m Matrix) column(c *content.LossCell) string {
	times := "matrix.once"
	if c.Always {
		times = "matrix.always"
	}
	if c.Call == "" {
		return m.Say[times]
	}
	return fill(m.Say[times+".call"], "call", c.Call)
}

// figure is the one number of a cell.
func (m Matrix) figure(o *content.Outcome) string {
	switch {
	case o.Verdict != content.Lost:
		return fill(m.Say["matrix.later"], "t", content.Clock(o.Later))
	case o.Over < 0:
		return m.Say["matrix.endless"]
	}
	return fill(m.Say["matrix.over"], "t", content.Clock(o.Over))
}

// sentences say what a run led to; a run after shutdown() says what differs from the one after close() beside it.
func (m Matrix) sentences(r *content.Loss, i int) string {
	o := r.Cells[i].Outcome
	said := o.Sentences(m.Say)
	if r.Cells[i].Call == "shutdown" {
		said = o.SentencesBeside(r.Cells[i-1].Outcome, m.Say)
	}
	if m.Lang == content.Zh {
		return strings.Join(said, "")
	}
	return strings.Join(said, " ")
}

// href opens a cell's run on a stage, where the segment is lost.
func (m Matrix) href(c *content.LossCell) string {
	return m.RunURL(c.Log.Run.Token(), c.Outcome.First)
}

// mini draws a cell's run from where the connection opens or closes.
func mini(r *content.Loss, c *content.LossCell) Mini {
	from := engine.Micros(0)
	if !r.Opens {
		from = firstFIN(c.Log.Events)
	}
	return NewMini(c.Log.Events, from)
}

func firstFIN(events []engine.Event) engine.Micros {
	for _, ev := range events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags&engine.FIN != 0 {
			return ev.T
		}
	}
	return 0
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
