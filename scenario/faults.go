package scenario

import (
	"go.starlark.net/starlark"

	"finwait/engine"
)

// fault makes the builtin of a standing rule of the link.
func fault(kind engine.FaultKind) builtin {
	return func(s *setup, b *starlark.Builtin, in invocation) (starlark.Value, error) {
		var (
			f            = engine.Fault{Action: kind}
			flags, lacks string
			by           starlark.Value
			nth          = starlark.Value(starlark.None)
			segment      = starlark.Value(starlark.None)
		)
		pairs := []any{"sender?", &f.Sender, "flags?", &flags, "lacks?", &lacks, "data?", &f.Data, "nth?", &nth}
		switch b.Name() {
		case "delay":
			pairs = append([]any{"by", &by}, pairs...)
		case "duplicate", "reorder":
			pairs = append(pairs, "by?", &by)
		}
		if b.Name() != "reorder" {
			pairs = append(pairs, "segment?", &segment)
		}
		if err := in.unpack(b, pairs...); err != nil {
			return nil, err
		}
		if segment != starlark.None {
			return s.meddle(in, b, segment, by)
		}
		if f.Sender != "" {
			s.late = append(s.late, lateName{host: f.Sender, pos: in.pos})
		}
		var err error
		if f.Has, err = parseFlags(flags); err != nil {
			return nil, err
		}
		if f.Lacks, err = parseFlags(lacks); err != nil {
			return nil, err
		}
		if f.By, err = faultTime(b.Name(), by); err != nil {
			return nil, err
		}
		if f.Nth, err = parseNth(nth); err != nil {
			return nil, err
		}
		if len(s.faults) == maxFaults {
			return nil, wrong("a scenario has at most %d faults", "一个场景最多 %d 条故障规则", maxFaults)
		}
		st := &standing{Fault: f, name: b.Name()}
		s.faults = append(s.faults, st)
		return st, nil
	}
}

// meddle is what befalls the one segment of a number, as a learner's input does it.
func (s *setup) meddle(in invocation, b *starlark.Builtin, id, by starlark.Value) (starlark.Value, error) {
	segment, err := starlark.AsInt32(id)
	if err != nil || segment < 1 {
		return nil, wrong("segment is the number that the log gives it, from 1", "segment 是日志里报文段的编号，从 1 数起")
	}
	want := 1
	if b.Name() == "delay" {
		want = 2
	}
	if len(in.args)+len(in.kwargs) > want {
		return nil, wrong("segment = %d says which one: no other filter goes with it, nor a time for a copy", "segment = %d 已经说明是哪一个：不能再加其他筛选条件，也不能给副本定时间", segment)
	}
	switch b.Name() {
	case "drop":
		return s.act(in, b, engine.Do{Drop: &engine.SegmentAction{Segment: segment}})
	case "duplicate":
		return s.act(in, b, engine.Do{Duplicate: &engine.SegmentAction{Segment: segment}})
	}
	t, err := toDuration(by)
	if err != nil {
		return nil, err
	}
	return s.act(in, b, engine.Do{Delay: &engine.DelayAction{Segment: segment, By: t}})
}

func parseFlags(letters string) (engine.Flags, error) {
	f, err := engine.ParseFlags(letters)
	if err != nil {
		return 0, wrong("%q are not flags: use the letters S F R P A", "%q 不是标志位：请用字母 S F R P A", letters)
	}
	return f, nil
}

// oneDelay stands for the link's delay, which scenario() may set on a later line.
const oneDelay = -1

// faultTime reads by. A reordered segment arrives, where nothing is said, one link delay later: what its sender sends
// within that time overtakes it.
func faultTime(name string, by starlark.Value) (engine.Micros, error) {
	if by != nil {
		return toDuration(by)
	}
	if name == "reorder" {
		return oneDelay, nil
	}
	return 0, nil
}

// parseNth reads which match is meant: None is every one.
func parseNth(v starlark.Value) (int, error) {
	if v == starlark.None {
		return 0, nil
	}
	n, err := starlark.AsInt32(v)
	if err != nil || n < 1 {
		return 0, wrong("nth counts from 1, or is None for every segment that matches", "nth 从 1 数起；None 表示每一个符合的报文段")
	}
	return n, nil
}

// linkFaults are the rules of the link, as the engine takes them.
func (s *setup) linkFaults() []engine.Fault {
	var list []engine.Fault
	for _, f := range s.faults {
		list = append(list, f.Fault)
	}
	return list
}

func (s *setup) act(in invocation, b *starlark.Builtin, do engine.Do) (starlark.Value, error) {
	if len(s.actions) == maxActions {
		return nil, wrong("a scenario has at most %d actions", "一个场景最多 %d 个动作", maxActions)
	}
	a := &action{do: do, name: b.Name(), pos: in.pos}
	s.actions = append(s.actions, a)
	return a, nil
}

func (s *setup) declareLinkAction(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var sender string
	if err := in.unpack(b, "sender?", &sender); err != nil {
		return nil, err
	}
	if sender != "" {
		s.late = append(s.late, lateName{host: sender, pos: in.pos})
	}
	l := &engine.LinkAction{From: sender}
	if b.Name() == "cut" {
		return s.act(in, b, engine.Do{Cut: l})
	}
	return s.act(in, b, engine.Do{Heal: l})
}

func (s *setup) declareKill(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var host, proc string
	if err := in.unpack(b, "host", &host, "process?", &proc); err != nil {
		return nil, err
	}
	if proc == "" {
		proc = host
	}
	s.late = append(s.late, lateName{host, proc, in.pos})
	return s.act(in, b, engine.Do{Kill: &engine.ProcAction{Host: host, Proc: proc}})
}

func (s *setup) declarePowerOff(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var host string
	if err := in.unpack(b, "host", &host); err != nil {
		return nil, err
	}
	s.late = append(s.late, lateName{host: host, pos: in.pos})
	return s.act(in, b, engine.Do{PowerOff: &engine.HostAction{Host: host}})
}

func (s *setup) declareSysctl(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	var (
		host, name string
		v          starlark.Value
	)
	if err := in.unpack(b, "host", &host, "name", &name, "value", &v); err != nil {
		return nil, err
	}
	value, err := checkSysctl(name, v)
	if err != nil {
		err.pos = s.source.literal(name, in.pos)
		return nil, err
	}
	s.late = append(s.late, lateName{host: host, pos: in.pos})
	return s.act(in, b, engine.Do{Sysctl: &engine.SysctlAction{Host: host, Name: name, Value: value}})
}

func (s *setup) declareAt(b *starlark.Builtin, in invocation) (starlark.Value, error) {
	if len(in.kwargs) > 0 || len(in.args) < 2 {
		return nil, wrong(`at() takes a time and what happens then: at("3s", kill("client"))`, `at() 要一个时间和到时发生的事：at("3s", kill("client"))`)
	}
	t, err := toDuration(in.args[0])
	if err != nil {
		return nil, err
	}
	for _, v := range in.args[1:] {
		what, ok := v.(timed)
		if !ok {
			return nil, wrong("at() takes what happens then, as kill() or drop() gives it, not %s", "at() 要的是到时发生的事，例如 kill() 或 drop() 的返回值，而不是 %s", v.Type())
		}
		if !what.moveTo(t) {
			return nil, wrong("this %s has its time already", "这个 %s 已经有时间了", v)
		}
	}
	return starlark.None, nil
}
