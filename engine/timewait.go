package engine

// timeWaitLength is Linux's fixed TIME-WAIT (TCP_TIMEWAIT_LEN); RFC 9293 asks for twice an MSL of two minutes.
const (
	timeWaitLength    = 60 * Second
	rfcTimeWaitLength = 2 * 120 * Second
)

// timewait is all that is left of a connection in TIME-WAIT, or of an orphan in FIN-WAIT-2 (kernel struct
// inet_timewait_sock). The socket itself is used again, unless a program still has its descriptor.
type timewait struct {
	host          *Host
	talk          *conversation
	sock          *socket // of which a program has the descriptor; nil is none
	state         State
	local, remote endpoint
	id            int // the socket's
	dirty         bool
	tsOK          bool
	scale         uint8  // of the window
	window        uint32 // what was left of the receive window, for ever
	sndNxt        uint32
	rcvNxt        uint32
	tsRecent      uint32
	tsOff         uint32
	tsRecentAt    Micros
	lastAnswer    lastAnswer
	timer         timer
	hold          hold
}

// becomeTimewait leaves a timewait entry in the connection's place, or nothing where there are too many (kernel
// inet_twsk_alloc, inet_twsk_hashdance).
func (sk *socket) becomeTimewait() *timewait {
	h := sk.host
	if h.linux && h.timewaits >= int(h.sys[maxTwBuckets]) {
		sk.done(RuleTooManyTimeWaits)
		return nil
	}
	h.timewaits++
	sk.orphan = true
	sk.uncountOrphan()
	sk.dropQueued()
	for i := range sk.timers {
		sk.disarm(i)
	}
	w := h.takeTimewait()
	w.talk, w.state, w.local, w.remote, w.id = sk.talk, sk.state, sk.local, sk.remote, sk.id
	w.window, w.scale, w.sndNxt, w.rcvNxt = sk.receiveWindow(), sk.rcvScale, sk.sndNxt, sk.rcvNxt
	w.tsOK, w.tsRecent, w.tsOff, w.tsRecentAt, w.lastAnswer = sk.tsOK, sk.tsRecent, sk.tsOff, sk.tsRecentAt, sk.lastOutOfWindow
	if !sk.fdGone {
		w.sock = sk
	}
	sk.unhash()
	w.hash()
	w.takePort(sk)
	sk.left, sk.state, w.dirty = w, TimeWait, true // its step is logged with the socket's
	return w
}

// enterTimeWait is the last state of who closed first.
func (sk *socket) enterTimeWait(rule Rule) {
	if w := sk.becomeTimewait(); w != nil {
		w.setState(TimeWait, rule)
		w.wait(RuleTimeWaitTimer)
	}
}

// hash makes the entry reachable by its four-tuple.
func (w *timewait) hash() {
	w.talk.waits[w.talk.side(w.local)] = w
	w.host.conns++
}

func (w *timewait) unhash() {
	w.talk.waits[w.talk.side(w.local)] = nil
	w.host.conns--
}

// setState moves the entry and says why.
func (w *timewait) setState(to State, rule Rule) {
	from := w.state
	w.state = to
	w.touch()
	sim := w.host.sim
	b := &sim.bodies.state
	b.Sock, b.Local, b.Remote, b.Orphan = w.id, sim.text(w.local), sim.text(w.remote), true
	w.host.logState(b, from, to, rule)
}

// touch marks the entry as changed in this step.
func (w *timewait) touch() {
	if !w.dirty {
		w.dirty = true
		w.host.dirtyWaits = append(w.host.dirtyWaits, w)
	}
}

// settleWaits ends a step for the entries that it changed.
func (h *Host) settleWaits() {
	for _, w := range h.dirtyWaits {
		w.logStep()
	}
	h.dirtyWaits = h.dirtyWaits[:0]
}

// logStep logs what changed of the entry's timer since the last step. One that is over is used again.
func (w *timewait) logStep() {
	if !w.dirty {
		return
	}
	w.dirty = false
	w.host.logTimer(w.id, &w.timer)
	if w.state == Closed {
		w.host.waits.give(w)
	}
}

// arm lets the entry wait for d from now.
func (w *timewait) arm(use timerUse, d Micros, rule Rule) {
	t, h := &w.timer, w.host
	t.owner, t.use, t.rule = w, use, rule
	h.set(t, h.expiry(h.inTicks(d)))
	w.touch()
}

// wait lets TIME-WAIT begin, or begin again.
func (w *timewait) wait(rule Rule) {
	d := timeWaitLength
	if !w.host.linux {
		d = rfcTimeWaitLength
	}
	w.arm(forTimeWait, d, rule)
	w.timer.again = true
}

// alarm ends the wait; that for a FIN which never came in silence.
func (w *timewait) alarm(now Micros, t *timer) {
	h := w.host
	h.now = now
	t.loggedAt = 0
	if t.use == forTimeWait {
		h.sim.cause = h.logTimerChange(w.id, RuleTimeWaitFires, forTimeWait, TimerFire, 0, 0)
		w.done(RuleTimeWaitOver)
	} else {
		h.finWait2Fires(w.id)
		w.done(RuleFinWait2Over)
	}
	h.settle()
}

