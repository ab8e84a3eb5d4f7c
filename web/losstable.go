package web

import (
	"net/url"
	"strconv"
	"strings"

	"finwait/content"
	"finwait/engine"

	"github.com/a-h/templ"
)

// LossTable shows rows of the loss matrix, on its page or in a lesson.
type LossTable struct {
	Page
	Say     map[string]string // the pages' words
	OnStage bool              // its cells open on the stage of the page
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

func (t LossTable) way(r *content.Loss) string {
	host := HostNames(map[string]string{"host.client": t.Say["host.client"], "host.server": t.Say["host.server"]})
	to := "server"
	if r.From == "server" {
		to = "client"
	}
	return fill(t.Say["matrix.way"], "from", host(r.From), "to", host(to))
}

// column names a cell's column as a sentence does: "once, close()".
func (t LossTable) column(c *content.LossCell) string {
	times := "matrix.once"
	if c.Always {
		times = "matrix.always"
	}
	if c.Call == "" {
		return t.Say[times]
	}
	return fill(t.Say[times+".call"], "call", c.Call)
}

// figure is the one number of a cell.
func (t LossTable) figure(o *content.Outcome) string {
	switch {
	case o.Verdict != content.Lost:
		return fill(t.Say["matrix.later"], "t", content.Clock(o.Later))
	case o.Over < 0:
		return t.Say["matrix.endless"]
	}
	return fill(t.Say["matrix.over"], "t", content.Clock(o.Over))
}

// sentences say what a run led to; a run after shutdown() says what differs from the one after close() beside it.
func (t LossTable) sentences(r *content.Loss, i int) string {
	o := r.Cells[i].Outcome
	said := o.Sentences(t.Say)
	if r.Cells[i].Call == "shutdown" {
		said = o.SentencesBeside(r.Cells[i-1].Outcome, t.Say)
	}
	if t.Lang == content.Zh {
		return strings.Join(said, "")
	}
	return strings.Join(said, " ")
}

// link opens a cell's run where the segment is lost: on the page's stage, or on the playground's.
func (t LossTable) link(c *content.LossCell) templ.Attributes {
	token, at := c.Log.Run.Token(), c.Outcome.First
	if !t.OnStage {
		return templ.Attributes{"href": t.RunURL(token, at)}
	}
	when := strconv.FormatInt(int64(at), 10)
	return templ.Attributes{"href": "?run=" + url.QueryEscape(token) + "&at=" + when, "data-run": token, "data-from": when}
}

// rowID lets the matrix's rows be addressed; a lesson's sections have ids of their own.
func (t LossTable) rowID(r *content.Loss) templ.Attributes {
	if t.OnStage {
		return nil
	}
	return templ.Attributes{"id": r.ID}
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
