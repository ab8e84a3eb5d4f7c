package engine

// armPersist waits for a window that is closed (RFC 9293 section 3.8.6.1).
func (sk *socket) armPersist() {
	h := sk.host
	d := h.backedOff(sk.rto, sk.backoff)
	if sk.opts.userTimeout > 0 && sk.probesSince > 0 {
		d = min(d, h.inTicks(max(sk.opts.userTimeout-(h.now-sk.probesSince), 1)))
	}
	sk.arm(rtx, forPersist, d, sk.probesOut, RulePersistTimer)
}

// persistTimeout sends a window probe, or gives up (kernel tcp_probe_timer).
func (sk *socket) persistTimeout() {
	if sk.unsent > 0 || len(sk.out) == 0 {
		sk.probesOut, sk.probesSince = 0, 0
		return
	}
	if sk.probedLongEnough() {
		sk.recvAfterReset()
		sk.fail("ETIMEDOUT", RuleGiveUpProbing)
		return
	}
	if sk.probesSince == 0 {
		sk.probesSince = max(sk.host.now, 1)
	}
	sk.probeWindow()
}

// probedLongEnough says whether nobody answered for too long, or a program asked for an end (RFC 1122 section 4.2.2.17).
func (sk *socket) probedLongEnough() bool {
	h := sk.host
	if sk.opts.userTimeout > 0 && sk.probesSince > 0 && h.now-sk.probesSince >= sk.opts.userTimeout {
		return true
	}
	limit := h.sys[retries2]
	if sk.orphan {
		alive := h.backedOff(sk.rto, sk.backoff) < h.inTicks(rtoMax)
		limit = sk.orphanLimit(alive)
		if !alive && int64(sk.backoff) >= limit {
			return true
		}
	}
	return int64(sk.probesOut) >= limit
}

// probeWindow fills a window that is smaller than a segment, or sends an old byte's number without data, so that the peer
// must answer (kernel tcp_write_wakeup).
func (sk *socket) probeWindow() {
	c := &sk.out[0]
	if room := int32(sk.sndUna + sk.sndWnd - c.seq); room > 0 {
		if n := min(int(room), sk.mss); n < len(c.data) {
			sk.split(0, n)
			c = &sk.out[0]
		} else if c.length() > uint32(room) { // the FIN alone lies beyond
			c.flags &^= FIN
			sk.out = append(sk.out, chunk{seq: c.end(), flags: FIN})
			c = &sk.out[0]
		}
		c.flags |= PSH
		sk.backoff, sk.probesOut, sk.probesSince = 0, 0, 0
		before := sk.unsent
		sk.sendNew(c, 0, RuleSmallWindowData)
		sk.timeSending(before)
		return
	}
	sk.emitSegment(ACK, sk.sndUna-1, nil, RuleWindowProbe)
	sk.probesOut++
	if int64(sk.backoff) < sk.host.sys[retries2] {
		sk.backoff++
	}
	sk.armPersist()
}
