package content

import (
	"slices"
	"strconv"
	"strings"

	"finwait/engine"
)

// Verdict is how a run with a loss ends.
type Verdict string

// The verdicts.
const (
	Late   Verdict = "late"   // what the segment brings about comes all the same, later
	Healed Verdict = "healed" // no copy of the segment arrives, but another segment does its work
	Lost   Verdict = "lost"   // for good
)

// Outcome is what a loss led to, as the log has it. Times count from the moment when the lost segment first left.
type Outcome struct {
	Verdict Verdict
	First   engine.Micros // that moment
	Later   engine.Micros // late and healed: by how much
	Over    engine.Micros // lost: when the last socket that was opening or closing is gone; -1 is never
	Remarks []Remark
}

// Remark is one thing to say of a run: a phrase and what fills it.
type Remark struct {
	Phrase string
	Values map[string]string
}

// outcomeReader looks for an outcome in a log.
type outcomeReader struct {
	row    *Loss
	cell   *LossCell
	events []engine.Event
	out    *Outcome
	lost   []*engine.SegmentSent // the copies that the link dropped
	sentAt []engine.Micros       // when each left
}

// outcomeOf compares a run with the same one without a loss. It is nil where nothing was lost, or where the segment's
// work is not done without a loss either.
func outcomeOf(row *Loss, cell *LossCell, clean []engine.Event) *Outcome {
	r := &outcomeReader{row: row, cell: cell, events: cell.Log.Events}
	r.collectLost()
	usual := row.effect.find(clean)
	if len(r.lost) == 0 || usual == nil {
		return nil
	}
	r.out = &Outcome{First: r.sentAt[0]}
	if came := row.effect.find(r.events); came != nil {
		r.out.Verdict, r.out.Later = Late, came.T-usual.T
		if cell.Always {
			r.out.Verdict = Healed
		}
	} else {
		r.out.Verdict, r.out.Over = Lost, r.over()
	}
	r.remark()
	return r.out
}

// find is the event of the effect; nil where it does not come about.
func (e effect) find(events []engine.Event) *engine.Event {
	for i, ev := range events {
		if s, ok := ev.Body.(*engine.StateChange); ok && s.Host == e.host && s.To == e.to && s.Remote != "*" && (e.rule == "" || ev.Rule == e.rule) {
			return &events[i]
		}
	}
	return nil
}

func (r *outcomeReader) collectLost() {
	sent := map[int]*engine.SegmentSent{}
	at := map[int]engine.Micros{}
	for _, ev := range r.events {
		switch b := ev.Body.(type) {
		case *engine.SegmentSent:
			sent[b.ID], at[b.ID] = b, ev.T
		case *engine.Fate:
			if b.Fate == engine.Dropped {
				r.lost, r.sentAt = append(r.lost, sent[b.ID]), append(r.sentAt, at[b.ID])
			}
		}
	}
}

// since is a time counted from the first loss, as a clock shows it.
func (r *outcomeReader) since(t engine.Micros) string { return Clock(t - r.out.First) }

// over is when the last socket that was opening or closing is gone. One that only waits for the peer is not.
func (r *outcomeReader) over() engine.Micros {
	open := map[string]engine.State{}
	last := engine.Micros(0)
	for _, ev := range r.events {
		s, ok := ev.Body.(*engine.StateChange)
		if !ok || s.Remote == "*" {
			continue
		}
		open[s.Host] = s.To
		if s.To == engine.Closed && s.From != engine.Established {
			last = max(last, ev.T)
		}
	}
	for _, state := range open {
		if state != engine.Closed && state != engine.Established {
			return -1
		}
	}
	return last - r.out.First
}

func (r *outcomeReader) say(phrase string, pairs ...string) {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	r.out.Remarks = append(r.out.Remarks, Remark{phrase, values})
}

// remark says in order: what is sent again, what came of it, who gives up, who is left, and what the programs see.
func (r *outcomeReader) remark() {
	if r.cell.Always {
		r.copies()
	} else {
		r.again()
	}
	r.timeWait()
	r.endings()
	r.calls()
}

// again says which copy mends a single loss.
func (r *outcomeReader) again() {
	var first []*engine.SegmentSent
	var at engine.Micros
	var rule engine.Rule
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Retransmission && (first == nil || ev.T == at) {
			if first == nil {
				at, rule = ev.T, ev.Rule
			}
			first = append(first, s)
		}
	}
	if first == nil {
		return
	}
	t, segment := r.since(at), flagWords(first[0].Flags)
	switch {
	case len(first) == 2 && first[0].From != first[1].From:
		r.say("both", "t", t, "one", segment, "two", flagWords(first[1].Flags))
	case r.row.Segment == "ACK":
		r.say("never", "t", t, "segment", segment)
		r.dsack(at)
	case rule == engine.RuleProbeResend:
		r.say("probe", "t", t, "segment", segment)
	default:
		r.say("timer", "t", t, "segment", segment)
	}
}

