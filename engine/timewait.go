package engine

// timeWaitLength is Linux's fixed TIME-WAIT (TCP_TIMEWAIT_LEN); RFC 9293 asks for twice an MSL of two minutes.
const (
	timeWaitLength    = 60 * Second
	rfcTimeWaitLength = 2 * 120 * Second
)

// enterTimeWait is the last state of who closed first.
func (sk *socket) enterTimeWait(rule Rule) {
	if !sk.becomeMini() {
		return
	}
	sk.orphan = true
	sk.setState(TimeWait, rule)
	sk.armTimeWait(RuleTimeWaitTimer)
}

func (sk *socket) armTimeWait(rule Rule) {
	d := timeWaitLength
	if !sk.host.linux {
		d = rfcTimeWaitLength
	}
	sk.arm(slow, forTimeWait, sk.host.inTicks(d), 0, rule)
	sk.timers[slow].again = true
}

// arriveTimeWait is what is left of RFC 9293 section 3.10.7.4 for a timewait entry (kernel tcp_timewait_state_process).
func (sk *socket) arriveTimeWait(seg *Segment) {
	sk.touch()
	old := sk.tsOK && seg.HasTS && int32(seg.TSVal-sk.tsRecent) < 0 && !seg.has(RST)
	if sk.state == FinWait2 {
		sk.arriveMiniFinWait2(seg, old)
		return
	}
	if !old && seg.Seq == sk.rcvNxt && (seg.length() == 0 || seg.has(RST)) {
		if seg.has(RST) && sk.host.sys[rfc1337] == 0 {
			sk.done(RuleTimeWaitAssassinated)
			return
		}
		sk.armTimeWait(RuleTimeWaitAgain)
		sk.rememberTimestamp(seg)
		return
	}
	if seg.Flags&(SYN|RST|ACK) == SYN && !old && (seqGT(seg.Seq, sk.rcvNxt) || sk.tsOK && seg.HasTS && int32(sk.tsRecent-seg.TSVal) < 0) {
		if l := sk.host.listenerFor(seg.dst()); l != nil {
			sk.done(RuleTimeWaitNewSyn)
			l.request(seg, sk.isnAfter())
			return
		}
	}
	if seg.has(RST) {
		return
	}
	if old || seg.has(ACK) {
		sk.armTimeWait(RuleTimeWaitRestart)
	}
	if !sk.rateLimited(seg) {
		sk.ackFromTimeWait(RuleTimeWaitAck)
	}
}

// arriveMiniFinWait2 waits for the FIN and nothing else.
func (sk *socket) arriveMiniFinWait2(seg *Segment, old bool) {
	inWindow := seg.Seq == sk.rcvNxt && seg.length() == 0 ||
		seqGT(seg.end(), sk.rcvNxt) && seqLT(seg.Seq, sk.rcvNxt+sk.miniWindow)
	switch {
	case old || !inWindow:
		if !sk.rateLimited(seg) {
			sk.ackFromTimeWait(RuleMiniUnacceptable)
		}
	case seg.has(RST):
		sk.done(RuleMiniReset)
	case seg.has(SYN) && seqGEQ(seg.Seq, sk.rcvNxt):
		sk.host.replyReset(seg, RuleMiniSynReset)
		sk.done(RuleMiniSyn)
	case !seg.has(ACK) || seqLEQ(seg.end(), sk.rcvNxt) || seg.length() == 0:
	case !seg.has(FIN) || seg.end() != sk.rcvNxt+1:
		sk.host.replyReset(seg, RuleMiniDataReset)
		sk.done(RuleMiniData)
	default:
		sk.rcvNxt, sk.finSeen = seg.end(), true
		sk.rememberTimestamp(seg)
		sk.setState(TimeWait, RuleMiniFin)
		sk.armTimeWait(RuleMiniTimeWaitTimer)
		sk.ackFromTimeWait(RuleMiniFinAck)
	}
}

func (sk *socket) rememberTimestamp(seg *Segment) {
	if seg.HasTS {
		sk.tsRecent, sk.tsRecentAt = seg.TSVal, sk.host.now
	}
}

// ackFromTimeWait repeats the last acknowledgment.
func (sk *socket) ackFromTimeWait(rule Rule) { sk.emitSegment(ACK, sk.sndNxt, nil, rule) }

// reuseTimeWait says whether a new active open may take over a timewait entry's four-tuple (kernel tcp_twsk_unique):
// always where the port was bound by hand, else by tcp_tw_reuse, and only with timestamps to tell old segments.
func (h *Host) reuseTimeWait(old, sk *socket) bool {
	if !old.timeWaiting() || !old.tsOK {
		return false
	}
	reuse := sk.bound
	if mode := h.sys[twReuse]; !reuse && (mode == 1 || mode == 2 && loopback(sk.remote.addr)) {
		reuse = h.now-old.tsRecentAt > Micros(h.sys[twReuseDelay])*Millisecond
	}
	if !reuse {
		return false
	}
	old.done(RuleTimeWaitReused)
	sk.followsISN = old.isnAfter()
	return true
}

// isnAfter is an initial sequence number beyond all that the old connection can have used (kernel tcp_timewait_state_process).
func (sk *socket) isnAfter() uint32 { return max(sk.sndNxt+65535+2, 1) }
