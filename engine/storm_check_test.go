package engine

import (
	"fmt"
	"slices"
)

// stormCheck holds, while a run goes on, what must be true of every one:
//
//   - events are numbered without a gap, time never goes back, a cause comes before its effect;
//   - a segment that is delivered, dropped, delayed or duplicated was sent, and each copy meets one end;
//   - states change along the arrows of RFC 9293's diagram and for the reasons that lead to CLOSED from there;
//   - what is sent twice is the same bytes, inside the window that the other end offered, and what was written, in order;
//   - nothing is acknowledged that has not arrived;
//   - what is read is what was sent, in order and once, and the end of file is where the FIN was;
//   - when a run is quiet nothing is left: no timer, no port, no connection, no orphan, no blocked call.
type stormCheck struct {
	sim     *Sim
	failure error
	at      int // the event by which it failed

	last    Event
	states  map[string]State
	flights map[int]*stormFlight
	streams map[stormKey]*stormStream
	calls   map[int]*stormCall
	reads   map[string]stormRead // by thread, until it is resumed
	written map[stormKey]*stormWritten
	read    map[stormKey]int // offset of the reader
	ends    map[string]stormEnds4
	files   [][2]*stormFile // of an orderly world, by connection
}

// stormKey names one direction of a connection: who sends, and its initial sequence number.
type stormKey struct {
	from, to     string
	sport, dport uint16
	iss          uint32
}

func (k stormKey) backwards(iss uint32) stormKey {
	return stormKey{k.to, k.from, k.dport, k.sport, iss}
}

type stormFlight struct {
	*SegmentSent
	copies, ended int
	dropped       bool
}

// stormStream is what one end sent.
type stormStream struct {
	data    []byte
	fin     int    // its offset, -1 while none was sent
	arrived []bool // which bytes have reached the other end
	prefix  int    // how many have without a gap
	finHere bool   // and the FIN
	window  int    // offset up to which the other end offered to take
}

// stormWritten is what a program handed to the socket.
type stormWritten struct {
	letters   [4]int // accepted from each thread
	begun     int    // bytes of all calls
	taken     int    // bytes that returned calls took
	unordered bool   // an input wrote too
}

type stormCall struct {
	sk        *socket
	key       stormKey // of what the socket sends
	writes, n int
}

type stormRead struct {
	key stormKey
	at  int
}

func newStormCheck(s *Sim) *stormCheck {
	return &stormCheck{
		sim: s, states: map[string]State{}, ends: map[string]stormEnds4{}, flights: map[int]*stormFlight{}, streams: map[stormKey]*stormStream{}, calls: map[int]*stormCall{},
		reads: map[string]stormRead{}, written: map[stormKey]*stormWritten{}, read: map[stormKey]int{}, last: Event{Seq: -1},
	}
}

func (c *stormCheck) fail(format string, args ...any) {
	if c.failure == nil {
		c.failure, c.at = fmt.Errorf(format, args...), c.last.Seq
	}
}

// see takes the next event.
func (c *stormCheck) see(e Event) {
	was := c.last
	c.last = e
	if e.Seq != was.Seq+1 || e.T < was.T || e.Cause >= e.Seq {
		c.fail("event %d at %d µs with cause %d comes after %d at %d µs", e.Seq, e.T, e.Cause, was.Seq, was.T)
	}
	switch b := e.Body.(type) {
	case *SegmentSent:
		c.sent(b)
	case *Fate:
		c.fate(b, e.Rule)
	case *Deliver:
		c.deliver(b, e.T)
	case *StateChange:
		c.state(b, e.Rule)
	case *CallMade:
		c.call(b)
	case *Returned:
		c.returned(b)
	}
}

func (c *stormCheck) sent(b *SegmentSent) {
	c.flights[b.ID] = &stormFlight{SegmentSent: b, copies: 1}
	if b.Len != len(b.Payload) || b.Arrives < c.last.T {
		c.fail("segment %d has %d bytes and says %d", b.ID, len(b.Payload), b.Len)
	}
	key := stormKey{b.From, b.To, b.Sport, b.Dport, b.Abs.Seq - uint32(b.Seqno)}
	if b.Flags&SYN != 0 && c.streams[key] == nil {
		c.streams[key] = &stormStream{fin: -1}
	}
	if b.Flags&(ACK|RST) == ACK {
		c.acknowledges(b, key)
	}
	if b.Flags&(SYN|RST) != 0 || b.Len == 0 && b.Flags&FIN == 0 {
		return
	}
	s := c.streams[key]
	if s == nil {
		c.fail("segment %d belongs to no connection", b.ID)
		return
	}
	at := int(b.Seqno) - 1
	if at < 0 || at > len(s.data) {
		c.fail("segment %d begins at byte %d of %d", b.ID, at, len(s.data))
		return
	}
	end := at + b.Len
	if end > s.window {
		c.fail("segment %d goes up to byte %d of a window up to %d", b.ID, end, s.window)
	}
	if known := s.data[at:min(end, len(s.data))]; string(known) != string(b.Payload[:len(known)]) {
		c.fail("segment %d has other bytes than were sent before", b.ID)
	}
	s.data = append(s.data, b.Payload[min(len(s.data)-at, b.Len):]...)
	if b.Flags&FIN != 0 && s.fin < 0 {
		s.fin = end
	}
	if s.fin >= 0 && (len(s.data) > s.fin || b.Flags&FIN != 0 && end != s.fin) {
		c.fail("segment %d goes up to byte %d, and a FIN was at %d", b.ID, end, s.fin)
	}
}

