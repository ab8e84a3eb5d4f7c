package engine

// What Linux offers and assumes on an Ethernet-like link (kernel tcp_select_initial_window and its defaults).
const (
	ourMSS          = 1460  // MTU 1500 less both headers
	tsOptionBytes   = 12    // of each segment's room, with timestamps on
	synWindow       = 64240 // 44 segments of 1460
	synAckWindow    = 65160 // 45 segments of 1448
	defaultSpace    = 65536 // half of tcp_rmem's default
	defaultWScale   = 7     // what tcp_rmem's maximum of 6 MiB needs
	defaultSndBuf   = 87040 // tcp_wmem's default, expanded for ten segments
	initialCwnd     = 10    // RFC 6928
	initialSsthresh = 1 << 30
)

// emitSegment builds a segment of this connection and hands it to the link.
func (sk *socket) emitSegment(flags Flags, seq uint32, data []byte, rule Rule) *Segment {
	h := sk.host
	seg := &Segment{
		Src: sk.local.addr, Dst: sk.remote.addr, Sport: sk.local.port, Dport: sk.remote.port,
		Flags: flags, Seq: seq, Payload: data, WScale: -1,
	}
	if flags&SYN != 0 {
		sk.offerOptions(seg)
	} else if sk.tsOK && flags != RST {
		seg.HasTS = true
	}
	if flags&ACK != 0 {
		seg.Ack = sk.rcvNxt
		sk.ackGoesOut()
		if flags&(SYN|RST) == 0 {
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
	if len(data) > 0 {
		sk.dataGoesOut()
	}
	h.work = append(h.work, Work{Rule: rule, Segment: seg})
	return seg
}

// tsNow is the connection's timestamp clock, in ms.
func (sk *socket) tsNow() uint32 { return sk.tsOff + uint32(sk.host.now/Millisecond) }

// offerOptions puts what we offer, or in a SYN-ACK what both offered, on a SYN.
func (sk *socket) offerOptions(seg *Segment) {
	h := sk.host
	reply := seg.has(ACK)
	seg.MSS = ourMSS
	if loopback(sk.local.addr) {
		seg.MSS = 65495
	}
	seg.SACKOK = h.sys[sackEnabled] != 0 && (!reply || sk.sackOK)
	seg.HasTS = h.sys[timestamps] != 0 && (!reply || sk.tsOK)
	if h.sys[windowScaling] != 0 && (!reply || sk.wscaleOK) {
		seg.WScale = int8(sk.wantedScale())
	}
}

// wantedScale is the window scale that the largest possible receive buffer needs.
func (sk *socket) wantedScale() uint8 {
	if sk.opts.rcvBuf > 0 && sk.opts.rcvBuf < 65536 {
		return 0
	}
	return defaultWScale
}

// rcvSpace is the receive buffer in bytes of payload.
func (sk *socket) rcvSpace() uint32 {
	if sk.opts.rcvBuf > 0 {
		return uint32(sk.opts.rcvBuf)
	}
	return defaultSpace
}

// setWindow advertises the receive window. It never shrinks (RFC 9293 section 3.8.6), and the windows of SYNs are not scaled.
func (sk *socket) setWindow(seg *Segment) {
	if seg.has(SYN) {
		w := min(sk.rcvSpace(), synWindow)
		if seg.has(ACK) && sk.listener != nil {
			w = min(sk.rcvSpace(), synAckWindow)
		}
		if loopback(sk.local.addr) {
			w = 65495
		}
		sk.rcvWnd, sk.rcvThresh = w, w
		seg.Win, seg.winBytes = uint16(w), int(w)
		return
	}
	if seg.Flags == RST {
		return
	}
	unit := uint32(1) << sk.rcvScale
	align := func(w uint32) uint32 { return (w + unit - 1) &^ (unit - 1) }
	w := align(min(sk.freeSpace(), sk.rcvThresh))
	if cur := sk.receiveWindow(); w < cur {
		w = align(cur)
	}
	w = min(w, 65535<<sk.rcvScale)
	sk.rcvWnd, sk.rcvWup = w, sk.rcvNxt
	seg.Win, seg.winBytes = uint16(w>>sk.rcvScale), int(w)
}

// freeSpace is the room in the receive buffer, 0 where it is under a segment or a sixteenth of the buffer (silly window
// avoidance, RFC 9293 section 3.8.6.2.2; kernel __tcp_select_window).
func (sk *socket) freeSpace() uint32 {
	space, used := sk.rcvSpace(), uint32(len(sk.recv))
	for i := range sk.ofo {
		used += uint32(len(sk.ofo[i].data))
	}
	if used >= space {
		return 0
	}
	free := space - used
	if free < min(uint32(sk.ackState.rcvMSS), space) || free < space>>4 {
		return 0
	}
	return free
}

// receiveWindow is what is left of the window advertised last (RCV.WND at this moment).
func (sk *socket) receiveWindow() uint32 {
	if w := int32(sk.rcvWup + sk.rcvWnd - sk.rcvNxt); w > 0 {
		return uint32(w)
	}
	return 0
}

func (sk *socket) sendRoom() int {
	limit := sk.opts.sndBuf
	if limit == 0 {
		limit = defaultSndBuf
	}
	return max(limit-int(sk.writeSeq-sk.sndUna), 0)
}

// append takes data from a program and sends what may go. Data joins the last unsent chunk (kernel tcp_sendmsg).
func (sk *socket) append(data []byte) {
	data = append([]byte(nil), data...)
	if last := len(sk.out) - 1; last >= sk.unsent && sk.out[last].flags&FIN == 0 && len(sk.out[last].data) < sk.mss {
		c := &sk.out[last]
		c.data = append(c.data, data...)
		c.flags |= PSH
	} else {
		sk.out = append(sk.out, chunk{seq: sk.writeSeq, data: data, flags: PSH})
	}
	sk.writeSeq += uint32(len(data))
	sk.touch()
	sk.push(RuleSendData)
}

// push sends unsent chunks as far as the peer's window, the congestion window and Nagle's rule allow (kernel
// tcp_write_xmit).
func (sk *socket) push(rule Rule) {
	sentAny := false
	for sk.unsent < len(sk.out) {
		c := &sk.out[sk.unsent]
		room := sk.sndUna + sk.sndWnd - c.seq
		if seqGEQ(c.seq, sk.sndUna+sk.sndWnd) && c.length() > 0 || sk.congested(c) {
			break
		}
		last := sk.unsent == len(sk.out)-1
		if last && sk.nagleHolds(c) {
			break
		}
		if limit := min(sk.mss, int(room)); len(c.data) > limit {
			if limit < sk.mss && sk.inFlight() > 0 && !last {
				break
			}
			sk.split(sk.unsent, limit)
			c = &sk.out[sk.unsent]
		}
		sk.sendNew(c, rule)
		sentAny = true
	}
	if sentAny {
		sk.armProbeOrRTO()
	} else if sk.unsent < len(sk.out) && sk.unsent == 0 && !sk.rtx.armed() && sk.synchronized() {
		sk.armPersist()
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

// nagleHolds is RFC 9293 section 3.7.4 with Minshall's change (kernel tcp_nagle_test): a small segment waits while an
// earlier small one is unacknowledged.
func (sk *socket) nagleHolds(c *chunk) bool {
	if sk.opts.nodelay || c.flags&FIN != 0 || len(c.data) >= sk.mss {
		return false
	}
	return sk.inFlight() > 0 && seqGT(sk.sndSmall, sk.sndUna)
}

// sendNew transmits the first unsent chunk.
func (sk *socket) sendNew(c *chunk, rule Rule) {
	flags := c.flags
	if flags&SYN == 0 || sk.state == SynReceived {
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
	seg := &Segment{Src: to.Dst, Dst: to.Src, Sport: to.Dport, Dport: to.Sport, WScale: -1, Flags: RST}
	if to.has(ACK) {
		seg.Seq = to.Ack
	} else {
		seg.Flags |= ACK
		seg.Ack = to.end()
	}
	h.work = append(h.work, Work{Rule: rule, Segment: seg})
}
