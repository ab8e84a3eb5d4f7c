package engine

// arriveListen is RFC 9293 section 3.10.7.2. On Linux the listener stays and a request stands for the new connection.
func (l *socket) arriveListen(seg *Segment) {
	switch {
	case seg.has(RST):
	case seg.has(ACK):
		if !l.cookieAck(seg) {
			l.host.replyReset(seg, RuleListenAck)
		}
	case seg.has(SYN) && !seg.has(FIN):
		l.request(seg, 0)
	}
}

// request answers a SYN where both queues have room; a full SYN queue leaves a cookie, a full accept queue nothing
// (kernel tcp_conn_request). followsISN is the number that an old connection asks for, 0 for none.
func (l *socket) request(seg *Segment, followsISN uint32) {
	h := l.host
	cookie := l.synQ > l.backlog || h.sys[syncookies] == 2
	if cookie && h.sys[syncookies] == 0 || l.acceptQ.len() > l.backlog {
		return // dropped in silence; the client will ask again
	}
	if low := h.sys[maxSynBacklog] - int64(l.synQ); !cookie && h.sys[syncookies] == 0 && low < h.sys[maxSynBacklog]>>2 {
		return
	}
	sk := l.child(seg, followsISN)
	if cookie {
		l.sendCookie(sk)
		return
	}
	sk.admit(l)
	sk.setState(SynReceived, RuleListenSyn)
	sk.synackSent, sk.synackLast = h.now, h.now
	sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSynAck)
	sk.armSynAck()
}

// child makes the socket of a new connection.
func (l *socket) child(seg *Segment, followsISN uint32) *socket {
	sk := l.host.takeSocket()
	sk.local, sk.remote, sk.talk, sk.opts, sk.listener = seg.dst(), seg.src(), seg.talk, l.opts, l
	if l.opts.nonblock {
		sk.newOptions().nonblock = false
	}
	sk.followsISN = followsISN
	sk.startSequence()
	sk.takeOptions(seg)
	sk.sndNxt, sk.writeSeq = sk.iss+1, sk.iss+1
	sk.rto = l.host.inTicks(rtoInitial)
	return sk
}

// admit gives a child its number and its place in the SYN queue.
func (sk *socket) admit(l *socket) {
	l.host.socks++
	sk.id = l.host.socks
	sk.hash()
	sk.takeHold()
	sk.place = int32(l.children.join(sk))
	l.synQ++
	l.touch()
}

// sendCookie answers without keeping anything: what the third ACK must repeat is in the sequence number (RFC 4987
// section 3.6; kernel cookie_v4_init_sequence). The model keeps the child where a real host would decode it.
func (l *socket) sendCookie(sk *socket) {
	if !sk.tsOK { // the other options would be kept in the timestamp
		sk.sackOK, sk.wscaleOK, sk.sndScale, sk.rcvScale = false, false, 0, 0
	}
	sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSynCookie)
	if l.cookies == nil {
		l.cookies = map[endpoint]*socket{}
	}
	l.cookies[sk.remote] = sk
}

// cookieAck completes a connection from a cookie, if the accept queue has room (kernel cookie_v4_check). It reports
// whether the segment carried one.
func (l *socket) cookieAck(seg *Segment) bool {
	sk := l.cookies[seg.src()]
	if sk == nil || seg.has(SYN|RST) || seg.Ack != sk.iss+1 || seg.Seq != sk.rcvNxt {
		return false
	}
	if l.acceptQ.len() > l.backlog {
		return true // in silence: the client believes that it is connected
	}
	delete(l.cookies, seg.src())
	sk.admit(l)
	sk.setState(SynReceived, RuleCookieAck)
	sk.numTimeout = 1 // no round trip was measured
	options := sk.advertisedMSS() - sk.ackedMSS()
	mss := cookieMSS(sk.pathMSS + options)
	sk.pathMSS = mss - options
	sk.rcvWnd = uint32(sk.initialWindow(mss))
	sk.buf.thresh = int(sk.rcvWnd)
	sk.establishPassive(seg)
	return true
}

// cookieMSS is the largest that a cookie has room for (kernel syncookies.c, msstab).
func cookieMSS(mss int) int {
	best := 0
	for _, n := range [...]int{1460, 1440, 1300, 536} {
		if best = n; n <= mss {
			break
		}
	}
	return best
}

func (sk *socket) armSynAck() {
	d := sk.host.backedOff(sk.host.inTicks(rtoInitial), int(sk.numTimeout))
	sk.arm(slow, forSynAck, d, int(sk.numTimeout), RuleSynAckTimer)
}

// synAckTimeout repeats the SYN-ACK, or forgets the request (kernel reqsk_timer_handler).
func (sk *socket) synAckTimeout() {
	most := sk.host.sys[synackRetries]
	switch n := int64(sk.numTimeout); {
	case n >= most:
		sk.done(RuleSynAckGiveUp)
		return
	case n >= sk.listener.retriesLeft(most):
		sk.done(RuleOldRequest)
		return
	}
	sk.numTimeout++
	sk.resends++
	sk.synackLast = sk.host.now
	sk.emitAgain(SYN|ACK, sk.iss, nil, RuleSynAckAgain)
	sk.armSynAck()
}

// retriesLeft is how often a SYN-ACK is repeated, at most as often as given. When more than half of the queue is taken, half of it is
// kept for requests that have not timed out yet: the fewer they are, the sooner old ones go (kernel reqsk_timer_handler).
func (l *socket) retriesLeft(most int64) int64 {
	if !l.host.linux || 2*l.synQ <= max(8, l.backlog) {
		return most
	}
	young := 0
	for i := l.children.lowest; i < l.children.end(); i++ {
		if sk := l.children.at(i); sk != nil && sk.numTimeout == 0 {
			young++
		}
	}
	for young *= 2; most > 2 && l.synQ >= young; young *= 2 {
		most--
	}
	return most
}

