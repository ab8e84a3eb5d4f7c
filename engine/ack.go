package engine

import "slices"

// checkAck is the fifth check of RFC 9293 section 3.10.7.4: it takes what the peer acknowledges, window and SACK blocks.
func (sk *socket) checkAck(seg *Segment) bool {
	if seqGT(seg.Ack, sk.sndNxt) {
		if (sk.state != Established || !sk.host.linux) && !sk.answeredJustNow() {
			sk.sendAck(RuleAckOfUnsent)
		}
		return false
	}
	if seqLT(seg.Ack, sk.sndUna-min(sk.maxWnd, sk.sndUna-sk.iss)) {
		if !sk.answeredJustNow() {
			sk.sendAck(RuleChallengeOldAck)
		}
		return false
	}
	if seqLT(seg.Ack, sk.sndUna) {
		return true // it was overtaken, and so was its window (kernel tcp_ack)
	}
	sk.storeTimestamp(seg) // what the ACK lets go out echoes it already
	sk.probesOut, sk.keepProbes = 0, 0
	d := ack{seg: seg, first: -1, sackFirst: -1, progressed: seqGT(seg.Ack, sk.sndUna)}
	d.telling = sk.updateWindow(seg) || seg.length() > 0
	if sk.unsent > 0 {
		sk.acknowledge(&d)
	} else {
		sk.answeredLate(&d)
		sk.answeredProbe()
	}
	return true
}

// answeredLate hears of what came twice when nothing is under way any more (kernel tcp_ack, no_queue).
func (sk *socket) answeredLate(d *ack) {
	if blocks := d.seg.SACK; sk.sackOK && len(blocks) > 0 && sk.isDuplicateSACK(d.seg) {
		sk.noticeDuplicate(blocks[0], d)
		sk.delivered += d.delivered
	}
	if d.dsack {
		sk.judge(d)
	}
	if sk.tlpOut {
		sk.probeAnswered(d)
	}
}

// answeredProbe ends the probing of a window that has opened, or goes on with it from now (kernel tcp_ack_probe).
func (sk *socket) answeredProbe() {
	if sk.unsent == len(sk.out) || !sk.synchronized() {
		return
	}
	if seqLEQ(sk.out[sk.unsent].end(), sk.sndUna+sk.sndWnd) {
		sk.backoff, sk.probesSince = 0, 0
		sk.disarm(rtx)
		return
	}
	sk.armPersist()
}

// updateWindow is the window part of the fifth check, with RFC 9293's SND.WL1. It says whether the segment is newer than
// those before.
func (sk *socket) updateWindow(seg *Segment) bool {
	if sk.newerWindow(seg) {
		wnd := uint32(seg.Win) << sk.sndScale
		sk.sndWl1 = seg.Seq
		if sk.sndWnd != wnd {
			sk.sndWnd = wnd
			if wnd > sk.maxWnd {
				sk.maxWnd = wnd
				sk.sizeSegments()
			}
			sk.touch()
		}
		return true
	}
	return false
}

// newerWindow is the condition of it (kernel tcp_may_update_window).
func (sk *socket) newerWindow(seg *Segment) bool {
	wnd := uint32(seg.Win) << sk.sndScale
	return seqGT(seg.Ack, sk.sndUna) || seqGT(seg.Seq, sk.sndWl1) || seg.Seq == sk.sndWl1 && (wnd > sk.sndWnd || wnd == 0)
}

// ack sums up what one acknowledgment brought.
type ack struct {
	seg        *Segment
	chunks     int    // newly acknowledged
	delivered  int    // of which it was not known yet that they arrived, selectively acknowledged ones included
	sacked     int    // newly selectively acknowledged
	lost       int    // newly held for lost
	first      Micros // when the first acknowledged was sent that was sent once; -1 is none
	last       Micros // and the last
	sackFirst  Micros // likewise of those selectively acknowledged
	sackLast   Micros
	progressed bool // SND.UNA moved
	telling    bool // it brought data or a window, so it is no mere duplicate
	resent     bool // it acknowledged what was sent again
	original   bool // it acknowledged what was sent once, before the recovery began
	dsack      bool // it said that something came twice
	probeTwice bool // and that was the loss probe
	setTimer   bool // the timer is to begin anew
	lostAgain  bool // what was sent again is lost too
}

// acknowledge removes what the segment acknowledges from the queue, marks what SACK covers, and lets loss recovery, the
// congestion window and the timers follow (kernel tcp_ack).
func (sk *socket) acknowledge(d *ack) {
	if d.progressed {
		sk.retransmits = 0
		sk.touch()
	}
	highest := sk.highestSacked()
	sk.markSACK(d)
	sk.cleanQueue(d, highest)
	sk.sampleOnAck(d)
	sk.widenReorderWindow(d)
	if sk.tlpOut {
		sk.probeAnswered(d)
	}
	c, then := &sk.congestion, nothing
	if c.state != caOpen || d.sacked > 0 || !d.telling && d.chunks == 0 {
		then = sk.judge(d)
	}
	if d.setTimer {
		sk.restartTimer()
	}
	sk.delivered += d.delivered
	sk.congestion.follow(sk, d)
	sk.recover(then)
}

