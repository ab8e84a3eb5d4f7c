package engine

// ackState decides when the receiver acknowledges (RFC 9293 section 3.8.6.3, as Linux does it: struct icsk_ack).
type ackState struct {
	scheduled bool // something waits to be acknowledged
	now       bool // and must be at once
	pingpong  bool // the program answers requests: ACKs wait for its data
	dupNxt    uint32
	dupAcks   int   // ACKs of out-of-order data since RCV.NXT moved to dupNxt
	pushed    int   // small segments since the last ACK, up to 2
	quick     int   // segments still to be acknowledged at once
	ato       ticks // how long an ACK waits; 0 until data came
	lastData  ticks // when data came last
	rcvMSS    int   // estimate of the peer's segment size
}

// Linux's bounds of the delayed ACK, in µs (TCP_DELACK_MIN, TCP_DELACK_MAX, TCP_ATO_MIN), and its quick ACKs.
const (
	delackMin    = 40 * Millisecond
	delackMax    = 200 * Millisecond
	maxQuickAcks = 16
)

// takeData is the seventh and eighth check: text, then FIN.
func (sk *socket) takeData(seg *Segment) {
	if seg.length() == 0 {
		return
	}
	switch sk.state {
	case CloseWait, Closing, LastAck:
		if seqGEQ(seg.Seq, sk.rcvNxt) {
			return // nothing can follow the FIN
		}
	case TimeWait, Closed:
		return
	}
	switch end := seg.end(); {
	case seqLEQ(end, sk.rcvNxt):
		sk.setDsack(seg.Seq, end)
		sk.quickAckMode()
		sk.ackState.scheduled = true
	case seg.Seq == sk.rcvNxt && sk.receiveWindow() == 0 && len(seg.Payload) > 0:
		sk.quickAckMode()
		sk.ackState.scheduled = true
	case seqGT(seg.Seq, sk.rcvNxt):
		sk.holdOutOfOrder(seg)
	default:
		if seqLT(seg.Seq, sk.rcvNxt) {
			sk.setDsack(seg.Seq, sk.rcvNxt)
		}
		sk.takeInOrder(seg)
	}
}

// takeInOrder takes a segment that begins at, or before, RCV.NXT.
func (sk *socket) takeInOrder(seg *Segment) {
	c := chunk{seq: seg.Seq, data: seg.Payload, flags: seg.Flags & (FIN | PSH)}
	sk.consumeData(c)
	if n := len(seg.Payload); n > 0 {
		sk.noticeData(n, seg.has(PSH)) // the answer to a FIN tells of the window that the data opened
	}
	sk.consumeFIN(c)
	hadGap := len(sk.ofo) > 0
	for len(sk.ofo) > 0 && seqLEQ(sk.ofo[0].seq, sk.rcvNxt) {
		next := sk.ofo[0]
		sk.ofo = sk.ofo[1:]
		if seqGT(next.end(), sk.rcvNxt) {
			sk.consumeData(next)
			sk.consumeFIN(next)
		}
	}
	if hadGap && len(sk.ofo) == 0 {
		sk.ackState.now = true // RFC 5681 section 4.2: the gap is filled
	}
}

// consumeData moves in-order data to the receive queue.
func (sk *socket) consumeData(c chunk) {
	skip := sk.rcvNxt - c.seq
	if int(skip) < len(c.data) {
		if len(sk.recv) == 0 {
			sk.recv = join(nil, c.data[skip:])
		} else {
			sk.recv = append(sk.recv, c.data[skip:]...)
		}
		sk.rcvNxt = c.seq + uint32(len(c.data))
		sk.keep(len(c.data) - int(skip))
	}
}

// consumeFIN takes the FIN behind it.
func (sk *socket) consumeFIN(c chunk) {
	if c.flags&FIN != 0 && !sk.finSeen {
		sk.rcvNxt = c.end()
		sk.takeFIN()
	}
}

// noticeData updates the delayed-ACK engine for n bytes of data (kernel tcp_event_data_recv).
func (sk *socket) noticeData(n int, push bool) {
	a, h := &sk.ackState, sk.host
	a.scheduled = true
	sk.noticeSize(n, push)
	sk.measureByWindow()
	now, atoMin := h.nowTicks(), h.inTicks(delackMin)
	switch gap := now - a.lastData; {
	case a.ato == 0:
		sk.addQuickAcks()
		a.ato = atoMin
	case gap <= atoMin/2:
		a.ato = a.ato/2 + atoMin/2
	case gap < a.ato:
		a.ato = min(a.ato/2+gap, sk.rto)
	case gap > sk.rto:
		sk.addQuickAcks()
	}
	a.lastData = now
	sk.growWindow(n)
}

