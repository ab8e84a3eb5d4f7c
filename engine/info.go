package engine

// Info is what a host knows of a connection and no segment tells: what Linux has in tcp_info (kernel tcp_get_info).
// Spans of time are in µs.
type Info struct {
	RTO, RTT, RTTVar, MinRTT Micros // all but RTO are 0 before the first sample
	DelayedAck               Micros // how long an acknowledgment waits; 0 until data came
	Backoff                  int

	MSS, PeerMSS, OfferedMSS, PathMTU int // the segments it sends; those that it takes the peer's to be; those that the peer may send
	Window, Threshold                 int // cwnd and ssthresh, in segments

	Acked, Received, NotSent int    // bytes, a FIN counting one
	SinceSent, SinceAck      Micros // when data went out last, and when anything that acknowledges came
	SinceData                Micros // when data came last

	Unacked, Resent, Lost, Sacked int // segments under way
	Delivered, Duplicates         int // segments that have arrived, and that arrived twice
	Reordering                    int // in segments
	Reorderings, OutOfOrder       int // how often something came out of its order, at the peer and here
	Retransmissions               int // in all

	ReceiveRTT                                 Micros // the round trip as its data comes; 0 is unknown
	ReceiveSpace, ReceiveThreshold, SendWindow int    // bytes
}

// Info gives what a host knows of its connections at a time that is not before the present one, by the socket's number. A
// listener, a request and a timewait entry know nothing of the kind.
func (s *Sim) Info(host string, at Micros) map[int]Info {
	known := map[int]Info{}
	for place := range s.link.talks.n {
		for _, sk := range s.link.talks.at(place).socks {
			if sk != nil && sk.host.name == host && (sk.listener == nil || sk.state != SynReceived) {
				known[sk.id] = sk.info(at)
			}
		}
	}
	return known
}

func (sk *socket) info(at Micros) Info {
	h, a, c := sk.host, &sk.ackState, &sk.congestion
	i := Info{
		RTO: h.micros(sk.rto), RTT: sk.rtt.srtt(), RTTVar: sk.rtt.mdev4 / 4, MinRTT: sk.minRTT, Backoff: sk.backoff,
		DelayedAck: h.micros(min(a.ato, h.inTicks(delackMax))),
		MSS:        sk.fullMSS, PeerMSS: a.rcvMSS, OfferedMSS: sk.ackedMSS(), PathMTU: sk.advertisedMSS() + headerBytes,
		Window: c.cwnd, Threshold: c.ssthresh,
		Acked: int(sk.sndUna - sk.iss), NotSent: int(sk.writeSeq - sk.sndNxt),
		SinceSent: sinceTick(h, at, sk.lastSent), SinceData: sinceTick(h, at, a.lastData), SinceAck: at - sk.lastHeard,
		Unacked: sk.unsent, Sacked: c.answers, Delivered: sk.delivered, Duplicates: sk.duplicates,
		Reordering: int(sk.rack.distance), Reorderings: int(sk.rack.reordered), OutOfOrder: int(sk.outOfOrder), Retransmissions: sk.resends,
		ReceiveRTT: sk.tuning.rtt8 / 8, ReceiveSpace: sk.tuning.space, ReceiveThreshold: sk.buf.thresh, SendWindow: int(sk.sndWnd),
	}
	if sk.irs != 0 || sk.rcvNxt != 0 {
		i.Received = int(sk.rcvNxt - sk.irs - 1)
	}
	if sk.state == SynSent { // it knows nothing of the peer yet (kernel tcp_connect_init)
		i.MSS, i.PeerMSS = defaultMSS, leastRcvMSS
		if h.sys[timestamps] != 0 {
			i.MSS -= tsOptionBytes
		}
		if sk.retransmits > 0 { // what the time-out of a SYN does to them is forgotten when the connection stands
			i.Window, i.Threshold = 1, initialCwnd*cubicBeta/1024
		}
	}
	for _, c := range sk.out[:sk.unsent] {
		switch {
		case c.sacked:
			i.Sacked++
		case c.lost:
			i.Lost++
		case c.resent:
			i.Lost++
			i.Resent++
		}
	}
	return i
}

func sinceTick(h *Host, at Micros, tick ticks) Micros { return at + h.phase - h.micros(tick) }
