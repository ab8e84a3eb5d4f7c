package web

import (
	"encoding/json"
	"fmt"

	"finwait/engine"
)

// Events reads an encoded log back. Payloads are not in it.
func Events(lines *engine.Lines) ([]engine.Event, error) {
	events := make([]engine.Event, lines.Len())
	for i := range events {
		var err error
		if events[i], err = event(lines.Line(i)); err != nil {
			return nil, fmt.Errorf("event %d: %w", i, err)
		}
	}
	return events, nil
}

// segmentJSON reads the flags from their letters.
type segmentJSON struct {
	*engine.SegmentSent
	Flags string `json:"flags"`
}

func event(line []byte) (engine.Event, error) {
	var common struct {
		Seq     int           `json:"seq"`
		T       engine.Micros `json:"t"`
		Kind    engine.Kind   `json:"kind"`
		Rule    engine.Rule   `json:"rule"`
		Cause   *int          `json:"cause"`
		Backlog *int          `json:"backlog"` // a listener's queue has one
	}
	if err := json.Unmarshal(line, &common); err != nil {
		return engine.Event{}, err
	}
	ev := engine.Event{Seq: common.Seq, T: common.T, Rule: common.Rule, Cause: -1}
	if common.Cause != nil {
		ev.Cause = *common.Cause
	}
	if ev.Body = emptyBody(common.Kind, common.Backlog != nil); ev.Body == nil {
		return ev, fmt.Errorf("unknown kind %q", common.Kind)
	}
	segment, ok := ev.Body.(*engine.SegmentSent)
	if !ok {
		return ev, json.Unmarshal(line, ev.Body)
	}
	read := segmentJSON{SegmentSent: segment}
	if err := json.Unmarshal(line, &read); err != nil {
		return ev, err
	}
	var err error
	segment.Flags, err = engine.ParseFlags(read.Flags)
	return ev, err
}

func emptyBody(kind engine.Kind, listener bool) engine.Body {
	switch kind {
	case engine.KindMeta:
		return &engine.Meta{}
	case engine.KindSegment:
		return &engine.SegmentSent{}
	case engine.KindFate:
		return &engine.Fate{}
	case engine.KindDeliver:
		return &engine.Deliver{}
	case engine.KindCall:
		return &engine.CallMade{}
	case engine.KindReturn:
		return &engine.Returned{}
	case engine.KindState:
		return &engine.StateChange{}
	case engine.KindTimer:
		return &engine.TimerChange{}
	case engine.KindQueue:
		if listener {
			return &engine.ListenQueue{}
		}
		return &engine.Queue{}
	case engine.KindProcess:
		return &engine.Process{}
	case engine.KindInput:
		return &engine.InputApplied{}
	case engine.KindExpect:
		return &engine.Expect{}
	case engine.KindEnd:
		return &engine.End{}
	}
	return nil
}
