package engine

// arrive finds who a segment is for: RFC 9293 section 3.10.7.
func (h *Host) arrive(seg *Segment) {
	side := seg.talk.side(seg.dst())
	sk := seg.talk.socks[side]
	switch {
	case sk == nil:
		if w := seg.talk.waits[side]; w != nil {
			w.arrive(seg)
		} else if l := h.listenerFor(seg.dst()); l != nil {
			l.arriveListen(seg)
		} else {
			h.replyReset(seg, RuleNoSocketReset)
		}
	case sk.listener != nil && sk.state == SynReceived:
		sk.arriveRequest(seg)
	case sk.state == SynSent:
		sk.arriveSynSent(seg)
	default:
		sk.arriveSynchronized(seg)
	}
}

func (h *Host) listenerFor(local endpoint) *socket {
	for _, l := range h.listeners {
		if l.local.port == local.port && (l.local.addr == 0 || l.local.addr == local.addr) {
			return l
		}
	}
	return nil
}

// activeOpen sends the SYN of connect(): RFC 9293 section 3.10.1.
func (sk *socket) activeOpen(rule Rule) {
	sk.hash()
	sk.startSequence()
	sk.setState(SynSent, rule)
	sk.out = append(sk.out[:0], chunk{seq: sk.iss, flags: SYN})
	sk.writeSeq = sk.iss + 1
	sk.rto = sk.host.inTicks(rtoInitial)
	sk.retransStamp = max(sk.host.now, 1) // 0 is none
	sk.sendNew(&sk.out[0], 0, RuleSendSyn)
	sk.armRetransmit(sk.rto)
}

// startSequence chooses the initial sequence number and resets what depends on it.
func (sk *socket) startSequence() {
	h := sk.host
	sk.iss = h.isn(sk.tuple())
	if sk.followsISN != 0 && h.replay == nil {
		sk.iss = sk.followsISN
	}
	sk.sndUna, sk.sndNxt, sk.writeSeq, sk.sndSmall, sk.pushedSeq = sk.iss, sk.iss, sk.iss, sk.iss, sk.iss+1
	sk.tsOff = h.tsOffset(sk.tuple())
	sk.congestion = congestion{cwnd: initialCwnd, ssthresh: initialSsthresh, high: sk.iss, roundEnds: sk.iss}
	sk.lastSent = h.nowTicks()
	sk.rack = rack{distance: dupThresh, steps: 1}
	sk.rcvWup, sk.rcvNxt, sk.copied, sk.unsent = 0, 0, 0, 0
	sk.ackState = ackState{rcvMSS: defaultMSS}
	sk.rtt, sk.backoff, sk.retransmits, sk.retransStamp, sk.totalRTO, sk.probesSince = rttEstimator{}, 0, 0, 0, 0, 0
	sk.resends, sk.duplicates, sk.delivered, sk.outOfOrder = 0, 0, 0, 0
	sk.finSeen, sk.finQueued = false, false
	sk.mss, sk.fullMSS, sk.pathMSS = ourMSS, ourMSS, ourMSS
	sk.buf.start(sk.opts.rcvBuf)
}

// takeOptions learns from the peer's SYN.
func (sk *socket) takeOptions(seg *Segment) {
	h := sk.host
	sk.irs, sk.rcvNxt, sk.rcvWup, sk.copied = seg.Seq, seg.Seq+1, seg.Seq+1, seg.Seq+1
	sk.tsOK = seg.HasTS && h.sys[timestamps] != 0
	sk.sackOK = seg.SACKOK && h.sys[sackEnabled] != 0
	sk.wscaleOK = seg.WScale >= 0 && h.sys[windowScaling] != 0
	if sk.wscaleOK {
		sk.sndScale, sk.rcvScale = min(uint8(seg.WScale), 14), sk.wantedScale()
	} else {
		sk.sndScale, sk.rcvScale = 0, 0
	}
	mss := defaultMSS
	if seg.MSS != 0 {
		mss = int(seg.MSS)
	}
	if !loopback(sk.local.addr) {
		mss = min(mss, ourMSS)
	}
	if sk.tsOK {
		mss -= tsOptionBytes
		sk.tsRecent, sk.tsRecentAt = seg.TSVal, h.now
	}
	sk.pathMSS = max(mss, 48)
	sk.sndWnd, sk.sndWl1, sk.maxWnd = uint32(seg.Win), seg.Seq, uint32(seg.Win)
	sk.sizeSegments()
}

