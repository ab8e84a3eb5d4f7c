package engine

import "math/bits"

// cubic is RFC 9438 as Linux computes it, in integers and ticks, with HyStart, which leaves slow start before a loss (kernel
// tcp_cubic.c).
type cubic struct {
	perStep  uint32 // segments to be acknowledged for one more in the window (cnt)
	lastMax  uint32 // the window before the last reduction; 0 is none
	lastCwnd uint32 // when the curve was computed last
	lastTime ticks
	origin   uint32 // the curve's plateau
	k        uint32 // when it is reached, in 1/1024 s from epoch on
	epoch    ticks  // when the curve began; 0 is not yet
	acked    uint32 // segments since
	reno     uint32 // the window that RFC 5681 would have by now
	delayMin Micros // the shortest round trip; 0 is unknown

	hyFound   bool
	hySamples uint8
	hyRound   Micros // when the round began
	hyLast    Micros // when the ACK before came
	hyEnds    uint32 // the number that ends the round
	hyLeast   Micros // the shortest round trip in it; 0 is none yet
}

// The constants of tcp_cubic.c at their defaults.
const (
	cubicBeta       = 717 // of 1024
	cubicScale      = 410 // bic_scale 41, tenfold
	cubicFactor     = 1 << 40 / cubicScale
	cubicRenoScale  = 8 * (1024 + cubicBeta) / 3 / (1024 - cubicBeta)
	hyLowWindow     = 16
	hySamplesNeeded = 8
	hyAckSpacing    = 2 * Millisecond
	hyDelayLeast    = 4 * Millisecond
	hyDelayMost     = 16 * Millisecond
)

// start forgets all that was learnt (kernel cubictcp_init, cubictcp_state).
func (q *cubic) start(sk *socket) {
	*q = cubic{}
	q.beginRound(sk)
}

func (q *cubic) beginRound(sk *socket) {
	q.hyRound, q.hyLast, q.hyEnds, q.hyLeast, q.hySamples = sk.host.now, sk.host.now, sk.sndNxt, 0, 0
}

// reduced is the slow start threshold after a loss; a window that was smaller than at the last one makes room for others
// (kernel cubictcp_recalc_ssthresh).
func (q *cubic) reduced(cwnd int) int {
	was := q.lastMax
	q.epoch = 0
	if q.lastMax = uint32(cwnd); was > q.lastMax {
		q.lastMax = uint32(cwnd * (1024 + cubicBeta) / 2048)
	}
	return max(cwnd*cubicBeta/1024, 2)
}

// idled moves the curve on by the time in which nothing was under way (kernel cubictcp_cwnd_event).
func (q *cubic) idled(now, lastSent ticks) {
	if q.epoch != 0 && now > lastSent {
		q.epoch = min(q.epoch+now-lastSent, now)
	}
}

// avoid is the window's growth beyond the threshold, for n segments (kernel bictcp_update, tcp_cong_avoid_ai).
func (c *congestion) avoid(h *Host, n int) {
	c.cubic.update(h, uint32(c.cwnd), uint32(n))
	per := int(c.cubic.perStep)
	if c.count >= per {
		c.count = 0
		c.cwnd++
	}
	c.count += n
	c.cwnd += c.count / per
	c.count %= per
}

// update finds how many segments make the window one larger: at most once a tick by the curve, then no slower than RFC 5681.
func (q *cubic) update(h *Host, cwnd, n uint32) {
	now := max(h.nowTicks(), 1)
	q.acked += n
	if q.lastCwnd == cwnd && now-q.lastTime <= h.inTicks(Second)/32 {
		return
	}
	if q.epoch == 0 || now != q.lastTime {
		q.lastCwnd, q.lastTime = cwnd, now
		if q.epoch == 0 {
			q.beginEpoch(now, cwnd, n)
		}
		q.follow(h, now, cwnd)
	}
	for step := cwnd * cubicRenoScale >> 3; q.acked > step; q.acked -= step {
		q.reno++
	}
	if q.reno > cwnd {
		q.perStep = min(q.perStep, cwnd/(q.reno-cwnd))
	}
	q.perStep = max(q.perStep, 2)
}

