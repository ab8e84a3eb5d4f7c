package scenario

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/syntax"

	"finwait/engine"
)

// MaxSteps and MaxEvents are the budgets of a run; its virtual time is bounded by one day.
const (
	MaxSteps  = 1_000_000
	MaxEvents = 20_000
)

// Limits narrows a run and watches it. The zero value is what the budgets allow.
type Limits struct {
	Until engine.Micros // stop at this virtual time; 0 is the scenario's own end. Expectations are not judged then

	// OnStep, where set, is called before each Starlark instruction with the place of the instruction before it. A code,
	// CodeMemory or CodeTimeout, stops the run with that error.
	OnStep func(line, col int) (code string)

	// Tune, where set, changes the simulation before it begins: how far the clocks are into a tick, how long the link is.
	Tune func(*engine.Config)

	// Look, where set, is called when all is done that happens at one time, with the time that comes next.
	Look func(sim *engine.Sim, next engine.Micros)
}

// Log is the outcome of a run.
type Log struct {
	Run    Run    // in its full form, as Resolve gives it
	File   string // the name that errors show
	Source string
	Title  engine.Text
	Vary   []Choice
	Events []engine.Event
	Lines  *engine.Lines
	Reason engine.EndReason

	limits Limits
}

// Execute computes a run to its end. Errors are of type *Error. No goroutine outlives it.
func Execute(lib Library, r Run, limits Limits) (*Log, error) {
	src, r, err := find(lib, r)
	if err != nil {
		return nil, err
	}
	m := &machine{source: src, limits: limits, steps: MaxSteps, hosts: map[string]string{}}
	defer m.stop()
	s := &setup{source: src, machine: m, chosen: r.Vary, delay: defaultDelay}
	if err := s.read(); err != nil {
		return nil, src.explain(err)
	}
	x := newExecution(s, r)
	if err := x.build(); err != nil {
		return nil, src.explain(err)
	}
	if err := x.run(); err != nil {
		return nil, src.explain(err)
	}
	return x.log, nil
}

// Again computes the run of the log once more, and has it looked at as Limits.Look says.
func (l *Log) Again(look func(sim *engine.Sim, next engine.Micros)) error {
	limits := l.limits
	limits.Look = look
	_, err := Execute(ownText(l.Source), l.Run, limits)
	return err
}

// ownText is the library of a log: its own scenario.
type ownText string

func (t ownText) Source(string) (string, bool) { return string(t), true }

// execution is one run under way.
type execution struct {
	setup   *setup
	sim     *engine.Sim
	log     *Log
	encoder *engine.Encoder
	record  engine.Recorder
}

func newExecution(s *setup, r Run) *execution {
	x := &execution{
		setup:   s,
		log:     &Log{Run: r, File: s.source.file, Source: s.source.text, Vary: s.vary, limits: s.machine.limits},
		encoder: engine.NewEncoder(),
	}
	if s.title != nil {
		x.log.Title = *s.title
	}
	x.log.Lines = &x.encoder.Lines
	c := engine.Config{
		Seed:   r.Seed,
		Delay:  s.delay,
		Faults: s.linkFaults(),
		Until:  s.end(),
		Budget: MaxEvents,
		Sink: func(ev *engine.Event) {
			x.encoder.Append(ev)
			x.record.Append(ev)
			x.log.Events = x.record.Events
		},
	}
	if look := s.machine.limits.Look; look != nil {
		c.Look = func(next engine.Micros) { look(x.sim, next) }
	}
	if tune := s.machine.limits.Tune; tune != nil {
		tune(&c)
	}
	x.sim = engine.NewSim(c)
	return x
}

// end is the virtual time to stop at: the earliest of the run's, the scenario's and the day's.
func (s *setup) end() engine.Micros {
	end := engine.Day
	for _, t := range []engine.Micros{s.until, s.machine.limits.Until} {
		if t > 0 {
			end = min(end, t)
		}
	}
	return end
}

// build gives the simulation everything that the scenario and the run say.
func (x *execution) build() error {
	s := x.setup
	x.sim.Meta(x.meta())
	for _, h := range s.hosts {
		if err := x.sim.AddHost(h.HostConfig); err != nil {
			return at(h.pos, err)
		}
		s.machine.hosts[h.Name] = h.Addr
	}
	for _, p := range s.procs {
		if err := x.sim.Spawn(p.at, p.host, p.name, s.machine.spawn(p.host+"/"+p.name, p.fn, nil)); err != nil {
			return at(p.pos, err)
		}
	}
	slices.SortStableFunc(s.actions, func(a, b *action) int { return int(a.at - b.at) })
	for _, a := range s.actions {
		x.sim.Schedule(a.at, a.do)
	}
	for i, in := range x.log.Run.Inputs {
		x.sim.Input(i, in)
	}
	return nil
}