// arriveRequest is a segment for a connection in SYN-RECEIVED that a listener began (kernel tcp_check_req).
func (sk *socket) arriveRequest(seg *Segment) {
	sk.touch()
	if seg.Seq == sk.irs && seg.Flags&(SYN|RST|ACK) == SYN {
		if !sk.rateLimited(seg) {
			sk.resends++
			sk.synackLast = sk.host.now
			sk.emitAgain(SYN|ACK, sk.iss, nil, RuleSynAgain)
			sk.armSynAck()
		}
		return
	}
	if seg.has(ACK) && seg.Ack != sk.iss+1 {
		sk.host.replyReset(seg, RuleRequestBadAck)
		return
	}
	old := sk.tsOK && seg.HasTS && int32(seg.TSVal-sk.tsRecent) < 0
	inWindow := seg.Seq == sk.rcvNxt || seqGT(seg.end(), sk.rcvNxt) && seqLT(seg.Seq, sk.rcvNxt+sk.rcvWnd)
	if old || sk.echoesOther(seg) || !inWindow {
		if !seg.has(RST) && !sk.rateLimited(seg) {
			sk.emitSegment(ACK, sk.sndNxt, nil, RuleRequestOutOfWindow)
		}
		return
	}
	switch {
	case seg.has(RST):
		sk.done(RuleRequestReset)
	case seg.has(SYN):
		sk.host.replyReset(seg, RuleRequestSyn)
		sk.done(RuleRequestSynDropped)
	case !seg.has(ACK):
	case sk.listener.acceptQ.len() > sk.listener.backlog:
		sk.overflow(seg)
	default:
		sk.establishPassive(seg)
	}
}

// echoesOther says that the timestamp which a segment echoes is of no SYN-ACK (kernel tcp_check_req, tsecr_reject).
func (sk *socket) echoesOther(seg *Segment) bool {
	first := sk.tsOff + uint32(sk.synackSent/Millisecond)
	last := sk.tsOff + uint32(sk.synackLast/Millisecond)
	return sk.tsOK && seg.HasTS && seg.TSEcr != 0 && seg.TSEcr-first > last-first
}

// echoesFirst says that a segment answers the first SYN-ACK: the others were needless (kernel tcp_try_undo_spurious_syn).
func (sk *socket) echoesFirst(seg *Segment) bool {
	return sk.tsOK && seg.HasTS && seg.TSEcr == sk.tsOff+uint32(sk.synackSent/Millisecond)
}

// overflow is a third ACK that meets a full accept queue: only here tcp_abort_on_overflow acts.
func (sk *socket) overflow(seg *Segment) {
	if sk.host.sys[abortOnOverflow] == 0 {
		return
	}
	sk.host.replyReset(seg, RuleAbortOnOverflow)
	sk.done(RuleOverflowAborted)
}

// establishPassive completes the handshake on the listener's side and hands the connection to accept().
func (sk *socket) establishPassive(seg *Segment) {
	l := sk.listener
	sk.disarm(slow)
	l.children.leave(int(sk.place))
	l.synQ--
	l.acceptQ.push(sk)
	l.logListen()
	l.touch()
	sk.sndUna, sk.delivered = sk.iss+1, 1
	sk.sndWnd, sk.sndWl1 = uint32(seg.Win)<<sk.sndScale, seg.Seq
	sk.maxWnd = sk.sndWnd
	sk.sizeSegments()
	sk.expectSegments()
	if sk.numTimeout == 0 {
		sk.rttSample(sk.host.now-sk.synackSent, sk.host.now-sk.synackSent)
	} else {
		sk.rto = sk.host.inTicks(rtoUnmeasured)
		if sk.tsOK && seg.HasTS {
			sk.rttSampleFromTimestamp(seg)
		}
	}
	if sk.resends > 1 && sk.host.linux && !sk.echoesFirst(seg) { // kernel tcp_init_transfer
		sk.congestion.cwnd = 1
	}
	sk.congestion.cubic.start(sk)
	sk.lastSent, sk.ackState.lastData = sk.host.nowTicks(), sk.host.nowTicks()
	sk.startWindow(sk.ackedMSS())
	sk.setState(Established, RuleThirdAckArrived)
	sk.connectState = connected
	sk.startKeepalive()
	sk.arriveSynchronized(seg)
}

// forget takes a dying connection out of its listener's queues. One that was complete stays to be accepted: accept()
// returns it on Linux even after a reset.
func (l *socket) forget(sk *socket) {
	if sk.state == SynReceived {
		l.children.leave(int(sk.place))
		l.synQ--
		l.touch()
		sk.listener = nil
	}
}

// closeListener ends LISTEN.
func (l *socket) closeListener() {
	l.dropQueues()
	l.orphan = l.fdGone
	l.done(RuleListenerClosed)
}

// dropQueues resets what was never accepted and drops the requests (kernel inet_csk_listen_stop).
func (l *socket) dropQueues() {
	for sk := l.children.first(); sk != nil; sk = l.children.first() {
		sk.done(RuleListenerClosedRequest)
	}
	for _, sk := range l.acceptQ.waiting() {
		sk.listener = nil
		if sk.gone() {
			continue
		}
		sk.sendReset(RuleListenerClosedReset)
		sk.done(RuleListenerClosedConnection)
	}
	l.acceptQ = fifo[*socket]{}
}
