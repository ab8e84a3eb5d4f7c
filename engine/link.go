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
	delay       Micros
	faults      []*activeFault
	cut         map[string]bool // by sending host
	isn         map[flow]uint32 // of the latest SYN in each direction
	flying      map[int]*flight // by segment id
	lastID      int
	lastArrival map[string]Micros // by sending host, in a replay
}

type activeFault struct {
	Fault
	matched int
}

// flow is a direction of a connection. Every host has loopback addresses, so there it is the host's own.
type flow struct {
	src, dst endpoint
	host     string
}

func flowOf(src, dst endpoint, from *Host) flow {
	if loopback(src.addr) {
		return flow{src, dst, from.name}
	}
	return flow{src: src, dst: dst}
}

// flight is a segment under way.
type flight struct {
	id       int
	seg      *Segment
	from, to *Host
	arrivals []*arrival // still to come
	first    arrival    // room for the one that nearly every segment has
	room     [1]*arrival
}

// arrival is one copy's arrival; cancelled ones are skipped when their time comes.
type arrival struct {
	flight    *flight
	at        Micros
	cancelled bool
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
func (s *Sim) send(from *Host, seg *Segment, rule Rule) {
	if from.off {
		return
	}
	l := &s.link
	l.lastID++
	fl := &flight{id: l.lastID, seg: seg, from: from, to: s.byAddr(from, seg.Dst)}
	delay := l.delay
	if fl.to == from {
		delay = loopbackDelay
	}
	sent := s.describe(fl)
	sent.Arrives = s.now + delay
	if r := s.config.Replay; r != nil {
		if d, ok := r.Travel(sent); ok {
			// A line keeps the order, whatever small differences there are in when a recorded host sent.
			sent.Arrives = max(s.now+d, l.lastArrival[from.name])
			l.lastArrival[from.name] = sent.Arrives
		}
	}
	seq, cause := s.emit(rule, sent), s.cause
	s.schedule(fl, sent.Arrives)
	s.cause = seq
	switch {
	case fl.to == nil:
		s.dropFlight(fl, RuleNoHost)
	case fl.to == from: // the link has no part in it
	case l.cut[from.name]:
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
		if !f.matches(s.now, fl.from.name, fl.seg) {
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
		if len(fl.arrivals) == 0 {
			return
		}
		a := fl.arrivals[0]
		a.cancelled = true
		fl.arrivals = fl.arrivals[1:]
		s.schedule(fl, a.at+by)
		s.logFate(rule, fl, Delayed, a.at+by)
	case FaultDuplicate:
		if len(fl.arrivals) == 0 {
			return
		}
		at := fl.arrivals[0].at + by
		s.schedule(fl, at)
		s.logFate(rule, fl, Duplicated, at)
	}
}

func (s *Sim) schedule(fl *flight, at Micros) {
	a := &fl.first
	if a.flight == nil {
		fl.arrivals = fl.room[:0]
	} else {
		a = &arrival{}
	}
	*a = arrival{flight: fl, at: at}
	fl.arrivals = append(fl.arrivals, a)
	s.link.flying[fl.id] = fl
	s.agenda.put(entry{turn: turnDue, at: at, what: a})
}

func (s *Sim) dropFlight(fl *flight, rule Rule) {
	if len(fl.arrivals) == 0 {
		return
	}
	for _, a := range fl.arrivals {
		a.cancelled = true
	}
	fl.arrivals = nil
	delete(s.link.flying, fl.id)
	s.logFate(rule, fl, Dropped, 0)
}

// happen delivers one copy.
func (a *arrival) happen(s *Sim) {
	if a.cancelled {
		return
	}
	fl := a.flight
	for i, other := range fl.arrivals {
		if other == a {
			fl.arrivals = append(fl.arrivals[:i], fl.arrivals[i+1:]...)
			break
		}
	}
	if len(fl.arrivals) == 0 {
		delete(s.link.flying, fl.id)
	}
	s.cause = -1
	if fl.to.off {
		s.logFate(RuleHostOff, fl, Dropped, 0)
		return
	}
	s.bodies.deliver = Deliver{fl.id, fl.to.name}
	s.cause = s.emit("", &s.bodies.deliver)
	fl.to.Receive(s.now, fl.seg)
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

// describe makes the log's view of a segment, with numbers relative to the latest SYNs.
func (s *Sim) describe(fl *flight) *SegmentSent {
	seg, l := fl.seg, &s.link
	out, back := flowOf(seg.src(), seg.dst(), fl.from), flowOf(seg.dst(), seg.src(), fl.from)
	if seg.has(SYN) {
		l.isn[out] = seg.Seq
	}
	sent := &s.bodies.sent
	*sent = SegmentSent{
		ID: fl.id, From: fl.from.name, Sport: seg.Sport, Dport: seg.Dport, Flags: seg.Flags,
		Seqno: int64(int32(seg.Seq - l.isn[out])), Abs: SeqAck{seg.Seq, seg.Ack},
		Len: len(seg.Payload), Win: seg.Win, WinBytes: seg.winBytes, Retransmission: seg.retransmit, Payload: seg.Payload,
	}
	if fl.to != nil {
		sent.To = fl.to.name
	}
	if seg.has(ACK) {
		sent.Ackno = int64(int32(seg.Ack - l.isn[back]))
	}
	o := &sent.Opts
	o.MSS, o.SACKOK = int(seg.MSS), seg.SACKOK
	if seg.HasTS {
		sent.ts = Timestamps{seg.TSVal, seg.TSEcr}
		o.TS = &sent.ts
	}
	if seg.WScale >= 0 {
		sent.wscale = int(seg.WScale)
		o.WScale = &sent.wscale
	}
	for _, b := range seg.SACK {
		o.SACK = append(o.SACK, SACKBlock{int64(int32(b[0] - l.isn[back])), int64(int32(b[1] - l.isn[back]))})
	}
	return sent
}
