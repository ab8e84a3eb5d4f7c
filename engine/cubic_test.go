package engine

import (
	"math"
	"testing"
)

// TestCubeRoot holds the integer cube root to the real one.
func TestCubeRoot(t *testing.T) {
	for a := uint64(64); a < 1<<50; a += a/7 + 1 {
		want := math.Cbrt(float64(a))
		if got := float64(cubeRoot(a)); math.Abs(got-want) > 1+want/200 {
			t.Fatalf("the cube root of %d is %.1f, not %.0f", a, want, got)
		}
	}
}

// TestCubicCurve follows a window after a loss: it grows fast, lingers where the loss was, and goes on faster and faster
// (RFC 9438 section 4.2).
func TestCubicCurve(t *testing.T) {
	h := &Host{linux: true, tick: 4 * Millisecond, now: Second}
	c := congestion{cwnd: 1000, cubic: cubic{delayMin: 100 * Millisecond}}
	c.cwnd = c.reduced(true)
	if c.cwnd != 700 {
		t.Fatalf("after a loss at 1000 the window is %d", c.cwnd)
	}
	plateau := Micros(0)
	var growth []int
	for round := 0; c.cwnd < 1300; round++ {
		if round > 1000 {
			t.Fatal("it does not grow beyond the old window")
		}
		before := c.cwnd
		for range c.cwnd {
			c.avoid(h, 1)
			h.now += 100 * Millisecond / Micros(before)
		}
		growth = append(growth, c.cwnd-before)
		if plateau == 0 && c.cwnd >= 990 {
			plateau = h.now - Second
		}
	}
	// K = cbrt(300 / 0.4) s
	if k := 9 * Second; plateau < k/2 || plateau > k {
		t.Errorf("it is back near the old window after %d ms", plateau/Millisecond)
	}
	first, least, last := growth[0], growth[0], growth[len(growth)-1]
	for _, n := range growth {
		least = min(least, n)
	}
	if least >= first || least >= last {
		t.Errorf("it grows by %v a round trip: there is no plateau", growth)
	}
}

// TestReceiveBufferGrows holds that the buffer follows a reader that keeps up, and not where a program has set it.
func TestReceiveBufferGrows(t *testing.T) {
	for _, rcvBuf := range []int{0, 65536} {
		h := &Host{linux: true, tick: 4 * Millisecond, now: Second}
		sk := &socket{host: h, state: Established, opts: &socketOptions{rcvBuf: rcvBuf}, rcvWnd: 64240, local: endpoint{addr: 1}}
		sk.buf.start(rcvBuf)
		sk.buf.clamp, sk.buf.thresh = sk.buf.full(), sk.buf.full()
		sk.startTuning(1460)
		was := sk.buf.limit
		for range 8 { // each round trip twice the bytes, all of them read
			n := uint32(2 * sk.tuning.space)
			h.now += 20 * Millisecond
			sk.lastHeard, sk.tuning.rtt8 = h.now, 8*20*Millisecond
			sk.rcvNxt += n
			sk.copied = sk.rcvNxt
			sk.tuneBuffer(sk.copied)
		}
		if grown := sk.buf.limit > was; grown != (rcvBuf == 0) {
			t.Errorf("with SO_RCVBUF %d the buffer goes from %d to %d", rcvBuf, was, sk.buf.limit)
		}
		if sk.buf.limit > maxRcvBuf {
			t.Errorf("it grows beyond %d: %d", maxRcvBuf, sk.buf.limit)
		}
	}
}
