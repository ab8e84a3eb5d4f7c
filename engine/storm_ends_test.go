package engine

import (
	"fmt"
	"strings"
)

// Who is left alone gives up for these reasons, wherever it stands.
var stormGivesUp = []Rule{RuleReset, RuleGiveUp, RuleGiveUpProbing, RuleLingerZero, RuleCloseUnread}

// stormEnds are the reasons by which a connection ends, by the state that it ends in: note 3 of the diagram, and Linux's.
var stormEnds = map[State][]Rule{
	Listen:      {RuleListenerClosed},
	SynSent:     {RuleSynSentReset, RuleCloseInSynSent, RuleShutdownInSynSent, RuleGiveUp},
	SynReceived: append([]Rule{RuleRequestReset, RuleRequestSynDropped, RuleOverflowAborted, RuleSynAckGiveUp, RuleOldRequest, RuleListenerClosedRequest}, stormGivesUp...),
	Established: append([]Rule{RuleListenerClosedConnection, RuleKeepaliveGiveUp}, stormGivesUp...),
	FinWait1:    append([]Rule{RuleOrphanData, RuleTooManyOrphans, RuleLinger2OnAck}, stormGivesUp...),
	FinWait2: append([]Rule{RuleLinger2, RuleLinger2OnAck, RuleOrphanData, RuleFinWait2Data, RuleFinWait2Over, RuleTooManyOrphans, RuleTooManyTimeWaits,
		RuleMiniReset, RuleMiniSyn, RuleMiniData, RuleKeepaliveGiveUp, RuleTimeWaitReused}, stormGivesUp...),
	CloseWait: append([]Rule{RuleListenerClosedConnection, RuleKeepaliveGiveUp}, stormGivesUp...),
	Closing:   append([]Rule{RuleTooManyOrphans, RuleTooManyTimeWaits}, stormGivesUp...),
	LastAck:   append([]Rule{RuleLastAckAcked, RuleTooManyOrphans}, stormGivesUp...),
	TimeWait:  {RuleTimeWaitOver, RuleTimeWaitAssassinated, RuleTimeWaitNewSyn, RuleTimeWaitReused, RuleListenerClosedConnection},
}

// stormEnds4 are a connection's ends, as they were when it began: a program may bind a closed socket anew.
type stormEnds4 struct {
	peer          string
	local, remote uint16
}

func (c *stormCheck) noteEnds(b *StateChange) {
	if b.From != Closed && b.To != SynSent {
		return
	}
	var e stormEnds4
	addr, port, _ := strings.Cut(b.Remote, ":")
	if a, err := ParseAddr(addr); err == nil {
		e.peer = c.hostAt(c.sim.host(b.Host), a)
		fmt.Sscan(port, &e.remote)
	}
	_, port, _ = strings.Cut(b.Local, ":")
	fmt.Sscan(port, &e.local)
	c.ends[fmt.Sprint(b.Host, " [", b.Sock, "]")] = e
}

// socketKey names what a socket sends.
func (c *stormCheck) socketKey(sk *socket) stormKey {
	e := c.ends[fmt.Sprint(sk.host.name, " [", sk.id, "]")]
	return stormKey{sk.host.name, e.peer, e.local, e.remote, sk.iss}
}

func (c *stormCheck) hostAt(from *Host, a Addr) string {
	if h := c.sim.byAddr(from, a); h != nil {
		return h.name
	}
	return ""
}

func (c *stormCheck) socketOf(host, proc string, fd int) *socket {
	if h := c.sim.host(host); h != nil {
		if p := h.process(proc); p != nil {
			return p.socket(fd)
		}
	}
	return nil
}

func (c *stormCheck) call(b *CallMade) {
	sk := c.socketOf(b.Host, b.Proc, b.FD)
	if sk == nil {
		return
	}
	call := &stormCall{sk: sk, key: c.socketKey(sk)}
	switch b.Call {
	case "write", "send":
		call.writes = int(b.Args[0].Int)
		c.writes(call.key).begun += call.writes
		if b.Thread < 0 {
			c.writes(call.key).unordered = true
		}
	case "read", "recv":
		if len(b.Args) > 0 {
			call.n = int(b.Args[0].Int)
		}
	default:
		return
	}
	c.calls[b.ID] = call
}

func (c *stormCheck) writes(k stormKey) *stormWritten {
	if c.written[k] == nil {
		c.written[k] = &stormWritten{}
	}
	return c.written[k]
}

