package engine

import "math"

// What Linux offers and assumes on an Ethernet-like link (kernel tcp_select_initial_window and its defaults).
const (
	ourMSS          = 1460  // MTU 1500 less both headers
	headerBytes     = 40    // of IP and TCP, without options
	loopbackMSS     = 65495 // likewise of the longest IP packet
	defaultMSS      = 536   // of a peer that names none: RFC 9293 section 3.7.1
	leastRcvMSS     = 88    // the least that a peer is taken to send (TCP_MIN_MSS)
	tsOptionBytes   = 12    // of each segment's room, with timestamps on
	defaultSndBuf   = 87040 // tcp_wmem's default, expanded for ten segments
	initialCwnd     = 10    // RFC 6928
	initialSsthresh = 1 << 30
)

// emitSegment sends a segment of this connection.
func (sk *socket) emitSegment(flags Flags, seq uint32, data []byte, rule Rule) {
	fl := sk.host.sim.link.flights.take()
	fl.seg.Flags, fl.seg.Seq, fl.seg.Payload = flags, seq, data
	sk.transmit(fl, rule)
}

// emitAgain is emitSegment for what was sent before.
func (sk *socket) emitAgain(flags Flags, seq uint32, data []byte, rule Rule) {
	fl := sk.host.sim.link.flights.take()
	fl.seg.Flags, fl.seg.Seq, fl.seg.Payload, fl.seg.retransmit = flags, seq, data, true
	sk.transmit(fl, rule)
}

// transmit completes a segment from the connection's state and hands it to the link.
func (sk *socket) transmit(fl *flight, rule Rule) {
	h, seg, flags := sk.host, &fl.seg, fl.seg.Flags
	seg.Src, seg.Dst, seg.Sport, seg.Dport = sk.local.addr, sk.remote.addr, sk.local.port, sk.remote.port
	seg.WScale, seg.talk = -1, sk.talk
	if flags&SYN != 0 {
		sk.offerOptions(seg)
	} else if sk.tsOK && flags != RST {
		seg.HasTS = true
	}
	if flags&ACK != 0 {
		seg.Ack = sk.rcvNxt
		sk.ackGoesOut()
		if flags&SYN == 0 {
			seg.SACK = sk.takeSACK()
		}
	}
	if seg.HasTS {
		seg.TSVal = sk.tsNow()
		if flags&ACK != 0 {
			seg.TSEcr = sk.tsRecent
		}
	}
	sk.setWindow(seg)
	sk.lastWrite = h.now
	if len(seg.Payload) > 0 {
		sk.dataGoesOut()
	}
	h.sim.send(h, fl, rule)
}

// tsNow is the connection's timestamp clock, in ms.
func (sk *socket) tsNow() uint32 { return sk.tsOff + uint32(sk.host.now/Millisecond) }

// offerOptions puts what we offer, or in a SYN-ACK what both offered, on a SYN.
func (sk *socket) offerOptions(seg *Segment) {
	h := sk.host
	reply := seg.has(ACK)
	seg.MSS = uint16(sk.advertisedMSS())
	seg.SACKOK = h.sys[sackEnabled] != 0 && (!reply || sk.sackOK)
	seg.HasTS = h.sys[timestamps] != 0 && (!reply || sk.tsOK)
	if h.sys[windowScaling] != 0 && (!reply || sk.wscaleOK) {
		seg.WScale = int8(sk.wantedScale())
	}
}

func (sk *socket) sendRoom() int {
	limit := sk.opts.sndBuf
	if limit == 0 {
		limit = defaultSndBuf
	}
	return max(limit-int(sk.writeSeq-sk.sndUna), 0)
}

// writable says whether enough is free for a blocked write to go on: half of what is taken (kernel sk_stream_is_writeable).
func (sk *socket) writable() bool {
	room, used := sk.sendRoom(), int(sk.writeSeq-sk.sndUna)
	return room > 0 && room >= used/2
}

