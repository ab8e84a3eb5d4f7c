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
	hadFlight := sk.unsent > 0
	duplicate := seg.Ack == sk.sndUna && seg.length() == 0 && uint32(seg.Win)<<sk.sndScale == sk.sndWnd
	sk.updateWindow(seg)
	if hadFlight {
		sk.acknowledge(seg)
		if sk.unsent > 0 && !sk.sackOK {
			sk.countDuplicates(duplicate)
		}
	}
	if !hadFlight {
		sk.answeredProbe()
	}
	return true
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

// updateWindow is the window part of the fifth check, with RFC 9293's SND.WL1.
func (sk *socket) updateWindow(seg *Segment) {
	wnd := uint32(seg.Win) << sk.sndScale
	if seqGT(seg.Ack, sk.sndUna) || seqGT(seg.Seq, sk.sndWl1) || seg.Seq == sk.sndWl1 && (wnd > sk.sndWnd || wnd == 0) {
		sk.sndWl1 = seg.Seq
		if sk.sndWnd != wnd {
			sk.sndWnd = wnd
			if wnd > sk.maxWnd {
				sk.maxWnd = wnd
				sk.sizeSegments()
			}
			sk.touch()
		}
	}
}

// delivered sums up what one acknowledgment brought.
type delivered struct {
	chunks     int    // newly acknowledged
	sacked     int    // newly selectively acknowledged
	firstSent  Micros // of the first acknowledged that was sent once
	clean      bool   // nothing retransmitted was acknowledged
	progressed bool   // SND.UNA moved
}

// acknowledge removes what seg.Ack covers from the queue, marks what SACK covers, and lets loss recovery and the timers
// follow.
func (sk *socket) acknowledge(seg *Segment) {
	d := delivered{firstSent: -1, clean: true, progressed: seqGT(seg.Ack, sk.sndUna)}
	sk.cleanQueue(seg, &d)
	sk.markSACK(seg, &d)
	sk.sampleOnAck(seg, &d)
	if d.progressed {
		sk.retransmits = 0
		sk.touch()
	}
	if sk.tlpOut && seqGEQ(seg.Ack, sk.tlpHigh) {
		sk.tlpOut = false
	}
	sk.congestion.onAck(sk, d)
	if sk.unsent == 0 {
		sk.retransStamp = 0
		sk.disarm(rtx)
		return
	}
	if d.chunks > 0 {
		sk.armProbeOrRTO()
	}
	sk.recover(d)
}

// countDuplicates is how loss is noticed without SACK: three duplicates, and in the recovery each ACK that is not of all
// that was under way then, mean that the first segment is lost (RFC 5681 section 3.2, RFC 6582 section 3.2).
func (sk *socket) countDuplicates(duplicate bool) {
	if duplicate {
		sk.dupAcks++
		if sk.dupAcks == 3 && !sk.congestion.recovering {
			sk.out[0].lost = true
			sk.congestion.reduce(sk, false)
			sk.resendLost(RuleThreeDuplicates)
		}
		return
	}
	sk.dupAcks = 0
	if c := &sk.congestion; c.recovering && !c.onTimeout && !sk.out[0].everRetr {
		sk.out[0].lost = true
		sk.resendLost(RulePartialAck)
	}
}

// cleanQueue drops acknowledged chunks; one that is acknowledged in part is cut.
func (sk *socket) cleanQueue(seg *Segment, d *delivered) {
	n := 0
	for ; n < sk.unsent; n++ {
		c := &sk.out[n]
		if seqGT(c.end(), seg.Ack) {
			if got := seg.Ack - c.seq; int32(got) > 0 && int(got) <= len(c.data) {
				c.data = c.data[got:]
				c.seq = seg.Ack
			}
			break
		}
		if c.everRetr {
			d.clean = false
		} else if d.firstSent < 0 && !c.sacked {
			d.firstSent = c.sentAt
		}
		if !c.sacked {
			sk.rack.advance(sk, c)
		}
		d.chunks++
	}
	if n > 0 {
		sk.out = slices.Delete(sk.out, 0, n)
		sk.unsent -= n
	}
	sk.sndUna = seqMax(sk.sndUna, seg.Ack)
}