// dsack says that the answer to a needless copy names what came twice.
func (r *outcomeReader) dsack(from engine.Micros) {
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && ev.T >= from && len(s.Opts.SACK) > 0 {
			b := s.Opts.SACK[0]
			r.say("dsack", "left", strconv.FormatInt(b.Left, 10), "right", strconv.FormatInt(b.Right, 10))
			return
		}
	}
}

// copies says how often a segment was sent that never arrives.
func (r *outcomeReader) copies() {
	n := strconv.Itoa(len(r.lost))
	switch {
	case r.out.Verdict == Healed:
		r.say("carried", "n", n, "host", r.row.From)
	case r.row.Opens && r.row.Segment == "ACK":
		r.say("sent", "segment", "SYN,ACK", "times", r.times(engine.SYN|engine.ACK))
	case r.row.Segment == "SYN,ACK":
		r.say("sent", "segment", "SYN", "times", r.times(engine.SYN))
		r.say("answered", "segment", r.row.Segment, "n", n)
	case r.row.Opens:
		r.say("sent", "segment", r.row.Segment, "times", r.times(engine.SYN))
	case r.row.Segment == "FIN":
		r.say("copies", "n", n, "host", r.row.From)
	}
}

// listSeparator stands between the items of a value, until a language's own takes its place.
const listSeparator = ", "

// times lists when the segments with exactly these flags left, in seconds.
func (r *outcomeReader) times(flags engine.Flags) string {
	var list []string
	first := engine.Micros(-1)
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok && s.Flags == flags {
			if first < 0 {
				first = ev.T
			}
			list = append(list, decimal(int64(ev.T-first), int64(engine.Second), 1))
		}
	}
	return strings.Join(list, listSeparator)
}

// timeWait says how often TIME-WAIT began anew.
func (r *outcomeReader) timeWait() {
	restarts, from := 0, engine.Micros(-1)
	for _, ev := range r.events {
		if ev.Rule == engine.RuleTimeWaitRestart {
			restarts++
		}
		s, ok := ev.Body.(*engine.StateChange)
		switch {
		case !ok:
		case s.To == engine.TimeWait:
			from = ev.T
		case s.From == engine.TimeWait && restarts == 1:
			r.say("restart", "t", Clock(ev.T-from))
		case s.From == engine.TimeWait && restarts > 1:
			r.say("restarts", "t", Clock(ev.T-from))
		}
	}
}

// endings says which sockets a limit or a timer ends, and which are left.
func (r *outcomeReader) endings() {
	last := map[string]*engine.StateChange{}
	for _, ev := range r.events {
		s, ok := ev.Body.(*engine.StateChange)
		if !ok || s.Remote == "*" {
			continue
		}
		last[s.Host] = s
		switch {
		case ev.Rule == engine.RuleGiveUp && s.From == engine.SynSent:
		case ev.Rule == engine.RuleGiveUp && s.Orphan:
			r.say("orphan", "t", r.since(ev.T), "host", s.Host, "state", string(s.From))
		case ev.Rule == engine.RuleGiveUp:
			r.say("held", "t", r.since(ev.T), "host", s.Host)
		case ev.Rule == engine.RuleFinWait2Over:
			r.say("fin-timeout", "t", r.since(ev.T), "host", s.Host)
		case ev.Rule == engine.RuleSynAckGiveUp && r.row.Segment == "ACK":
			r.say("request", "t", r.since(ev.T))
		}
	}
	for _, host := range []string{"client", "server"} {
		if s := last[host]; s != nil && s.To != engine.Closed && r.out.Verdict == Lost {
			r.say("stays", "host", host, "state", string(s.To))
		}
	}
}

// calls says what the client's program sees of it.
func (r *outcomeReader) calls() {
	open := map[int]string{}
	for _, ev := range r.events {
		switch b := ev.Body.(type) {
		case *engine.CallMade:
			if b.Host == "client" {
				open[b.ID] = b.Call
			}
		case *engine.Returned:
			delete(open, b.ID)
			if b.Host == "client" {
				r.returned(b)
			}
		}
	}
	if r.out.Verdict == Lost && slices.Contains(values(open), "read") {
		r.say("read-never")
	}
}

func (r *outcomeReader) returned(b *engine.Returned) {
	wait := Clock(b.BlockedUS)
	switch {
	case b.Call == "connect" && r.row.Opens && b.Ret == 0:
		r.say("connect", "t", wait)
	case b.Call == "connect" && r.row.Opens:
		r.say("connect-fails", "t", wait, "errno", string(b.Errno))
	case b.Call == "read" && b.Ret == 0:
		r.say("read", "t", wait)
	case b.Call == "read" && r.row.Opens:
		r.say("data", "errno", string(b.Errno))
	case b.Call == "read":
		r.say("read-fails", "t", wait, "errno", string(b.Errno))
	}
}

func values(m map[int]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// flagWords writes flags as a textbook names the segment: a FIN always has ACK too, and is called FIN.
func flagWords(f engine.Flags) string {
	switch {
	case f&engine.FIN != 0:
		return "FIN"
	case f&engine.SYN != 0 && f&engine.ACK != 0:
		return "SYN,ACK"
	case f&engine.SYN != 0:
		return "SYN"
	}
	return "ACK"
}
