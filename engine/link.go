package engine

// Fault is a standing rule of the link: what it does to which of a host's segments.
type Fault struct {
	Sender string    // host name; empty is any
	Has    Flags     // all of these flags are set
	Lacks  Flags     // none of these is
	Data   bool      // only segments with payload
	Since  Micros    // only segments sent at this time or later; they alone are counted
	Nth    int       // the nth match, counted from 1; 0 is every one
	Action FaultKind // what happens
	By     Micros    // of delay, and of duplicate: how much later
}

// FaultKind is what a Fault does.
type FaultKind string

// The faults.
const (
	FaultDrop      FaultKind = "drop"
	FaultDelay     FaultKind = "delay"
	FaultDuplicate FaultKind = "duplicate"
)

// link carries segments between the hosts.
type link struct {
	delay   Micros
	faults  []*activeFault
	talks   talks
	lastID  int
	flights flights
}

type activeFault struct {
	Fault
	matched int
}

// matches says whether the rule is about this segment, and counts it.
func (f *activeFault) matches(now Micros, from string, seg *Segment) bool {
	if now < f.Since || f.Sender != "" && f.Sender != from || seg.Flags&f.Has != f.Has || seg.Flags&f.Lacks != 0 || f.Data && len(seg.Payload) == 0 {
		return false
	}
	f.matched++
	return f.Nth == 0 || f.Nth == f.matched
}

// send puts a host's segment on the link: logs it, applies the faults and schedules its arrival.
func (s *Sim) send(from *Host, fl *flight, rule Rule) {
	l, seg := &s.link, &fl.seg
	if from.off {
		l.flights.give(fl)
		return
	}
	l.lastID++
	fl.id, fl.from, fl.to = l.lastID, from, s.byAddr(from, seg.Dst)
	if seg.talk == nil {
		fl.seg.talk = s.between(from, seg.src(), seg.dst())
	}
	delay := l.delay
	if fl.to == from {
		delay = loopbackDelay
	}
	sent := s.describe(fl)
	sent.Arrives = s.now + delay
	if r := s.config.Replay; r != nil {
		if d, ok := r.Travel(sent); ok {
			// A line keeps the order, whatever small differences there are in when a recorded host sent.
			sent.Arrives = max(s.now+d, from.lastArrival)
			from.lastArrival = sent.Arrives
		}
	}
	seq, cause := s.emit(rule, sent), s.cause
	l.flights.join(fl)
	s.schedule(fl, sent.Arrives)
	s.cause = seq
	switch {
	case fl.to == nil:
		s.dropFlight(fl, RuleNoHost)
	case fl.to == from: // the link has no part in it
	case from.cut:
		s.dropFlight(fl, RuleLinkCut)
	default:
		s.applyFaults(fl)
	}
	s.cause = cause
}

// loopbackDelay is how long a segment to the host itself takes.
const loopbackDelay = 20

func (s *Sim) applyFaults(fl *flight) {
	for _, f := range s.link.faults {
		if !f.matches(s.now, fl.from.name, &fl.seg) {
			continue
		}
		s.affect(fl, f.Action, f.By, RuleLinkFault)
	}
}

// affect drops, delays or duplicates a segment under way.
func (s *Sim) affect(fl *flight, what FaultKind, by Micros, rule Rule) {
	switch what {
	case FaultDrop:
		s.dropFlight(fl, rule)
	case FaultDelay:
		a := fl.arrivals
		if a == nil {
			return
		}
		a.cancelled = true
		fl.drop(a)
		s.schedule(fl, a.at+by)
		s.logFate(rule, fl, Delayed, a.at+by)
	case FaultDuplicate:
		if fl.arrivals == nil {
			return
		}
		at := fl.arrivals.at + by
		s.schedule(fl, at)
		s.logFate(rule, fl, Duplicated, at)
	}
}

func (s *Sim) schedule(fl *flight, at Micros) {
	a := &fl.first
	if a.flight != nil {
		a = &arrival{}
	}
	a.flight, a.at = fl, at
	fl.expect(a)
	fl.entries++
	s.agenda.put(at, turnDue, a)
}

func (s *Sim) dropFlight(fl *flight, rule Rule) {
	if fl.arrivals == nil {
		return
	}
	for a := fl.arrivals; a != nil; a = a.next {
		a.cancelled = true
	}
	fl.arrivals = nil
	s.link.flights.leave(fl)
	s.logFate(rule, fl, Dropped, 0)
}

// happen delivers one copy.
func (a *arrival) happen(s *Sim) {
	fl := a.flight
	fl.entries--
	if !a.cancelled {
		s.arrive(a)
	}
	if fl.entries == 0 {
		s.link.flights.give(fl)
	}
}

func (s *Sim) arrive(a *arrival) {
	fl := a.flight
	if fl.drop(a); fl.arrivals == nil {
		s.link.flights.leave(fl)
	}
	if fl.to.off {
		s.logFate(RuleHostOff, fl, Dropped, 0)
		return
	}
	s.bodies.deliver = Deliver{fl.id, fl.to.name}
	s.cause = s.emit("", &s.bodies.deliver)
	fl.to.Receive(s.now, &fl.seg)
}

func (s *Sim) logFate(rule Rule, fl *flight, what FateKind, arrives Micros) {
	s.bodies.fate = Fate{fl.id, what, arrives}
	s.emit(rule, &s.bodies.fate)
}

func (s *Sim) byAddr(from *Host, a Addr) *Host {
	if loopback(a) {
		return from
	}
	for _, h := range s.hosts {
		if h.addr == a {
			return h
		}
	}
	return nil
}