// markSACK is RFC 2018 section 4: the scoreboard.
func (sk *socket) markSACK(seg *Segment, d *delivered) {
	if !sk.sackOK {
		return
	}
	for _, b := range seg.SACK {
		for i := range sk.out[:sk.unsent] {
			c := &sk.out[i]
			if !c.sacked && seqGEQ(c.seq, b[0]) && seqLEQ(c.end(), b[1]) {
				c.sacked, c.lost = true, false
				sk.rack.advance(sk, c)
				d.sacked++
			}
		}
	}
}

// sampleOnAck measures the round trip by Karn's rule, or by the timestamp where everything was retransmitted (RFC 6298
// section 3, RFC 7323 section 4).
func (sk *socket) sampleOnAck(seg *Segment, d *delivered) {
	switch {
	case d.chunks == 0:
	case d.firstSent >= 0 && d.clean:
		sk.rttSample(sk.host.now - d.firstSent)
	case sk.tsOK && seg.HasTS && seg.TSEcr != 0:
		sk.rttSampleFromTimestamp(seg)
	}
}

func (sk *socket) rttSampleFromTimestamp(seg *Segment) {
	if ms := int32(sk.tsNow() - seg.TSEcr); ms >= 0 {
		sk.rttSample(Micros(max(ms, 1)) * Millisecond)
	}
}

// rack is RFC 8985's memory: the most recently sent segment that was delivered.
type rack struct {
	sentAt Micros
	rtt    Micros
	end    uint32
	valid  bool
}

func (r *rack) advance(sk *socket, c *chunk) {
	rtt := sk.host.now - c.sentAt
	if c.everRetr && rtt < sk.minRTT {
		return // may be the acknowledgment of the original
	}
	r.rtt = rtt
	if !r.valid || sentAfter(c.sentAt, r.sentAt, c.end(), r.end) {
		r.sentAt, r.end, r.valid = c.sentAt, c.end(), true
	}
}

func sentAfter(t1, t2 Micros, end1, end2 uint32) bool {
	return t1 > t2 || t1 == t2 && seqGT(end1, end2)
}

// congestion is RFC 5681 and RFC 6582, as much as a lesson shows: slow start, avoidance, one reduction a loss.
type congestion struct {
	cwnd, ssthresh int // segments
	count          int // acknowledged in avoidance
	recovering     bool
	onTimeout      bool   // the recovery began with a time-out
	high           uint32 // recovery ends when this is acknowledged
}

func (c *congestion) onAck(sk *socket, d delivered) {
	if c.recovering && seqGEQ(sk.sndUna, c.high) {
		c.recovering, c.onTimeout = false, false
		c.cwnd = max(c.cwnd, min(c.ssthresh, initialCwnd))
	}
	if d.chunks == 0 || c.recovering && !c.onTimeout {
		return
	}
	if c.cwnd < c.ssthresh {
		c.cwnd += d.chunks
		return
	}
	if c.count += d.chunks; c.count >= c.cwnd {
		c.count = 0
		c.cwnd++
	}
}

// reduce halves the rate once a loss event.
func (c *congestion) reduce(sk *socket, toOne bool) {
	if !c.recovering {
		c.ssthresh = max(c.cwnd/2, 2)
	}
	c.recovering, c.onTimeout, c.high = true, toOne, sk.sndNxt
	c.cwnd = c.ssthresh
	if toOne {
		c.cwnd = 1
	}
}

// congested says that the congestion window holds the next segment back.
func (sk *socket) congested() bool { return sk.flying() >= sk.congestion.cwnd }

// flying counts segments in the network, by what is known (kernel tcp_packets_in_flight).
func (sk *socket) flying() int {
	n := 0
	for i := range sk.out[:sk.unsent] {
		if c := &sk.out[i]; !c.sacked && !c.lost {
			n++
		}
	}
	return n
}