// noticeSize learns the peer's segment size (kernel tcp_measure_rcv_mss).
func (sk *socket) noticeSize(n int, push bool) {
	a := &sk.ackState
	if n < a.rcvMSS {
		a.pushed = min(a.pushed+1, 2)
		return
	}
	if n > a.rcvMSS {
		sk.measure(n)
	}
	a.rcvMSS = min(n, sk.advertisedMSS())
	if push {
		a.pushed = max(a.pushed, 1)
	}
}

func (sk *socket) addQuickAcks() {
	n := int(sk.rcvWnd) / (2 * sk.ackState.rcvMSS)
	if n == 0 {
		n = 2
	}
	sk.ackState.quick = max(sk.ackState.quick, min(n, maxQuickAcks))
}

// quickAckMode acknowledges at once for a while (kernel tcp_enter_quickack_mode).
func (sk *socket) quickAckMode() {
	sk.addQuickAcks()
	sk.ackState.pingpong = false
	sk.ackState.ato = sk.host.inTicks(delackMin)
}

// takeFIN is the eighth check of RFC 9293 section 3.10.7.4.
func (sk *socket) takeFIN() {
	sk.finSeen, sk.rcvShut = true, true
	sk.ackState.scheduled = true
	sk.ofo = nil
	switch sk.state {
	case SynReceived, Established:
		sk.setState(CloseWait, RuleFinInEstablished)
		sk.ackState.pingpong = true
	case FinWait1:
		sk.sendAck(RuleAckSimultaneousFin)
		sk.setState(Closing, RuleFinInFinWait1)
	case FinWait2:
		sk.sendAck(RuleAckLastFin)
		sk.enterTimeWait(RuleFinInFinWait2)
	}
}

// holdOutOfOrder keeps data beyond a gap and asks for an ACK that shows it.
func (sk *socket) holdOutOfOrder(seg *Segment) {
	sk.ackState.scheduled = true
	sk.outOfOrder++
	sk.noticeSize(len(seg.Payload), seg.has(PSH))
	c := chunk{seq: seg.Seq, data: seg.Payload, flags: seg.Flags & (FIN | PSH)}
	i := 0
	for i < len(sk.ofo) && seqLT(sk.ofo[i].seq, c.seq) {
		i++
	}
	if i < len(sk.ofo) && sk.ofo[i].seq == c.seq && seqGEQ(sk.ofo[i].end(), c.end()) ||
		i > 0 && seqGEQ(sk.ofo[i-1].end(), c.end()) {
		sk.setDsack(c.seq, c.end())
		return
	}
	if sk.sackOK { // else a larger window would hide that the ACKs are duplicates (kernel tcp_data_queue_ofo)
		sk.growWindow(len(seg.Payload))
	}
	sk.ofo = append(sk.ofo, chunk{})
	copy(sk.ofo[i+1:], sk.ofo[i:])
	sk.ofo[i] = c
	sk.lastOfo = c.seq
	if sk.listener == nil && !sk.orphan {
		sk.growBuffer(0)
	}
}

func (sk *socket) setDsack(left, right uint32) {
	if sk.sackOK {
		sk.dsack, sk.hasDsack = [2]uint32{left, right}, true
	}
}

// takeSACK gives the blocks of the segment that goes out.
func (sk *socket) takeSACK() [][2]uint32 {
	if !sk.hasDsack && len(sk.ofo) == 0 {
		return nil
	}
	blocks := sk.sackBlocks()
	sk.hasDsack = false
	return blocks
}

// sackBlocks gives the blocks of the next segment: a D-SACK first (RFC 2883), then the range that grew last (RFC 2018).
func (sk *socket) sackBlocks() [][2]uint32 {
	if !sk.sackOK {
		return nil
	}
	var blocks [][2]uint32
	for _, c := range sk.ofo {
		if n := len(blocks); n > 0 && seqLEQ(c.seq, blocks[n-1][1]) {
			blocks[n-1][1] = seqMax(blocks[n-1][1], c.end())
		} else {
			blocks = append(blocks, [2]uint32{c.seq, c.end()})
		}
	}
	for i, b := range blocks {
		if seqLEQ(b[0], sk.lastOfo) && seqLT(sk.lastOfo, b[1]) {
			copy(blocks[1:i+1], blocks[:i])
			blocks[0] = b
			break
		}
	}
	if sk.hasDsack {
		blocks = append([][2]uint32{sk.dsack}, blocks...)
	}
	limit := 4
	if sk.tsOK {
		limit = 3
	}
	return blocks[:min(limit, len(blocks))]
}

