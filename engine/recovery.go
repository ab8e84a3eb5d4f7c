package engine

// rexmit is what an acknowledgment lets go out (kernel REXMIT_NONE, REXMIT_LOST, REXMIT_NEW).
type rexmit uint8

const (
	nothing rexmit = iota
	whatIsLost
	newData
)

// judge moves loss recovery on by an acknowledgment that is not plain (kernel tcp_fastretrans_alert).
func (sk *socket) judge(d *ack) rexmit {
	c := &sk.congestion
	dup := !sk.sackOK && !d.progressed && !d.telling && d.chunks == 0
	if c.state == caOpen {
		sk.retransStamp = 0
	} else if seqGEQ(sk.sndUna, c.high) && sk.leaveReduction(d) {
		return nothing
	}
	switch c.state {
	case caRecovery:
		return sk.judgeInRecovery(d, dup)
	case caLoss:
		then := sk.judgeInLoss(d, dup)
		sk.findLost(d)
		if c.state != caOpen && !d.lostAgain {
			return then
		}
	}
	if d.progressed {
		c.answers = 0
	}
	sk.countDuplicate(dup, d)
	if c.state <= caDisorder {
		sk.undoByDsack()
	}
	sk.findLost(d)
	if !sk.anyLost() {
		sk.tryOpen()
		return nothing
	}
	c.enterRecovery(sk)
	return whatIsLost
}

// leaveReduction ends a reduction of the rate when all is acknowledged that was under way at its beginning. It reports
// whether the old state is held on to.
func (sk *socket) leaveReduction(d *ack) bool {
	c := &sk.congestion
	switch c.state {
	case caCWR:
		if sk.sndUna != c.high {
			c.endReduction()
			c.state = caOpen
		}
	case caRecovery:
		c.answers = 0
		if sk.undoRecovery(d) {
			return true
		}
		c.endReduction()
	}
	return false
}

func (sk *socket) judgeInRecovery(d *ack, dup bool) rexmit {
	c := &sk.congestion
	if !d.progressed {
		sk.countDuplicate(dup, d)
	} else if sk.undoPartial(d) {
		return nothing
	}
	if sk.undoByDsack() {
		sk.tryOpen()
	}
	sk.findLost(d)
	if c.state != caRecovery {
		if !sk.anyLost() {
			return nothing
		}
		c.enterRecovery(sk)
	}
	return whatIsLost
}

// judgeInLoss finds out whether the time-out was needless, by RFC 5682, by timestamps or by D-SACKs, and ends the recovery
// (kernel tcp_process_loss).
func (sk *socket) judgeInLoss(d *ack, dup bool) rexmit {
	c := &sk.congestion
	recovered := seqGEQ(sk.sndUna, c.high)
	if d.progressed && sk.undoLoss(d, false) {
		return nothing
	}
	if c.frto {
		if d.original && sk.undoLoss(d, true) {
			return nothing
		}
		if seqGT(sk.sndNxt, c.high) {
			if d.sacked > 0 || dup {
				c.frto = false // the loss was real
			}
		} else if d.progressed && !recovered {
			c.high = sk.sndNxt
			if sk.unsent < len(sk.out) && seqGT(sk.sndUna+sk.sndWnd, sk.sndNxt) {
				return newData
			}
			c.frto = false
		}
	}
	if recovered {
		sk.undoRecovery(d)
		return nothing
	}
	if !sk.sackOK {
		if seqGT(sk.sndNxt, c.high) && dup {
			sk.countDuplicate(dup, d)
		} else if d.progressed {
			c.answers = 0
		}
	}
	return whatIsLost
}

// recover sends what an acknowledgment lets go out (kernel tcp_xmit_recovery).
func (sk *socket) recover(then rexmit) {
	if then == newData {
		sk.push(RuleNewDataAfterTimeout)
		if seqGT(sk.sndNxt, sk.congestion.high) {
			return
		}
		sk.congestion.frto = false
	}
	if then != nothing {
		sk.resendLost()
	}
}

// countDuplicate takes a duplicate ACK for a segment that arrived, where there is no SACK to tell (kernel tcp_add_reno_sack).
func (sk *socket) countDuplicate(dup bool, d *ack) {
	if c := &sk.congestion; dup {
		was := c.answers
		c.answers++
		sk.boundDuplicates(0)
		d.delivered += max(c.answers-was, 0)
	}
}

// forgetDuplicates takes n acknowledged segments for those that the duplicate ACKs told of, but the first (kernel
// tcp_remove_reno_sacks).
func (sk *socket) forgetDuplicates(n int, d *ack) {
	c := &sk.congestion
	d.delivered += max(n-c.answers, 1)
	c.answers = max(c.answers-(n-1), 0)
	sk.boundDuplicates(n)
}

// boundDuplicates finds more duplicates than segments under way: then they came out of order, as far as n that are acknowledged
// now and all others (kernel tcp_check_reno_reordering).
func (sk *socket) boundDuplicates(n int) {
	c := &sk.congestion
	lost := 0
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].lost || sk.out[i].resent {
			lost++
		}
	}
	if holes := min(max(lost, 1), sk.unsent); c.answers+holes > sk.unsent {
		c.answers = sk.unsent - holes
		sk.rack.distance = uint16(min(sk.unsent+n, maxReordering))
		sk.rack.reordered++
	}
}

// findLost holds for lost what RFC 8985 does, or without SACK the first segment: after three duplicate ACKs, and with each
// ACK in the recovery that is not of all (RFC 6582 section 3.2; kernel tcp_identify_packet_loss).
func (sk *socket) findLost(d *ack) {
	if sk.unsent == 0 {
		return
	}
	if sk.sackOK {
		sk.markLost(d)
		return
	}
	c, head := &sk.congestion, &sk.out[0]
	if c.state < caRecovery && c.answers >= int(sk.rack.distance) || c.state == caRecovery && d.progressed {
		if !head.lost && !head.resent {
			head.lost = true
			d.lost++
		}
	}
}