// append takes data from a program and sends what may go. Data joins the last unsent chunk up to the size of a burst; then
// a first burst goes at once, and more behind each half of the peer's window. That, and each write, ends with PSH (kernel
// tcp_sendmsg_locked).
func (sk *socket) append(data []byte) {
	sk.touch()
	sk.makeRoom()
	if h := sk.host; h.linux && sk.unsent == 0 && h.nowTicks()-sk.lastSent > sk.rto {
		sk.congestion.restartAfterIdle(h.nowTicks()-sk.lastSent, sk.rto)
	}
	first, goal := true, sk.burstGoal()
	for {
		last := len(sk.out) - 1
		if last < sk.unsent || sk.out[last].flags&FIN != 0 || len(sk.out[last].data) >= goal {
			sk.out = append(sk.out, chunk{seq: sk.writeSeq})
			last++
		}
		c := &sk.out[last]
		n := min(len(data), goal-len(c.data))
		c.data = join(c.data, data[:n])
		if first {
			c.flags &^= PSH
		}
		data, first = data[n:], false
		sk.writeSeq += uint32(n)
		bursts, full := 0, len(c.data) >= goal
		if len(data) == 0 || full && seqGT(sk.writeSeq, sk.pushedSeq+sk.maxWnd/2) {
			c.flags |= PSH
			sk.pushedSeq, bursts = sk.writeSeq, allBursts
		} else if full && last == sk.unsent {
			bursts = 1
		}
		if bursts > 0 {
			sk.pushBursts(RuleSendData, bursts)
		}
		if len(data) == 0 {
			return
		}
	}
}

// Linux hands the device bursts of segments, as many as a millisecond of the connection's rate holds, but two at least
// (kernel tcp_tso_autosize, sysctl_tcp_min_tso_segs).
const (
	maxBurst         = 65536 - 321
	minBurstSegments = 2
)

// burstGoal is how much of a program's data one chunk takes: whole segments up to half the peer's largest window (kernel
// tcp_xmit_size_goal).
func (sk *socket) burstGoal() int {
	return max(sk.halfWindow(maxBurst)/sk.mss, 1) * sk.mss
}

// halfWindow bounds a size by half of the peer's largest window, so that an acknowledgment can come for the first half
// while the second is under way, or by all of a tiny one (kernel tcp_bound_to_half_wnd).
func (sk *socket) halfWindow(n int) int {
	bound := int(sk.maxWnd)
	if bound > defaultMSS {
		bound /= 2
	}
	if bound == 0 {
		return n
	}
	return min(n, max(bound, sk.leastMSS()))
}

// leastMSS is what an IP packet of the least size that every link carries has room for.
func (sk *socket) leastMSS() int {
	if sk.tsOK {
		return 68 - 20 - tsOptionBytes
	}
	return 68 - 20
}

// makeRoom takes the SACK blocks that go along off a segment's size (kernel tcp_current_mss).
func (sk *socket) makeRoom() {
	sk.mss = sk.fullMSS
	if sk.hasDsack || len(sk.ofo) > 0 {
		if blocks := len(sk.sackBlocks()); blocks > 0 {
			sk.mss -= 4 + 8*blocks
		}
	}
}

// pacingRate is what a connection may send in a second, in bytes; 0 is not known yet (kernel tcp_update_pacing_rate).
func (sk *socket) pacingRate() Micros {
	srtt := sk.rtt.srtt()
	if srtt == 0 {
		return 0
	}
	c := &sk.congestion
	share := Micros(120) // percent of the rate, in congestion avoidance
	if c.cwnd < c.ssthresh/2 {
		share = 200
	}
	return Micros(sk.mss*max(c.cwnd, sk.unsent)) * share / 100 * 1_000_000 / srtt
}

func (sk *socket) burstSegments() int {
	rate := sk.pacingRate()
	if rate == 0 {
		return maxBurst / sk.mss
	}
	bytes := int(min(rate>>10, maxBurst))
	if far := sk.minRTT >> 9; far < 32 {
		bytes = min(bytes+maxBurst>>far, maxBurst)
	}
	return max(bytes/sk.mss, minBurstSegments)
}

// push sends unsent chunks as far as the peer's window, the congestion window and Nagle's rule allow (kernel
// tcp_write_xmit).
func (sk *socket) push(rule Rule) { sk.pushBursts(rule, allBursts) }

// allBursts is as many as may go.
const allBursts = math.MaxInt

