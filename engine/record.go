package engine

import "slices"

// bodies has room for one event of each frequent kind: a body is used again for the next event of its kind.
type bodies struct {
	sent     SegmentSent
	fate     Fate
	deliver  Deliver
	call     CallMade
	length   [1]Arg // of a write, for call.Args
	returned Returned
	state    StateChange
	timer    TimerChange
	queue    Queue
	process  Process
}

// Recorder keeps the events of a run.
type Recorder struct {
	Events []Event

	sents    arena[SegmentSent]
	delivers arena[Deliver]
	calls    arena[CallMade]
	returns  arena[Returned]
	states   arena[StateChange]
	timers   arena[TimerChange]
	queues   arena[Queue]
}

// Append adds an event with a body of its own. It is a Config.Sink.
func (r *Recorder) Append(ev *Event) {
	r.Events = append(r.Events, Event{ev.Seq, ev.T, ev.Rule, ev.Cause, r.keep(ev.Body)})
}

// keep copies a body of the engine's. The bodies that it does not name are made anew for each event.
func (r *Recorder) keep(b Body) Body {
	switch b := b.(type) {
	case *SegmentSent:
		return r.keepSegment(b)
	case *Deliver:
		return r.delivers.keep(b)
	case *CallMade:
		return r.keepCall(b)
	case *Returned:
		return r.returns.keep(b)
	case *StateChange:
		return r.states.keep(b)
	case *TimerChange:
		return r.timers.keep(b)
	case *Queue:
		return r.queues.keep(b)
	case *ListenQueue:
		c := *b
		return &c
	case *Fate:
		c := *b
		return &c
	case *Process:
		c := *b
		return &c
	}
	return b
}

func (r *Recorder) keepSegment(b *SegmentSent) *SegmentSent {
	c := r.sents.keep(b)
	if c.Opts.TS != nil {
		c.Opts.TS = &c.ts
	}
	if c.Opts.WScale != nil {
		c.Opts.WScale = &c.wscale
	}
	c.Opts.SACK = slices.Clone(b.Opts.SACK)
	return c
}

func (r *Recorder) keepCall(b *CallMade) *CallMade {
	c := r.calls.keep(b)
	if c.Call == "write" || c.Call == "send" {
		c.Args = slices.Clone(b.Args)
	}
	return c
}