func (q *cubic) beginEpoch(now ticks, cwnd, n uint32) {
	q.epoch, q.acked, q.reno = now, n, cwnd
	q.k, q.origin = 0, cwnd
	if q.lastMax > cwnd {
		q.k, q.origin = cubeRoot(cubicFactor*uint64(q.lastMax-cwnd)), q.lastMax
	}
}

// follow goes along the curve: concave up to the plateau, convex beyond.
func (q *cubic) follow(h *Host, now ticks, cwnd uint32) {
	t := uint64(now-q.epoch+h.inTicks(q.delayMin)) << 10 / uint64(h.inTicks(Second))
	k := uint64(q.k)
	off := max(t, k) - min(t, k)
	target, delta := q.origin, uint32(cubicScale*off*off*off>>40)
	if t < k {
		target -= delta
	} else {
		target += delta
	}
	q.perStep = 100 * cwnd
	if target > cwnd {
		q.perStep = cwnd / (target - cwnd)
	}
	if q.lastMax == 0 {
		q.perStep = min(q.perStep, 20) // nothing is known of the network yet
	}
}

// cubeRoots are those of 0 to 63, in 1/64.
var cubeRoots = [64]uint8{
	0, 54, 54, 54, 118, 118, 118, 118, 123, 129, 134, 138, 143, 147, 151, 156,
	157, 161, 164, 168, 170, 173, 176, 179, 181, 185, 187, 190, 192, 194, 197, 199,
	200, 202, 204, 206, 209, 211, 213, 215, 217, 219, 221, 222, 224, 225, 227, 229,
	231, 232, 234, 236, 237, 239, 240, 242, 244, 245, 246, 248, 250, 251, 252, 254,
}

// cubeRoot is right to 0.2 %: the table, then Newton's method once (kernel cubic_root).
func cubeRoot(a uint64) uint32 {
	b := bits.Len64(a)
	if b < 7 {
		return (uint32(cubeRoots[a]) + 35) >> 6
	}
	b = b*84>>8 - 1
	x := (uint32(cubeRoots[a>>(3*b)]) + 10) << b >> 6
	x = 2*x + uint32(a/(uint64(x)*uint64(x-1)))
	return x * 341 >> 10
}

// sampled takes the round trip of what was acknowledged, but for those of the second after a reduction (kernel
// cubictcp_acked).
func (c *congestion) sampled(sk *socket, rtt Micros) {
	q, h := &c.cubic, sk.host
	if q.epoch != 0 && h.nowTicks()-q.epoch < h.inTicks(Second) {
		return
	}
	rtt = max(rtt, 1)
	if q.delayMin == 0 || rtt < q.delayMin {
		q.delayMin = rtt
	}
	if !q.hyFound && c.cwnd < c.ssthresh && q.mayEndSlowStart(sk, c.cwnd, rtt) {
		q.hyFound, c.ssthresh = true, c.cwnd
	}
}

// mayEndSlowStart is HyStart: the ACKs of one round come for longer than half a round trip, or all round trips have become
// longer (kernel hystart_update).
func (q *cubic) mayEndSlowStart(sk *socket, cwnd int, rtt Micros) (found bool) {
	if seqGT(sk.sndUna, q.hyEnds) {
		q.beginRound(sk)
	}
	if cwnd < hyLowWindow {
		return false
	}
	if now := sk.host.now; now-q.hyLast <= hyAckSpacing {
		q.hyLast = now
		found = now-q.hyRound > (q.delayMin+min(Millisecond, 4*maxBurst*Second/max(sk.pacingRate(), 1)))/2
	}
	if q.hyLeast == 0 || rtt < q.hyLeast {
		q.hyLeast = rtt
	}
	if q.hySamples < hySamplesNeeded {
		q.hySamples++
		return found
	}
	return found || q.hyLeast > q.delayMin+min(max(q.delayMin/8, hyDelayLeast), hyDelayMost)
}