// at gives an error of the engine the place in the source that caused it.
func at(pos syntax.Position, err error) error {
	return &problem{code: CodeScenario, text: translate(err.Error()), pos: pos}
}

func (x *execution) meta() *engine.Meta {
	s, r := x.setup, x.log.Run
	m := &engine.Meta{
		Engine:   engine.Version,
		Scenario: engine.ScenarioRef{Name: r.Scenario, SHA256: sourceSHA256(s.source.text)},
		Vary:     s.choices(),
		Seed:     r.Seed,
		Inputs:   r.Inputs,
		Link:     engine.LinkMeta{DelayUS: s.delay},
		Title:    x.log.Title,
	}
	for _, h := range s.hosts {
		m.Hosts = append(m.Hosts, engine.HostMeta{Name: h.Name, Addr: h.Addr, Profile: h.Profile, Sysctl: changed(h.Sysctl)})
	}
	return m
}

// changed keeps the settings that differ from the defaults.
func changed(sysctl map[string]int64) map[string]int64 {
	m := map[string]int64{}
	for _, known := range engine.Sysctls {
		if v, ok := sysctl[known.Name]; ok && v != known.Default {
			m[known.Name] = v
		}
	}
	return m
}

// run computes, judges the expectations and closes the log.
func (x *execution) run() error {
	reason, err := x.sim.Run()
	m := x.setup.machine
	if m.failed != nil {
		return m.failed
	}
	var refused *engine.InputError
	if errors.As(err, &refused) {
		return x.refusal(refused)
	}
	if err != nil {
		return err
	}
	if err := x.endless(reason); err != nil {
		return err
	}
	m.stop()
	cutShort := reason == engine.EndUntil && m.limits.Until > 0 && x.setup.end() == m.limits.Until
	if !cutShort {
		if err := x.judge(); err != nil {
			return err
		}
	}
	x.sim.Finish(reason)
	x.log.Reason = reason
	return nil
}

// refusal is a refused input in both languages. An action of the scenario's own is a mistake in its source.
func (x *execution) refusal(e *engine.InputError) error {
	words, ok := refusals[e.Code]
	if !ok {
		words = "不能执行"
	}
	if e.Index < 0 {
		return &problem{code: CodeScenario, pos: x.refusedAction(), text: engine.Text{
			En: fmt.Sprintf("this can't act: %s", e.Why),
			Zh: fmt.Sprintf("这个动作不能执行：%s（%s）", words, e.Why),
		}}
	}
	return &Error{Code: string(e.Code), Message: engine.Text{
		En: fmt.Sprintf("input %d: %s", e.Index+1, e.Why),
		Zh: fmt.Sprintf("第 %d 个输入：%s（%s）", e.Index+1, words, e.Why),
	}}
}

// refusedAction is the place of the first action that is not in the log.
func (x *execution) refusedAction() syntax.Position {
	applied := map[engine.Do]bool{}
	for _, ev := range x.log.Events {
		if in, ok := ev.Body.(*engine.InputApplied); ok {
			applied[in.Do] = true
		}
	}
	for _, a := range x.setup.actions {
		if !applied[a.do] {
			return a.pos
		}
	}
	return syntax.Position{}
}

var refusals = map[engine.RefusalCode]string{
	engine.RefusedShape:     "它应当只做一件事，取值也要合理",
	engine.RefusedTime:      "它的时间在运行开始之前或结束之后",
	engine.RefusedNotFlying: "那个报文段在那一刻不在途中",
	engine.RefusedHost:      "没有这台主机",
	engine.RefusedProc:      "没有这个活着的进程",
	engine.RefusedCall:      "没有这个系统调用，或参数不对",
	engine.RefusedSysctl:    "没有这个 sysctl，或取值超出范围",
	engine.RefusedPowerless: "那台主机已经断电",
}

// busyCalls is how many calls make a program the reason why a run used up its events.
const busyCalls = 1000

// endless finds the program that kept a run going until its events or its day were used up. Timers alone may do that:
// such a run just ends.
func (x *execution) endless(reason engine.EndReason) error {
	var busiest *coroutine
	for _, c := range x.setup.machine.all {
		if busiest == nil || c.calls > busiest.calls {
			busiest = c
		}
	}
	if busiest == nil {
		return nil
	}
	pos := busiest.pos
	switch {
	case reason == engine.EndBudget && busiest.calls >= busyCalls:
		return &problem{code: CodeEvents, pos: pos, text: both(
			"the run has more than %d events; this program made %d calls and never ends",
			"运行产生了超过 %d 个事件；这个程序做了 %d 次调用，还没有结束", MaxEvents, busiest.calls)}
	case reason == engine.EndUntil && x.setup.end() == engine.Day && busiest.last == "sleep":
		return &problem{code: CodeDay, pos: pos, text: both(
			"this program is still running after one virtual day",
			"虚拟时间过了一天，这个程序还没有结束")}
	}
	return nil
}
