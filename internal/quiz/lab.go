package quiz

import (
	"errors"
	"fmt"
	"sync"

	"finwait/engine"
	"finwait/scenario"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// labKey is where a thread keeps its lab.
const labKey = "lab"

// lab runs the engine for one call of generate.
type lab struct {
	lib  scenario.Library
	left int // runs that generate may still make
}

func (l *lab) execute(r scenario.Run) (*Run, error) {
	if l.left--; l.left < 0 {
		return nil, fmt.Errorf("generate makes more than %d runs", generateRuns)
	}
	log, err := scenario.Execute(l.lib, r, scenario.Limits{})
	if err != nil {
		return nil, err
	}
	return &Run{log: log, events: log.Events, token: sync.OnceValue(log.Run.Token), lab: l}, nil
}

func labOf(th *starlark.Thread) (*lab, error) {
	l, ok := th.Local(labKey).(*lab)
	if !ok {
		return nil, errors.New("runs are made in generate, not at the top level")
	}
	return l, nil
}

// Run is a run of the engine as generate sees it: segments in the order of sending, the time of its last event, and what
// may be done to a segment, which gives another run.
type Run struct {
	log    *scenario.Log
	events []engine.Event // of the log
	token  func() string
	lab    *lab
}

// runBuiltin is run("close/four-way", vary = {…}, seed = 1).
func runBuiltin(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var (
		r    scenario.Run
		vary *starlark.Dict
	)
	if err := starlark.UnpackArgs(b.Name(), args, kw, "scenario", &r.Scenario, "vary?", &vary, "seed?", &r.Seed); err != nil {
		return nil, err
	}
	l, err := labOf(th)
	if err != nil {
		return nil, err
	}
	r.Vary = map[string]string{}
	for i := 0; vary != nil && i < vary.Len(); i++ {
		kv := vary.Items()[i]
		k, ok1 := starlark.AsString(kv[0])
		v, ok2 := starlark.AsString(kv[1])
		if !ok1 || !ok2 {
			return nil, fmt.Errorf("vary: want strings, got %s", vary)
		}
		r.Vary[k] = v
	}
	return l.execute(r)
}

// delay is the link's, one way.
func (r *Run) delay() engine.Micros { return r.events[0].Body.(*engine.Meta).Link.DelayUS }

// The methods of starlark.Value and starlark.HasAttrs.

func (r *Run) String() string        { return r.log.Run.Scenario }
func (r *Run) Type() string          { return "run" }
func (r *Run) Freeze()               {}
func (r *Run) Truth() starlark.Bool  { return true }
func (r *Run) Hash() (uint32, error) { return 0, errors.New("a run is no key") }
func (r *Run) AttrNames() []string {
	return []string{"delay", "drop", "duplicate", "end", "log", "nexts", "segments"}
}

// Attr implements starlark.HasAttrs.
func (r *Run) Attr(name string) (starlark.Value, error) {
	switch name {
	case "segments":
		return r.segments(), nil
	case "log":
		return scenario.View(r.events), nil
	case "nexts":
		return scenario.View(r.nexts()), nil
	case "end":
		return starlark.MakeInt64(int64(r.events[len(r.events)-1].T)), nil
	case "drop", "duplicate", "delay":
		return starlark.NewBuiltin(name, r.intervene), nil
	}
	return nil, nil
}

// segments lists the run's segments as structs: id, sender, flags, len, t, arrives, again (a retransmission).
func (r *Run) segments() starlark.Value {
	var all []starlark.Value
	for _, ev := range r.events {
		if s, ok := ev.Body.(*engine.SegmentSent); ok {
			all = append(all, starlarkstruct.FromStringDict(starlark.String("segment"), starlark.StringDict{
				"id":      starlark.MakeInt(s.ID),
				"sender":  starlark.String(s.From),
				"flags":   starlark.String(s.Flags.String()),
				"len":     starlark.MakeInt(s.Len),
				"t":       starlark.MakeInt64(int64(ev.T)),
				"arrives": starlark.MakeInt64(int64(s.Arrives)),
				"again":   starlark.Bool(s.Retransmission),
			}))
		}
	}
	return starlark.NewList(all)
}

// intervene is drop(segment), duplicate(segment) or delay(segment, µs): the input acts half way of the segment's flight.
func (r *Run) intervene(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var (
		segment *starlarkstruct.Struct
		by      int64
	)
	if err := starlark.UnpackArgs(b.Name(), args, kw, "segment", &segment, "by?", &by); err != nil {
		return nil, err
	}
	number := func(name string) int64 {
		v, err := segment.Attr(name)
		n, ok := v.(starlark.Int)
		if err != nil || !ok {
			return 0
		}
		i, _ := n.Int64()
		return i
	}
	id, from, to := int(number("id")), number("t"), number("arrives")
	in := engine.Input{At: engine.Micros(from + (to-from)/2)}
	switch b.Name() {
	case "drop":
		in.Do.Drop = &engine.SegmentAction{Segment: id}
	case "duplicate":
		in.Do.Duplicate = &engine.SegmentAction{Segment: id}
	case "delay":
		in.Do.Delay = &engine.DelayAction{Segment: id, By: engine.Micros(by)}
	}
	next := r.log.Run
	next.Inputs = append(append([]engine.Input(nil), next.Inputs...), in)
	return r.lab.execute(next)
}

// rngBuiltin is rng(seed): r.pick(list), r.int(low, high) both included, r.chance(percent).
func rngBuiltin(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var seed int64
	if err := starlark.UnpackArgs(b.Name(), args, kw, "seed", &seed); err != nil {
		return nil, err
	}
	c := newChance(seed, "generate")
	return starlarkstruct.FromStringDict(starlark.String("rng"), starlark.StringDict{
		"pick":   starlark.NewBuiltin("pick", c.pick),
		"int":    starlark.NewBuiltin("int", c.int),
		"chance": starlark.NewBuiltin("chance", c.percent),
	}), nil
}

func (c *chance) pick(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var list starlark.Indexable
	if err := starlark.UnpackArgs(b.Name(), args, kw, "list", &list); err != nil {
		return nil, err
	}
	if list.Len() == 0 {
		return nil, errors.New("there is nothing to pick from")
	}
	return list.Index(c.below(list.Len())), nil
}

func (c *chance) int(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var low, high int
	if err := starlark.UnpackArgs(b.Name(), args, kw, "low", &low, "high", &high); err != nil {
		return nil, err
	}
	if high < low {
		return nil, fmt.Errorf("%d is below %d", high, low)
	}
	return starlark.MakeInt(low + c.below(high-low+1)), nil
}

func (c *chance) percent(_ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kw []starlark.Tuple) (starlark.Value, error) {
	var p int
	if err := starlark.UnpackArgs(b.Name(), args, kw, "percent", &p); err != nil {
		return nil, err
	}
	return starlark.Bool(c.below(100) < p), nil
}
