package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// storm is one random world: two hosts, a process or two on each, and what goes wrong.
type storm struct {
	seed    uint64
	trim    stormCut
	profile string // "" in a wild world, which chooses for itself
	orderly bool
	config  Config
	sysctls [2]map[string]int64
	acts    []Input
	sim     *Sim
	check   *stormCheck
}

var stormHosts = [2]string{"client", "server"}

const (
	stormCalm   = 300 * Second // then the link heals and who lives is killed
	stormBudget = 6000
)

// newStorm draws a world; the same seed draws the same one. Each part has a stream of its own, so that leaving out one part
// changes no other.
func newStorm(seed uint64, trim stormCut, profile string) *storm {
	s := &storm{seed: seed, trim: trim, profile: profile, orderly: profile != ""}
	r := s.stream(1)
	if !s.orderly {
		s.profile = []string{"linux", "linux", "rfc9293"}[r.IntN(3)]
	}
	s.config = Config{
		Seed: int64(seed), Delay: []Micros{0, 50, 10 * Millisecond, 10 * Millisecond, 400 * Millisecond}[r.IntN(5)],
		Budget: stormBudget, Phase: Micros(r.IntN(4000)),
	}
	if s.orderly {
		s.config.Budget = 4 * DefaultBudget
	}
	for i := range s.sysctls {
		s.sysctls[i] = s.drawSysctls(s.stream(uint64(10 + i)))
	}
	s.drawFaults(s.stream(2))
	if !s.orderly {
		s.drawActs(s.stream(3))
	}
	return s
}

// stream is a source of random numbers of its own.
func (s *storm) stream(n uint64) *rand.Rand { return rand.New(rand.NewPCG(s.seed, n)) }

func (s *storm) drawSysctls(r *rand.Rand) map[string]int64 {
	m := map[string]int64{}
	if s.orderly {
		for _, name := range []string{"tcp_sack", "tcp_timestamps", "tcp_window_scaling"} {
			m["net.ipv4."+name] = int64(r.IntN(4)+2) / 3
		}
		return m
	}
	for range max(0, r.IntN(6)-2) {
		k := Sysctls[r.IntN(len(Sysctls))]
		m[k.Name] = k.draw(r)
	}
	return m
}

// draw gives a value that a host takes, often one at the edge.
func (k *Sysctl) draw(r *rand.Rand) int64 {
	return []int64{k.Min, k.Max, k.Default, min(k.Max, k.Min+int64(r.IntN(10))), min(k.Max, k.Min+int64(r.IntN(100)))}[r.IntN(5)]
}

func (s *storm) drawFaults(r *rand.Rand) {
	all := make([]Fault, r.IntN(7))
	for i := range all {
		f := Fault{
			Sender: []string{"client", "server", ""}[r.IntN(3)],
			Has:    []Flags{0, 0, SYN, FIN, ACK, PSH, RST}[r.IntN(7)],
			Lacks:  []Flags{0, 0, SYN, PSH}[r.IntN(4)],
			Data:   r.IntN(5) == 0,
			Nth:    1 + r.IntN(8),
			Action: []FaultKind{FaultDrop, FaultDrop, FaultDelay, FaultDuplicate}[r.IntN(4)],
			By:     []Micros{0, Millisecond, 30 * Millisecond, Second}[r.IntN(4)],
		}
		if !s.orderly && r.IntN(8) == 0 {
			f.Nth = 0
		}
		if !s.orderly && r.IntN(4) == 0 {
			f.Since = Micros(r.IntN(int(2 * Second)))
		}
		all[i] = f
	}
	s.config.Faults = all[:upTo(s.trim.faults, len(all))]
}

// drawActs draws cuts, power failures, kills, calls and settings that come while the programs run.
func (s *storm) drawActs(r *rand.Rand) {
	all := make([]Input, r.IntN(5))
	for i := range all {
		all[i] = Input{At: Micros(r.Int64N(int64(3 * Second))), Do: drawDo(r)}
	}
	s.acts = all[:upTo(s.trim.acts, len(all))]
}

func drawDo(r *rand.Rand) Do {
	host := stormHosts[r.IntN(2)]
	proc := host
	if r.IntN(4) == 0 {
		proc += "-2"
	}
	switch r.IntN(8) {
	case 0, 1:
		return Do{Cut: &LinkAction{From: []string{"", host}[r.IntN(2)]}}
	case 2:
		return Do{Heal: &LinkAction{From: []string{"", host}[r.IntN(2)]}}
	case 3:
		return Do{Kill: &ProcAction{host, proc}}
	case 4:
		if r.IntN(3) == 0 {
			return Do{PowerOff: &HostAction{host}}
		}
		return Do{Heal: &LinkAction{}}
	case 5:
		k := Sysctls[r.IntN(len(Sysctls))]
		return Do{Sysctl: &SysctlAction{host, k.Name, k.draw(r)}}
	default:
		c := drawCall(r, []int{3, 4, 5}, nil)
		if c.Name == "spawn" {
			c = Call{Name: "close", FD: 3}
		}
		args := c.Args
		if c.Name == "write" || c.Name == "send" {
			args = []Arg{Str("\xff\xff\xff")} // in no thread's alphabet
		}
		if takesFD, _ := KnownCall(c.Name); takesFD {
			args = append([]Arg{Num(int64(c.FD))}, args...)
		}
		return Do{Call: &CallAction{host, proc, c.Name, args}}
	}
}