// acknowledges holds that an ACK is of something that arrived, in this connection or an older one of the same ends.
func (c *stormCheck) acknowledges(b *SegmentSent, key stormKey) {
	known := false
	for iss := range c.issOf(key.backwards(0)) {
		s := c.streams[key.backwards(iss)]
		n := int32(b.Abs.Ack - iss)
		bound := 1 + s.prefix
		if s.finHere && s.fin == s.prefix {
			bound++
		}
		if n >= 0 && int(n) <= bound {
			return
		}
		known = true
	}
	if known {
		c.fail("segment %d acknowledges %d, which has not arrived", b.ID, b.Ackno)
	}
}

// issOf goes through the initial sequence numbers that a direction has had.
func (c *stormCheck) issOf(k stormKey) func(func(uint32) bool) {
	return func(yield func(uint32) bool) {
		for have := range c.streams {
			if have.from == k.from && have.to == k.to && have.sport == k.sport && have.dport == k.dport && !yield(have.iss) {
				return
			}
		}
	}
}

func (c *stormCheck) fate(b *Fate, rule Rule) {
	f := c.flights[b.ID]
	switch {
	case f == nil:
		c.fail("segment %d was never sent", b.ID)
	case b.Fate == Duplicated:
		f.copies++
	case b.Fate == Dropped && rule == RuleHostOff:
		f.ended++
	case b.Fate == Dropped:
		f.dropped = true
	}
}

func (c *stormCheck) deliver(b *Deliver, now Micros) {
	f := c.flights[b.ID]
	if f == nil || f.To != b.Host || f.dropped {
		c.fail("segment %d can't reach %s", b.ID, b.Host)
		return
	}
	if f.ended++; f.ended > f.copies {
		c.fail("segment %d arrives %d times", b.ID, f.ended)
	}
	key := stormKey{f.From, f.To, f.Sport, f.Dport, f.Abs.Seq - uint32(f.Seqno)}
	if s := c.streams[key]; s != nil && f.Flags&RST == 0 {
		s.arrive(f.SegmentSent)
	}
	if f.Flags&ACK != 0 {
		if s := c.streams[key.backwards(f.Abs.Ack-uint32(f.Ackno))]; s != nil {
			s.window = max(s.window, int(f.Ackno)-1+f.WinBytes)
		}
	}
	if f.Flags&(SYN|ACK) == SYN { // a simultaneous open learns the window from it
		for iss := range c.issOf(key.backwards(0)) {
			s := c.streams[key.backwards(iss)]
			s.window = max(s.window, f.WinBytes)
		}
	}
}

func (s *stormStream) arrive(b *SegmentSent) {
	if b.Flags&FIN != 0 {
		s.finHere = true
	}
	if at := int(b.Seqno) - 1; b.Len > 0 && at >= 0 {
		for len(s.arrived) < at+b.Len {
			s.arrived = append(s.arrived, false)
		}
		for i := at; i < at+b.Len; i++ {
			s.arrived[i] = true
		}
	}
	for s.prefix < len(s.arrived) && s.arrived[s.prefix] {
		s.prefix++
	}
}

func (c *stormCheck) state(b *StateChange, rule Rule) {
	key := fmt.Sprint(b.Host, " [", b.Sock, "]")
	was, known := c.states[key]
	if !known {
		was = Closed
	}
	c.states[key] = b.To
	c.noteEnds(b)
	switch {
	case was != b.From:
		c.fail("%s goes from %s, but was in %s", key, b.From, was)
	case b.To == Closed && !slices.Contains(stormEnds[b.From], rule):
		c.fail("%s ends in %s by %s", key, b.From, rule)
	case b.To != Closed && !slices.ContainsFunc(Arrows, func(a Arrow) bool { return a.Logged.Matches(b.From, b.To, rule) }):
		c.fail("%s goes from %s to %s", key, b.From, b.To)
	case b.To == SynSent && b.From == Listen && c.sim.host(b.Host).linux:
		c.fail("%s goes from LISTEN to SYN-SENT on Linux", key)
	}
}