// sizeSegments lets no segment be larger than half of the peer's largest window, or than all of a tiny one (kernel
// tcp_sync_mss).
func (sk *socket) sizeSegments() {
	sk.fullMSS = sk.pathMSS
	if sk.host.linux {
		sk.fullMSS = sk.halfWindow(sk.fullMSS)
	}
	sk.mss = sk.fullMSS
}

// expectSegments begins the estimate of the peer's segment size, low (kernel tcp_initialize_rcv_mss).
func (sk *socket) expectSegments() {
	sk.ackState.rcvMSS = max(min(defaultMSS, sk.mss, int(sk.rcvWnd)/2), leastRcvMSS)
}

// arriveSynSent is RFC 9293 section 3.10.7.3.
func (sk *socket) arriveSynSent(seg *Segment) {
	if seg.has(ACK) {
		if seqLEQ(seg.Ack, sk.iss) || seqGT(seg.Ack, sk.sndNxt) {
			sk.host.replyReset(seg, RuleSynSentBadAck)
			if sk.retransmits == 0 && sk.host.linux {
				// the peer held an old connection; our reset clears it
				sk.arm(rtx, forRetransmit, timeoutMin, 0, RuleSynSentRetrySoon)
			}
			return
		}
		if seg.has(RST) {
			sk.fail("ECONNREFUSED", RuleSynSentReset)
			return
		}
		if seg.has(SYN) {
			sk.establishActive(seg)
		}
		return
	}
	if seg.has(RST) {
		return // no ACK: it can't be for this SYN
	}
	if seg.has(SYN) {
		sk.simultaneousOpen(seg)
	}
}

// establishActive completes the handshake on the side that began it.
func (sk *socket) establishActive(seg *Segment) {
	sk.takeOptions(seg)
	sk.sndUna, sk.delivered, sk.lastSent = seg.Ack, 1, sk.host.nowTicks()
	if syn := sk.out[0]; syn.sent == 1 {
		sk.rttSample(sk.host.now-syn.sentAt, sk.host.now-syn.sentAt)
	} else {
		sk.rto = sk.host.inTicks(rtoUnmeasured)
		if sk.tsOK {
			sk.rttSampleFromTimestamp(seg)
		}
	}
	if sk.totalRTO > 1 && sk.host.linux { // kernel tcp_init_transfer
		sk.congestion.cwnd = 1
	}
	sk.out, sk.unsent = sk.out[:0], 0
	sk.retransmits, sk.retransStamp, sk.backoff, sk.congestion.undoLeft = 0, 0, 0, 0
	sk.disarm(rtx)
	sk.ackState.lastData = sk.lastSent
	sk.expectSegments()
	sk.congestion.cubic.start(sk)
	sk.startWindow(sk.ackedMSS())
	sk.setState(Established, RuleSynSentSynAck)
	sk.lastHeard = sk.host.now
	sk.startKeepalive()
	sk.sendAck(RuleThirdAck)
}

// simultaneousOpen meets a SYN with a SYN: RFC 9293 figure 8.
func (sk *socket) simultaneousOpen(seg *Segment) {
	sk.takeOptions(seg)
	sk.setState(SynReceived, RuleSimultaneousOpen)
	syn := &sk.out[0]
	sk.emitSegment(SYN|ACK, sk.iss, nil, RuleSimultaneousSynAck)
	syn.flags |= ACK
	syn.sentAt = sk.host.now
	syn.sent++
}

func (sk *socket) synchronized() bool {
	switch sk.state {
	case Established, FinWait1, FinWait2, CloseWait, Closing, LastAck:
		return true
	}
	return false
}

// arriveSynchronized is RFC 9293 section 3.10.7.4: the checks in its order, with RFC 5961's answers.
func (sk *socket) arriveSynchronized(seg *Segment) {
	sk.touch()
	if !sk.checkTimestamp(seg) || !sk.checkSequence(seg) || !sk.checkReset(seg) || !sk.checkSyn(seg) {
		return
	}
	if !seg.has(ACK) {
		return
	}
	if sk.state == SynReceived && !sk.leaveSynReceived(seg) {
		return
	}
	if !sk.checkAck(seg) {
		return
	}
	sk.lastHeard = sk.host.now
	if sk.afterAck(seg) {
		return
	}
	if sk.refusesData(seg) {
		return
	}
	sk.measureByEcho(seg)
	sk.takeData(seg)
	if sk.gone() {
		return
	}
	sk.push(RuleSendOnAck)
	sk.ackArrived()
}

