package engine

// rcvTuning lets the receive buffer grow with what a program reads in a round trip (kernel tcp_rcv_space_adjust).
type rcvTuning struct {
	rtt8     Micros // the round trip as the receiver sees it, eightfold; 0 is unknown
	since    Micros // the present measurement of it by windows: when it began, 0 is not yet
	until    uint32 // and which number ends it
	echoed   uint32 // the timestamp that was measured by last
	space    int    // most bytes that were read in a round trip
	from     uint32 // the present count of them: where it began
	fromTime Micros // and when
}

// startTuning begins with the initial window (kernel tcp_init_buffer_space).
func (sk *socket) startTuning(mss int) {
	sk.tuning = rcvTuning{space: min(sk.buf.thresh, int(sk.rcvWnd), initialCwnd*mss), from: sk.copied, fromTime: sk.host.now}
}

// measureByWindow takes the time in which a whole window comes for a round trip: it is one at least (kernel
// tcp_rcv_rtt_measure).
func (sk *socket) measureByWindow() {
	t, now := &sk.tuning, sk.host.now
	if t.since > 0 {
		if seqLT(sk.rcvNxt, t.until) {
			return
		}
		if m := max(now-t.since, 1); t.rtt8 == 0 || 8*m < t.rtt8 {
			t.rtt8 = 8 * m
		}
	}
	t.since, t.until = max(now, 1), sk.rcvNxt+sk.rcvWnd
}

// measureByEcho takes the age of the timestamp that a full segment echoes for one (kernel tcp_rcv_rtt_measure_ts).
func (sk *socket) measureByEcho(seg *Segment) {
	t := &sk.tuning
	if !sk.tsOK || !seg.HasTS || sk.state != Established || seg.TSEcr == t.echoed || int(seg.length()) < sk.ackState.rcvMSS {
		return
	}
	t.echoed = seg.TSEcr
	m := Micros(int32(sk.tsNow()-seg.TSEcr)) * Millisecond
	switch {
	case m <= 0:
	case t.rtt8 == 0 || 8*m < t.rtt8:
		t.rtt8 = 8 * m
	case sk.rcvNxt == sk.copied:
		t.rtt8 += m - t.rtt8/8
	}
}

// tuneBuffer looks, once a round trip, at how much the program has read in it; more than ever before makes the buffer grow.
// to is where the first piece of memory ends of what it reads now: the kernel looks after that one.
func (sk *socket) tuneBuffer(to uint32) {
	t := &sk.tuning
	if t.rtt8 == 0 || sk.lastHeard-t.fromTime < t.rtt8/8 {
		return
	}
	if n := int(int32(to-t.from)) - int(sk.rcvNxt-to); n > t.space {
		was := t.space
		t.space = n
		sk.growBuffer(2 * n * (n - was) / was * 2)
	}
	t.from, t.fromTime = to, sk.lastHeard
}

// growBuffer makes room for what two round trips bring, for more bytes since the sender may go faster, and for what waits
// beyond a gap (kernel tcp_rcvbuf_grow).
func (sk *socket) growBuffer(more int) {
	if !sk.host.linux || sk.opts.rcvBuf > 0 {
		return
	}
	b := &sk.buf
	window := 2*sk.tuning.space + more
	if n := len(sk.ofo); n > 0 {
		window += int(sk.ofo[n-1].end() - sk.rcvNxt)
	}
	if limit := min(window<<8/b.ratio, maxRcvBuf); limit > b.limit {
		b.limit, b.clamp = limit, b.window(limit)
	}
}
