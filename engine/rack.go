package engine

// rack is RFC 8985's memory: the most recently sent segment that was delivered, and how much reordering there is.
type rack struct {
	sentAt    Micros
	rtt       Micros
	end       uint32
	distance  uint16 // how far something came out of its order, in segments; at least three
	steps     uint8  // quarters of the round trip to wait for what may only be late
	persist   uint8  // recoveries for which steps stays
	valid     bool
	advanced  bool   // since losses were looked for
	reordered uint16 // how often something came out of its order
	needless  bool   // a D-SACK told of a needless retransmission
}

const (
	dupThresh     = 3
	maxReordering = 300 // net.ipv4.tcp_max_reordering
	rackPersist   = 16  // TCP_RACK_RECOVERY_THRESH
)

// advance is RFC 8985 section 6.2 steps 1 and 2.
func (r *rack) advance(sk *socket, c *chunk) {
	rtt := sk.host.now - c.sentAt
	if c.everRetr && rtt < sk.minRTT {
		return // may be the acknowledgment of the original
	}
	r.rtt, r.advanced = rtt, true
	if !r.valid || sentAfter(c.sentAt, r.sentAt, c.end(), r.end) {
		r.sentAt, r.end, r.valid = c.sentAt, c.end(), true
	}
}

func sentAfter(t1, t2 Micros, end1, end2 uint32) bool {
	return t1 > t2 || t1 == t2 && seqGT(end1, end2)
}

// highestSacked is where the highest selectively acknowledged chunk begins; SND.UNA where there is none.
func (sk *socket) highestSacked() uint32 {
	for i := sk.unsent - 1; i >= 0; i-- {
		if sk.out[i].sacked {
			return sk.out[i].seq
		}
	}
	return sk.sndUna
}

// noticeReordering learns that what begins at seq, and was sent once, came after what was sent later (kernel
// tcp_check_sack_reordering).
func (sk *socket) noticeReordering(seq uint32) {
	r, highest := &sk.rack, sk.highestSacked()
	if !seqLT(seq, highest) {
		return
	}
	r.distance = min(max(r.distance, uint16((int(highest-seq)+sk.mss-1)/sk.mss)), maxReordering)
	r.reordered++
}

// isDuplicateSACK says whether the first block tells of something that came twice (RFC 2883 section 4; kernel
// tcp_check_dsack).
func (sk *socket) isDuplicateSACK(seg *Segment) bool {
	b := seg.SACK
	return seqLT(b[0][0], seg.Ack) || len(b) > 1 && seqLEQ(b[0][1], b[1][1]) && seqGEQ(b[0][0], b[1][0])
}

// noticeDuplicate counts what came twice against what was sent twice (kernel tcp_dsack_seen).
func (sk *socket) noticeDuplicate(b [2]uint32, d *ack) {
	n := b[1] - b[0]
	if int32(n) <= 0 || n > sk.maxWnd {
		return
	}
	segments := (int(n) + sk.mss - 1) / sk.mss
	d.probeTwice = sk.tlpOut && sk.tlpHigh == b[1]
	sk.duplicates += segments
	if sk.duplicates > sk.resends {
		return
	}
	d.dsack = true
	d.delivered += segments
	if sk.rack.reordered > 0 && !d.probeTwice {
		sk.rack.needless = true
	}
	if c := &sk.congestion; c.mayUndo && c.undoLeft > 0 && seqGT(b[1], c.undoFrom) {
		c.undoLeft = max(c.undoLeft-segments, 0)
	}
}

// widenReorderWindow waits longer after needless retransmissions (RFC 8985 section 6.2 step 4; kernel
// tcp_rack_update_reo_wnd).
func (sk *socket) widenReorderWindow(d *ack) {
	r := &sk.rack
	switch {
	case d.delivered == 0:
	case r.needless:
		r.steps, r.needless, r.persist = max(r.steps+1, r.steps), false, rackPersist
	case r.persist == 0:
		r.steps = 1
	}
}

// reorderWindow is none in recovery or after three selective acknowledgments, as long as nothing came out of order; else
// some quarters of the smallest round trip (kernel tcp_rack_reo_wnd).
func (sk *socket) reorderWindow() Micros {
	if r := &sk.rack; r.reordered == 0 && (sk.congestion.state >= caRecovery || sk.sackedOut() >= int(r.distance)) {
		return 0
	}
	return min(sk.minRTT/4*Micros(sk.rack.steps), sk.rtt.srtt())
}

// markLost is RFC 8985 section 6.2 step 5, where something was delivered since the last time; it waits for what is not lost
// yet (kernel tcp_rack_mark_lost).
func (sk *socket) markLost(d *ack) {
	r := &sk.rack
	if !r.advanced {
		return
	}
	r.advanced = false
	if wait := sk.detectLoss(d); wait > 0 {
		sk.arm(rtx, forRetransmit, sk.host.inTicks(wait+timeoutMargin), sk.retransmits, RuleReorderTimer)
		sk.rackTimer, d.setTimer = true, false
	}
}

// detectLoss marks what was not delivered though something that was sent sufficiently later was. It returns how long to
// wait for the others.
func (sk *socket) detectLoss(d *ack) Micros {
	window := sk.reorderWindow()
	var wait Micros
	for i := range sk.out[:sk.unsent] {
		c := &sk.out[i]
		if c.sacked || c.lost || !sentAfter(sk.rack.sentAt, c.sentAt, sk.rack.end, c.end()) {
			continue
		}
		if left := c.sentAt + sk.rack.rtt + window - sk.host.now; left > 0 {
			wait = max(wait, left)
			continue
		}
		d.lostAgain = d.lostAgain || c.resent
		c.lost, c.resent = true, false
		d.lost++
	}
	return wait
}

// reorderTimeout has waited for long enough (kernel tcp_rack_reo_timeout).
func (sk *socket) reorderTimeout() {
	d := ack{delivered: 1}
	sk.detectLoss(&d)
	if d.lost > 0 {
		if c := &sk.congestion; c.state != caRecovery {
			c.enterRecovery(sk)
			c.reduce(sk, &d)
		}
		sk.resendLost()
	}
	if sk.rackTimer && sk.unsent > 0 && !sk.timers[rtx].armed() {
		sk.rearmRetransmit(true)
	}
}