// checkTimestamp is PAWS: RFC 7323 section 5.
func (sk *socket) checkTimestamp(seg *Segment) bool {
	h := sk.host
	if !sk.tsOK || !seg.HasTS || seg.has(RST) {
		return true
	}
	allowed, holds := Micros(0), 24*Day
	if h.linux {
		allowed, holds = Millisecond, 2147*Second // kernel TCP_PAWS_WINDOW, TCP_PAWS_WRAP
	}
	older := Micros(int32(sk.tsRecent-seg.TSVal)) * Millisecond
	if older <= allowed || h.now-sk.tsRecentAt > holds {
		return true
	}
	if h.linux && seg.Flags&(SYN|ACK) == ACK && seg.length() == 0 {
		if seqLT(seg.Seq, sk.rcvNxt) {
			return false // acknowledgments that come late are common (kernel tcp_disordered_ack_check)
		}
		if sk.disordered(seg, older) {
			return true
		}
	}
	if seg.has(SYN) {
		return sk.checkSyn(seg)
	}
	if !sk.rateLimited(seg) {
		sk.duplicateAck(seg, RulePawsReject)
	}
	return false
}

// disordered says whether a pure ACK tells nothing that a later one has not told: the network changed their order, not long
// ago (kernel tcp_disordered_ack_check).
func (sk *socket) disordered(seg *Segment, older Micros) bool {
	return seg.Seq == sk.rcvNxt && seg.Ack == sk.sndUna && !sk.newerWindow(seg) && older <= sk.host.micros(sk.rto)*6/5
}

// storeTimestamp remembers the timestamp to echo: RFC 7323 section 4.3.
func (sk *socket) storeTimestamp(seg *Segment) {
	if sk.tsOK && seg.HasTS && seqLEQ(seg.Seq, sk.rcvWup) && int32(seg.TSVal-sk.tsRecent) >= 0 {
		sk.tsRecent, sk.tsRecentAt = seg.TSVal, sk.host.now
	}
}

// checkSequence is the first check: is the segment within the window?
func (sk *socket) checkSequence(seg *Segment) bool {
	if sk.acceptable(seg) {
		return true
	}
	if seg.has(RST) {
		return sk.resetAfterFIN(seg)
	}
	if seg.has(SYN) {
		return sk.checkSyn(seg)
	}
	if !sk.rateLimited(seg) {
		sk.duplicateAck(seg, RuleUnacceptable)
	}
	return false
}

// acceptable compares with the window, a FIN apart; what reaches beyond it is taken where nothing waits to be read (kernel
// tcp_sequence).
func (sk *socket) acceptable(seg *Segment) bool {
	right, end := sk.rcvNxt+sk.receiveWindow(), seg.end()
	if seqLT(end, sk.rcvWup) || seqGT(seg.Seq, right) {
		return false
	}
	if seg.has(FIN) {
		end--
	}
	return seqLEQ(end, right) || len(sk.recv) == 0
}

// invalidRateLimit spaces the answers to segments without data outside the window (net.ipv4.tcp_invalid_ratelimit).
const invalidRateLimit = 500 * Millisecond

// lastAnswer is when a connection answered such a segment last; 0 is never.
type lastAnswer Micros

// limits says that a segment comes too soon after the last answer to be answered.
func (l *lastAnswer) limits(seg *Segment, now Micros) bool {
	return (seg.length() == 0 || seg.has(SYN)) && l.justNow(now)
}

// justNow says that there was an answer just now; else it notes that there is one.
func (l *lastAnswer) justNow(now Micros) bool {
	if *l != 0 && now-Micros(*l) < invalidRateLimit {
		return true
	}
	*l = lastAnswer(max(now, 1))
	return false
}

func (sk *socket) rateLimited(seg *Segment) bool { return sk.lastOutOfWindow.limits(seg, sk.host.now) }

// answeredJustNow spaces challenge ACKs likewise (kernel tcp_send_challenge_ack).
func (sk *socket) answeredJustNow() bool { return sk.lastOutOfWindow.justNow(sk.host.now) }

