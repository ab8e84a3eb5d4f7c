package engine

// startKeepalive arms the keepalive timer of a connection that asks for it (RFC 9293 section 3.8.4).
func (sk *socket) startKeepalive() {
	if !sk.opts.keepalive || !sk.synchronized() || sk.gone() {
		if sk.timers[slow].armed() && sk.timers[slow].use == forKeepalive {
			sk.disarm(slow)
		}
		return
	}
	sk.armKeepalive(Micros(sk.host.orSysctl(sk.opts.keepIdle, keepaliveTime)) * Second)
}

func (sk *socket) armKeepalive(d Micros) {
	sk.arm(slow, forKeepalive, sk.host.inTicks(d), sk.keepProbes, RuleKeepaliveTimer)
}

// keepaliveTimeout sends a probe to a peer that was silent for long enough, or gives the connection up (kernel
// tcp_keepalive_timer).
func (sk *socket) keepaliveTimeout() {
	h := sk.host
	if !sk.opts.keepalive || !sk.synchronized() {
		return
	}
	idle := Micros(h.orSysctl(sk.opts.keepIdle, keepaliveTime)) * Second
	if sk.unsent > 0 || len(sk.out) > 0 {
		sk.armKeepalive(idle)
		return
	}
	if silent := h.now - sk.lastHeard; silent < idle {
		sk.armKeepalive(idle - silent)
		return
	}
	silentTooLong := int64(sk.keepProbes) >= h.orSysctl(sk.opts.keepCount, keepaliveProbes)
	if sk.opts.userTimeout > 0 { // takes the place of the count
		silentTooLong = sk.keepProbes > 0 && h.now-sk.lastHeard >= sk.opts.userTimeout
	}
	if silentTooLong {
		sk.sendReset(RuleKeepaliveReset)
		sk.fail("ETIMEDOUT", RuleKeepaliveGiveUp)
		return
	}
	sk.emitSegment(ACK, sk.sndUna-1, nil, RuleKeepaliveProbe)
	sk.keepProbes++
	sk.armKeepalive(Micros(h.orSysctl(sk.opts.keepIntvl, keepaliveIntvl)) * Second)
}
