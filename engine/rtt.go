package engine

// rttEstimator is RFC 6298 section 2 with Linux's variance (kernel tcp_rtt_estimator): all in µs, the smoothed RTT kept
// eightfold and the deviation fourfold so that the divisions lose nothing.
type rttEstimator struct {
	srtt8    Micros
	mdev4    Micros
	mdevMax4 Micros
	rttvar4  Micros
	nextSeq  uint32 // the largest deviation is kept for one round trip
}

// The bounds of the retransmission time-out (kernel TCP_RTO_MIN, tcp_rto_max_ms, TCP_TIMEOUT_INIT).
const (
	linuxRTOMin = 200 * Millisecond
	rfcRTOMin   = Second
	rtoMax      = 120 * Second
	rtoInitial  = Second

	rtoUnmeasured = 3 * Second // when the handshake gave no measure (RFC 6298 section 5; kernel TCP_TIMEOUT_FALLBACK)
)

func (h *Host) rtoMin() Micros {
	if h.linux {
		return linuxRTOMin
	}
	return rfcRTOMin
}

// backedOff doubles d n times, up to the largest RTO.
func (h *Host) backedOff(d ticks, n int) ticks {
	return min(d<<min(n, 20), h.inTicks(rtoMax))
}

// sample takes a round trip of m µs. una and nxt are the sender's variables at that moment.
func (r *rttEstimator) sample(m, floor Micros, una, nxt uint32) {
	m = max(m, 1)
	if r.srtt8 == 0 {
		r.srtt8, r.mdev4 = 8*m, 2*m
		r.rttvar4 = max(r.mdev4, floor)
		r.mdevMax4, r.nextSeq = r.rttvar4, nxt
		return
	}
	err := m - r.srtt8/8
	r.srtt8 += err
	if err < 0 {
		// A shorter round trip than expected must not raise the variance as fast as a longer one.
		if err = -err - r.mdev4/4; err > 0 {
			err /= 8
		}
	} else {
		err -= r.mdev4 / 4
	}
	r.mdev4 += err
	if r.mdev4 > r.mdevMax4 {
		r.mdevMax4 = r.mdev4
		r.rttvar4 = max(r.rttvar4, r.mdevMax4)
	}
	if seqGT(una, r.nextSeq) {
		if r.mdevMax4 < r.rttvar4 {
			r.rttvar4 -= (r.rttvar4 - r.mdevMax4) / 4
		}
		r.nextSeq, r.mdevMax4 = nxt, floor
	}
}

// srtt is the smoothed round-trip time, 0 before the first sample.
func (r *rttEstimator) srtt() Micros { return r.srtt8 / 8 }

// rttSample feeds the estimator and sets the RTO anew, which also ends the back-off. least is the round trip of what was
// sent last, for the minimum.
func (sk *socket) rttSample(m, least Micros) {
	h := sk.host
	if sk.minRTT == 0 || least < sk.minRTT {
		sk.minRTT = max(least, 1)
	}
	sk.rtt.sample(m, h.rtoMin(), sk.sndUna, sk.sndNxt)
	rto := sk.rtt.srtt() + sk.rtt.rttvar4
	if !h.linux {
		rto = max(rto, h.rtoMin())
	}
	sk.rto = h.inTicks(min(rto, rtoMax))
	sk.backoff = 0
}