// duplicateAck answers a segment that is not acceptable, with a D-SACK for data that came before (kernel tcp_send_dupack).
func (sk *socket) duplicateAck(seg *Segment, rule Rule) {
	if seg.length() > 0 && seqLT(seg.Seq, sk.rcvNxt) {
		sk.quickAckMode()
		sk.setDsack(seg.Seq, seqMin(seg.end(), sk.rcvNxt))
	}
	sk.sendAck(rule)
}

// checkReset is the second check: RFC 5961 section 3.
func (sk *socket) checkReset(seg *Segment) bool {
	if !seg.has(RST) {
		return true
	}
	if seg.Seq != sk.rcvNxt && !sk.resetAfterFIN(seg) && !sk.resetAfterGap(seg) {
		if !sk.answeredJustNow() {
			sk.sendAck(RuleChallengeReset)
		}
		return false
	}
	errno := Errno("ECONNRESET")
	if sk.state == CloseWait {
		errno = "EPIPE"
	}
	sk.recvAfterReset()
	sk.fail(errno, RuleReset)
	return false
}

// resetAfterFIN takes a RST one before RCV.NXT once a FIN came: some stacks do not count it (kernel tcp_reset_check).
func (sk *socket) resetAfterFIN(seg *Segment) bool {
	return seg.Seq == sk.rcvNxt-1 && (sk.state == CloseWait || sk.state == LastAck || sk.state == Closing)
}

// resetAfterGap takes a RST that follows the last byte which SACK has shown (kernel tcp_validate_incoming).
func (sk *socket) resetAfterGap(seg *Segment) bool {
	if !sk.sackOK || len(sk.ofo) == 0 {
		return false
	}
	right := sk.rcvNxt
	for i := range sk.ofo {
		right = seqMax(right, sk.ofo[i].end())
	}
	return seg.Seq == right
}

// recvAfterReset keeps what was received for the program to read, as Linux does.
func (sk *socket) recvAfterReset() {
	sk.out, sk.unsent = sk.out[:0], 0
	sk.writeSeq = sk.sndUna
}

// checkSyn is the fourth check: a SYN on a synchronized connection is challenged (RFC 5961 section 4).
func (sk *socket) checkSyn(seg *Segment) bool {
	if !seg.has(SYN) {
		return true
	}
	if sk.state == SynReceived && seg.has(ACK) && seg.Seq == sk.irs {
		return true // the peer's half of a simultaneous open
	}
	if !sk.answeredJustNow() {
		sk.sendAck(RuleChallengeSyn)
	}
	return false
}

// leaveSynReceived completes a simultaneous open.
func (sk *socket) leaveSynReceived(seg *Segment) bool {
	if seqLEQ(seg.Ack, sk.sndUna) || seqGT(seg.Ack, sk.sndNxt) {
		sk.host.replyReset(seg, RuleSynReceivedBadAck)
		return false
	}
	sk.sndWnd, sk.sndWl1 = uint32(seg.Win)<<sk.sndScale, seg.Seq
	sk.expectSegments()
	sk.congestion.cubic.start(sk)
	sk.delivered++ // once more with the SYN itself (kernel tcp_rcv_state_process)
	sk.startWindow(sk.ackedMSS())
	sk.setState(Established, RuleSimultaneousEstablished)
	sk.startKeepalive()
	return true
}

// afterAck moves the closing states on when our FIN is acknowledged. It reports whether the segment is used up.
func (sk *socket) afterAck(seg *Segment) bool {
	if !sk.finQueued || sk.sndUna != sk.writeSeq {
		return false
	}
	switch sk.state {
	case FinWait1:
		sk.setState(FinWait2, RuleFinAcked)
		sk.sndShut = true
		if sk.orphan {
			return sk.orphanFinWait2(seg)
		}
	case Closing:
		sk.enterTimeWait(RuleClosingAcked)
		return true
	case LastAck:
		sk.done(RuleLastAckAcked)
		return true
	}
	return false
}

// refusesData is RFC 1122 section 4.2.2.13: data that no program will read gets a reset.
func (sk *socket) refusesData(seg *Segment) bool {
	if sk.state != FinWait1 && sk.state != FinWait2 || !sk.rcvShut {
		return false
	}
	end := seg.end()
	if seg.has(FIN) {
		end--
	}
	if seg.length() == 0 || seqLEQ(end, sk.rcvNxt) {
		return false
	}
	sk.host.replyReset(seg, RuleOrphanDataReset)
	sk.recvAfterReset()
	sk.fail("ECONNRESET", RuleOrphanData)
	return true
}
