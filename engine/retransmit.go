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

// rearmRetransmit starts it for what is under way. fromSending counts from when the first segment was sent: the timer ran
// for something else meanwhile (kernel tcp_rearm_rto).
func (sk *socket) rearmRetransmit(fromSending bool) {
	d := sk.rto
	if fromSending {
		d = sk.host.inTicks(max(sk.untilRTO(), 1))
	}
	sk.armRetransmit(d)
}

// untilRTO is how far in the future the RTO of the first segment lies (kernel tcp_rto_delta_us).
func (sk *socket) untilRTO() Micros {
	return sk.out[0].sentAt + sk.host.micros(sk.rto) - sk.host.now
}

// armProbe arms the tail loss probe where one may be sent (RFC 8985 section 7.2; kernel tcp_schedule_loss_probe). With one
// segment in flight the probe waits for a delayed ACK too, but never longer than the RTO: of an acknowledgment that moves it
// on, or else of the first segment in flight.
func (sk *socket) armProbe(anew bool) bool {
	h, c := sk.host, &sk.congestion
	if !h.linux || !sk.sackOK || !sk.synchronized() || c.state != caOpen && c.state != caCWR {
		return false
	}
	d := h.inTicks(rtoInitial)
	if srtt := sk.rtt.srtt(); srtt > 0 {
		wait := 2*srtt + timeoutMargin
		if sk.inFlight() == 1 {
			wait = 2*srtt + h.rtoMin()
		}
		d = h.inTicks(wait)
	}
	if anew {
		d = min(d, sk.rto)
	} else if left := sk.untilRTO(); left > 0 {
		d = min(d, h.inTicks(left))
	}
	sk.arm(rtx, forProbe, d, sk.retransmits, RuleProbeTimer)
	return true
}

// fire runs a timer that went off.
func (sk *socket) fire(t *timer) {
	use, attempt := t.use, t.attempt
	t.loggedAt = 0
	said := func(rule Rule) {
		sk.host.sim.cause = sk.host.logTimerChange(sk.id, rule, use, TimerFire, 0, attempt)
	}
	switch use {
	case forRetransmit:
		if sk.rackTimer {
			said(RuleReorderFires)
			sk.reorderTimeout()
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
		sk.host.finWait2Fires(sk.id)
		sk.finWait2Timeout()
	case forKeepalive:
		said(RuleKeepaliveFires)
		sk.keepaliveTimeout()
	}
}

// lossProbe sends new data if there is some, else the last segment once more, and then waits a whole RTO (RFC 8985
// section 7.3; kernel tcp_send_loss_probe). There is one at a time.
func (sk *socket) lossProbe() {
	if sk.unsent == 0 {
		return
	}
	if sk.tlpOut {
		sk.rearmRetransmit(true)
		return
	}
	sk.makeRoom()
	sk.tlpAgain = sk.unsent == len(sk.out) || !sk.fitsWindow(&sk.out[sk.unsent])
	if sk.tlpAgain {
		sk.resend(sk.unsent-1, RuleProbeResend)
	} else {
		sk.sendBurst(min(sk.mss, len(sk.out[sk.unsent].data)), RuleProbeNewData)
	}
	sk.tlpHigh, sk.tlpOut = sk.sndNxt, true
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
	sk.resends++
	c.everRetr = true
}

// resendAsLost is resend for what is held for lost (kernel tcp_retransmit_skb).
func (sk *socket) resendAsLost(i int, rule Rule) {
	sk.resend(i, rule)
	c := &sk.out[i]
	c.lost, c.resent = false, true
	if sk.retransStamp == 0 {
		sk.retransStamp = sk.host.now
	}
	g := &sk.congestion
	g.undoLeft = max(g.undoLeft, 0) + 1
}

// retransmitTimeout is RFC 6298 section 5.4 to 5.7 in the order of Linux: give up or resend, then back off.
func (sk *socket) retransmitTimeout() {
	if sk.unsent == 0 {
		return
	}
	h := sk.host
	if sk.timedOut() {
		sk.giveUp()
		return
	}
	if sk.state != SynSent {
		sk.congestion.enterLoss(sk)
	}
	sk.totalRTO++
	sk.retransmits++
	sk.resendAsLost(0, RuleRetransmit)
	if sk.state != SynSent || !h.linux || int64(sk.totalRTO) > h.sys[synLinearTimeouts] {
		sk.backoff++
		sk.rto = min(sk.rto*2, h.inTicks(rtoMax))
	}
	sk.armRetransmit(sk.clampToUserTimeout(sk.rto))
}

// markTimedOut holds for lost all but what was sent within the last round trip. A first segment that was selectively
// acknowledged proves the peer's SACKs void (kernel tcp_timeout_mark_lost).
func (sk *socket) markTimedOut() {
	reneged := sk.out[0].sacked
	sk.congestion.answers = 0
	for i := range sk.out[:sk.unsent] {
		c := &sk.out[i]
		if reneged {
			c.sacked = false
		}
		recent := !reneged && i > 0 && c.sentAt+sk.rack.rtt > sk.host.now
		if !c.sacked && !recent {
			c.lost, c.resent = true, false
		}
	}
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

// resendLost sends what is marked lost, oldest first, as the congestion window allows (kernel tcp_xmit_retransmit_queue).
func (sk *socket) resendLost() {
	c := &sk.congestion
	for i := 0; i < sk.unsent && sk.flying() < c.cwnd; i++ {
		if !sk.out[i].lost {
			continue
		}
		sk.resendAsLost(i, sk.resendRule())
		if c.state == caCWR || c.state == caRecovery {
			c.sent++
		}
		if i == 0 && !(sk.rackTimer && sk.timers[rtx].armed()) {
			sk.armRetransmit(sk.rto)
		}
	}
}

// resendRule says why something is sent again.
func (sk *socket) resendRule() Rule {
	switch c := &sk.congestion; {
	case c.state == caLoss && sk.sackOK:
		return RuleResendLost
	case c.state == caLoss:
		return RuleResendAfterTimeout
	case sk.sackOK:
		return RuleFastRetransmit
	case c.undoLeft > 0:
		return RulePartialAck
	}
	return RuleThreeDuplicates
}
