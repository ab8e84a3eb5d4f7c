package engine

import (
	"fmt"
	"math"
	"slices"
)

// Config sets up a simulation.
type Config struct {
	Seed   int64
	Delay  Micros            // the link's one-way delay
	Faults []Fault           // what the link does to which segments
	Until  Micros            // virtual time to stop at; 0 is one day
	Budget int               // events to stop at; 0 is DefaultBudget
	Sink   func(*Event)      // receives each event in order; it and its Body hold until Sink returns, a Recorder keeps them
	Phase  Micros            // how far the hosts' clocks are into a tick at time 0
	Look   func(next Micros) // called when all is done that happens at one time; next is the time that comes, EndOfTime is none
	Replay Replay            // what a recorded run decides in place of hashes and the link's delay; nil is none
}

// Replay lets a recording decide what on a real machine depends on chance.
type Replay interface {
	// Port gives the ephemeral port for a host's next active open to remote, or for a listen() without bind() to "*".
	Port(host, remote string) (uint16, bool)
	// ISN gives the initial sequence number of the next SYN from local to remote.
	ISN(local, remote string) (uint32, bool)
	// Travel gives the delay of a segment.
	Travel(*SegmentSent) (Micros, bool)
}

// EndOfTime is later than anything that happens.
const EndOfTime Micros = math.MaxInt64

// DefaultBudget is how many events a run may have.
const DefaultBudget = 20000

// HostConfig describes a host to add.
type HostConfig struct {
	Name    string
	Addr    string           // dotted IPv4
	Profile string           // "linux" (default) or "rfc9293"
	Sysctl  map[string]int64 // full Linux names, e.g. "net.ipv4.tcp_fin_timeout"
}

// Sim is one simulation: hosts, the link between them and one agenda of what is to come.
type Sim struct {
	config  Config
	hosts   []*Host
	names   map[string]Addr
	link    link
	agenda  agenda
	now     Micros
	seq     int // of the next event
	cause   int // seq of the event whose consequences are being worked out
	callID  int
	failure error
	event   Event // the latest
	bodies  bodies
	texts   endpointTexts
}

// NewSim makes a simulation with no hosts.
func NewSim(c Config) *Sim {
	if c.Until == 0 {
		c.Until = Day
	}
	if c.Budget == 0 {
		c.Budget = DefaultBudget
	}
	s := &Sim{config: c, names: map[string]Addr{}, cause: -1}
	s.link.delay = c.Delay
	for _, f := range c.Faults {
		s.link.faults = append(s.link.faults, &activeFault{Fault: f})
	}
	return s
}

// Meta emits the run's first event. It must be the first thing that happens.
func (s *Sim) Meta(m *Meta) { s.emit("", m) }

// AddHost adds a host. It fails on a bad address, a second host of the same name or address, an unknown profile, and on an
// unknown sysctl or a value out of its range (*SysctlError).
func (s *Sim) AddHost(c HostConfig) error {
	h, err := newHost(s, c)
	if err != nil {
		return err
	}
	for _, other := range s.hosts {
		if other.name == h.name || other.addr == h.addr {
			return fmt.Errorf("there is a host %s with address %s already", other.name, other.addr)
		}
	}
	h.index = turn(len(s.hosts))
	s.hosts = append(s.hosts, h)
	s.names[h.name] = h.addr
	return nil
}

func (s *Sim) host(name string) *Host {
	for _, h := range s.hosts {
		if h.name == name {
			return h
		}
	}
	return nil
}

// Spawn starts a process at a time, with p as its first thread.
func (s *Sim) Spawn(at Micros, host, proc string, p Program) error {
	h := s.host(host)
	if h == nil {
		return fmt.Errorf("there is no host %q", host)
	}
	s.agenda.put(at, turnDue, &processStart{h, proc, p})
	return nil
}

// AddProcess starts a process without a thread of its own: its calls come from CallAt.
func (s *Sim) AddProcess(host, proc string) error {
	h := s.host(host)
	if h == nil {
		return fmt.Errorf("there is no host %q", host)
	}
	h.procs = append(h.procs, &process{host: h, name: proc})
	return nil
}

// CallAt makes a call in a process at a time, with an id of the caller's choice, beside whatever its threads do. A process
// that is dead by then makes no call.
func (s *Sim) CallAt(at Micros, host, proc string, id int, c Call) {
	s.agenda.put(at, turnDue, &outsideCall{s.host(host), proc, id, c})
}

// At lets the caller act at a time, before anything else that is scheduled for it later.
func (s *Sim) At(at Micros, act func()) {
	s.agenda.put(at, turnDue, callback(act))
}

