package verify

import (
	"fmt"

	"finwait/engine"
)

// tolerance is what the traces' README calls fair for a gap: 15 ms + 5 %, or the kernel's timer wheel where that is more.
func tolerance(gap engine.Micros) engine.Micros {
	wheel := engine.Micros(0)
	switch {
	case gap >= 16*engine.Second:
		wheel = 2050 * engine.Millisecond
	case gap >= 2*engine.Second:
		wheel = 256 * engine.Millisecond
	case gap >= engine.Second/4:
		wheel = 32 * engine.Millisecond
	}
	return max(15*engine.Millisecond+gap/20, wheel)
}

// times compares, for each event that both logs have, the gap to what caused it: the call, the arrival, or for a timer
// what had set it.
func (c *comparison) times() {
	armed := c.armings()
	for seq, e := range c.events {
		line, ok := c.lineOf[seq]
		if !ok {
			continue
		}
		if _, ok := e.Body.(*engine.ListenQueue); ok {
			continue // sampled: the lengths count, not their times
		}
		a, ok := c.anchor(seq, armed)
		if !ok {
			continue
		}
		want, got := c.trace.Records[line].T-a.traced, e.T-a.computed
		if off := got - want; off > tolerance(max(want, got)) || -off > tolerance(max(want, got)) {
			c.differ("time", line, seq, fmt.Sprintf("%d µs after %s", want, a.what), fmt.Sprintf("%d µs after it", got))
		}
	}
}

// anchor is an event that both logs have, with its time in each.
type anchor struct {
	what             string
	traced, computed engine.Micros
}

// anchor follows an event's cause to one that the trace shows too.
func (c *comparison) anchor(seq int, armed map[int]int) (anchor, bool) {
	if r, ok := c.events[seq].Body.(*engine.Returned); ok && c.events[seq].Cause < 0 {
		return c.ownCall(seq, r) // its time was up
	}
	for cause := c.events[seq].Cause; cause >= 0; {
		e := c.events[cause]
		switch b := e.Body.(type) {
		case *engine.Deliver:
			line, ok := c.lineOfID[b.ID]
			if !ok || len(c.trace.Records[line].Arrive) == 0 {
				return anchor{}, false
			}
			traced := c.trace.Records[line].Arrive[0]
			if c.deliveries(b.ID, cause) > 0 && len(c.trace.Records[line].Arrive) > 1 {
				traced = c.trace.Records[line].Arrive[1]
			}
			return anchor{"the arrival of " + c.tracedSegment(line), traced, e.T}, true
		case *engine.CallMade:
			line, ok := c.callLine(b)
			if !ok {
				return anchor{}, false
			}
			if c.trace.Records[line].Call == "recv_eof_close" && b.Call == "close" {
				cause = c.endOfFile(b, cause)
				continue
			}
			return anchor{"the call of " + b.Call, c.trace.Records[line].T, e.T}, true
		case *engine.InputApplied:
			return c.killed(b, e.T)
		case *engine.TimerChange:
			set, ok := armed[cause]
			if !ok {
				return anchor{}, false
			}
			if a, ok := c.sentBy(set); ok {
				return a, true
			}
			cause = c.events[set].Cause
		default:
			return anchor{}, false
		}
	}
	return anchor{}, false
}

// ownCall is the call that a return belongs to.
func (c *comparison) ownCall(before int, r *engine.Returned) (anchor, bool) {
	for seq := before; seq >= 0; seq-- {
		b, ok := c.events[seq].Body.(*engine.CallMade)
		if !ok || b.Host != r.Host || b.Proc != r.Proc || b.ID != r.ID {
			continue
		}
		line, ok := c.callLine(b)
		if !ok {
			return anchor{}, false
		}
		return anchor{"its call", c.trace.Records[line].T, c.events[seq].T}, true
	}
	return anchor{}, false
}

// killed is the kill of a process, which the engine takes as an input.
func (c *comparison) killed(b *engine.InputApplied, at engine.Micros) (anchor, bool) {
	if b.Do.Kill == nil {
		return anchor{}, false
	}
	for _, r := range c.trace.Records {
		if r.Kind == "call" && r.Call == "kill" && r.Host == b.Do.Kill.Host && r.Proc == b.Do.Kill.Proc {
			return anchor{"the kill", r.T, at}, true
		}
	}
	return anchor{}, false
}

// sentBy is the segment that went out in the step that set a timer, if that step was a timer's too: the gap between two
// retransmissions is what is compared, not their sum.
func (c *comparison) sentBy(set int) (anchor, bool) {
	cause := c.events[set].Cause
	if cause < 0 {
		return anchor{}, false
	}
	if _, ok := c.events[cause].Body.(*engine.TimerChange); !ok {
		return anchor{}, false
	}
	for seq := cause + 1; seq < set; seq++ {
		if line, ok := c.lineOf[seq]; ok && c.events[seq].Cause == cause {
			if _, ok := c.events[seq].Body.(*engine.SegmentSent); ok {
				return anchor{c.tracedSegment(line), c.trace.Records[line].T, c.events[seq].T}, true
			}
		}
	}
	return anchor{}, false
}

// armings gives, for each firing of a timer, the event that had set it.
func (c *comparison) armings() map[int]int {
	last, out := map[string]int{}, map[int]int{}
	for seq, e := range c.events {
		t, ok := e.Body.(*engine.TimerChange)
		if !ok {
			continue
		}
		key := fmt.Sprintf("%s %d %s", t.Host, t.Sock, t.Timer)
		switch t.Action {
		case engine.TimerSet:
			last[key] = seq
		case engine.TimerFire:
			if set, ok := last[key]; ok {
				out[seq] = set
			}
		}
	}
	return out
}

// deliveries counts earlier arrivals of the same segment.
func (c *comparison) deliveries(id, before int) int {
	n := 0
	for _, e := range c.events[:before] {
		if d, ok := e.Body.(*engine.Deliver); ok && d.ID == id {
			n++
		}
	}
	return n
}

func (c *comparison) callLine(b *engine.CallMade) (int, bool) {
	for line, r := range c.trace.Records {
		if r.Kind == "call" && r.Host == b.Host && r.Proc == b.Proc && r.ID == b.ID {
			return line, true
		}
	}
	return 0, false
}

// endOfFile is what made the read of a recv_eof_close return: the trace has no record of its own for the close.
func (c *comparison) endOfFile(b *engine.CallMade, before int) int {
	for seq := before; seq >= 0; seq-- {
		if r, ok := c.events[seq].Body.(*engine.Returned); ok && r.Host == b.Host && r.Proc == b.Proc && r.ID == b.ID {
			return c.events[seq].Cause
		}
	}
	return -1
}
