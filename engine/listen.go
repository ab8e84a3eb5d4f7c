package engine

// arriveListen is RFC 9293 section 3.10.7.2. On Linux the listener stays and a request stands for the new connection.
func (l *socket) arriveListen(seg *Segment) {
	switch {
	case seg.has(RST):
	case seg.has(ACK):
		l.host.replyReset(seg, RuleListenAck)
	case seg.has(SYN) && !seg.has(FIN):
		l.request(seg)
	}
}

// request answers a SYN where both queues have room (kernel tcp_conn_request).
func (l *socket) request(seg *Segment) {
	h := l.host
	if len(l.acceptQ) > l.backlog || l.synQ > l.backlog {
		return // dropped in silence; the client will ask again
	}
	sk := h.newSocket()
	sk.local, sk.remote = seg.dst(), seg.src()
	sk.opts = l.opts
	sk.opts.nonblock = false
	sk.listener, sk.orphan = l, true
	sk.startSequence()
	sk.takeOptions(seg)
	sk.hash()
	sk.hold()
	l.children = append(l.children, sk)
	l.synQ++
	l.touch()
	sk.setState(SynReceived, RuleListenSyn)
	sk.sndNxt, sk.writeSeq = sk.iss+1, sk.iss+1
	sk.sndUna = sk.iss
	sk.synackSent = h.now
	sk.rto = h.inTicks(rtoInitial)
	sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSynAck)
	sk.armSynAck()
}

func (sk *socket) armSynAck() {
	d := min(sk.host.inTicks(rtoInitial)<<sk.numTimeout, sk.host.inTicks(rtoMax))
	sk.arm(&sk.slow, TimerSynAck, d, sk.numTimeout, RuleSynAckTimer)
}

// synAckTimeout repeats the SYN-ACK, or forgets the request (kernel reqsk_timer_handler).
func (sk *socket) synAckTimeout() {
	if int64(sk.numTimeout) >= sk.host.sys[synackRetries] {
		sk.done(RuleSynAckGiveUp)
		return
	}
	sk.numTimeout++
	sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSynAckAgain).retransmit = true
	sk.armSynAck()
}

// arriveRequest is a segment for a connection in SYN-RECEIVED that a listener began (kernel tcp_check_req).
func (sk *socket) arriveRequest(seg *Segment) {
	sk.touch()
	if seg.Seq == sk.irs && seg.Flags&(SYN|RST|ACK) == SYN {
		if !sk.rateLimited(seg) {
			sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSynAgain).retransmit = true
			sk.armSynAck()
		}
		return
	}
	if seg.has(ACK) && seg.Ack != sk.iss+1 {
		sk.host.replyReset(seg, RuleRequestBadAck)
		return
	}
	old := sk.tsOK && seg.HasTS && int32(seg.TSVal-sk.tsRecent) < 0
	inWindow := seqGEQ(seg.end(), sk.rcvNxt) && seqLEQ(seg.Seq, sk.rcvNxt+sk.rcvWnd)
	if old || !inWindow {
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
	case len(sk.listener.acceptQ) > sk.listener.backlog:
		sk.overflow(seg)
	default:
		sk.establishPassive(seg)
	}
}

// overflow is a third ACK that meets a full accept queue: only here tcp_abort_on_overflow acts.
func (sk *socket) overflow(seg *Segment) {
	if sk.host.sys[abortOnOverflow] == 0 {
		sk.acked = true
		return
	}
	sk.host.replyReset(seg, RuleAbortOnOverflow)
	sk.done(RuleOverflowAborted)
}

// establishPassive completes the handshake on the listener's side and hands the connection to accept().
func (sk *socket) establishPassive(seg *Segment) {
	l := sk.listener
	sk.disarm(&sk.slow)
	l.dropChild(sk)
	l.synQ--
	l.acceptQ = append(l.acceptQ, sk)
	l.touch()
	sk.sndUna = sk.iss + 1
	sk.sndWnd, sk.sndWl1 = uint32(seg.Win)<<sk.sndScale, seg.Seq
	sk.maxWnd = max(sk.maxWnd, sk.sndWnd)
	if sk.numTimeout == 0 {
		sk.rttSample(sk.host.now - sk.synackSent)
	} else {
		sk.rto = sk.host.inTicks(rtoInitial)
		if sk.tsOK && seg.HasTS {
			sk.rttSampleFromTimestamp(seg)
		}
	}
	sk.setState(Established, RuleThirdAckArrived)
	sk.connectState = connected
	sk.startKeepalive()
	sk.arriveSynchronized(seg)
}

func (l *socket) dropChild(sk *socket) {
	for i, c := range l.children {
		if c == sk {
			l.children = append(l.children[:i], l.children[i+1:]...)
			return
		}
	}
}

// forget takes a dying connection out of its listener's queues. One that was complete stays to be accepted: accept()
// returns it on Linux even after a reset.
func (l *socket) forget(sk *socket) {
	if sk.state == SynReceived {
		l.dropChild(sk)
		l.synQ--
		l.touch()
		sk.listener = nil
	}
}

// closeListener resets what was never accepted and drops the requests (kernel inet_csk_listen_stop).
func (l *socket) closeListener() {
	for len(l.children) > 0 {
		l.children[0].done(RuleListenerClosedRequest)
	}
	for _, sk := range l.acceptQ {
		sk.listener = nil
		if sk.gone() {
			continue
		}
		sk.sendReset(RuleListenerClosedReset)
		sk.done(RuleListenerClosedConnection)
	}
	l.acceptQ = nil
	l.orphan = true
	l.done(RuleListenerClosed)
}