// pushBursts sends no more than so many bursts.
func (sk *socket) pushBursts(rule Rule, most int) {
	sk.makeRoom()
	sk.congestion.held = false
	sentAny, before := false, sk.unsent
	for ; sk.unsent < len(sk.out) && most > 0; most-- {
		n, ok := sk.sendable(most == 1)
		if !ok {
			break
		}
		sk.sendBurst(n, rule)
		sentAny = true
	}
	if sentAny || sk.unsent < len(sk.out) && (sk.congestion.held || sk.flying() >= sk.congestion.cwnd) {
		sk.congestion.measure(sk)
	}
	if sentAny {
		sk.congestion.sent += sk.unsent - before
		sk.timeSending(before)
	} else if sk.unsent < len(sk.out) && sk.unsent == 0 && !sk.timers[rtx].armed() && sk.synchronized() {
		sk.armPersist()
	}
}

// timeSending sees to the timers of what was sent while some segments were under way before: the retransmission timer runs
// from the first one's sending, a loss probe from the last one's (kernel tcp_event_new_data_sent, tcp_write_xmit).
func (sk *socket) timeSending(before int) {
	probing := sk.timers[rtx].armed() && sk.timers[rtx].use == forProbe
	if sk.armProbe(false) {
		return
	}
	if before == 0 || probing {
		sk.rearmRetransmit(probing)
	}
}

// sendable says how many bytes of the first unsent chunk may go in one burst. A window that has no room for a segment is
// left alone (the sender's part of silly window avoidance, RFC 9293 section 3.8.6.2.1). one says that it is to be the only burst.
func (sk *socket) sendable(one bool) (n int, ok bool) {
	quota := sk.congestion.cwnd - sk.flying()
	if quota <= 0 {
		return 0, false
	}
	burst := sk.burstSegments()
	segments := min(quota, max(sk.congestion.cwnd/2, 1), burst)
	sk.grow(segments * sk.mss)
	c := &sk.out[sk.unsent]
	if !sk.fitsWindow(c) {
		return 0, false
	}
	last := sk.unsent == len(sk.out)-1
	if len(c.data) <= sk.mss {
		return len(c.data), !last || !sk.nagleHolds(c, len(c.data))
	}
	room := int(sk.sndUna + sk.sndWnd - c.seq)
	if !one && sk.defers(c, min(room, quota*sk.mss), room, burst) {
		return 0, false
	}
	n = min(len(c.data), room)
	if segments*sk.mss <= n {
		return segments * sk.mss, true
	}
	if partial := n % sk.mss; partial > 0 && last && sk.nagleHolds(c, partial) {
		n -= partial
	}
	return n, true
}

// defers says whether a part of a chunk had better wait for the next ACK, which is near and lets more go at once. limit is what
// the windows leave, room what the peer's alone leaves, burst the most segments that go at once (kernel tcp_tso_should_defer).
func (sk *socket) defers(c *chunk, limit, room, burst int) bool {
	now, g := sk.host.now, &sk.congestion
	if !sk.host.linux || sk.unsent == 0 || g.state >= caRecovery || now-sk.lastWrite > Millisecond {
		return false
	}
	last := sk.unsent == len(sk.out)-1
	if limit >= burst*sk.mss || !last && limit >= len(c.data) || limit >= min(int(sk.sndWnd), g.cwnd*sk.mss)/3 {
		return false
	}
	srtt := sk.rtt.srtt()
	if sk.out[0].sentAt+srtt-now > min(srtt/2, Millisecond) {
		return false
	}
	byRate := limit < room && limit <= len(c.data)
	g.held = g.held || byRate
	return byRate || limit == room && limit <= len(c.data) || c.flags&FIN == 0
}

// fitsWindow says whether a full segment of the chunk, or all of it, lies in the peer's window (kernel tcp_snd_wnd_test).
func (sk *socket) fitsWindow(c *chunk) bool {
	end := c.end()
	if len(c.data) > sk.mss {
		end = c.seq + uint32(sk.mss)
	}
	return seqLEQ(end, sk.sndUna+sk.sndWnd)
}

// grow fills the first unsent chunk up to n bytes from those behind it (kernel tcp_grow_skb).
func (sk *socket) grow(n int) {
	for sk.unsent+1 < len(sk.out) {
		c, next := &sk.out[sk.unsent], &sk.out[sk.unsent+1]
		take := min(n-len(c.data), len(next.data))
		if take <= 0 || c.flags&(SYN|FIN) != 0 {
			return
		}
		c.data = join(c.data, next.data[:take])
		next.data = next.data[take:]
		next.seq += uint32(take)
		if len(next.data) > 0 {
			return
		}
		c.flags |= next.flags
		sk.out = append(sk.out[:sk.unsent+1], sk.out[sk.unsent+2:]...)
	}
}

