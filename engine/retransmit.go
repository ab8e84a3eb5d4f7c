package engine

import "math/bits"

// The shortest waits that Linux arms a retransmission timer for (TCP_TIMEOUT_MIN, TCP_TIMEOUT_MIN_US).
const (
	timeoutMin    ticks = 2
	timeoutMargin       = 2 * Millisecond
)

// armRetransmit starts the retransmission timer (RFC 6298 section 5).
func (sk *socket) armRetransmit(d ticks) {
	sk.arm(rtx, forRetransmit, d, sk.retransmits, RuleRetransmitTimer)
}

// armProbeOrRTO arms the tail loss probe where one may be sent, else the retransmission timer (RFC 8985 section 7.2;
// kernel tcp_schedule_loss_probe). With one segment in flight the probe waits for a delayed ACK too, but never longer
// than the RTO of the first segment in flight.
func (sk *socket) armProbeOrRTO() {
	h := sk.host
	if sk.unsent == 0 {
		sk.disarm(rtx)
		return
	}
	if !h.linux || !sk.sackOK || !sk.synchronized() || sk.congestion.recovering || sk.tlpOut || sk.rtt.srtt8 == 0 {
		sk.armRetransmit(sk.rto)
		return
	}
	wait := 2 * sk.rtt.srtt()
	if sk.inFlight() == 1 {
		wait += h.rtoMin()
	} else {
		wait += timeoutMargin
	}
	d := h.inTicks(wait)
	if left := sk.out[0].sentAt + h.micros(sk.rto) - h.now; left > 0 {
		d = min(d, h.inTicks(left))
	}
	sk.arm(rtx, forProbe, d, sk.retransmits, RuleProbeTimer)
}

// fire runs a timer that went off.
func (sk *socket) fire(t *timer) {
	use, attempt := t.use, t.attempt
	t.loggedAt = 0
	said := func(rule Rule) {
		sk.host.sim.cause = sk.logTimerChange(rule, use, TimerFire, 0, attempt)
	}
	switch use {
	case forRetransmit:
		if sk.rackTimer {
			said(RuleReorderFires)
			sk.recover(delivered{})
			if !sk.timers[rtx].armed() {
				sk.armRetransmit(sk.rto)
			}
			return
		}
		said(RuleRetransmitFires)
		sk.retransmitTimeout()
	case forProbe:
		said(RuleProbeFires)
		sk.lossProbe()
	case forPersist:
		said(RulePersistFires)
		sk.persistTimeout()
	case forDelack:
		if t == &sk.timers[gather] {
			said(RuleGatherFires)
			sk.sendAck(RuleGatheredAck)
			return
		}
		said(RuleDelackFires)
		sk.delackTimeout()
	case forSynAck:
		said(RuleSynAckFires)
		sk.synAckTimeout()
	case forFinWait2:
		said(RuleFinWait2Fires)
		sk.finWait2Timeout()
	case forTimeWait:
		said(RuleTimeWaitFires)
		sk.done(RuleTimeWaitOver)
	case forKeepalive:
		said(RuleKeepaliveFires)
		sk.keepaliveTimeout()
	}
}

// lossProbe sends new data if there is some, else the last segment once more, and then waits a whole RTO (RFC 8985
// section 7.3; kernel tcp_send_loss_probe).
func (sk *socket) lossProbe() {
	sk.tlpHigh, sk.tlpOut = sk.sndNxt, true
	sk.makeRoom()
	if sk.unsent < len(sk.out) && sk.fitsWindow(&sk.out[sk.unsent]) {
		sk.sendBurst(min(sk.mss, len(sk.out[sk.unsent].data)), RuleProbeNewData)
	} else {
		sk.resend(sk.unsent-1, RuleProbeResend)
	}
	sk.armRetransmit(sk.rto)
}

// resend transmits chunk i again, with what fits behind it.
func (sk *socket) resend(i int, rule Rule) {
	sk.makeRoom()
	if len(sk.out[i].data) > sk.mss {
		sk.split(i, sk.mss)
	} else if len(sk.out[i].data) < sk.mss {
		sk.collapse(i)
	}
	c := &sk.out[i]
	flags := c.flags
	if flags&SYN == 0 {
		flags |= ACK
	}
	sk.emitAgain(flags, c.seq, c.data, rule)
	c.sentAt = sk.host.now
	c.sent++
	c.everRetr, c.lost = true, false
}

// retransmitTimeout is RFC 6298 section 5.4 to 5.7 in the order of Linux: give up or resend, then back off.
func (sk *socket) retransmitTimeout() {
	if sk.unsent == 0 {
		return
	}
	h := sk.host
	sk.tlpOut = false
	if sk.timedOut() {
		sk.giveUp()
		return
	}
	sk.totalRTO++
	sk.retransmits++
	if sk.state != SynSent {
		for i := range sk.out[:sk.unsent] {
			c := &sk.out[i]
			c.lost = !c.sacked && (i == 0 || !sk.sentRecently(c))
		}
		sk.congestion.reduce(sk, true)
	}
	if sk.retransStamp == 0 {
		sk.retransStamp = h.now
	}
	sk.resend(0, RuleRetransmit)
	if sk.state != SynSent || !h.linux || int64(sk.totalRTO) > h.sys[synLinearTimeouts] {
		sk.backoff++
		sk.rto = min(sk.rto*2, h.inTicks(rtoMax))
	}
	sk.armRetransmit(sk.clampToUserTimeout(sk.rto))
}

// sentRecently keeps a time-out from marking what was sent within the last round trip.
func (sk *socket) sentRecently(c *chunk) bool {
	return sk.rack.valid && c.sentAt+sk.rack.rtt > sk.host.now
}