// stormRun is what came of a run.
type stormRun struct {
	Recorder
	lines  []byte
	ends   []int // where each event's line ends in lines
	reason EndReason
	check  *stormCheck
}

// run builds the world anew, runs it, and holds what must be true. in is one more input, nil for none.
func (s *storm) run(in *Input, count *stormCount) (*stormRun, error) {
	enc := NewEncoder()
	run := &stormRun{}
	s.config.Sink = func(e *Event) {
		enc.Append(e)
		run.Append(e)
		s.check.see(run.Events[len(run.Events)-1])
	}
	s.sim = NewSim(s.config)
	s.check = newStormCheck(s.sim)
	run.check = s.check
	if err := s.populate(); err != nil {
		return nil, err
	}
	for _, act := range s.acts {
		s.sim.At(act.At, func() {
			if code, _ := s.sim.check(act.Do); code == "" {
				s.sim.act(-1, act.Do)
			}
		})
	}
	s.sim.At(stormCalm, s.calm)
	if in != nil {
		s.sim.Input(0, *in)
	}
	reason, err := s.sim.Run()
	if err != nil {
		return nil, err
	}
	s.sim.Finish(reason)
	run.reason, run.lines, run.ends = reason, enc.Lines.buf, enc.Lines.ends
	s.check.streamsInOrder()
	count.runs++
	count.events += len(run.Events)
	switch reason {
	case EndBudget:
		count.budget++
	case EndUntil:
		count.until++
	default:
		s.check.rest()
	}
	if s.check.failure != nil {
		return nil, fmt.Errorf("%w\n%s", s.check.failure, transcriptOf(run.Events[:min(len(run.Events), s.check.at+1)]))
	}
	return run, nil
}

// calm ends all trouble: the link works, and every process that lives is killed.
func (s *storm) calm() {
	s.sim.link.faults = nil
	for _, h := range s.sim.hosts {
		h.cut = false
		for _, p := range slices.Clone(h.procs) {
			if !p.dead && !h.off {
				h.kill(s.sim.now, p)
			}
		}
	}
}

func (s *storm) populate() error {
	for i, name := range stormHosts {
		if err := s.sim.AddHost(HostConfig{Name: name, Addr: fmt.Sprintf("10.0.0.%d", i+1), Profile: s.profile, Sysctl: s.sysctls[i]}); err != nil {
			return err
		}
	}
	if s.orderly {
		return s.populateOrderly()
	}
	r := s.stream(4)
	for i, host := range stormHosts {
		for n := range 1 + r.IntN(2) {
			name := host
			if n > 0 {
				name += "-2"
			}
			p := &stormProc{storm: s, host: host, name: name, stream: uint64(100*(i+1) + 10*n)}
			if err := s.sim.Spawn(Micros(r.IntN(20))*Millisecond, host, name, p.thread((i+n+1+r.IntN(5)/4)%2)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pickInput chooses an input that the run's log shows to be possible, often about a segment in flight.
func (r *stormRun) pickInput(rnd *rand.Rand) *Input {
	var flights []*SegmentSent
	sent := map[int]Micros{}
	fated := map[int]bool{}
	for _, e := range r.Events {
		switch b := e.Body.(type) {
		case *SegmentSent:
			flights = append(flights, b)
			sent[b.ID] = e.T
		case *Fate:
			fated[b.ID] = true
		}
	}
	flights = slices.DeleteFunc(flights, func(b *SegmentSent) bool { return fated[b.ID] || sent[b.ID] == b.Arrives })
	if len(flights) == 0 || rnd.IntN(4) == 0 {
		do := Do{Cut: &LinkAction{}}
		return &Input{At: Micros(rnd.Int64N(int64(Second))), Do: do}
	}
	b := flights[rnd.IntN(len(flights))]
	in := &Input{At: sent[b.ID] + Micros(rnd.Int64N(int64(b.Arrives-sent[b.ID])))}
	switch rnd.IntN(3) {
	case 0:
		in.Do.Drop = &SegmentAction{b.ID}
	case 1:
		in.Do.Delay = &DelayAction{b.ID, 1 + Micros(rnd.Int64N(int64(2*Second)))}
	case 2:
		in.Do.Duplicate = &SegmentAction{b.ID}
	}
	return in
}
