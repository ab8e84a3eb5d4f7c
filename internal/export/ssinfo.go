package export

import (
	"fmt"
	"strings"

	"finwait/engine"
)

// ssInfo is what a connection's segments tell of it: the part of ss -i that is on the wire. What only the kernel knows,
// as rtt and cwnd, is not in a log.
type ssInfo struct {
	mine, theirs *engine.SegmentSent // the SYNs
	passive      bool                // the peer's SYN came first

	bytesSent, bytesRetrans int
	segsOut, segsIn         int
	dataOut, dataIn         int
	retrans                 int            // segments sent again, in all
	again                   map[int64]bool // the ends of those that are not acknowledged
}

// over says that a segment begins another connection between the same two ends.
func (n *ssInfo) over(s *engine.SegmentSent, out bool) bool {
	before := n.theirs
	if out {
		before = n.mine
	}
	return s.Flags&engine.SYN != 0 && before != nil && before.Abs.Seq != s.Abs.Seq
}

// count adds a segment that the host sent or got. As in the kernel a connection that a listener began has no SYN-ACK among
// what it sent.
func (n *ssInfo) count(s *engine.SegmentSent, out bool) {
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
		n.sentAgain(s)
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

func (n *ssInfo) got(s *engine.SegmentSent) {
	n.segsIn++
	if s.Len > 0 {
		n.dataIn++
	}
	if s.Flags&engine.SYN != 0 && n.theirs == nil {
		n.theirs = s
	}
	for end := range n.again {
		if s.Flags&engine.ACK != 0 && s.Ackno >= end {
			delete(n.again, end)
		}
	}
}

func (n *ssInfo) sentAgain(s *engine.SegmentSent) {
	end := s.Seqno + int64(s.Len)
	for _, f := range []engine.Flags{engine.SYN, engine.FIN} {
		if s.Flags&f != 0 {
			end++
		}
	}
	n.again[end] = true
	n.retrans++
	n.bytesRetrans += s.Len
}

// details writes the second line of a connection: the options both ends agreed on, then counts, as ss orders and names
// them.
func (s ssSock) details(n *ssInfo) string {
	if n == nil || s.State == engine.Listen || s.mini() || s.State == engine.SynReceived && n.passive {
		return "" // the kernel keeps none of it
	}
	var parts []string
	add := func(yes bool, format string, args ...any) {
		if yes {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	if n.mine != nil && n.theirs != nil {
		a, b := n.mine.Opts, n.theirs.Opts
		add(a.TS != nil && b.TS != nil, "ts")
		add(a.SACKOK && b.SACKOK, "sack")
		if a.WScale != nil && b.WScale != nil {
			add(true, "wscale:%d,%d", *b.WScale, *a.WScale)
		}
	}
	for _, c := range []struct {
		name string
		n    int
	}{
		{"bytes_sent", n.bytesSent}, {"bytes_retrans", n.bytesRetrans}, {"segs_out", n.segsOut}, {"segs_in", n.segsIn},
		{"data_segs_out", n.dataOut}, {"data_segs_in", n.dataIn},
	} {
		add(c.n > 0, "%s:%d", c.name, c.n)
	}
	add(n.retrans > 0, "retrans:%d/%d", len(n.again), n.retrans)
	return strings.Join(parts, " ")
}