// ackArrived acknowledges what came: at once, or after a while (kernel __tcp_ack_snd_check).
func (sk *socket) ackArrived() {
	a := &sk.ackState
	if !a.scheduled {
		return
	}
	fresh := sk.rcvNxt - sk.rcvWup
	switch {
	case int(fresh) > a.rcvMSS && sk.selectWindow() >= int(sk.rcvWnd):
		sk.sendAck(RuleSecondSegmentAck)
	case a.quick > 0 && !a.pingpong:
		sk.sendAck(RuleQuickAck)
	case a.now:
		sk.sendAck(RuleGapFilledAck)
	case len(sk.ofo) > 0:
		sk.ackOutOfOrder()
	default:
		sk.delayAck()
	}
}

// ackOutOfOrder shows the gap at once, but after the third time Linux lets SACKs gather for a millisecond, or a twentieth
// of the round trip (kernel __tcp_ack_snd_check).
func (sk *socket) ackOutOfOrder() {
	a, h := &sk.ackState, sk.host
	if a.dupNxt != sk.rcvNxt {
		a.dupNxt, a.dupAcks = sk.rcvNxt, 0
	}
	if a.dupAcks < 3 || !h.linux || !sk.sackOK {
		a.dupAcks++
		sk.sendAck(RuleOutOfOrderAck)
		return
	}
	if !sk.timers[gather].armed() {
		sk.armAt(gather, forDelack, h.now+max(min(Millisecond, sk.rtt.srtt()/20), 1), 0, RuleGatherTimer)
	}
}

// delayAck waits for data to carry the ACK, on the host's clock (kernel tcp_send_delayed_ack).
func (sk *socket) delayAck() {
	a, h := &sk.ackState, sk.host
	d := a.ato
	if floor := h.inTicks(delackMin); d > floor {
		limit := h.inTicks(Second / 2)
		if a.pingpong || a.pushed > 0 {
			limit = h.inTicks(delackMax)
		}
		if srtt := sk.rtt.srtt(); srtt > 0 {
			limit = min(limit, max(h.inTicks(srtt), floor))
		}
		d = min(d, limit)
	}
	d = min(d, h.inTicks(delackMax))
	if sk.timers[delack].armed() {
		if sk.timers[delack].at <= h.now+h.micros(a.ato/4) {
			sk.sendAck(RuleDelackNearlyDue)
			return
		}
		if sk.timers[delack].at <= h.expiry(d) {
			return
		}
	}
	sk.arm(delack, forDelack, d, 0, RuleDelackTimer)
}

// delackTimeout sends the ACK that no data took along.
func (sk *socket) delackTimeout() {
	a, h := &sk.ackState, sk.host
	if !a.scheduled {
		return
	}
	if a.pingpong {
		a.pingpong = false
		a.ato = h.inTicks(delackMin)
	} else {
		a.ato = min(a.ato*2, sk.rto)
	}
	sk.sendAck(RuleDelayedAck)
}

// ackAfterRead acknowledges when the program has read what waited, or when the read opened the window by much (kernel
// tcp_cleanup_rbuf).
func (sk *socket) ackAfterRead() {
	a := &sk.ackState
	if !sk.synchronized() {
		return
	}
	if a.scheduled {
		if int(sk.rcvNxt-sk.rcvWup) > a.rcvMSS || len(sk.recv)+len(sk.ofo) == 0 && (a.pushed == 2 || a.pushed == 1 && !a.pingpong) {
			sk.sendAck(RuleAckOnRead)
			return
		}
	}
	if now := int(sk.receiveWindow()); !sk.rcvShut && 2*now <= sk.buf.clamp {
		if w := sk.selectWindow(); w > 0 && w >= 2*now {
			sk.sendAck(RuleWindowUpdate)
		}
	}
}

// ackGoesOut notes that an ACK leaves, alone or with data: nothing waits any more.
func (sk *socket) ackGoesOut() {
	a := &sk.ackState
	if a.quick > 0 && a.scheduled {
		if a.quick--; a.quick == 0 {
			a.ato = sk.host.inTicks(delackMin)
		}
	}
	a.scheduled, a.now, a.pushed = false, false, 0
	sk.disarm(delack)
	sk.disarm(gather)
}

// dataGoesOut notes that the program answers what it received: its data carries the ACKs from now on.
func (sk *socket) dataGoesOut() {
	a, now := &sk.ackState, sk.host.nowTicks()
	if sk.flying() == 0 {
		sk.congestion.cubic.idled(now, sk.lastSent)
	}
	sk.lastSent = now
	if sk.lastSent-a.lastData < a.ato {
		a.pingpong = true
	}
}
