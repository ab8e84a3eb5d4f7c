package engine

import "fmt"

// duplicateGap is how much later the copy arrives that an input makes.
const duplicateGap = Millisecond

// act applies an input, or a scenario's own action (index -1).
func (s *Sim) act(index int, do Do) {
	if code, why := s.check(do); code != "" {
		s.refuse(index, code, why)
		return
	}
	s.cause = s.emit("", &InputApplied{do})
	switch {
	case do.Drop != nil:
		s.dropFlight(s.link.flights.find(do.Drop.Segment), RuleInputDrop)
	case do.Delay != nil:
		s.affect(s.link.flights.find(do.Delay.Segment), FaultDelay, do.Delay.By, RuleInputDelay)
	case do.Duplicate != nil:
		s.affect(s.link.flights.find(do.Duplicate.Segment), FaultDuplicate, duplicateGap, RuleInputDuplicate)
	case do.Call != nil:
		h := s.host(do.Call.Host)
		s.callID++
		h.call(s.now, h.process(do.Call.Proc), s.callID, do.Call.asCall())
	case do.Kill != nil:
		h := s.host(do.Kill.Host)
		h.kill(s.now, h.process(do.Kill.Proc))
	case do.PowerOff != nil:
		s.host(do.PowerOff.Host).powerOff(s.now)
	case do.Cut != nil:
		s.cutLink(do.Cut.From, true)
	case do.Heal != nil:
		s.cutLink(do.Heal.From, false)
	case do.Sysctl != nil:
		// check has seen that the host takes it
		_ = s.host(do.Sysctl.Host).setSysctl(do.Sysctl.Name, do.Sysctl.Value)
	}
}

// cutLink cuts or heals one direction or both. What is under way in a direction that is cut is lost.
func (s *Sim) cutLink(from string, cut bool) {
	for _, h := range s.hosts {
		if from == "" || from == h.name {
			h.cut = cut
		}
	}
	if !cut {
		return
	}
	for fl, next := s.link.flights.first, (*flight)(nil); fl != nil; fl = next {
		next = fl.next
		if (from == "" || from == fl.from.name) && fl.to != fl.from {
			s.dropFlight(fl, RuleCutInFlight)
		}
	}
}

// asCall turns an input's call into a program's: a descriptor comes first where the call takes one, and data as a text.
func (c *CallAction) asCall() Call {
	call := Call{Name: c.Call, FD: -1, Args: c.Args}
	if takesFD, _ := KnownCall(c.Call); takesFD && len(c.Args) > 0 {
		call.FD, call.Args = int(c.Args[0].Int), c.Args[1:]
	}
	if (c.Call == "write" || c.Call == "send") && len(call.Args) > 0 {
		call.Data, call.Args = []byte(call.Args[0].Str), nil
	}
	return call
}

// check says why an action can't be taken now; the empty code is that it can.
func (s *Sim) check(do Do) (RefusalCode, string) {
	set := 0
	for _, is := range [...]bool{do.Drop != nil, do.Delay != nil, do.Duplicate != nil, do.Call != nil, do.Kill != nil,
		do.PowerOff != nil, do.Cut != nil, do.Heal != nil, do.Sysctl != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return RefusedShape, fmt.Sprintf("an input does one thing; this one has %d", set)
	}
	switch {
	case do.Drop != nil:
		return s.checkFlying(do.Drop.Segment)
	case do.Delay != nil:
		if do.Delay.By <= 0 || do.Delay.By > Day {
			return RefusedShape, fmt.Sprintf("a delay of %d µs is not possible", do.Delay.By)
		}
		return s.checkFlying(do.Delay.Segment)
	case do.Duplicate != nil:
		return s.checkFlying(do.Duplicate.Segment)
	case do.Call != nil:
		return s.checkCall(do.Call)
	case do.Kill != nil:
		return s.checkProc(do.Kill.Host, do.Kill.Proc)
	case do.PowerOff != nil:
		return s.checkHost(do.PowerOff.Host)
	case do.Cut != nil && do.Cut.From != "":
		return s.checkHost(do.Cut.From)
	case do.Heal != nil && do.Heal.From != "":
		return s.checkHost(do.Heal.From)
	case do.Sysctl != nil:
		if code, why := s.checkHost(do.Sysctl.Host); code != "" {
			return code, why
		}
		if err := CheckSysctl(do.Sysctl.Name, do.Sysctl.Value); err != nil {
			return RefusedSysctl, err.Error()
		}
	}
	return "", ""
}

func (s *Sim) checkFlying(id int) (RefusalCode, string) {
	if s.link.flights.find(id) == nil {
		return RefusedNotFlying, fmt.Sprintf("segment %d is not in flight at %d µs", id, s.now)
	}
	return "", ""
}

func (s *Sim) checkHost(name string) (RefusalCode, string) {
	h := s.host(name)
	switch {
	case h == nil:
		return RefusedHost, fmt.Sprintf("there is no host %q", name)
	case h.off:
		return RefusedPowerless, fmt.Sprintf("host %q has no power", name)
	}
	return "", ""
}

func (s *Sim) checkProc(host, proc string) (RefusalCode, string) {
	if code, why := s.checkHost(host); code != "" {
		return code, why
	}
	if s.host(host).process(proc) == nil {
		return RefusedProc, fmt.Sprintf("no process %q lives on %q at %d µs", proc, host, s.now)
	}
	return "", ""
}

func (s *Sim) checkCall(c *CallAction) (RefusalCode, string) {
	if code, why := s.checkProc(c.Host, c.Proc); code != "" {
		return code, why
	}
	takesFD, ok := KnownCall(c.Call)
	switch {
	case !ok || c.Call == "spawn":
		return RefusedCall, fmt.Sprintf("an input can't call %q", c.Call)
	case takesFD && (len(c.Args) == 0 || c.Args[0].IsStr):
		return RefusedCall, fmt.Sprintf("%s takes a file descriptor first", c.Call)
	}
	return "", ""
}