// AddFault gives the link one more rule from now on; remove takes it away again.
func (s *Sim) AddFault(f Fault) (remove func()) {
	a := &activeFault{Fault: f}
	s.link.faults = append(s.link.faults, a)
	return func() {
		s.link.faults = slices.DeleteFunc(s.link.faults, func(b *activeFault) bool { return b == a })
	}
}

// Schedule makes a scenario's own timed action; it is logged and acts as an input does, before a learner's inputs of the
// same time.
func (s *Sim) Schedule(at Micros, do Do) {
	s.agenda.put(at, turnLate, &action{-1, do})
}

// Input adds the learner's input number index.
func (s *Sim) Input(index int, in Input) {
	if in.At < 0 || in.At > s.config.Until {
		s.refuse(index, RefusedTime, fmt.Sprintf("the input's time is %d µs; a run lasts from 0 to %d µs", in.At, s.config.Until))
		return
	}
	s.agenda.put(in.At, turnLate, &action{index, in.Do})
}

func (s *Sim) refuse(index int, code RefusalCode, why string) {
	if s.failure == nil {
		s.failure = &InputError{Index: index, Code: code, Why: why}
	}
}

// Run computes to the end and returns why it ended; the End event is not emitted (Finish does, after expectations were
// judged). The error is an *InputError. Programs that still live are stopped.
func (s *Sim) Run() (EndReason, error) {
	defer s.stopPrograms()
	for s.failure == nil {
		if s.seq >= s.config.Budget-endReserve {
			s.look(EndOfTime)
			return EndBudget, nil
		}
		if more, reason := s.Step(); !more {
			return reason, nil
		}
	}
	return "", s.failure
}

// endReserve leaves room in the budget for expectations and the end.
const endReserve = 64

// Step does the next thing; more is false when the run is over, with the reason.
func (s *Sim) Step() (more bool, reason EndReason) {
	if !s.agenda.next() {
		s.look(EndOfTime)
		return false, EndQuiet
	}
	if s.agenda.now > s.config.Until {
		s.look(EndOfTime)
		s.now = s.config.Until
		return false, EndUntil
	}
	if s.agenda.now > s.now {
		s.look(s.agenda.now)
	}
	s.now, s.cause = s.agenda.now, -1
	s.agenda.take().happen(s)
	return true, ""
}

func (s *Sim) look(next Micros) {
	if s.config.Look != nil {
		s.config.Look(next)
	}
}

// processStart is a process that begins.
type processStart struct {
	host    *Host
	name    string
	program Program
}

func (p *processStart) happen(s *Sim) {
	if p.host.off {
		p.program.Stop()
		return
	}
	p.host.start(s.now, p.name, p.program).happen(s)
}

// outsideCall is a call that no thread of the process makes.
type outsideCall struct {
	host *Host
	proc string
	id   int
	call Call
}

func (c *outsideCall) happen(s *Sim) {
	if p := c.host.process(c.proc); p != nil {
		c.host.call(s.now, p, c.id, c.call)
	}
}

// action is an input, or with index -1 a scenario's own action.
type action struct {
	index int
	do    Do
}

func (a *action) happen(s *Sim) { s.act(a.index, a.do) }

// callback is what a caller asked to be called for.
type callback func()

func (c callback) happen(*Sim) { c() }

// happen lets a thread's program run, with the result of its last call, to its next one.
func (t *thread) happen(s *Sim) {
	if t.ended {
		return
	}
	h := t.proc.host
	var status int
	var ok bool
	t.call.call, status, ok = t.program.Resume(t.result)
	s.cause = t.lastSeq
	if !ok {
		h.threadEnded(s.now, t, status)
		return
	}
	s.callID++
	h.next(s.now, t, s.callID)
}

// resume lets a thread go on at the present time; cause is what lets it.
func (s *Sim) resume(t *thread, cause int) {
	t.lastSeq = cause
	s.agenda.due.push(t)
}

// emit logs an event and returns its number.
func (s *Sim) emit(rule Rule, b Body) int {
	seq := s.seq
	s.seq++
	if s.config.Sink != nil {
		ev := &s.event
		ev.Seq, ev.T, ev.Rule, ev.Cause, ev.Body = seq, s.now, rule, s.cause, b
		s.config.Sink(ev)
	}
	return seq
}

// Emit appends an event of the caller's at the present time, for expectations.
func (s *Sim) Emit(b Body) {
	s.cause = -1
	s.emit("", b)
}

// Finish emits the End event.
func (s *Sim) Finish(r EndReason) { s.Emit(&End{Reason: r}) }

// Now is the present virtual time.
func (s *Sim) Now() Micros { return s.now }

func (s *Sim) stopPrograms() {
	for _, h := range s.hosts {
		for _, p := range h.procs {
			p.endThreads()
		}
	}
	s.agenda.each(func(what happening, _ turn) {
		if start, ok := what.(*processStart); ok {
			start.program.Stop()
		}
	})
}
