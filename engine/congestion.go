package engine

// caState is where loss recovery stands (kernel enum tcp_ca_state).
type caState uint8

const (
	caOpen     caState = iota // nothing is amiss
	caDisorder                // something came out of order
	caCWR                     // the rate is reduced
	caRecovery                // what is lost is sent again
	caLoss                    // likewise, after a time-out
)

// congestion is RFC 5681, RFC 6582, RFC 6937 and on Linux RFC 9438, with its undoing of what was needless.
type congestion struct {
	cwnd, ssthresh int // segments
	count          int // acknowledged in avoidance
	priorCwnd      int // before the reduction
	priorSsthresh  int // 0 where it can't be undone
	delivered      int // since the reduction began
	sent           int // likewise
	undoLeft       int // retransmissions of which no D-SACK told yet; -1 is none was sent
	answers        int // duplicate ACKs, where there is no SACK: segments that arrived beyond the gap
	mostOut        int // segments under way in the last round trip, at most
	roundEnds      uint32
	high           uint32 // the recovery ends when this is acknowledged
	undoFrom       uint32 // SND.UNA at the reduction's beginning
	state          caState
	cubic          cubic
	frto           bool // it is still open whether the time-out was needless (RFC 5682)
	mayUndo        bool // the reduction may prove needless
	limited        bool // the window was full in the last round trip
	held           bool // the rest of it waits for the next ACK
}

// follow lets the window follow an acknowledgment (kernel tcp_cong_control).
func (c *congestion) follow(sk *socket, d *ack) {
	if c.state == caCWR || c.state == caRecovery {
		c.reduce(sk, d)
	} else if d.chunks > 0 || sk.rack.distance > dupThresh && d.sacked > 0 {
		c.grow(sk, d.delivered)
	}
}

// grow is slow start and congestion avoidance, of a window that was made use of (kernel cubictcp_cong_avoid).
func (c *congestion) grow(sk *socket, n int) {
	if sk.host.linux && !c.limited && !(c.cwnd < c.ssthresh && c.cwnd < 2*c.mostOut) {
		return
	}
	if c.cwnd < c.ssthresh {
		up := min(n, c.ssthresh-c.cwnd)
		c.cwnd += up
		n -= up
	}
	if n == 0 {
		return
	}
	if sk.host.linux {
		c.avoid(sk.host, n)
		return
	}
	if c.count += n; c.count >= c.cwnd {
		c.count -= c.cwnd
		c.cwnd++
	}
}

// measure notes whether the window holds back what is to be sent (kernel tcp_cwnd_validate).
func (c *congestion) measure(sk *socket) {
	full := c.held || sk.flying() >= c.cwnd
	if seqGEQ(sk.sndUna, c.roundEnds) || full || !c.limited && sk.unsent > c.mostOut {
		c.limited, c.mostOut, c.roundEnds = full, sk.unsent, sk.sndNxt
	}
}

// reduced is the slow start threshold after a loss: RFC 5681 halves, Linux's CUBIC takes 0.7.
func (c *congestion) reduced(linux bool) int {
	if linux {
		return c.cubic.reduced(c.cwnd)
	}
	return max(c.cwnd/2, 2)
}

// thresholdNow is what a later undoing goes back to (kernel tcp_current_ssthresh).
func (c *congestion) thresholdNow() int {
	if c.state == caCWR || c.state == caRecovery {
		return c.ssthresh
	}
	return max(c.ssthresh, c.cwnd/2+c.cwnd/4)
}

// beginReduction lets the window shrink while what is under way is acknowledged (kernel tcp_init_cwnd_reduction).
func (c *congestion) beginReduction(sk *socket) {
	c.high, sk.tlpOut, c.count = sk.sndNxt, false, 0
	c.priorCwnd, c.delivered, c.sent = c.cwnd, 0, 0
	c.ssthresh = c.reduced(sk.host.linux)
}