// restartTimer is RFC 6298 section 5, with a loss probe before the time-out where one may be sent (kernel
// tcp_set_xmit_timer).
func (sk *socket) restartTimer() {
	if sk.unsent == 0 {
		sk.disarm(rtx)
	} else if !sk.armProbe(true) {
		sk.rearmRetransmit(sk.rackTimer || sk.timers[rtx].use == forProbe && sk.timers[rtx].armed())
	}
}

// cleanQueue drops acknowledged chunks; one that is acknowledged in part is cut (kernel tcp_clean_rtx_queue). highest is
// where the highest selectively acknowledged chunk began.
func (sk *socket) cleanQueue(d *ack, highest uint32) {
	una := d.seg.Ack
	lowest := sk.sndNxt
	n := 0
	for ; n < sk.unsent; n++ {
		c := &sk.out[n]
		if seqGT(c.end(), una) {
			if got := una - c.seq; int32(got) > 0 && int(got) <= len(c.data) {
				c.data = c.data[got:]
				c.seq = una
			}
			break
		}
		sk.leaves(c, d)
		if c.everRetr {
			d.resent = true
		} else if !c.sacked {
			if d.last = c.sentAt; d.first < 0 {
				d.first = c.sentAt
			}
			lowest = seqMin(lowest, c.seq)
			if seqLEQ(c.end(), sk.congestion.high) {
				d.original = true
			}
		}
	}
	if n > 0 {
		d.chunks, d.setTimer = n, true
		sk.out = slices.Delete(sk.out, 0, n)
		sk.unsent -= n
		switch {
		case !sk.sackOK:
			sk.forgetDuplicates(n, d)
			d.original = d.original && !d.resent
		case seqLT(lowest, highest):
			sk.noticeReordering(lowest)
		}
	}
	sk.sndUna = seqMax(sk.sndUna, una)
}

// leaves tells RACK and the counts that a chunk is acknowledged.
func (sk *socket) leaves(c *chunk, d *ack) {
	if c.sacked || !sk.sackOK {
		return
	}
	d.delivered++
	if !(c.everRetr && sk.echoBefore(d.seg, c.sentAt)) { // else the answer is to an earlier transmission
		sk.rack.advance(sk, c)
	}
}

// markSACK is RFC 2018 section 4: the scoreboard (kernel tcp_sacktag_write_queue).
func (sk *socket) markSACK(d *ack) {
	blocks := d.seg.SACK
	if !sk.sackOK || len(blocks) == 0 {
		return
	}
	lowest := sk.sndNxt
	if sk.isDuplicateSACK(d.seg) {
		sk.noticeDuplicate(blocks[0], d)
	}
	for _, b := range blocks {
		for i := range sk.out[:sk.unsent] {
			c := &sk.out[i]
			if c.sacked || seqLT(c.seq, b[0]) || seqGT(c.end(), b[1]) {
				continue
			}
			if seqGT(c.end(), d.seg.Ack) {
				sk.rack.advance(sk, c)
			}
			if !c.everRetr {
				if seqLT(c.seq, sk.highestSacked()) {
					lowest = seqMin(lowest, c.seq)
				}
				if seqLEQ(c.end(), sk.congestion.high) {
					d.original = true
				}
				if d.sackLast = c.sentAt; d.sackFirst < 0 {
					d.sackFirst = c.sentAt
				}
			}
			c.sacked, c.lost, c.resent = true, false, false
			d.sacked++
			d.delivered++
		}
	}
	if sk.congestion.state != caLoss || sk.congestion.mayUndo {
		sk.noticeReordering(lowest)
	}
}

// sampleOnAck measures the round trip by Karn's rule, or by the timestamp where everything was retransmitted (RFC 6298
// section 3, RFC 7323 section 4; kernel tcp_ack_update_rtt).
func (sk *socket) sampleOnAck(d *ack) {
	now := sk.host.now
	smooth, least := Micros(-1), Micros(-1)
	if d.first >= 0 && !d.resent {
		smooth, least = now-d.first, now-d.last
	}
	if d.sackFirst >= 0 {
		least = now - d.sackLast
		if smooth < 0 {
			smooth = now - d.sackFirst
		}
		if d.chunks == 0 && sk.unsent > 0 && now-d.sackFirst > now-sk.out[0].sentAt {
			d.setTimer = true
		}
	}
	switch {
	case smooth >= 0:
		sk.rttSample(smooth, least)
		sk.congestion.sampled(sk, least)
	case d.chunks > 0 && sk.tsOK && d.seg.HasTS && d.seg.TSEcr != 0:
		if m := sk.rttSampleFromTimestamp(d.seg); m > 0 {
			sk.congestion.sampled(sk, m)
		}
	}
}

// rttSampleFromTimestamp gives what it measured; 0 is nothing.
func (sk *socket) rttSampleFromTimestamp(seg *Segment) (m Micros) {
	if ms := int32(sk.tsNow() - seg.TSEcr); ms >= 0 {
		m = Micros(max(ms, 1)) * Millisecond
		sk.rttSample(m, m)
	}
	return m
}

// echoBefore says that the timestamp which a segment echoes was sent before a time: it answers an earlier transmission.
func (sk *socket) echoBefore(seg *Segment, at Micros) bool {
	return sk.tsOK && seg.HasTS && seg.TSEcr != 0 && int32(seg.TSEcr-sk.tsOff-uint32(at/Millisecond)) < 0
}