// sendBurst sends n bytes of the first unsent chunk, in segments. PSH ends a burst of several, so that the receiver hands
// them on together (kernel __tcp_transmit_skb).
func (sk *socket) sendBurst(n int, rule Rule) {
	several := n > sk.mss
	for {
		size := min(n, sk.mss)
		if len(sk.out[sk.unsent].data) > size {
			sk.split(sk.unsent, size)
		}
		more := Flags(0)
		if several && n == size && sk.host.linux {
			more = PSH // this time alone: the kernel sets it on a copy
		}
		sk.sendNew(&sk.out[sk.unsent], more, rule)
		if n -= size; n <= 0 {
			return
		}
	}
}

// split cuts chunk i after n bytes of data; PSH and FIN stay with the second part.
func (sk *socket) split(i, n int) {
	c := sk.out[i]
	rest := c
	rest.seq += uint32(n)
	rest.data = c.data[n:]
	c.data = c.data[:n:n]
	c.flags &^= PSH | FIN
	sk.out = append(sk.out, chunk{})
	copy(sk.out[i+1:], sk.out[i:])
	sk.out[i], sk.out[i+1] = c, rest
	if sk.unsent > i {
		sk.unsent++
	}
}

// nagleHolds is RFC 9293 section 3.7.4 with Minshall's change (kernel tcp_nagle_test): a small segment, of n bytes, waits
// while an earlier small one is unacknowledged.
func (sk *socket) nagleHolds(c *chunk, n int) bool {
	if sk.opts.nodelay || c.flags&FIN != 0 || n >= sk.mss {
		return false
	}
	return sk.inFlight() > 0 && seqGT(sk.sndSmall, sk.sndUna)
}

// sendNew transmits the first unsent chunk, with more flags than its own.
func (sk *socket) sendNew(c *chunk, more Flags, rule Rule) {
	flags := c.flags | more
	if flags&SYN == 0 {
		flags |= ACK
	}
	if len(c.data) > 0 && len(c.data) < sk.mss {
		sk.sndSmall = c.end()
	}
	sk.emitSegment(flags, c.seq, c.data, rule)
	c.sentAt, c.sent = sk.host.now, 1
	sk.sndNxt = c.end()
	sk.unsent++
	sk.touch()
}

// inFlight counts segments sent and not acknowledged.
func (sk *socket) inFlight() int { return sk.unsent }

// queueFIN puts a FIN behind all data: on the last unsent chunk, or as one of its own (kernel tcp_send_fin).
func (sk *socket) queueFIN(rule Rule) {
	sk.finQueued = true
	sk.writeSeq++
	if last := len(sk.out) - 1; last >= sk.unsent {
		sk.out[last].flags |= FIN
	} else {
		sk.out = append(sk.out, chunk{seq: sk.writeSeq - 1, flags: FIN})
	}
	sk.touch()
	sk.push(rule)
}

// sendAck sends an empty acknowledgment.
func (sk *socket) sendAck(rule Rule) { sk.emitSegment(ACK, sk.sndNxt, nil, rule) }

// sendReset sends RST+ACK for this connection (kernel tcp_send_active_reset).
func (sk *socket) sendReset(rule Rule) { sk.emitSegment(RST|ACK, sk.sndNxt, nil, rule) }

// replyReset answers a segment that no connection wants (RFC 9293 section 3.10.7.1; kernel tcp_v4_send_reset).
func (h *Host) replyReset(to *Segment, rule Rule) {
	if to.has(RST) {
		return
	}
	fl := h.sim.link.flights.take()
	seg := &fl.seg
	*seg = Segment{Src: to.Dst, Dst: to.Src, Sport: to.Dport, Dport: to.Sport, WScale: -1, Flags: RST, talk: to.talk}
	if to.has(ACK) {
		seg.Seq = to.Ack
	} else {
		seg.Flags |= ACK
		seg.Ack = to.end()
	}
	h.sim.send(h, fl, rule)
}