// reduce is proportional rate reduction: RFC 6937 (kernel tcp_cwnd_reduction).
func (c *congestion) reduce(sk *socket, d *ack) {
	if d.delivered <= 0 || c.priorCwnd == 0 {
		return
	}
	c.delivered += d.delivered
	flying := sk.flying()
	n := 0
	if room := c.ssthresh - flying; room < 0 {
		n = (c.ssthresh*c.delivered+c.priorCwnd-1)/c.priorCwnd - c.sent
	} else {
		n = max(c.delivered-c.sent, d.delivered)
		if d.progressed && d.lost == 0 {
			n++
		}
		n = min(room, n)
	}
	if c.sent == 0 {
		n = max(n, 1)
	}
	c.cwnd = flying + max(n, 0)
}

// endReduction leaves the window at the threshold (kernel tcp_end_cwnd_reduction).
func (c *congestion) endReduction() {
	if c.ssthresh < initialSsthresh && (c.state == caCWR || c.mayUndo) {
		c.cwnd = c.ssthresh
	}
}

// beginUndo notes what would prove the reduction needless (kernel tcp_init_undo).
func (c *congestion) beginUndo(sk *socket) {
	c.mayUndo, c.undoFrom, c.undoLeft = true, sk.sndUna, 0
	for i := range sk.out[:sk.unsent] {
		if sk.out[i].resent {
			c.undoLeft++
		}
	}
	if sk.tlpOut && sk.tlpAgain {
		c.undoLeft++
	}
	if c.undoLeft == 0 {
		c.undoLeft = -1
	}
}

// undo takes a reduction back (kernel tcp_undo_cwnd_reduction).
func (c *congestion) undo(sk *socket, unmark bool) {
	if unmark {
		for i := range sk.out[:sk.unsent] {
			sk.out[i].lost = false
		}
	}
	if c.priorSsthresh > 0 {
		c.cwnd = max(c.cwnd, c.priorCwnd)
		c.ssthresh = max(c.ssthresh, c.priorSsthresh)
	}
	c.mayUndo, sk.rack.advanced = false, true
}

// enterRecovery begins to send again what is lost (kernel tcp_enter_recovery).
func (c *congestion) enterRecovery(sk *socket) {
	if !sk.anyResent() {
		sk.retransStamp = 0
	}
	c.priorSsthresh = 0
	c.beginUndo(sk)
	if c.state != caCWR && c.state != caRecovery {
		c.priorSsthresh = c.thresholdNow()
		c.beginReduction(sk)
	}
	c.state = caRecovery
}

// enterLoss is what a time-out means (kernel tcp_enter_loss).
func (c *congestion) enterLoss(sk *socket) {
	fresh := c.state < caRecovery
	sk.markTimedOut()
	if c.state <= caDisorder || seqLEQ(c.high, sk.sndUna) || c.state == caLoss && sk.retransmits == 0 {
		c.priorSsthresh, c.priorCwnd = c.thresholdNow(), c.cwnd
		c.ssthresh = c.reduced(sk.host.linux)
		c.beginUndo(sk)
	}
	if c.state <= caDisorder && sk.sackedOut() >= dupThresh {
		sk.rack.distance = dupThresh
	}
	c.state, c.high, sk.tlpOut = caLoss, sk.sndNxt, false
	c.cwnd, c.count = sk.flying()+1, 0
	c.cubic.start(sk)
	c.frto = sk.host.linux && (fresh || sk.retransmits > 0)
}

// restartAfterIdle shrinks a window that nothing has confirmed for a while (RFC 5681 section 4.1; kernel
// tcp_cwnd_restart).
func (c *congestion) restartAfterIdle(idle, rto ticks) {
	c.ssthresh = c.thresholdNow()
	least := min(initialCwnd, c.cwnd)
	for idle -= rto; idle > 0 && c.cwnd > least; idle -= rto {
		c.cwnd /= 2
	}
	c.cwnd = max(c.cwnd, least)
}
