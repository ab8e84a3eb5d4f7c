package engine

// close is what the kernel does when the last descriptor goes: RFC 9293 section 3.10.4 for a program that will not read
// any more (kernel __tcp_close).
func (sk *socket) close() {
	h := sk.host
	sk.touch()
	sk.fdGone = true
	unread := len(sk.recv) > 0
	sk.buf.parts = sk.buf.parts[:0]
	sk.rcvShut = true
	switch {
	case sk.state == Listen:
		sk.closeListener()
		return
	case sk.gone():
		sk.recv = nil
		if w := sk.left; w != nil {
			w.sock = nil
		} else {
			sk.release()
		}
		return
	}
	sk.becomeOrphan()
	switch {
	case sk.state == SynSent:
		sk.done(RuleCloseInSynSent)
		return
	case unread:
		sk.sendReset(RuleCloseUnreadReset)
		sk.done(RuleCloseUnread)
		return
	case sk.opts.linger && sk.opts.lingerTime == 0:
		if sk.needsReset() {
			sk.sendReset(RuleLingerZeroReset)
		}
		sk.done(RuleLingerZero)
		return
	}
	sk.endSending()
	if sk.state == FinWait2 {
		sk.startFinWait2()
	}
	if h.linux && h.orphans > int(h.sys[maxOrphans]) && !sk.gone() {
		sk.sendReset(RuleTooManyOrphansReset)
		sk.done(RuleTooManyOrphans)
	}
}

// becomeOrphan notes that no program holds the socket. One that lingers becomes it when close() returns.
func (sk *socket) becomeOrphan() {
	if !sk.orphan && !sk.lingering {
		sk.orphan, sk.countedOrphan = true, true
		sk.host.orphans++
	}
}

// uncountOrphan takes the socket off tcp_max_orphans: it is gone, or only a timewait entry is left.
func (sk *socket) uncountOrphan() {
	if sk.countedOrphan {
		sk.countedOrphan = false
		sk.host.orphans--
	}
}

// needsReset are the states in which an abort tells the peer (RFC 9293 section 3.10.5).
func (sk *socket) needsReset() bool {
	switch sk.state {
	case SynReceived, Established, FinWait1, FinWait2, CloseWait:
		return true
	}
	return false
}

// endSending sends our FIN where the state has one to send: the CLOSE call of RFC 9293 section 3.10.4.
func (sk *socket) endSending() {
	sk.sndShut = true
	switch sk.state {
	case SynReceived, Established:
		sk.setState(FinWait1, RuleCloseInEstablished)
		sk.queueFIN(RuleSendFin)
	case CloseWait:
		sk.setState(LastAck, RuleCloseInCloseWait)
		sk.queueFIN(RuleSendLastFin)
	}
}

// shutdown is POSIX shutdown(): sending ends with a FIN; ending reception sends nothing (kernel tcp_shutdown).
func (sk *socket) shutdown(read, write bool) {
	sk.touch()
	if sk.state == Listen {
		if read {
			sk.closeListener()
			sk.disconnected()
		}
		return
	}
	if sk.state == SynSent {
		sk.fail("ECONNRESET", RuleShutdownInSynSent)
		return
	}
	if read {
		sk.rcvShut = true
	}
	if write {
		sk.endSending()
	}
}

// awaitsClose says whether a lingering close() still waits for the peer to acknowledge the FIN.
func (sk *socket) awaitsClose() bool {
	switch sk.state {
	case FinWait1, Closing, LastAck:
		return true
	}
	return false
}

// endLinger makes a socket an orphan when its lingering close() returns.
func (sk *socket) endLinger() {
	if !sk.lingering {
		return
	}
	sk.lingering = false
	if sk.gone() {
		return
	}
	sk.becomeOrphan()
	if sk.state == FinWait2 {
		sk.startFinWait2()
	}
}

// finWait2Time is how long an orphan waits for the peer's FIN (kernel tcp_fin_time).
func (sk *socket) finWait2Time() Micros {
	d := Micros(sk.host.sys[finTimeout]) * Second
	if sk.opts.linger2 > 0 {
		d = Micros(sk.opts.linger2) * Second
	}
	rto := sk.host.micros(sk.rto)
	return max(d, rto*4-rto/2)
}

// startFinWait2 limits FIN-WAIT-2 for a socket that no program holds. RFC 9293 has no such limit. What exceeds 60 s is
// waited for before the kernel's small timewait entry takes over with the same time again (kernel tcp_close).
func (sk *socket) startFinWait2() {
	if !sk.host.linux {
		return
	}
	if sk.opts.linger2 < 0 {
		sk.sendReset(RuleLinger2Reset)
		sk.done(RuleLinger2)
		return
	}
	if d := sk.finWait2Time(); d > timeWaitLength {
		sk.arm(slow, forFinWait2, sk.host.inTicks(d-timeWaitLength), 0, RuleFinWait2LongTimer)
	} else {
		sk.waitSmall(d, RuleFinWait2Timer)
	}
}

// orphanFinWait2 is the same, when the acknowledgment of the FIN finds the socket an orphan already. It reports whether
// the segment is used up.
func (sk *socket) orphanFinWait2(seg *Segment) bool {
	if !sk.host.linux {
		return false
	}
	end := seg.end()
	if seg.has(FIN) {
		end--
	}
	switch {
	case sk.opts.linger2 < 0:
		sk.host.replyReset(seg, RuleLinger2OnAckReset)
		sk.done(RuleLinger2OnAck)
		return true
	case seg.length() > 0 && seqGT(end, sk.rcvNxt):
		sk.host.replyReset(seg, RuleFinWait2DataReset)
		sk.done(RuleFinWait2Data)
		return true
	case seg.has(FIN):
		return false // the FIN that came along is taken first
	}
	sk.startFinWait2()
	return true
}

// finWait2Fires logs that a socket has waited for the FIN for long enough, or for the first part of that.
func (h *Host) finWait2Fires(sock int) {
	h.sim.cause = h.logTimerChange(sock, RuleFinWait2Fires, forFinWait2, TimerFire, 0, 0)
}

// finWait2Timeout goes on with the rest of the time.
func (sk *socket) finWait2Timeout() {
	sk.waitSmall(sk.finWait2Time()-timeWaitLength, RuleFinWait2Again)
}

// waitSmall waits for the FIN with a timewait entry alone.
func (sk *socket) waitSmall(d Micros, rule Rule) {
	if w := sk.becomeTimewait(); w != nil {
		w.arm(forFinWait2, d, rule)
	}
}
