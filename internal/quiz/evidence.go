package quiz

import (
	"strconv"
	"strings"

	"finwait/engine"
)

// Evidence is what a learner sees of a run: a stretch of it, from From to At. Nothing after At is in it.
type Evidence struct {
	Hosts    []Option          `json:"hosts"` // left to right
	From     engine.Micros     `json:"from"`
	At       engine.Micros     `json:"at"`
	Delay    engine.Micros     `json:"delay"`  // of the link, one way
	Folded   int               `json:"folded"` // segments before From
	Segments []EvidenceSegment `json:"segments"`
	States   []EvidenceState   `json:"states"`
	Lines    []string          `json:"lines"` // the same in words
}

// EvidenceSegment is a segment that was sent in the stretch.
type EvidenceSegment struct {
	From    string        `json:"from"`
	Flags   string        `json:"flags"` // letters
	Label   string        `json:"label"` // "FIN,ACK"
	Len     int           `json:"len"`
	T       engine.Micros `json:"t"`
	Due     engine.Micros `json:"due"`               // when it would arrive, as known at At
	Arrives engine.Micros `json:"arrives,omitempty"` // when it has; 0 while in flight, or lost
	Lost    engine.Micros `json:"lost,omitempty"`    // when it was lost
	Again   bool          `json:"again"`             // a retransmission
}

// EvidenceState is a stretch of time which one end spends in a state; an empty state is not told.
type EvidenceState struct {
	Host  string        `json:"host"`
	State engine.State  `json:"state"`
	From  engine.Micros `json:"from"`
	To    engine.Micros `json:"to"`
}

// hostNames are the words for the two hosts of nearly every scenario.
var hostNames = map[string]engine.Text{
	"client": {En: "Client", Zh: "客户端"},
	"server": {En: "Server", Zh: "服务器"},
}

func hostLabel(lang, host string) string {
	if t, ok := hostNames[host]; ok {
		return in(lang, t)
	}
	return host
}

// hostInside is the host's name inside a sentence.
func hostInside(lang, host string) string {
	if lang == "zh" {
		return hostLabel(lang, host)
	}
	return strings.ToLower(hostLabel(lang, host))
}

var flagNames = []struct {
	flag engine.Flags
	name string
}{{engine.SYN, "SYN"}, {engine.FIN, "FIN"}, {engine.RST, "RST"}, {engine.PSH, "PSH"}, {engine.ACK, "ACK"}}

// flagLabel spells flags out, "FIN,ACK".
func flagLabel(f engine.Flags) string {
	var names []string
	for _, n := range flagNames {
		if f&n.flag != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, ",")
}

// clock writes a time as the product does: "90 ms", "1.02 s".
func clock(t engine.Micros) string {
	unit, div, places := " s", 1e6, 1
	switch {
	case t < engine.Second:
		unit, div = " ms", 1e3
	case t < 10*engine.Second:
		places = 2
	}
	s := strconv.FormatFloat(float64(t)/div, 'f', places, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".") + unit
}

// gather reads the segments of a stretch from a log.
func gather(events []engine.Event, hosts []string, from, at engine.Micros, lang string) *Evidence {
	e := &Evidence{From: from, At: at, Delay: events[0].Body.(*engine.Meta).Link.DelayUS, Segments: []EvidenceSegment{}, States: []EvidenceState{}}
	for _, h := range hosts {
		e.Hosts = append(e.Hosts, Option{Value: h, Label: hostLabel(lang, h)})
	}
	index := map[int]int{} // segment id → index
	for _, ev := range events {
		if ev.T > at {
			break
		}
		switch b := ev.Body.(type) {
		case *engine.SegmentSent:
			if ev.T < from {
				e.Folded++
				continue
			}
			index[b.ID] = len(e.Segments)
			e.Segments = append(e.Segments, EvidenceSegment{From: b.From, Flags: b.Flags.String(), Label: flagLabel(b.Flags),
				Len: b.Len, T: ev.T, Due: b.Arrives, Again: b.Retransmission})
		case *engine.Fate:
			if i, ok := index[b.ID]; ok && b.Fate == engine.Dropped {
				e.Segments[i].Lost = ev.T
			} else if ok && b.Fate == engine.Delayed {
				e.Segments[i].Due = b.Arrives
			}
		case *engine.Deliver:
			if i, ok := index[b.ID]; ok && e.Segments[i].Arrives == 0 {
				e.Segments[i].Arrives = ev.T
			}
		}
	}
	e.words(lang)
	return e
}

var (
	lineArrived = engine.Text{En: "%s: the %s sends %s; it arrives at %s.", Zh: "%s：%s发出 %s，%s 到达。"}
	lineLost    = engine.Text{En: "%s: the %s sends %s; it is lost.", Zh: "%s：%s发出 %s，途中丢失。"}
	lineFlying  = engine.Text{En: "%s: the %s sends %s; it is still in flight.", Zh: "%s：%s发出 %s，还在途中。"}
	again       = engine.Text{En: "%s again", Zh: "%s（重传）"}
)

// words fills Lines.
func (e *Evidence) words(lang string) {
	e.Lines = []string{}
	for _, s := range e.Segments {
		label := s.Label
		if s.Again {
			label = say(lang, again, label)
		}
		who := hostInside(lang, s.From)
		switch {
		case s.Arrives > 0:
			e.Lines = append(e.Lines, say(lang, lineArrived, clock(s.T), who, label, clock(s.Arrives)))
		case s.Lost > 0:
			e.Lines = append(e.Lines, say(lang, lineLost, clock(s.T), who, label))
		default:
			e.Lines = append(e.Lines, say(lang, lineFlying, clock(s.T), who, label))
		}
	}
}

// step is one change of state of one end of the connection.
type step struct {
	t     engine.Micros
	seq   int
	rule  engine.Rule
	cause int // seq of the event that brought it about; -1 for none
	to    engine.State
}

// ends gives the path of states of each end of the run's first connection: of the first socket on each host that has a
// remote address. An end is CLOSED before its first step.
func ends(events []engine.Event, hosts []string) map[string][]step {
	sock := map[string]int{}
	paths := map[string][]step{}
	for _, ev := range events {
		c, ok := ev.Body.(*engine.StateChange)
		if !ok || c.Remote == "*" || c.Remote == "" {
			continue
		}
		if _, known := sock[c.Host]; !known {
			sock[c.Host] = c.Sock
		}
		if sock[c.Host] == c.Sock {
			paths[c.Host] = append(paths[c.Host], step{ev.T, ev.Seq, ev.Rule, ev.Cause, c.To})
		}
	}
	return paths
}

// at gives the index of the last step not after t, or -1.
func at(path []step, t engine.Micros) int {
	i := len(path) - 1
	for i >= 0 && path[i].t > t {
		i--
	}
	return i
}

// stateAt is the state at t.
func stateAt(path []step, t engine.Micros) engine.State {
	if i := at(path, t); i >= 0 {
		return path[i].to
	}
	return engine.Closed
}