// done deletes the entry: the four-tuple is free, and the port, unless a program chose it and still has the descriptor.
func (w *timewait) done(rule Rule) {
	w.timer.stop()
	w.setState(Closed, rule)
	w.unhash()
	w.host.timewaits--
	w.givePort()
	if sk := w.sock; sk != nil {
		sk.left, sk.state, sk.sndShut, sk.rcvShut = nil, Closed, true, true
	}
}

// arrive is what is left of RFC 9293 section 3.10.7.4 for a timewait entry (kernel tcp_timewait_state_process).
func (w *timewait) arrive(seg *Segment) {
	w.touch()
	old := w.tsOK && seg.HasTS && int32(seg.TSVal-w.tsRecent) < 0 && !seg.has(RST)
	if w.state == FinWait2 {
		w.arriveFinWait2(seg, old)
		return
	}
	if !old && seg.Seq == w.rcvNxt && (seg.length() == 0 || seg.has(RST)) {
		if seg.has(RST) && w.host.sys[rfc1337] == 0 {
			w.done(RuleTimeWaitAssassinated)
			return
		}
		w.wait(RuleTimeWaitAgain)
		w.rememberTimestamp(seg)
		return
	}
	if seg.Flags&(SYN|RST|ACK) == SYN && !old && (seqGT(seg.Seq, w.rcvNxt) || w.tsOK && seg.HasTS && int32(w.tsRecent-seg.TSVal) < 0) {
		if l := w.host.listenerFor(seg.dst()); l != nil {
			w.done(RuleTimeWaitNewSyn)
			l.request(seg, w.isnAfter())
			return
		}
	}
	if seg.has(RST) {
		return
	}
	if old || seg.has(ACK) {
		w.wait(RuleTimeWaitRestart)
	}
	if !w.lastAnswer.limits(seg, w.host.now) {
		w.sendAck(RuleTimeWaitAck)
	}
}

// arriveFinWait2 waits for the FIN and nothing else.
func (w *timewait) arriveFinWait2(seg *Segment, old bool) {
	inWindow := seg.Seq == w.rcvNxt && seg.length() == 0 ||
		seqGT(seg.end(), w.rcvNxt) && seqLT(seg.Seq, w.rcvNxt+w.window)
	switch {
	case old || !inWindow:
		if !w.lastAnswer.limits(seg, w.host.now) {
			w.sendAck(RuleMiniUnacceptable)
		}
	case seg.has(RST):
		w.done(RuleMiniReset)
	case seg.has(SYN) && seqGEQ(seg.Seq, w.rcvNxt):
		w.host.replyReset(seg, RuleMiniSynReset)
		w.done(RuleMiniSyn)
	case !seg.has(ACK) || seqLEQ(seg.end(), w.rcvNxt) || seg.length() == 0:
	case !seg.has(FIN) || seg.end() != w.rcvNxt+1:
		w.host.replyReset(seg, RuleMiniDataReset)
		w.done(RuleMiniData)
	default:
		w.rcvNxt = seg.end()
		w.rememberTimestamp(seg)
		w.setState(TimeWait, RuleMiniFin)
		w.wait(RuleMiniTimeWaitTimer)
		w.sendAck(RuleMiniFinAck)
	}
}

func (w *timewait) rememberTimestamp(seg *Segment) {
	if seg.HasTS {
		w.tsRecent, w.tsRecentAt = seg.TSVal, w.host.now
	}
}

// sendAck repeats the last acknowledgment (kernel tcp_timewait_send_ack).
func (w *timewait) sendAck(rule Rule) {
	sim := w.host.sim
	fl := sim.link.flights.take()
	seg := &fl.seg
	seg.Src, seg.Dst, seg.Sport, seg.Dport = w.local.addr, w.remote.addr, w.local.port, w.remote.port
	seg.Flags, seg.Seq, seg.Ack, seg.WScale, seg.talk = ACK, w.sndNxt, w.rcvNxt, -1, w.talk
	if w.tsOK {
		seg.HasTS, seg.TSVal, seg.TSEcr = true, w.tsOff+uint32(w.host.now/Millisecond), w.tsRecent
	}
	seg.Win = uint16(w.window >> w.scale)
	seg.winBytes = int(seg.Win) << w.scale
	sim.send(w.host, fl, rule)
}

// reuseTimeWait says whether a new active open may take over a timewait entry's four-tuple (kernel tcp_twsk_unique):
// always where the port was bound by hand, else by tcp_tw_reuse, and only with timestamps to tell old segments.
func (h *Host) reuseTimeWait(old *timewait, sk *socket) bool {
	if !old.tsOK {
		return false
	}
	reuse := sk.bound
	if !reuse && h.mayReuse(sk.remote) {
		reuse = h.now-old.tsRecentAt > Micros(h.sys[twReuseDelay])*Millisecond
	}
	if !reuse {
		return false
	}
	old.done(RuleTimeWaitReused)
	sk.followsISN = old.isnAfter()
	return true
}

// mayReuse says whether connections to a remote end may ever take over the ephemeral port of one in TIME-WAIT.
func (h *Host) mayReuse(remote endpoint) bool {
	mode := h.sys[twReuse]
	return mode == 1 || mode == 2 && loopback(remote.addr)
}

// isnAfter is an initial sequence number beyond all that the old connection can have used (kernel tcp_timewait_state_process).
func (w *timewait) isnAfter() uint32 { return max(w.sndNxt+65535+2, 1) }