// tryOpen goes back to where nothing is amiss, or nearly (kernel tcp_try_to_open).
func (sk *socket) tryOpen() {
	c := &sk.congestion
	amiss := sk.anyResent()
	if !amiss {
		sk.retransStamp = 0
	}
	if c.state == caCWR {
		return
	}
	state := caOpen
	if amiss || c.answers > 0 || sk.anyLost() || sk.sackedOut() > 0 {
		state = caDisorder
	}
	if c.state != state {
		c.state, c.high = state, sk.sndNxt
	}
}

// delayedOnly says that what was held for lost had only been late: an answer came to what was sent before the first
// retransmission (RFC 3522; kernel tcp_packet_delayed).
func (sk *socket) delayedOnly(d *ack) bool {
	if sk.retransStamp != 0 {
		return sk.echoBefore(d.seg, sk.retransStamp)
	}
	return sk.sackOK || seqLT(sk.sndUna, sk.congestion.high)
}

func (sk *socket) needless(d *ack) bool {
	c := &sk.congestion
	return sk.host.linux && c.mayUndo && (c.undoLeft == 0 || sk.delayedOnly(d))
}

// holdsOn keeps a connection without SACK in its state until something beyond is acknowledged (RFC 6582 section 3.2; kernel
// tcp_is_non_sack_preventing_reopen).
func (sk *socket) holdsOn() bool {
	if sk.sackOK || sk.sndUna != sk.congestion.high {
		return false
	}
	if !sk.anyResent() {
		sk.retransStamp = 0
	}
	return true
}

// undoRecovery ends a recovery, and takes the reduction back where it was needless (kernel tcp_try_undo_recovery). It
// reports whether the old state is held on to.
func (sk *socket) undoRecovery(d *ack) bool {
	c := &sk.congestion
	if sk.needless(d) {
		c.undo(sk, false)
	} else if sk.rack.persist > 0 {
		sk.rack.persist--
	}
	if sk.holdsOn() {
		return true
	}
	c.state = caOpen
	return false
}

// undoByDsack takes a reduction back when D-SACKs told of every retransmission (kernel tcp_try_undo_dsack).
func (sk *socket) undoByDsack() bool {
	c := &sk.congestion
	if !sk.host.linux || !c.mayUndo || c.undoLeft != 0 {
		return false
	}
	sk.rack.persist = min(rackPersist, sk.rack.persist+1)
	c.undo(sk, false)
	return true
}

// undoLoss takes back what a needless time-out did (kernel tcp_try_undo_loss).
func (sk *socket) undoLoss(d *ack, frto bool) bool {
	c := &sk.congestion
	if !frto && !sk.needless(d) {
		return false
	}
	c.undo(sk, true)
	sk.retransmits = 0
	if !sk.holdsOn() && (frto || sk.sackOK) {
		c.state = caOpen
	}
	return true
}

// undoPartial meets a gap that was filled by what was only late (kernel tcp_try_undo_partial). It reports whether nothing
// more is to be held for lost now.
func (sk *socket) undoPartial(d *ack) bool {
	c := &sk.congestion
	if !sk.host.linux || !c.mayUndo || !sk.delayedOnly(d) {
		return false
	}
	sk.rack.reordered++
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].resent {
			return true
		}
	}
	if !sk.anyResent() {
		sk.retransStamp = 0
	}
	c.undo(sk, true)
	c.state = caDisorder
	if sk.sackedOut() == 0 && !sk.anyResent() {
		c.state = caOpen
	}
	c.high = sk.sndNxt
	return false
}

// anyLost says whether something is held for lost, sent again or not (kernel lost_out).
func (sk *socket) anyLost() bool {
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].lost || sk.out[i].resent {
			return true
		}
	}
	return false
}

// anyResent says whether a retransmission is under way, or was needed for the first segment (kernel tcp_any_retrans_done).
func (sk *socket) anyResent() bool {
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].resent {
			return true
		}
	}
	return sk.unsent > 0 && sk.out[0].everRetr
}

func (sk *socket) sackedOut() int {
	n := 0
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].sacked {
			n++
		}
	}
	return n
}

// flying counts segments in the network, by what is known (kernel tcp_packets_in_flight).
func (sk *socket) flying() int {
	n := sk.unsent
	if sk.congestion.state == caOpen {
		return n
	}
	n -= sk.congestion.answers
	for i := range sk.out[:sk.unsent] {
		if c := &sk.out[i]; c.sacked || c.lost {
			n--
		}
	}
	return max(n, 0)
}

// probeAnswered ends the episode of a loss probe. One that filled a gap means that something was lost (RFC 8985 section 7.4;
// kernel tcp_process_tlp_ack).
func (sk *socket) probeAnswered(d *ack) {
	ackno := d.seg.Ack
	if seqLT(ackno, sk.tlpHigh) {
		return
	}
	c := &sk.congestion
	switch {
	case !sk.tlpAgain || d.probeTwice:
		sk.tlpOut = false
	case seqGT(ackno, sk.tlpHigh):
		c.beginReduction(sk)
		c.state = caCWR
		c.endReduction()
		c.state = caOpen
		if sk.anyLost() || sk.anyResent() || sk.sackedOut() > 0 {
			c.state = caDisorder
		}
		c.high = sk.sndNxt
	case !d.progressed && !d.telling && d.chunks == 0 && d.sacked == 0:
		sk.tlpOut = false
	}
}