func (c *stormCheck) returned(b *Returned) {
	call := c.calls[b.ID]
	if call == nil {
		return
	}
	delete(c.calls, b.ID)
	if b.Call == "write" || b.Call == "send" {
		w := c.writes(call.key)
		w.begun -= call.writes
		if b.Ret > 0 {
			w.begun += int(b.Ret)
			w.taken += int(b.Ret)
		}
		return
	}
	sk := call.sk
	key := c.socketKey(sk).backwards(sk.irs)
	switch {
	case b.Ret > 0:
		c.reads[fmt.Sprint(b.Host, b.Proc, b.Thread)] = stormRead{key, c.read[key]}
		c.read[key] += int(b.Ret)
	case b.Ret == 0 && call.n > 0 && sk.finSeen && len(sk.recv) == 0:
		if s := c.streams[key]; s == nil || s.fin != c.read[key] {
			c.fail("%s reads the end of file after %d bytes of %+v", b.Host, c.read[key], key)
		}
	}
}

// writing fills what a thread is about to write with its own letters, in order; the key names the connection.
func (c *stormCheck) writing(host, proc string, class, fd int, data []byte) stormKey {
	sk := c.socketOf(host, proc, fd)
	if sk == nil {
		return stormKey{}
	}
	key := c.socketKey(sk)
	n := c.writes(key).letters[class]
	for i := range data {
		data[i] = byte(class*stormLetters + (n+i)%stormLetters)
	}
	return key
}

func (c *stormCheck) accepted(key stormKey, class int, n int64) {
	if n > 0 && key != (stormKey{}) {
		c.writes(key).letters[class] += int(n)
	}
}

// got compares what a thread has read with what was sent at that place.
func (c *stormCheck) got(host, proc string, thread int, data []byte) {
	if len(data) == 0 {
		return
	}
	r := c.reads[fmt.Sprint(host, proc, thread)]
	s := c.streams[r.key]
	if s == nil || r.at+len(data) > len(s.data) || string(s.data[r.at:r.at+len(data)]) != string(data) {
		c.fail("%s reads %d bytes at %d that were not sent there: %+v", host, len(data), r.at, r.key)
	}
}

// order holds that a stream has each thread's letters in order, and as many as the calls took.
func (c *stormCheck) order(k stormKey, s *stormStream) {
	w := c.writes(k)
	if len(s.data) > w.begun {
		c.fail("%d bytes were sent and at most %d written: %+v", len(s.data), w.begun, k)
	}
	if s.fin >= 0 && (s.fin < w.taken || s.fin > w.begun) {
		c.fail("the FIN is behind %d bytes, and calls took %d to %d: %+v", s.fin, w.taken, w.begun, k)
	}
	if w.unordered {
		return
	}
	var next [4]int
	for i, b := range s.data {
		class := int(b) / stormLetters
		if class > 3 || next[class]%stormLetters != int(b)%stormLetters {
			c.fail("byte %d of what was sent is %d, out of order: %+v", i, b, k)
			return
		}
		next[class]++
	}
}

// streamsInOrder holds the order of all bytes sent, whatever ended the run.
func (c *stormCheck) streamsInOrder() {
	for k, s := range c.streams {
		c.order(k, s)
	}
}

// rest holds that nothing is left behind when a run is quiet, but on a host without power, and of a connection that waits
// for the FIN of a peer that is gone: only Linux gives up on that.
func (c *stormCheck) rest() {
	for _, f := range c.flights {
		if want := f.copies; f.ended != want && !f.dropped {
			c.fail("%d copies of segment %d ended, of %d", f.ended, f.ID, want)
		}
	}
	if fl := c.sim.link.flights.first; fl != nil {
		c.fail("segment %d is still in flight", fl.id)
	}
	for _, h := range c.sim.hosts {
		if !h.off {
			c.restOf(h)
		}
	}
}

func (c *stormCheck) restOf(h *Host) {
	waiting := 0
	for key, state := range c.states {
		switch {
		case state == Closed || !strings.HasPrefix(key, h.name+" "):
		case state == FinWait2 && !h.linux:
			waiting++
		default:
			c.fail("%s ends in %s", key, state)
		}
	}
	if n := h.armedTimers(); n != 0 || h.conns != waiting || h.orphans != waiting {
		c.fail("%s keeps %d timers, %d connections, %d orphans; %d wait for a FIN", h.name, n, h.conns, h.orphans, waiting)
	}
	if h.timewaits != 0 || len(h.dirty)+len(h.dirtyWaits) != 0 {
		c.fail("%s keeps %d timewait entries, %d sockets to look at", h.name, h.timewaits, len(h.dirty)+len(h.dirtyWaits))
	}
	if n := h.heldPorts(); waiting == 0 && n != 0 {
		c.fail("%s keeps %d ports", h.name, n)
	}
	for _, p := range h.procs {
		if !p.dead || len(p.loose) != 0 || p.threads.first() != nil || p.main != nil && !p.main.ended {
			c.fail("%s lives on", p.name)
		}
	}
}
