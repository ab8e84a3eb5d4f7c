package quiz

import (
	"encoding/json"
	"strings"

	"finwait/engine"
)

// excerpt is a log before a time, as one who is asked about that time may see it: without a name, a seed or an input, without
// an expectation, without what was decided about a segment that has not come yet, and without a timer still to fire. Its
// events are numbered anew. A time of 0 leaves the hosts and the link.
func excerpt(events []engine.Event, until engine.Micros) []engine.Event {
	meta := engine.Meta{Engine: engine.Version}
	if len(events) > 0 {
		m := events[0].Body.(*engine.Meta) // every log begins with one
		meta.Hosts, meta.Link = m.Hosts, m.Link
	}
	out := []engine.Event{{Cause: -1, Body: &meta}}
	there := delivered(events, until)
	renumbered := map[int]int{}
	last := engine.Micros(0)
	for _, ev := range events {
		if ev.T >= until {
			break
		}
		if hidden(ev, until, there) {
			continue
		}
		cause, known := renumbered[ev.Cause]
		if !known {
			cause = -1
		}
		renumbered[ev.Seq] = len(out)
		last = ev.T
		ev.Seq, ev.Cause = len(out), cause
		out = append(out, ev)
	}
	return append(out, engine.Event{Seq: len(out), T: last, Cause: -1, Body: &engine.End{Reason: engine.EndUntil}})
}

// hidden are the events that tell what comes, or what the run is.
func hidden(ev engine.Event, until engine.Micros, there map[int]bool) bool {
	switch b := ev.Body.(type) {
	case *engine.Meta, *engine.Expect, *engine.InputApplied, *engine.End:
		return true
	case *engine.Fate:
		return !there[b.ID]
	case *engine.TimerChange:
		return b.Action == engine.TimerSet && b.At >= until
	}
	return false
}

// delivered are the ids of the segments that arrive before a time.
func delivered(events []engine.Event, until engine.Micros) map[int]bool {
	there := map[int]bool{}
	for _, ev := range events {
		if d, ok := ev.Body.(*engine.Deliver); ok && ev.T < until {
			there[d.ID] = true
		}
	}
	return there
}

// encoded writes a log. The end's digest is of these lines.
func encoded(events []engine.Event) *engine.Lines {
	e := engine.NewEncoder()
	for _, ev := range events {
		if end, ok := ev.Body.(*engine.End); ok { // the encoder writes into it, and others may read it
			own := *end
			ev.Body = &own
		}
		e.Append(&ev)
	}
	return &e.Lines
}

// Lines reads a log of what was issued: the whole one, or what may be seen of it.
func (i *Issued) Lines(whole bool) (*engine.Lines, error) {
	text := i.Shown
	if whole && i.Log != "" {
		text = i.Log
	}
	lines := &engine.Lines{}
	for line := range strings.Lines(text) {
		var head struct {
			T      engine.Micros `json:"t"`
			SHA256 string        `json:"sha256"` // of the end
		}
		if err := json.Unmarshal([]byte(line), &head); err != nil {
			return nil, err
		}
		lines.AppendRaw([]byte(strings.TrimSuffix(line, "\n")), head.T)
		lines.SHA256 = head.SHA256
	}
	return lines, nil
}
