package export

import (
	"fmt"
	"strconv"
	"strings"

	"finwait/engine"
)

// ssCounts is what a connection's segments tell of it. As in the kernel a connection that a listener began has no SYN-ACK
// among what it sent.
type ssCounts struct {
	mine, theirs *engine.SegmentSent // the SYNs
	passive      bool                // the peer's SYN came first

	bytesSent, bytesRetrans int
	segsOut, segsIn         int
	dataOut, dataIn         int
}

// over says that a segment begins another connection between the same two ends.
func (n *ssCounts) over(s *engine.SegmentSent, out bool) bool {
	before := n.theirs
	if out {
		before = n.mine
	}
	return s.Flags&engine.SYN != 0 && before != nil && before.Abs.Seq != s.Abs.Seq
}

// count adds a segment that the host sent or got.
func (n *ssCounts) count(s *engine.SegmentSent, out bool) {
	syn := s.Flags&engine.SYN != 0
	if !out {
		n.got(s)
		return
	}
	if syn && n.mine == nil {
		n.mine = s
		n.passive = n.theirs != nil
	}
	if s.Retransmission {
		n.bytesRetrans += s.Len
	}
	if syn && n.passive {
		return
	}
	n.segsOut++
	n.bytesSent += s.Len
	if s.Len > 0 {
		n.dataOut++
	}
}

func (n *ssCounts) got(s *engine.SegmentSent) {
	if s.Flags&engine.SYN != 0 && n.passive {
		return // it came again for the request
	}
	n.segsIn++
	if s.Len > 0 {
		n.dataIn++
	}
	if s.Flags&engine.SYN != 0 && n.theirs == nil {
		n.theirs = s
	}
}

// ssWords is a line of ss -i: names and values, those that are 0 left out.
type ssWords []string

func (w *ssWords) number(name string, n int) {
	if n != 0 {
		*w = append(*w, fmt.Sprintf("%s:%d", name, n))
	}
}

func (w *ssWords) millis(name string, us engine.Micros) {
	if us != 0 {
		*w = append(*w, name+":"+ssMillis(us))
	}
}

// ssMillis writes µs as ms with six digits, as ss does.
func ssMillis(us engine.Micros) string { return strconv.FormatFloat(float64(us)/1000, 'g', 6, 64) }

// details writes the second line of a socket, in the order and with the names of ss.
func (h *ssHost) details(s ssSock, known map[int]engine.Info) string {
	var w ssWords
	if s.State == engine.Listen {
		w = append(w, h.control(), "cwnd:10")
		return strings.Join(w, " ")
	}
	i, full := known[s.ID]
	if !full {
		return "" // a request or a timewait entry: the kernel keeps none of it
	}
	n := h.counts[connectionOf(s.Socket)]
	if n == nil {
		n = &ssCounts{} // it talks to itself
	}
	h.agreed(&w, n)
	w.timing(i)
	w.counts(i, n)
	w.rates(i)
	w.underWay(i)
	return strings.Join(w, " ")
}

// control is the congestion control.
func (h *ssHost) control() string {
	if h.meta.Profile == "linux" {
		return "cubic"
	}
	return "reno"
}

// agreed are the options of both SYNs.
func (h *ssHost) agreed(w *ssWords, n *ssCounts) {
	var both engine.Options
	scales := ""
	if n.mine != nil && n.theirs != nil {
		a, b := n.mine.Opts, n.theirs.Opts
		if both.SACKOK = a.SACKOK && b.SACKOK; a.TS != nil {
			both.TS = b.TS
		}
		if a.WScale != nil && b.WScale != nil {
			scales = fmt.Sprintf("wscale:%d,%d", *b.WScale, *a.WScale)
		}
	}
	if both.TS != nil {
		*w = append(*w, "ts")
	}
	if both.SACKOK {
		*w = append(*w, "sack")
	}
	if *w = append(*w, h.control()); scales != "" {
		*w = append(*w, scales)
	}
}

// timing are time-outs, sizes of segments and windows.
func (w *ssWords) timing(i engine.Info) {
	w.millis("rto", i.RTO)
	w.number("backoff", i.Backoff)
	if i.RTT > 0 {
		*w = append(*w, "rtt:"+ssMillis(i.RTT)+"/"+ssMillis(i.RTTVar))
	}
	w.millis("ato", i.DelayedAck)
	w.number("mss", i.MSS)
	w.number("pmtu", i.PathMTU)
	w.number("rcvmss", i.PeerMSS)
	w.number("advmss", i.OfferedMSS)
	w.number("cwnd", i.Window)
	if i.Threshold < 0xffff {
		w.number("ssthresh", i.Threshold)
	}
}

func (w *ssWords) counts(i engine.Info, n *ssCounts) {
	acked := i.Acked
	if n.passive && acked > 0 {
		acked-- // the SYN-ACK is the listener's affair
	}
	w.number("bytes_sent", n.bytesSent)
	w.number("bytes_retrans", n.bytesRetrans)
	w.number("bytes_acked", acked)
	w.number("bytes_received", i.Received)
	w.number("segs_out", n.segsOut)
	w.number("segs_in", n.segsIn)
	w.number("data_segs_out", n.dataOut)
	w.number("data_segs_in", n.dataIn)
}

// rates are what ss makes of window and round trip, and how long it is since something went or came.
func (w *ssWords) rates(i engine.Info) {
	if i.RTT > 0 {
		*w = append(*w, fmt.Sprintf("send %.0fbps", float64(i.Window*i.MSS)*8e6/float64(i.RTT)))
	}
	w.number("lastsnd", int(i.SinceSent/engine.Millisecond))
	w.number("lastrcv", int(i.SinceData/engine.Millisecond))
	w.number("lastack", int(i.SinceAck/engine.Millisecond))
	w.number("delivered", i.Delivered)
}

func (w *ssWords) underWay(i engine.Info) {
	w.number("unacked", i.Unacked)
	if i.Retransmissions > 0 {
		*w = append(*w, fmt.Sprintf("retrans:%d/%d", i.Resent, i.Retransmissions))
	}
	w.number("lost", i.Lost)
	w.number("sacked", i.Sacked)
	w.number("dsack_dups", i.Duplicates)
	if i.Reordering != 3 {
		w.number("reordering", i.Reordering)
	}
	w.number("reord_seen", i.Reorderings)
	w.millis("rcv_rtt", i.ReceiveRTT)
	w.number("rcv_space", i.ReceiveSpace)
	w.number("rcv_ssthresh", i.ReceiveThreshold)
	w.number("notsent", i.NotSent)
	w.millis("minrtt", i.MinRTT)
	w.number("rcv_ooopack", i.OutOfOrder)
	w.number("snd_wnd", i.SendWindow)
}