// collapse joins chunk i with those behind it that fit the same segment: data and FIN that were two segments are resent
// as one (kernel tcp_retrans_try_collapse).
func (sk *socket) collapse(i int) {
	for i+1 < sk.unsent {
		c, next := &sk.out[i], &sk.out[i+1]
		if c.flags&(SYN|FIN) != 0 || c.sacked || next.sacked || len(c.data)+len(next.data) > sk.mss {
			return
		}
		c.data = join(c.data, next.data)
		c.flags |= next.flags
		c.everRetr = c.everRetr || next.everRetr
		sk.out = append(sk.out[:i+1], sk.out[i+2:]...)
		sk.unsent--
	}
}

// timedOut says whether a connection has retransmitted for long enough (kernel tcp_write_timeout).
func (sk *socket) timedOut() bool {
	h := sk.host
	limit, base := h.sys[retries2], Micros(linuxRTOMin)
	if sk.state == SynSent || sk.state == SynReceived {
		limit, base = h.sys[synRetries], rtoInitial
		most := limit
		if sk.state == SynSent && h.linux {
			most += h.sys[synLinearTimeouts]
		}
		if int64(sk.retransmits) >= most {
			return true
		}
	} else if sk.orphan {
		limit = sk.orphanLimit(sk.rto < h.inTicks(rtoMax))
	}
	if sk.opts.userTimeout > 0 {
		return sk.retransmits > 0 && h.now-sk.retransStamp >= sk.opts.userTimeout
	}
	return sk.retransmittedFor(limit, base)
}

// orphanLimit is tcp_orphan_retries, where 0 means 8 as long as the RTO is below its maximum (kernel tcp_orphan_retries).
func (sk *socket) orphanLimit(alive bool) int64 {
	if n := sk.host.sys[orphanRetries]; n != 0 || !alive {
		return n
	}
	return 8
}

// retransmittedFor says whether as much time has passed since the first retransmission as n doublings from base take: a
// limit on retries bounds a time, not a count (kernel retransmits_timed_out, tcp_model_timeout).
func (sk *socket) retransmittedFor(n int64, base Micros) bool {
	if sk.retransmits == 0 {
		return false
	}
	doublings := int64(bits.Len64(uint64(rtoMax/base)) - 1)
	limit := base * (2<<min(n, doublings) - 1)
	if n > doublings {
		limit += Micros(n-doublings) * rtoMax
	}
	return sk.host.now-sk.retransStamp >= limit
}

// giveUp ends a connection whose peer does not answer: silently, with ETIMEDOUT for a program that is still there.
func (sk *socket) giveUp() {
	sk.recvAfterReset()
	sk.fail("ETIMEDOUT", RuleGiveUp)
}

// clampToUserTimeout makes the last wait end with TCP_USER_TIMEOUT (kernel tcp_clamp_rto_to_user_timeout).
func (sk *socket) clampToUserTimeout(d ticks) ticks {
	if sk.opts.userTimeout == 0 || sk.retransStamp == 0 {
		return d
	}
	left := sk.opts.userTimeout - (sk.host.now - sk.retransStamp)
	return min(d, sk.host.inTicks(max(left, 1)))
}

// recover marks what RFC 8985 holds for lost and resends it as the congestion window allows.
func (sk *socket) recover(d delivered) {
	if !sk.sackOK || !sk.rack.valid {
		sk.resendLost(RuleResendAfterTimeout)
		return
	}
	wait := sk.detectLoss()
	if sk.congestion.recovering && sk.congestion.onTimeout {
		sk.resendLost(RuleResendLost)
	} else if sk.anyLost() {
		if !sk.congestion.recovering {
			sk.congestion.reduce(sk, false)
		}
		sk.resendLost(RuleFastRetransmit)
	}
	if wait > 0 {
		sk.arm(rtx, forRetransmit, sk.host.inTicks(wait+timeoutMargin), sk.retransmits, RuleReorderTimer)
		sk.rackTimer = true
	}
}

// detectLoss is RFC 8985 section 6.2 step 5: a segment is lost when one sent sufficiently later was delivered. It
// returns how long to wait for those that are not lost yet.
func (sk *socket) detectLoss() Micros {
	window := sk.reorderWindow()
	var wait Micros
	for i := range sk.out[:sk.unsent] {
		c := &sk.out[i]
		if c.sacked || c.lost || !sentAfter(sk.rack.sentAt, c.sentAt, sk.rack.end, c.end()) {
			continue
		}
		if left := c.sentAt + sk.rack.rtt + window - sk.host.now; left > 0 {
			wait = max(wait, left)
		} else {
			c.lost = true
		}
	}
	return wait
}

// reorderWindow is none in recovery or after three selective acknowledgments, else a quarter of the smallest RTT.
func (sk *socket) reorderWindow() Micros {
	sacked := 0
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].sacked {
			sacked++
		}
	}
	if sk.congestion.recovering || sacked >= 3 {
		return 0
	}
	return min(sk.minRTT/4, sk.rtt.srtt()/1)
}

func (sk *socket) anyLost() bool {
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].lost {
			return true
		}
	}
	return false
}

// resendLost sends what is marked lost, oldest first.
func (sk *socket) resendLost(rule Rule) {
	resent := false
	for i := 0; i < sk.unsent; i++ {
		if !sk.out[i].lost {
			continue
		}
		if resent && sk.congested() {
			break
		}
		if sk.retransStamp == 0 {
			sk.retransStamp = sk.host.now
		}
		sk.resend(i, rule)
		resent = true
	}
	if resent {
		sk.armRetransmit(sk.rto)
	}
}
